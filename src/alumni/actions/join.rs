//! Joining the programme: a login accepts an invitation and becomes the person's account, and the person an active member, in one transaction.

use chrono::Months;
use entity::{
    InvitationKind, MembershipState, PersonId, Role, SubjectKind, invitation, membership,
};

use super::refused;
use crate::access::accounts::actions::{NewAccount, bind};
use crate::access::accounts::store::{self as account_store, matches};
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

/// Which person joins, and by what.
struct Found {
    company: CompanyId,
    person: PersonId,
    by: By,
}

/// What shows that the login is the person.
enum By {
    /// The link of the invitation.
    Link(Link<InvitationId>),
    /// The login's approved application.
    Application,
    /// The verified e-mail address.
    Email,
}

/// The login joins as the invited person: by the link, by its approved application, or, where the company allows it, by the verified e-mail address of exactly one invited person.
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
        None => match by_application(scope, &login).await? {
            Some(found) => found,
            None => by_email(scope, &login).await?,
        },
    };
    let own = (Some(found.person), vec![Role::Alumnus]);
    let scope = invitations::scope_of_account(scope, &login, Some(found.company), own).await?;
    let transaction = scope.begin().await?;
    consents::hold_still(&scope, &*transaction).await?;
    let invitation = invitation(&scope, &transaction, &found, &login).await?;
    let person = store::person_for_update(&scope, &*transaction, found.person).await?;
    let membership = store::memberships_for_update(&scope, &*transaction, &[found.person])
        .await?
        .pop()
        .ok_or_else(no_link)?;
    if membership.state != MembershipState::Invited && !matches!(found.by, By::Email) {
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

/// The invitation that is accepted, locked. By e-mail there may be none.
async fn invitation(
    scope: &Scope,
    transaction: &Transaction<'_>,
    found: &Found,
    login: &Login,
) -> Result<Option<invitation::Model>> {
    let row = match &found.by {
        By::Link(link) => invitation_store::linked_for_update(&**transaction, link.id)
            .await?
            .filter(|row| invitations::is_open(scope, link, row)),
        By::Application | By::Email => {
            let person = [found.person];
            invitation_store::unanswered_for_update(scope, &**transaction, found.company, &person)
                .await?
                .pop()
        }
    };
    if let Some(row) = &row {
        let may_use = invitations::may_use(row, &login.identity);
        match found.by {
            By::Email => may_use.map_err(|_| no_match())?,
            By::Link(_) | By::Application => may_use?,
        }
    }
    let usable = match found.by {
        By::Link(_) => row.is_some(),
        By::Application => row
            .as_ref()
            .is_some_and(|row| row.subject.is_some() && row.expires_at > scope.now()),
        By::Email => true,
    };
    if usable { Ok(row) } else { Err(no_link()) }
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
    invitations::may_use(row, &login.identity)?;
    let (Some(company), Some(person)) = (row.company_id, row.person_id) else {
        return Err(Error::internal("an invitation to a membership of nobody"));
    };
    Ok(Found {
        company,
        person,
        by: By::Link(opened.link),
    })
}

/// The person for whom the company approved this login's application; null if it approved none.
async fn by_application(scope: &Scope, login: &Login) -> Result<Option<Found>> {
    let identity = &login.identity;
    let Some(company) = login.company else {
        return Ok(None);
    };
    if !identity.binding.allows(Some(company)) {
        return Ok(None);
    }
    let connection = scope.database().reader();
    let own = (identity.issuer.as_str(), identity.subject.as_str());
    let row = invitation_store::open_of_login(&connection, company, own, scope.now()).await?;
    Ok(row.and_then(|row| row.person_id).map(|person| Found {
        company,
        person,
        by: By::Application,
    }))
}

/// One answer whatever is missing: whether an address is known here is not said.
fn no_match() -> Error {
    let message =
        "no invitation was found for your login: use the link you were sent, or ask for one";
    Refusal::new(UserErrorCode::NotFound, "token", message).into()
}

async fn by_email(scope: &Scope, login: &Login) -> Result<Found> {
    let none = no_match;
    let company = login.company.ok_or_else(none)?;
    let email = login.identity.email.as_deref().ok_or_else(none)?;
    let connection = scope.database().reader();
    let settings = invitation_store::company(&connection, company).await?;
    if !settings.is_some_and(|company| company.join_by_email)
        || !login.identity.binding.allows(Some(company))
    {
        return Err(none());
    }
    let found = matches(
        &connection,
        company,
        account_store::By::PersonalEmail(email),
    )
    .await?;
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
        by: By::Email,
    })
}
