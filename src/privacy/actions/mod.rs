//! What is done to data requests, each in one transaction. A person's own login asks for itself: their identity is verified by that, and
//! what needs no judgement (export, restriction, erasure) is done at once.

mod erase;
mod handle;
mod policy;
mod retention;

use chrono::TimeDelta;
use entity::{
    AccountId, DataRequestKind, DataRequestOrigin, DataRequestState, PersonId, SubjectKind,
    company, data_request, person,
};

pub use self::handle::{
    Answer, extend, fulfil, issue_link, refuse, register, take, verify_identity, withdraw,
};
pub use self::policy::{PolicyEdit, policy, update_policy};
pub use self::retention::{Kept, keep_to_retention};
use super::export::new_token;
use super::rules::{self, LINK_MINUTES};
use super::store;
use crate::access::Viewer;
use crate::checks::Checks;
use crate::error::{Error, Refusal, Result, UserErrorCode};
use crate::outbox::Change;
use crate::scope::{Scope, Transaction};

/// The longest free text.
const LONGEST: usize = 5_000;
/// Most requests a person has open at a time.
const MOST_OPEN: usize = 20;

/// What a step came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The request as it is now.
    pub request: data_request::Model,
    /// The secret part of an export's link; shown this once.
    pub token: Option<String>,
}

impl From<data_request::Model> for Outcome {
    fn from(request: data_request::Model) -> Self {
        Self {
            request,
            token: None,
        }
    }
}

/// Asks something about one's own data. An export, a restriction and an erasure are done at once; a correction waits for HR. Requires a
/// login that belongs to a person.
pub async fn open(
    scope: &Scope,
    kind: DataRequestKind,
    wish: Option<&str>,
    confirm: bool,
) -> Result<Outcome> {
    let person = scope.person()?;
    let mut checks = Checks::default();
    let wish = wish_of(&mut checks, kind, wish);
    if kind == DataRequestKind::Erasure && !confirm {
        unconfirmed(&mut checks);
    }
    checks.done()?;
    let transaction = scope.begin().await?;
    let company = store::company(scope, &*transaction).await?;
    let mut request = received(scope, &company, person, kind, wish);
    request.origin = DataRequestOrigin::Own;
    request.state = DataRequestState::IdentityVerified;
    request.identity_verified_at = Some(scope.now());
    match kind {
        DataRequestKind::Correction => {
            store::person_for_update(scope, &*transaction, person).await?;
            if store::count_open(scope, &*transaction, person).await? >= MOST_OPEN {
                let why = format!("you have {MOST_OPEN} open requests, which is the most");
                return Err(Refusal::new(UserErrorCode::Refused, "", why).into());
            }
            insert(&transaction, &request, "data_request.opened").await?;
            transaction.commit().await?;
            Ok(request.into())
        }
        DataRequestKind::Export => {
            store::person_for_update(scope, &*transaction, person).await?;
            // one a day is written down, however often its link is asked for
            let state = DataRequestState::Fulfilled;
            let found = store::latest(scope, &*transaction, person, kind, state).await?;
            let found = found.filter(|found| {
                found.origin == DataRequestOrigin::Own && found.received_on == request.received_on
            });
            let (mut request, is_new) = match found {
                Some(found) => (found, false),
                None => (ended(scope, request), true),
            };
            let token = link(scope, &mut request)?;
            if is_new {
                insert(&transaction, &request, "data_request.fulfilled").await?;
            } else {
                save(&transaction, &request, "data_request.link_issued").await?;
            }
            transaction.commit().await?;
            Ok(Outcome {
                token: Some(token),
                ..request.into()
            })
        }
        DataRequestKind::Restriction => {
            let row = store::person_for_update(scope, &*transaction, person).await?;
            let state = DataRequestState::Fulfilled;
            if row.restricted_at.is_some()
                && let Some(found) =
                    store::latest(scope, &*transaction, person, kind, state).await?
            {
                return Ok(found.into());
            }
            let request = ended(scope, request);
            restrict(scope, &transaction, &row, true).await?;
            insert(&transaction, &request, "data_request.fulfilled").await?;
            transaction.commit().await?;
            Ok(request.into())
        }
        DataRequestKind::Erasure => {
            let done = erase::erase_as_asked(scope, transaction, request, true).await?;
            Ok(done)
        }
    }
}

