//! Invitations to external candidates. Until the consent, an invitation is visible only to the referrer: not by a row, a count or a duplicate.

use chrono::TimeDelta;
use entity::{
    CandidateInvitationId, CandidateInvitationState, CompanyId, OpportunityId, PersonId,
    SubjectKind, candidate_invitation,
};

use super::{ONESELF, RECOMMENDATION, own_ground};
use crate::access::{Links, Permission};
use crate::checks::{Checks, same_version};
use crate::error::{Refusal, Result, UserErrorCode};
use crate::idempotency;
use crate::outbox::{CANDIDATE_ASKED, CANDIDATE_NOT_WON, Change};
use crate::referrals::rules;
use crate::referrals::store::Asked;
use crate::referrals::store::invitations::{self as store, Ending};
use crate::scope::{Scope, Transaction};

/// Default and maximum number of days in which a candidate can consent.
const DAYS: i32 = 14;
const MOST_DAYS: i32 = 60;

/// A question to be.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    pub opportunity: OpportunityId,
    /// The candidate's whole name.
    pub name: String,
    /// By which they are known again.
    pub email: String,
    /// Why; the candidate reads it.
    pub recommendation: Option<String>,
    pub days: Option<i32>,
}

/// Stores the invitation and creates its link; the token is returned only once. Requires `referrals:submit`.
pub async fn invite(
    scope: &Scope,
    links: &Links,
    new: NewInvitation,
) -> Result<(candidate_invitation::Model, String)> {
    scope.require(Permission::ReferralsSubmit)?;
    let viewer = scope.person()?;
    let mut checks = Checks::default();
    let name = checks.line("name", &new.name, rules::LONGEST_NAME);
    let email = checks.email("email", &new.email);
    let recommendation = new.recommendation.as_deref();
    let recommendation = checks.text("recommendation", recommendation, RECOMMENDATION);
    let days = new.days.unwrap_or(DAYS);
    if !(1..=MOST_DAYS).contains(&days) {
        let message = format!("must be from 1 to {MOST_DAYS}");
        checks.refuse(UserErrorCode::Invalid, "expiresInDays", message);
    }
    let key = rules::key_of_email(&email);
    let transaction = scope.begin().await?;
    let asked = Asked {
        opportunity: new.opportunity,
        referrer: viewer,
        alumnus: None,
        // whether others referred the same candidate is not for the viewer to know
        candidate_key: None,
    };
    let ground = own_ground(scope, &transaction, &mut checks, asked).await?;
    let own = [&ground.referrer_personal_email, &ground.referrer_work_email];
    let mut own = own.into_iter().flatten();
    if own.any(|own| rules::key_of_email(own) == key) {
        checks.refuse(UserErrorCode::Refused, "email", ONESELF);
    }
    let opportunity = new.opportunity;
    if store::asked_already(scope, &*transaction, viewer, opportunity, &key).await? {
        checks.refuse(UserErrorCode::Taken, "email", ALREADY);
    }
    checks.done()?;
    let now = scope.now();
    let id: CandidateInvitationId = scope.new_id();
    let lifetime = TimeDelta::days(i64::from(days));
    let (token, link_hash) = links.make(id, now, lifetime)?;
    let model = candidate_invitation::Model {
        id,
        company_id: ground.company_id,
        opportunity_id: opportunity,
        referrer_id: viewer,
        state: CandidateInvitationState::Waiting,
        candidate_name: Some(name),
        candidate_email: Some(email),
        candidate_key: Some(key),
        recommendation,
        link_hash,
        expires_at: now + lifetime,
        consented_at: None,
        notice_id: None,
        notice_version: None,
        language: None,
        text_hash: None,
        referral_id: None,
        closed_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let mut writes = transaction.writes();
    writes.insert(vec![model.clone()]);
    let change = change(&model, CANDIDATE_ASKED);
    match transaction.write(writes, vec![change]).await {
        Err(error) if store::asked_meanwhile(&error) => {
            return Err(Refusal::new(UserErrorCode::Taken, "email", ALREADY).into());
        }
        done => done?,
    }
    transaction.commit().await?;
    Ok((model, token))
}

const ALREADY: &str = "you asked this candidate for this opportunity and wait for the answer; `candidateInvitationWithdraw` takes that back";

/// Withdraws an invitation that waits for a response, and erases the candidate's data. Requires `referrals:submit`.
pub async fn withdraw(
    scope: &Scope,
    id: CandidateInvitationId,
    expected: Option<i32>,
) -> Result<candidate_invitation::Model> {
    scope.require(Permission::ReferralsSubmit)?;
    let viewer = scope.person()?;
    let transaction = scope.begin().await?;
    let found = store::get_for_update(scope, &*transaction, id).await?;
    same_version(expected, found.version)?;
    let refuse = |message: &str| Refusal::new(UserErrorCode::Refused, "id", message);
    if found.referrer_id != viewer {
        return Err(refuse("who asked takes it back").into());
    }
    match found.state {
        CandidateInvitationState::Waiting => {}
        CandidateInvitationState::Accepted => {
            let message = "the candidate said yes; `referralWithdraw` takes their referral back";
            return Err(refuse(message).into());
        }
        _ => return Err(refuse("came to its end already").into()),
    }
    let ended = ended(scope, found, CandidateInvitationState::Withdrawn);
    write(&transaction, &ended).await?;
    transaction.commit().await?;
    Ok(ended)
}

/// Expires the due invitations of one company. Run by a job.
pub async fn expire(scope: &Scope) -> Result<()> {
    let company = scope.company()?;
    let transaction = scope.begin().await?;
    let due = Ending::Due(scope.now());
    let found = store::ending_whoever_asks(scope, &*transaction, company, due).await?;
    if found.is_empty() {
        return Ok(());
    }
    for row in found {
        let ended = ended(scope, row, CandidateInvitationState::Expired);
        write(&transaction, &ended).await?;
    }
    transaction.commit().await
}

/// Ends the waiting invitations by a person, and those to one of the person's addresses, as part of an erasure. Returns their number.
pub async fn end_of(
    scope: &Scope,
    transaction: &Transaction<'_>,
    company: CompanyId,
    person: PersonId,
    addresses: &[&str],
) -> Result<i64> {
    let keys: Vec<String> = addresses
        .iter()
        .map(|address| rules::key_of_email(address))
        .collect();
    let of = Ending::Of(person, &keys);
    let found = store::ending_whoever_asks(scope, &**transaction, company, of).await?;
    let count = i64::try_from(found.len()).unwrap_or(i64::MAX);
    for row in found {
        let ended = ended(scope, row, CandidateInvitationState::Withdrawn);
        write(transaction, &ended).await?;
    }
    Ok(count)
}

/// The row after its end, without the candidate's data.
pub(super) fn ended(
    scope: &Scope,
    row: candidate_invitation::Model,
    state: CandidateInvitationState,
) -> candidate_invitation::Model {
    let now = scope.now();
    candidate_invitation::Model {
        state,
        candidate_name: None,
        candidate_email: None,
        candidate_key: None,
        recommendation: None,
        closed_at: Some(now),
        updated_at: now,
        version: row.version + 1,
        ..row
    }
}

async fn write(transaction: &Transaction<'_>, ended: &candidate_invitation::Model) -> Result<()> {
    let mut writes = transaction.writes();
    writes.save(ended.clone())?;
    let change = change(ended, CANDIDATE_NOT_WON);
    transaction.write(writes, vec![change]).await?;
    // what was answered to who asked names the candidate
    idempotency::forget_answers(&**transaction, ended.company_id).await
}

pub(super) fn change(invitation: &candidate_invitation::Model, kind: &'static str) -> Change {
    Change {
        company: invitation.company_id,
        kind,
        subject: SubjectKind::CandidateInvitation,
        id: invitation.id.0,
        person: None,
        fields: vec![],
    }
}
