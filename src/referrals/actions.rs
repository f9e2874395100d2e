//! What is done to referrals: each in one transaction, with the step and the change that tell of it.

use entity::{
    CompanyId, OpportunityId, PersonId, ReferralId, ReferralStage, SubjectKind, person, referral,
    referral_step,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, IntoActiveModel};

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
    /// For what.
    pub opportunity: OpportunityId,
    /// The alumnus recommended.
    pub alumnus: Option<PersonId>,
    /// Someone outside who is recommended; one of the two.
    pub outsider: Option<Outsider>,
    /// Why.
    pub recommendation: Option<String>,
}

/// Someone outside.
#[derive(Clone, Debug)]
pub struct Outsider {
    /// The whole name.
    pub name: String,
    /// By which they are known again.
    pub email: String,
}

/// Who is recommended, with all that the input says of them checked.
enum Candidate {
    Alumnus(PersonId),
    Outsider { name: String, email: String },
}

const RECOMMENDATION: usize = 5_000;
const NOTE: usize = 2_000;
/// How often a candidate may be taken back in the very moment in which they are referred again.
const TRIES: usize = 3;

/// Hands a referral in; a duplicate where the candidate is already referred for the opportunity. Requires `referrals:submit`.
pub async fn submit(scope: &Scope, new: NewReferral) -> Result<referral::Model> {
    scope.require(Permission::ReferralsSubmit)?;
    let viewer = scope.person()?;
    let mut checks = Checks::default();
    let recommendation = checks.text(
        "recommendation",
        new.recommendation.as_deref(),
        RECOMMENDATION,
    );
    let candidate = candidate(&mut checks, new.alumnus, new.outsider);
    let transaction = scope.begin().await?;
    let company = taking(scope, &*transaction, &mut checks, new.opportunity).await?;
    let referrer = store::find_person(scope, &*transaction, company, viewer)
        .await?
        .filter(|person| rules::refers(person.standing))
        .ok_or_else(|| {
            let message = "who works at the company or is a member of the programme refers others";
            Refusal::new(UserErrorCode::Refused, "", message)
        })?;
    if let Some(candidate) = &candidate {
        fit(scope, &*transaction, &mut checks, &referrer, candidate).await?;
    }
    checks.done()?;
    let Some(candidate) = candidate else {
        return Err(Error::internal("no candidate, and no fault either"));
    };
    let now = scope.now();
    let (alumnus, name, email, key) = match candidate {
        Candidate::Alumnus(id) => (Some(id), None, None, rules::key_of_person(id)),
        Candidate::Outsider { name, email } => {
            let key = rules::key_of_email(&email);
            (None, Some(name), Some(email), key)
        }
    };
    let model = referral::Model {
        id: scope.new_id(),
        company_id: company,
        opportunity_id: new.opportunity,
        referrer_id: viewer,
        candidate_id: alumnus,
        candidate_name: name,
        candidate_email: email,
        candidate_key: key,
        stage: ReferralStage::Submitted,
        duplicate_of_id: None,
        recommendation,
        submitted_at: now,
        closed_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let model = insert(&*transaction, model).await?;
    finish(scope, transaction, &model, None, None, "referral.submitted").await?;
    Ok(model)
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

/// The one candidate of an input; null where something is wrong, which is noted.
fn candidate(
    checks: &mut Checks,
    alumnus: Option<PersonId>,
    outsider: Option<Outsider>,
) -> Option<Candidate> {
    match (alumnus, outsider) {
        (Some(id), None) => Some(Candidate::Alumnus(id)),
        (None, Some(outsider)) => {
            let name = checks.line("candidate.name", &outsider.name, 200);
            let email = rules::email(&outsider.email);
            if email.is_none() {
                checks.refuse(
                    UserErrorCode::Invalid,
                    "candidate.email",
                    "must be an e-mail address, as `taro@example.com`, of at most 254 characters",
                );
            }
            email.map(|email| Candidate::Outsider { name, email })
        }
        (None, None) => {
            checks.refuse(
                UserErrorCode::Required,
                "candidateId",
                "give `candidateId` for an alumnus, or `candidate` for someone outside",
            );
            None
        }
        (Some(_), Some(_)) => {
            checks.refuse(
                UserErrorCode::Invalid,
                "candidateId",
                "give `candidateId` or `candidate`, not both",
            );
            None
        }
    }
}

/// Whose the opportunity is, which cannot be closed before the transaction ends; that it takes no referrals is noted.
async fn taking(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    checks: &mut Checks,
    id: OpportunityId,
) -> Result<CompanyId> {
    let field = "opportunityId";
    let found = match opportunities::get_for_update(scope, transaction, id).await {
        Ok(found) => found,
        Err(Error::NotFound) => {
            let message = "there is no such opportunity for you";
            return Err(Refusal::new(UserErrorCode::NotFound, field, message).into());
        }
        Err(error) => return Err(error),
    };
    let today = opportunities::today(scope, transaction, found.company_id).await?;
    if let Some(why) = opportunities::takes_no_referrals(found.state, found.closes_on, today) {
        checks.refuse(UserErrorCode::Refused, field, why);
    }
    Ok(found.company_id)
}

/// Notes why this referrer cannot recommend this candidate.
async fn fit(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    checks: &mut Checks,
    referrer: &person::Model,
    candidate: &Candidate,
) -> Result<()> {
    let oneself = "is yourself; a referral recommends somebody else";
    match candidate {
        Candidate::Alumnus(id) if *id == referrer.id => {
            checks.refuse(UserErrorCode::Refused, "candidateId", oneself);
        }
        Candidate::Alumnus(id) => {
            let company = referrer.company_id;
            let found = store::find_person(scope, transaction, company, *id).await?;
            let sees_everyone = scope.may(Permission::AlumniRead);
            match found.map(|person| rules::unfit(person.standing, sees_everyone)) {
                Some(None) => {}
                Some(Some(why)) => checks.refuse(UserErrorCode::Refused, "candidateId", why),
                None => checks.refuse(
                    UserErrorCode::NotFound,
                    "candidateId",
                    "there is no such alumnus for you",
                ),
            }
        }
        Candidate::Outsider { email, .. } => {
            let key = rules::key_of_email(email);
            let own = [&referrer.personal_email, &referrer.work_email];
            if own
                .into_iter()
                .flatten()
                .any(|own| rules::key_of_email(own) == key)
            {
                checks.refuse(UserErrorCode::Refused, "candidate.email", oneself);
            }
        }
    }
    Ok(())
}

/// Inserts the referral; as a duplicate of the one that stands for the candidate, where there is one.
async fn insert(
    transaction: &impl ConnectionTrait,
    mut model: referral::Model,
) -> Result<referral::Model> {
    for _ in 0..TRIES {
        if store::insert(transaction, model.clone()).await? {
            return Ok(model);
        }
        let (company, opportunity) = (model.company_id, model.opportunity_id);
        let key = &model.candidate_key;
        let first = store::standing_whoever_made_it(transaction, company, opportunity, key).await?;
        if let Some(first) = first {
            model.stage = ReferralStage::Duplicate;
            model.duplicate_of_id = Some(first);
            model.closed_at = Some(model.submitted_at);
        }
    }
    Err(Error::Conflict(
        "The candidate's other referral changed meanwhile; try again.",
    ))
}

/// Writes a new stage down, with its step and change.
async fn moved(
    scope: &Scope,
    transaction: Transaction<'_>,
    found: referral::Model,
    to: ReferralStage,
    note: Option<&str>,
    kind: &'static str,
) -> Result<referral::Model> {
    let mut checks = Checks::default();
    let note = checks.text("note", note, NOTE);
    checks.done()?;
    let now = scope.now();
    let from = found.stage;
    let version = found.version + 1;
    let mut row = found.into_active_model();
    row.stage = Set(to);
    row.closed_at = Set(rules::is_final(to).then_some(now));
    row.updated_at = Set(now);
    row.version = Set(version);
    let model = row.update(&*transaction).await?;
    finish(scope, transaction, &model, Some(from), note, kind).await?;
    Ok(model)
}

/// Writes the step that led to the referral's stage and the change that tells of it, and commits.
async fn finish(
    scope: &Scope,
    transaction: Transaction<'_>,
    model: &referral::Model,
    from: Option<ReferralStage>,
    note: Option<String>,
    kind: &'static str,
) -> Result<()> {
    let own = scope.only_company() == Some(model.company_id);
    let step = referral_step::Model {
        id: scope.new_id(),
        company_id: model.company_id,
        referral_id: model.id,
        from_stage: from,
        to_stage: model.stage,
        note,
        actor_id: scope.viewer().person().filter(|_| own),
        created_at: scope.now(),
    };
    store::insert_step(&*transaction, step).await?;
    let change = Change {
        company: model.company_id,
        kind,
        subject: SubjectKind::Referral,
        id: model.id.0,
        person: model.candidate_id,
        fields: from.map(|_| "stage".to_owned()).into_iter().collect(),
    };
    transaction.record(vec![change]).await?;
    transaction.commit().await
}
