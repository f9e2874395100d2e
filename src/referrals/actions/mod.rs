//! Actions on referrals, each in one transaction, with the step and the change record. An external candidate is invited first (`invite`) and becomes
//! a candidate by consent (`consent`); `forget` removes candidate data from referrals.

pub mod consent;
pub mod forget;
pub mod invite;

use entity::{
    OpportunityId, PersonId, ReferralId, ReferralStage, SubjectKind, referral, referral_step,
};

use super::store::{Asked, Ground};
use super::{rules, store};
use crate::access::{Permission, Viewer};
use crate::checks::{Checks, same_version};
use crate::error::{Error, Refusal, Result, UserErrorCode};
use crate::opportunities;
use crate::outbox::Change;
use crate::scope::{Scope, Transaction};

/// A referral to be.
#[derive(Clone, Debug)]
pub struct NewReferral {
    pub opportunity: OpportunityId,
    /// The alumnus recommended.
    pub candidate: PersonId,
    pub recommendation: Option<String>,
}

/// Who is recommended.
#[derive(Clone, Debug)]
enum Candidate {
    Alumnus(PersonId),
    /// Someone outside, who consented to it.
    Outsider {
        /// The whole name.
        name: String,
        /// E-mail, in one width.
        email: String,
    },
}

const ONESELF: &str = "is yourself; a referral recommends somebody else";
/// Most characters of a recommendation.
const RECOMMENDATION: usize = 5_000;
const NOTE: usize = 2_000;
/// How often others may refer the same candidate, and take them back, in the very moment of being referred.
const TRIES: usize = 3;
/// Returned after the last retry.
const TOO_OFTEN: Error =
    Error::Conflict("The candidate's other referral changed meanwhile; try again.");

/// Submits a referral of an alumnus, as a duplicate if the candidate already has a referral for the opportunity. Requires `referrals:submit`.
pub async fn submit(scope: &Scope, new: NewReferral) -> Result<referral::Model> {
    scope.require(Permission::ReferralsSubmit)?;
    let viewer = scope.person()?;
    for _ in 0..TRIES {
        if let Some(made) = hand_in(scope, viewer, new.clone()).await? {
            return Ok(made);
        }
    }
    Err(TOO_OFTEN)
}

/// Null if another referral of the same candidate was created concurrently; the caller retries.
async fn hand_in(
    scope: &Scope,
    viewer: PersonId,
    new: NewReferral,
) -> Result<Option<referral::Model>> {
    let mut checks = Checks::default();
    let recommendation = checks.text(
        "recommendation",
        new.recommendation.as_deref(),
        RECOMMENDATION,
    );
    let transaction = scope.begin().await?;
    let asked = Asked {
        opportunity: new.opportunity,
        referrer: viewer,
        alumnus: Some(new.candidate),
        candidate_key: Some(rules::key_of_person(new.candidate)),
    };
    let ground = own_ground(scope, &transaction, &mut checks, asked).await?;
    fit(scope, &mut checks, viewer, &ground, new.candidate);
    checks.done()?;
    let made = Made {
        opportunity: new.opportunity,
        referrer: viewer,
        candidate: Candidate::Alumnus(new.candidate),
        recommendation,
    };
    let (model, step, change) = made.referral(scope, &ground);
    let mut writes = transaction.writes();
    writes.insert(vec![model.clone()]);
    writes.insert(vec![step]);
    match transaction.write(writes, vec![change]).await {
        Err(error) if store::another_was_first(&error) => return Ok(None),
        done => done?,
    }
    transaction.commit().await?;
    Ok(Some(model))
}

/// The context of a new referral by the viewer. Adds an error if the opportunity accepts no referrals.
async fn own_ground(
    scope: &Scope,
    transaction: &Transaction<'_>,
    checks: &mut Checks,
    asked: Asked,
) -> Result<Ground> {
    let ground = store::ground(scope, &**transaction, asked).await?;
    let ground = ground.ok_or_else(|| {
        let message = "there is no such opportunity for you";
        Refusal::new(UserErrorCode::NotFound, "opportunityId", message)
    })?;
    if let Some(why) = takes_none(scope, &ground) {
        checks.refuse(UserErrorCode::Refused, "opportunityId", why);
    }
    if !ground.referrer_standing.is_some_and(rules::refers) {
        let message = "who works at the company or is a member of the programme refers others";
        return Err(Refusal::new(UserErrorCode::Refused, "", message).into());
    }
    Ok(ground)
}

/// Why the opportunity accepts no referrals today; null if it does.
fn takes_none(scope: &Scope, ground: &Ground) -> Option<String> {
    let today = scope.today(&ground.time_zone);
    opportunities::takes_no_referrals(ground.state, ground.closes_on, today)
}

/// A new referral, before the check for duplicates.
#[derive(Clone, Debug)]
struct Made {
    opportunity: OpportunityId,
    referrer: PersonId,
    candidate: Candidate,
    recommendation: Option<String>,
}

