//! What is done to referrals: each in one transaction, with the step and the change that tell of it.

use chrono::{DateTime, Utc};
use entity::{
    CompanyId, OpportunityId, PersonId, ReferralId, ReferralStage, SubjectKind, referral,
    referral_step,
};

use super::store::Ground;
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

impl Candidate {
    /// By what the candidate is the same.
    fn key(&self) -> String {
        match self {
            Self::Alumnus(id) => rules::key_of_person(*id),
            Self::Outsider { email, .. } => rules::key_of_email(email),
        }
    }
}

const RECOMMENDATION: usize = 5_000;
const NOTE: usize = 2_000;
/// How often others may refer the same candidate, and take them back, in the very moment of being referred.
const TRIES: usize = 3;

/// Hands a referral in; a duplicate where the candidate is already referred for the opportunity. Requires `referrals:submit`.
pub async fn submit(scope: &Scope, new: NewReferral) -> Result<referral::Model> {
    scope.require(Permission::ReferralsSubmit)?;
    let viewer = scope.person()?;
    for _ in 0..TRIES {
        if let Some(made) = hand_in(scope, viewer, new.clone()).await? {
            return Ok(made);
        }
    }
    Err(Error::Conflict(
        "The candidate's other referral changed meanwhile; try again.",
    ))
}

/// Null where somebody else referred the same candidate in the same moment: then it is for another try to see that.
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
    let candidate = candidate(&mut checks, new.alumnus, new.outsider);
    let key = candidate.as_ref().map(Candidate::key);
    let transaction = scope.begin().await?;
    let ground = store::ground(
        scope,
        &*transaction,
        new.opportunity,
        new.alumnus,
        key.as_deref(),
    );
    let ground = ground.await?.ok_or_else(|| {
        let message = "there is no such opportunity for you";
        Refusal::new(UserErrorCode::NotFound, "opportunityId", message)
    })?;
    let today = scope.today(&ground.time_zone);
    if let Some(why) = opportunities::takes_no_referrals(ground.state, ground.closes_on, today) {
        checks.refuse(UserErrorCode::Refused, "opportunityId", why);
    }
    if !ground.referrer_standing.is_some_and(rules::refers) {
        let message = "who works at the company or is a member of the programme refers others";
        return Err(Refusal::new(UserErrorCode::Refused, "", message).into());
    }
    if let Some(candidate) = &candidate {
        fit(scope, &mut checks, viewer, &ground, candidate);
    }
    checks.done()?;
    let Some((candidate, key)) = candidate.zip(key) else {
        return Err(Error::internal("no candidate, and no fault either"));
    };
    let (alumnus, name, email) = match candidate {
        Candidate::Alumnus(id) => (Some(id), None, None),
        Candidate::Outsider { name, email } => (None, Some(name), Some(email)),
    };
    let stage = match ground.first_id {
        None => ReferralStage::Submitted,
        Some(_) => ReferralStage::Duplicate,
    };
    let now = scope.now();
    let model = referral::Model {
        id: scope.new_id(),
        company_id: ground.company_id,
        opportunity_id: new.opportunity,
        referrer_id: viewer,
        candidate_id: alumnus,
        candidate_name: name,
        candidate_email: email,
        candidate_key: key,
        stage,
        duplicate_of_id: ground.first_id,
        recommendation,
        submitted_at: now,
        closed_at: rules::is_final(stage).then_some(now),
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let mut writes = transaction.writes();
    writes.insert(vec![model.clone()]);
    writes.insert(vec![step(scope, &model, None, None)]);
    let change = change(&model, "referral.submitted", vec![]);
    match transaction.write(writes, vec![change]).await {
        Err(error) if store::another_was_first(&error) => return Ok(None),
        done => done?,
    }
    transaction.commit().await?;
    Ok(Some(model))
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

/// Whom a referral no longer says anything of.
#[derive(Clone, Copy, Debug)]
pub enum Forgotten<'e> {
    /// A person, also where somebody else named them by one of their addresses as someone outside.
    Person(PersonId, &'e [&'e str]),
    /// Everyone outside whose referral came to its end before an instant.
    OutsidersBefore(DateTime<Utc>),
}

/// Takes back the open referrals of a candidate and empties what they all say of who that was, as part of an erasure. Answers how many
/// were of someone outside, and what happened by that.
pub async fn forget_candidate(
    scope: &Scope,
    transaction: &Transaction<'_>,
    company: CompanyId,
    whom: Forgotten<'_>,
) -> Result<(i64, Vec<Change>)> {
    let keys = match whom {
        Forgotten::Person(_, addresses) => addresses
            .iter()
            .map(|address| rules::key_of_email(address))
            .collect(),
        Forgotten::OutsidersBefore(_) => Vec::new(),
    };
    let found = match whom {
        Forgotten::Person(person, _) => {
            store::of_candidate_whoever_asks(scope, &**transaction, company, person, keys).await?
        }
        Forgotten::OutsidersBefore(before) => {
            store::outsiders_before_whoever_asks(scope, &**transaction, company, before).await?
        }
    };
    let mut changes = Vec::new();
    for was in &found {
        let now = scope.now();
        let mut referral = referral::Model {
            recommendation: None,
            updated_at: now,
            version: was.version + 1,
            ..was.clone()
        };
        let outside = was.candidate_id.is_none();
        if outside {
            // one of the two says who it was
            referral.candidate_name = Some(String::new());
            referral.candidate_email = None;
            referral.candidate_key = format!("erased:{}", was.id);
        }
        let mut writes = transaction.writes();
        let mut kind = "referral.candidate_erased";
        if !rules::is_final(was.stage) {
            (referral.stage, referral.closed_at) = (ReferralStage::Withdrawn, Some(now));
            let step = referral_step::Model {
                actor_id: None,
                ..step(scope, &referral, Some(was.stage), None)
            };
            writes.insert(vec![step]);
            kind = "referral.withdrawn";
        }
        writes.save(referral.clone())?;
        let fields = vec!["candidate".to_owned()];
        transaction.write(writes, Vec::new()).await?;
        if outside {
            store::empty_notes(&**transaction, &referral).await?;
        }
        changes.push(change(&referral, kind, fields));
    }
    let outside = found.iter().filter(|was| was.candidate_id.is_none());
    Ok((i64::try_from(outside.count()).unwrap_or(i64::MAX), changes))
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

/// Notes why this referrer cannot recommend this candidate.
fn fit(
    scope: &Scope,
    checks: &mut Checks,
    referrer: PersonId,
    ground: &Ground,
    candidate: &Candidate,
) {
    let oneself = "is yourself; a referral recommends somebody else";
    match candidate {
        Candidate::Alumnus(id) if *id == referrer => {
            checks.refuse(UserErrorCode::Refused, "candidateId", oneself);
        }
        Candidate::Alumnus(_) => {
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
        Candidate::Outsider { .. } => {
            let key = candidate.key();
            let own = [&ground.referrer_personal_email, &ground.referrer_work_email];
            if own
                .into_iter()
                .flatten()
                .any(|own| rules::key_of_email(own) == key)
            {
                checks.refuse(UserErrorCode::Refused, "candidate.email", oneself);
            }
        }
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