/// A request as it comes in.
fn received(
    scope: &Scope,
    company: &company::Model,
    person: PersonId,
    kind: DataRequestKind,
    wish: Option<String>,
) -> data_request::Model {
    let (now, today) = (scope.now(), scope.today(&company.time_zone));
    data_request::Model {
        id: scope.new_id(),
        company_id: company.id,
        person_id: person,
        kind,
        state: DataRequestState::Received,
        origin: DataRequestOrigin::Letter,
        wish,
        received_on: today,
        due_on: rules::due(today),
        extended_at: None,
        extension_reason: None,
        identity_verified_at: None,
        identity_proof: None,
        handler_id: None,
        answer: None,
        receipt: None,
        kept_until: None,
        link_hash: None,
        link_account_id: None,
        link_expires_at: None,
        closed_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    }
}

fn ended(scope: &Scope, request: data_request::Model) -> data_request::Model {
    data_request::Model {
        state: DataRequestState::Fulfilled,
        closed_at: Some(scope.now()),
        ..request
    }
}

/// Gives a request a new link for the viewer's login; the one before no longer works.
fn link(scope: &Scope, request: &mut data_request::Model) -> Result<String> {
    let account: AccountId = match scope.viewer() {
        Viewer::Member(member) => member.account,
        _ => return Err(Error::Forbidden("a login that belongs to a person")),
    };
    let (token, hash) = new_token()?;
    request.link_hash = Some(hash);
    request.link_account_id = Some(account);
    request.link_expires_at = Some(scope.now() + TimeDelta::minutes(LINK_MINUTES));
    Ok(token)
}

/// Begins or ends a person's data being only kept.
async fn restrict(
    scope: &Scope,
    transaction: &Transaction<'_>,
    person: &person::Model,
    on: bool,
) -> Result<()> {
    store::restrict(scope, &**transaction, person, on.then(|| scope.now())).await?;
    let kind = if on {
        "person.restricted"
    } else {
        "person.unrestricted"
    };
    transaction
        .record(vec![Change {
            company: person.company_id,
            kind,
            subject: SubjectKind::Person,
            id: person.id.0,
            person: Some(person.id),
            fields: vec![],
        }])
        .await
}

async fn insert(
    transaction: &Transaction<'_>,
    request: &data_request::Model,
    kind: &'static str,
) -> Result<()> {
    let mut writes = transaction.writes();
    writes.insert(vec![request.clone()]);
    Ok(transaction
        .write(writes, vec![change(request, kind)])
        .await?)
}

async fn save(
    transaction: &Transaction<'_>,
    request: &data_request::Model,
    kind: &'static str,
) -> Result<()> {
    let mut writes = transaction.writes();
    writes.save(request.clone())?;
    Ok(transaction
        .write(writes, vec![change(request, kind)])
        .await?)
}

fn change(request: &data_request::Model, kind: &'static str) -> Change {
    Change {
        company: request.company_id,
        kind,
        subject: SubjectKind::DataRequest,
        id: request.id.0,
        person: Some(request.person_id),
        fields: vec![],
    }
}

/// What the person wants; a correction says it.
fn wish_of(checks: &mut Checks, kind: DataRequestKind, wish: Option<&str>) -> Option<String> {
    let wish = checks.text("wish", wish, LONGEST);
    if wish.is_none() && kind == DataRequestKind::Correction {
        let why = "must say what is wrong, and what is right";
        checks.refuse(UserErrorCode::Required, "wish", why);
    }
    wish
}

fn unconfirmed(checks: &mut Checks) {
    let why = "must be true: what is erased does not come back";
    checks.refuse(UserErrorCode::Required, "confirm", why);
}
