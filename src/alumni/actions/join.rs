//! Joining the programme: a login accepts an invitation and becomes the person's account, and the person an active member, in one transaction.

use chrono::Months;
use entity::{InvitationKind, MembershipState, PersonId, Role, SubjectKind, membership};

use super::refused;
use crate::access::accounts::actions::{NewAccount, bind};
use crate::access::accounts::store::{By, matches};
use crate::access::invitations::actions::{self as invitations, no_link, wrong_provider};
use crate::access::invitations::store as invitation_store;
use crate::access::{Link, Links, Login};
use crate::alumni::rules::membership::{Step, take};
use crate::alumni::store;
use crate::consents::{self, Given};
use crate::error::{Error, Refusal, Result, UserErrorCode};
use crate::outbox::Change;
use crate::scope::{Scope, Transaction};
use entity::{CompanyId, InvitationId};

/// Which person joins, and by which link.
struct Found {
    company: CompanyId,
    person: PersonId,
    link: Option<Link<InvitationId>>,
}

/// The login joins as the invited person: by the link, or, where the company allows it, by the verified e-mail address of exactly one invited person.
/// Gives the consent to `MEMBERSHIP` and those in `given`. Requires a login.
pub async fn join(
    scope: &Scope,
    links: &Links,
    token: Option<&str>,
    given: &[Given],
) -> Result<membership::Model> {
    let login = invitations::login(scope)?;
    let found = match token {
        Some(token) => by_link(scope, links, &login, token).await?,
        None => by_email(scope, &login).await?,
    };
    let own = (Some(found.person), vec![Role::Alumnus]);
    let scope = invitations::scope_of_account(scope, &login, Some(found.company), own).await?;
    let transaction = scope.begin().await?;
    consents::hold_still(&scope, &*transaction).await?;
    let invitation = match &found.link {
        Some(link) => {
            let row = invitation_store::linked_for_update(&*transaction, link.id).await?;
            let row = row.filter(|row| invitations::is_open(&scope, link, row));
            Some(row.ok_or_else(no_link)?)
        }
        None => invitation_store::unanswered_for_update(
            &scope,
            &*transaction,
            found.company,
            &[found.person],
        )
        .await?
        .pop(),
    };
    let person = store::person_for_update(&scope, &*transaction, found.person).await?;
    let membership = store::memberships_for_update(&scope, &*transaction, &[found.person])
        .await?
        .pop()
        .ok_or_else(no_link)?;
    if membership.state != MembershipState::Invited && found.link.is_some() {
        return Err(no_link());
    }
    let mut joined = take(&membership, Step::Accept, scope.now()).map_err(refused)?;
    begin_term(&scope, &transaction, &mut joined).await?;
    store::write_membership(&*transaction, &joined).await?;
    let new = NewAccount {
        id: invitations::own_account(&scope),
        company: Some(found.company),
        person: Some(found.person),
        roles: Vec::new(),
        name: None,
        external: false,
        expires_at: None,
    };
    let (account, mut changes) = bind(&scope, &transaction, &login.identity, new).await?;
    if let Some(row) = invitation {
        changes.extend(invitations::accept(&scope, &transaction, row, &account).await?);
    }
    changes.push(Change {
        company: found.company,
        kind: Step::Accept.kind(),
        subject: SubjectKind::Membership,
        id: joined.id.0,
        person: Some(found.person),
        fields: vec![],
    });
    transaction.record(changes).await?;
    consents::join(&scope, &transaction, &person, given).await?;
    transaction.commit().await?;
    Ok(joined)
}

/// Sets the last day of a membership that begins, if the company limits memberships.
pub(super) async fn begin_term(
    scope: &Scope,
    transaction: &Transaction<'_>,
    joined: &mut membership::Model,
) -> Result<()> {
    if joined.expires_on.is_some() {
        return Ok(());
    }
    let company = invitation_store::company(&**transaction, joined.company_id).await?;
    let company = company.ok_or(Error::NotFound)?;
    if let Some(months) = company.membership_months {
        let months = Months::new(u32::try_from(months).unwrap_or_default());
        joined.expires_on = scope.today(&company.time_zone).checked_add_months(months);
    }
    Ok(())
}

async fn by_link(scope: &Scope, links: &Links, login: &Login, token: &str) -> Result<Found> {
    let opened = invitations::open(scope, links, token).await?;
    let opened = opened.ok_or_else(no_link)?;
    if opened.invitation.kind != InvitationKind::Membership {
        let message = "the link is an invitation to an account: use `accountClaim`";
        return Err(Refusal::new(UserErrorCode::Refused, "token", message).into());
    }
    if !login.identity.binding.allows(opened.invitation.company_id) {
        return Err(wrong_provider());
    }
    let row = &opened.invitation;
    let (Some(company), Some(person)) = (row.company_id, row.person_id) else {
        return Err(Error::internal("an invitation to a membership of nobody"));
    };
    Ok(Found {
        company,
        person,
        link: Some(opened.link),
    })
}

/// One answer whatever is missing: whether an address is known here is not said.
async fn by_email(scope: &Scope, login: &Login) -> Result<Found> {
    let none = || {
        let message =
            "no invitation was found for your login: use the link you were sent, or ask for one";
        Error::from(Refusal::new(UserErrorCode::NotFound, "token", message))
    };
    let company = login.company.ok_or_else(none)?;
    let email = login.identity.email.as_deref().ok_or_else(none)?;
    let connection = scope.database().reader();
    let settings = invitation_store::company(&connection, company).await?;
    if !settings.is_some_and(|company| company.join_by_email)
        || !login.identity.binding.allows(Some(company))
    {
        return Err(none());
    }
    let found = matches(&connection, company, By::PersonalEmail(email)).await?;
    let [only] = &found[..] else {
        return Err(none());
    };
    // who withdrew may come back by themselves
    if !matches!(
        only.standing,
        entity::Standing::Invited | entity::Standing::Withdrawn
    ) {
        return Err(none());
    }
    Ok(Found {
        company,
        person: only.id,
        link: None,
    })
}
