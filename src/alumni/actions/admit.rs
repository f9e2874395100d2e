//! Inviting the person behind an approved application: the invitation is for the login that applied, which gives its consents by joining.

use entity::{InvitationKind, PersonId, SubjectKind, invitation};

use super::only_kept;
use crate::access::Links;
use crate::access::accounts::store as account_store;
use crate::access::invitations::actions::{self as invitations, Invited, OnlyLogin, Row};
use crate::access::invitations::{rules as invitation_rules, store as invitation_store};
use crate::alumni::rules::membership::{Step, may_be_asked, take};
use crate::alumni::store;
use crate::deliveries::{self, Message, NewDelivery};
use crate::error::{Error, Refusal, Result, UserErrorCode};
use crate::outbox::Change;
use crate::scope::{Scope, Transaction};
use crate::writes::Writes;

/// Who applied.
#[derive(Clone, Debug)]
pub struct Applicant {
    /// The login that applied, and the only one that may use the link.
    pub login: OnlyLogin,
    /// The whole name, as the applicant stated it.
    pub name: String,
    /// The verified e-mail address that the link is sent to; null: it is not sent.
    pub email: Option<String>,
    /// BCP 47 tag of the language to write in; null: the person's, else the company's.
    pub language: Option<String>,
}

/// Invites a person on their own application, who may also have withdrawn before. An open invitation is replaced: its link no longer works. The
/// caller checks permissions, and writes the changes with the writes.
pub async fn admit(
    scope: &Scope,
    transaction: &Transaction<'_>,
    writes: &mut Writes,
    links: &Links,
    id: PersonId,
    applicant: Applicant,
) -> Result<Vec<Change>> {
    let company = scope.company()?;
    let person = store::people_for_update(scope, &**transaction, &[id])
        .await?
        .pop();
    let person = person.ok_or_else(|| {
        let message = "there is no such person";
        Refusal::new(UserErrorCode::NotFound, "personId", message)
    })?;
    let refuse = |why: &str| Refusal::new(UserErrorCode::Refused, "personId", why);
    if let Some(why) = only_kept(&person) {
        return Err(refuse(why).into());
    }
    let membership = store::memberships_for_update(scope, &**transaction, &[id])
        .await?
        .pop();
    let membership = membership.ok_or_else(|| refuse("has no membership: works at the company"))?;
    let last_leaves = store::last_leaves(scope, &**transaction, &[id]).await?;
    may_be_asked(last_leaves.get(&id).copied().flatten()).map_err(|why| refuse(&why))?;
    if !account_store::of_people(&**transaction, company, &[id])
        .await?
        .is_empty()
    {
        let why = "has an account already: an admin deletes it if its login is lost";
        return Err(refuse(why).into());
    }
    let moved = take(&membership, Step::Admit, scope.now()).map_err(|why| refuse(&why))?;
    store::write_membership(&**transaction, &moved).await?;
    let open = invitation_store::unanswered_for_update(scope, &**transaction, company, &[id])
        .await?
        .pop();
    if open
        .as_ref()
        .is_some_and(|row| is_for_another(scope, row, &applicant.login))
    {
        let why = "another application was approved for this person: revoke its invitation first";
        return Err(refuse(why).into());
    }
    let (invited, mut changes) =
        invite(scope, transaction, writes, links, (id, open), &applicant).await?;
    changes.push(Change {
        company,
        kind: Step::Admit.kind(),
        subject: SubjectKind::Membership,
        id: moved.id.0,
        person: Some(id),
        fields: vec![],
    });
    let Some(recipient) = applicant.email else {
        return Ok(changes);
    };
    let company = invitation_store::company(&**transaction, company).await?;
    let company = company.ok_or(Error::NotFound)?;
    let Invited { invitation, token } = invited;
    let mail = NewDelivery {
        message: Message::MembershipApplicationApproved {
            name: applicant.name,
            expires_at: invitation.expires_at,
            token: token.into(),
        },
        recipient,
        locale: applicant
            .language
            .unwrap_or_else(|| invitations::language(Some(&person), &company)),
        person: Some(id),
        subject: Some(invitation.id.0),
        purpose: None,
        dedupe_key: invitations::dedupe_key(&invitation),
        not_after: Some(invitation.expires_at),
    };
    let queued = deliveries::queue(scope, transaction, writes, vec![mail]).await?;
    changes.extend(queued.changes);
    Ok(changes)
}

/// Whether the invitation can be used by the login of another application.
fn is_for_another(scope: &Scope, row: &invitation::Model, own: &OnlyLogin) -> bool {
    let other = row
        .subject
        .as_ref()
        .is_some_and(|subject| *subject != own.subject)
        || row
            .issuer
            .as_ref()
            .is_some_and(|issuer| *issuer != own.issuer);
    other && row.expires_at > scope.now()
}

/// The invitation with a new link for the applicant's login: the one without an answer, else a new one.
async fn invite(
    scope: &Scope,
    transaction: &Transaction<'_>,
    writes: &mut Writes,
    links: &Links,
    (person, open): (PersonId, Option<invitation::Model>),
    applicant: &Applicant,
) -> Result<(Invited, Vec<Change>)> {
    let email = applicant.email.clone();
    let mut changes = Vec::new();
    let (invited, kind) = if let Some(row) = open {
        let OnlyLogin { issuer, subject } = applicant.login.clone();
        let row = invitation::Model {
            email,
            issuer: Some(issuer),
            subject: Some(subject),
            ..row
        };
        let invited = invitations::renewed(scope, links, row)?;
        let stale = [invited.invitation.id.0];
        changes.extend(deliveries::cancel(scope, transaction, writes, &stale).await?);
        writes.save(invited.invitation.clone())?;
        (invited, "invitation.resent")
    } else {
        let row = Row {
            company: Some(scope.company()?),
            kind: InvitationKind::Membership,
            person: Some(person),
            roles: Vec::new(),
            name: None,
            email,
            only: Some(applicant.login.clone()),
            external: false,
            account_expires_at: None,
            days: invitation_rules::MEMBERSHIP_DAYS,
        };
        let invited = row.make(scope, links)?;
        writes.insert(vec![invited.invitation.clone()]);
        (invited, "invitation.created")
    };
    changes.extend(invitations::change(&invited.invitation, kind));
    Ok((invited, changes))
}
