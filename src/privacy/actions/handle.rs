//! What those who handle data requests do, for people who wrote; and what a person does to a request of theirs.

use chrono::NaiveDate;
use entity::{DataRequestId, DataRequestKind, DataRequestState, PersonId, data_request};

use super::{
    LONGEST, Outcome, erase, insert, link, received, restrict, save, unconfirmed, wish_of,
};
use crate::access::Permission;
use crate::checks::{Checks, same_version};
use crate::error::{Error, Refusal, Result, UserErrorCode};
use crate::privacy::rules::{self, Step};
use crate::privacy::store;
use crate::scope::{Scope, Transaction};

/// Which request, and of which version.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    /// Which.
    pub id: DataRequestId,
    /// `STALE_VERSION` if the stored version differs.
    pub expected: Option<i32>,
}

/// Writes a request down that came by letter. Requires `data-requests:manage`.
pub async fn register(
    scope: &Scope,
    person: PersonId,
    kind: DataRequestKind,
    wish: Option<&str>,
    received_on: Option<NaiveDate>,
) -> Result<data_request::Model> {
    scope.require(Permission::DataRequestsManage)?;
    let mut checks = Checks::default();
    let wish = wish_of(&mut checks, kind, wish);
    let transaction = scope.begin().await?;
    let company = store::company(scope, &*transaction).await?;
    let mut request = received(scope, &company, person, kind, wish);
    if let Some(day) = received_on {
        if day > request.received_on {
            let why = "lies ahead, in the company's time zone";
            checks.refuse(UserErrorCode::Invalid, "receivedOn", why);
        }
        (request.received_on, request.due_on) = (day, rules::due(day));
    }
    checks.done()?;
    match store::person_for_update(scope, &*transaction, person).await {
        Err(Error::NotFound) => {
            let why = "there is no such person for you";
            return Err(Refusal::new(UserErrorCode::NotFound, "personId", why).into());
        }
        found => found?,
    };
    insert(&transaction, &request, "data_request.registered").await?;
    transaction.commit().await?;
    Ok(request)
}

/// Notes how it was made sure that it is the person who asks. Requires `data-requests:manage`.
pub async fn verify_identity(
    scope: &Scope,
    which: Answer,
    how: &str,
) -> Result<data_request::Model> {
    scope.require(Permission::DataRequestsManage)?;
    let mut checks = Checks::default();
    let how = checks.line("how", how, 500);
    checks.done()?;
    let transaction = scope.begin().await?;
    let mut next = step(scope, &transaction, which, Step::VerifyIdentity).await?;
    next.identity_proof = Some(how);
    done(transaction, next, Step::VerifyIdentity).await
}

/// Begins to work on it. Requires `data-requests:manage` and a login that belongs to a person.
pub async fn take(scope: &Scope, which: Answer) -> Result<data_request::Model> {
    scope.require(Permission::DataRequestsManage)?;
    let handler = scope.person()?;
    let transaction = scope.begin().await?;
    let mut next = step(scope, &transaction, which, Step::Take).await?;
    next.handler_id = Some(handler);
    done(transaction, next, Step::Take).await
}

/// Puts the last day off by two months, once, for a reason that the person is told. Requires `data-requests:manage`.
pub async fn extend(scope: &Scope, which: Answer, reason: &str) -> Result<data_request::Model> {
    scope.require(Permission::DataRequestsManage)?;
    let mut checks = Checks::default();
    let reason = reason_of(&mut checks, reason);
    let transaction = scope.begin().await?;
    checks.done()?;
    let mut next = step(scope, &transaction, which, Step::Extend).await?;
    let company = store::company(scope, &*transaction).await?;
    let (today, was_due) = (
        scope.today(&company.time_zone),
        rules::due(next.received_on),
    );
    if today > was_due {
        let why = format!("it was due on {was_due}: the person is told of a delay before that day");
        return Err(Refusal::new(UserErrorCode::Refused, "", why).into());
    }
    next.extension_reason = Some(reason);
    done(transaction, next, Step::Extend).await
}