impl Made {
    /// The rows of the referral and its first step, with the change record.
    fn referral(
        self,
        scope: &Scope,
        ground: &Ground,
    ) -> (referral::Model, referral_step::Model, Change) {
        let (candidate_id, key, name, email) = match self.candidate {
            Candidate::Alumnus(id) => (Some(id), rules::key_of_person(id), None, None),
            Candidate::Outsider { name, email } => {
                (None, rules::key_of_email(&email), Some(name), Some(email))
            }
        };
        let stage = match ground.first_id {
            None => ReferralStage::Submitted,
            Some(_) => ReferralStage::Duplicate,
        };
        let now = scope.now();
        let model = referral::Model {
            id: scope.new_id(),
            company_id: ground.company_id,
            opportunity_id: self.opportunity,
            referrer_id: self.referrer,
            candidate_id,
            candidate_name: name,
            candidate_email: email,
            candidate_key: key,
            stage,
            duplicate_of_id: ground.first_id,
            recommendation: self.recommendation,
            submitted_at: now,
            closed_at: rules::is_final(stage).then_some(now),
            created_at: now,
            updated_at: now,
            version: 1,
        };
        let step = step(scope, &model, None, None);
        let change = change(&model, "referral.submitted", vec![]);
        (model, step, change)
    }
}

/// Moves a referral along. Requires `referrals:write`.
pub async fn advance(
    scope: &Scope,
    id: ReferralId,
    expected: Option<i32>,
    to: ReferralStage,
    note: Option<&str>,
) -> Result<referral::Model> {
    scope.require(Permission::ReferralsWrite)?;
    let transaction = scope.begin().await?;
    let found = store::get_for_update(scope, &*transaction, id).await?;
    same_version(expected, found.version)?;
    rules::advance(found.stage, to, leaps(scope))?;
    moved(scope, transaction, found, to, note, "referral.advanced").await
}

/// Takes a referral back. Requires `referrals:submit`.
pub async fn withdraw(
    scope: &Scope,
    id: ReferralId,
    expected: Option<i32>,
    note: Option<&str>,
) -> Result<referral::Model> {
    scope.require(Permission::ReferralsSubmit)?;
    let viewer = scope.person()?;
    let transaction = scope.begin().await?;
    let found = store::get_for_update(scope, &*transaction, id).await?;
    same_version(expected, found.version)?;
    rules::withdraw(found.stage, viewer, (found.referrer_id, found.candidate_id))?;
    let to = ReferralStage::Withdrawn;
    moved(scope, transaction, found, to, note, "referral.withdrawn").await
}

/// Whether the viewer may leave stages out: a recruiting system may.
#[must_use]
pub fn leaps(scope: &Scope) -> bool {
    matches!(scope.viewer(), Viewer::Service(_))
}

/// Notes why this referrer cannot recommend this alumnus.
fn fit(
    scope: &Scope,
    checks: &mut Checks,
    referrer: PersonId,
    ground: &Ground,
    candidate: PersonId,
) {
    if candidate == referrer {
        checks.refuse(UserErrorCode::Refused, "candidateId", ONESELF);
        return;
    }
    let sees_everyone = scope.may(Permission::AlumniRead);
    match ground
        .candidate_standing
        .map(|standing| rules::unfit(standing, sees_everyone))
    {
        Some(None) => {}
        Some(Some(why)) => checks.refuse(UserErrorCode::Refused, "candidateId", why),
        None => checks.refuse(
            UserErrorCode::NotFound,
            "candidateId",
            "there is no such alumnus for you",
        ),
    }
}

/// Writes a new stage down, with its step and change.
async fn moved(
    scope: &Scope,
    transaction: Transaction<'_>,
    mut referral: referral::Model,
    to: ReferralStage,
    note: Option<&str>,
    kind: &'static str,
) -> Result<referral::Model> {
    let mut checks = Checks::default();
    let note = checks.text("note", note, NOTE);
    checks.done()?;
    let now = scope.now();
    let from = referral.stage;
    referral.stage = to;
    referral.closed_at = rules::is_final(to).then_some(now);
    referral.updated_at = now;
    referral.version += 1;
    let mut writes = transaction.writes();
    writes.save(referral.clone())?;
    writes.insert(vec![step(scope, &referral, Some(from), note)]);
    let change = change(&referral, kind, vec!["stage".to_owned()]);
    transaction.write(writes, vec![change]).await?;
    transaction.commit().await?;
    Ok(referral)
}

/// The step that led to the referral's stage.
fn step(
    scope: &Scope,
    referral: &referral::Model,
    from: Option<ReferralStage>,
    note: Option<String>,
) -> referral_step::Model {
    let own = scope.only_company() == Some(referral.company_id);
    referral_step::Model {
        id: scope.new_id(),
        company_id: referral.company_id,
        referral_id: referral.id,
        from_stage: from,
        to_stage: referral.stage,
        note,
        actor_id: scope.viewer().person().filter(|_| own),
        created_at: scope.now(),
    }
}

fn change(referral: &referral::Model, kind: &'static str, fields: Vec<String>) -> Change {
    Change {
        company: referral.company_id,
        kind,
        subject: SubjectKind::Referral,
        id: referral.id.0,
        person: referral.candidate_id,
        fields,
    }
}