/// Does what is asked: makes an export's link for the viewer, restricts, erases; a correction was made before this. Requires
/// `data-requests:manage`.
pub async fn fulfil(
    scope: &Scope,
    which: Answer,
    answer: Option<&str>,
    confirm: bool,
) -> Result<Outcome> {
    scope.require(Permission::DataRequestsManage)?;
    let mut checks = Checks::default();
    let answer = checks.text("answer", answer, LONGEST);
    let transaction = scope.begin().await?;
    let mut next = step(scope, &transaction, which, Step::Fulfil).await?;
    if next.kind == DataRequestKind::Erasure && !confirm {
        unconfirmed(&mut checks);
    }
    checks.done()?;
    next.answer = answer;
    let mut token = None;
    match next.kind {
        DataRequestKind::Erasure => {
            return erase::erase_as_asked(scope, transaction, next, false).await;
        }
        DataRequestKind::Export => token = Some(link(scope, &mut next)?),
        DataRequestKind::Restriction => {
            let person = store::person_for_update(scope, &*transaction, next.person_id).await?;
            restrict(scope, &transaction, &person, true).await?;
        }
        DataRequestKind::Correction => {}
    }
    let request = done(transaction, next, Step::Fulfil).await?;
    Ok(Outcome {
        token,
        ..request.into()
    })
}

/// Does not do it, or a part of it, for a reason that the person is told. Requires `data-requests:manage`.
pub async fn refuse(
    scope: &Scope,
    which: Answer,
    reason: &str,
    partly: bool,
) -> Result<data_request::Model> {
    scope.require(Permission::DataRequestsManage)?;
    let mut checks = Checks::default();
    let reason = reason_of(&mut checks, reason);
    let transaction = scope.begin().await?;
    let to = if partly {
        Step::RefusePartly
    } else {
        Step::Refuse
    };
    let mut next = step(scope, &transaction, which, to).await?;
    if partly && next.kind != DataRequestKind::Correction {
        let why = "only a correction is done in part; what the law keeps of an erasure is found by itself";
        checks.refuse(UserErrorCode::Refused, "partly", why);
    }
    checks.done()?;
    next.answer = Some(reason);
    done(transaction, next, to).await
}

/// Takes a request back: the person their own, or who handles it in their name. A restriction in force ends by that.
pub async fn withdraw(scope: &Scope, which: Answer) -> Result<data_request::Model> {
    if !scope.may(Permission::DataRequestsManage) {
        scope.person()?;
    }
    let transaction = scope.begin().await?;
    let found = store::get_for_update(scope, &*transaction, which.id).await?;
    same_version(which.expected, found.version)?;
    let next = rules::take(&found, Step::Withdraw, scope.now()).map_err(refused)?;
    if found.kind == DataRequestKind::Restriction && found.state == DataRequestState::Fulfilled {
        let person = store::person_for_update(scope, &*transaction, found.person_id).await?;
        restrict(scope, &transaction, &person, false).await?;
    }
    done(transaction, next, Step::Withdraw).await
}

/// Makes a new link for an export, in the place of the one before. Its person's, and theirs who handle it: requires a login.
pub async fn issue_link(scope: &Scope, which: Answer) -> Result<Outcome> {
    scope.person()?;
    let transaction = scope.begin().await?;
    let found = store::get_for_update(scope, &*transaction, which.id).await?;
    same_version(which.expected, found.version)?;
    if found.kind != DataRequestKind::Export || found.state != DataRequestState::Fulfilled {
        return Err(refused(
            "only an export that is fulfilled has a file".to_owned(),
        ));
    }
    let mut next = found;
    (next.updated_at, next.version) = (scope.now(), next.version + 1);
    let token = link(scope, &mut next)?;
    save(&transaction, &next, "data_request.link_issued").await?;
    transaction.commit().await?;
    Ok(Outcome {
        token: Some(token),
        ..next.into()
    })
}

async fn step(
    scope: &Scope,
    transaction: &Transaction<'_>,
    which: Answer,
    step: Step,
) -> Result<data_request::Model> {
    let found = store::get_for_update(scope, &**transaction, which.id).await?;
    same_version(which.expected, found.version)?;
    rules::take(&found, step, scope.now()).map_err(refused)
}

async fn done(
    transaction: Transaction<'_>,
    next: data_request::Model,
    step: Step,
) -> Result<data_request::Model> {
    save(&transaction, &next, step.kind()).await?;
    transaction.commit().await?;
    Ok(next)
}

fn reason_of(checks: &mut Checks, reason: &str) -> String {
    let text = checks.text("reason", Some(reason), LONGEST);
    if text.is_none() {
        checks.refuse(UserErrorCode::Required, "reason", "must not be empty");
    }
    text.unwrap_or_default()
}

fn refused(why: String) -> Error {
    Refusal::new(UserErrorCode::Refused, "", why).into()
}
