//! Idempotent execution of a mutation, in one transaction with its stored response. See `crate::idempotency`.

use std::time::Duration;

use async_graphql::{Response, ServerError, value};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use super::answer::Answer;
use super::errors::{code, coded};
use super::keyed::Keyed;
use super::operation::Operation;
use super::work;
use crate::access_log::{Record, Taken};
use crate::app::App;
use crate::database::UnitOfWork;
use crate::error::{Error, Result};
use crate::idempotency::{self, Found, Slot};

/// The stored response.
#[derive(Serialize, Deserialize)]
struct Stored {
    response: Response,
    /// Reads for the access log: returning the response again is a new read.
    read: Option<Record>,
}

/// Executes the mutation, or returns the stored response.
pub(super) async fn run(app: &App, operation: Operation, keyed: &Keyed) -> Answer {
    let slot = keyed.key.slot(operation.viewer(), &keyed.request);
    let Some(_turn) = app.keys_under_way.begin(&slot) else {
        return operation.refuse(under_way());
    };
    match attempt(app, operation, keyed, &slot).await {
        Ok(answer) => answer,
        Err((operation, error)) => operation.fail(error),
    }
}

async fn attempt(
    app: &App,
    mut operation: Operation,
    keyed: &Keyed,
    slot: &Slot,
) -> Result<Answer, (Operation, Error)> {
    let begun = async {
        let unit = app.database.unit().await?;
        let transaction = unit.transaction();
        let found = idempotency::find(transaction, slot, &keyed.request, app.clock.now()).await?;
        Ok((unit, found))
    };
    let limit = Duration::from_millis(app.http.limits.mutation_timeout_ms.into());
    let (unit, found) = match timeout(limit, begun).await {
        Ok(Ok(begun)) => begun,
        Ok(Err(error)) => return Err((operation, error)),
        Err(_) => return Err((operation, Error::Timeout)),
    };
    if !matches!(found, Found::Unused) {
        release(unit).await;
        return Ok(answered(app, operation, keyed, slot, found));
    }
    work::begin(app, unit.database(), &mut operation);
    let (read, known) = (operation.remember(), operation.viewer().known());
    let response = match operation.run(&app.engine, &app.http.limits).await {
        Answer::Ran(response) => *response,
        // nothing ran, or it was stopped: the transaction goes with it
        other => return Ok(other),
    };
    if let Some(error) = response.errors.iter().find(|error| passes(error)) {
        release(unit).await;
        return Ok(nothing_done(error));
    }
    // Whoever is nobody could fill the table with refusals.
    if !known && !unit.did_something() {
        release(unit).await;
        return Ok(marked(response, false));
    }
    let stored = Stored {
        read: read.and_then(Taken::taken),
        response,
    };
    let kept = async {
        let plain = serde_json::to_vec(&stored).map_err(Error::internal)?;
        let sealed = app
            .sealer
            .seal(slot, &keyed.request, plain)
            .ok_or_else(|| Error::internal("an answer that cannot be sealed"))?;
        let now = app.clock.now();
        idempotency::put(unit.transaction(), slot, &keyed.request, sealed, now).await?;
        unit.commit().await?;
        Ok::<_, Error>(())
    };
    if let Err(error) = kept.await {
        tracing::error!(%error, "a mutation under a key was not committed");
        return Ok(Answer::Stopped(super::errors::internal()));
    }
    Ok(marked(stored.response, false))
}

/// The response for a known key.
fn answered(app: &App, operation: Operation, keyed: &Keyed, slot: &Slot, found: Found) -> Answer {
    match found {
        Found::Unused | Found::UnderWay => operation.refuse(under_way()),
        Found::OfAnotherRequest => {
            let message =
                "The idempotency key was used for another request: each request needs its own.";
            operation.refuse(conflict(message, false))
        }
        Found::Done(answer) => {
            let opened = answer
                .and_then(|sealed| app.sealer.open(slot, &keyed.request, &sealed))
                .and_then(|plain| serde_json::from_slice(&plain).ok());
            again(app, operation, opened)
        }
    }
}

/// Releases the key before the response is sent, so that the client can retry at once.
async fn release(unit: UnitOfWork) {
    if let Err(error) = unit.rollback().await {
        tracing::warn!(%error, "a transaction under an idempotency key was not rolled back in time");
    }
}

/// Returns the stored response.
fn again(app: &App, operation: Operation, stored: Option<Stored>) -> Answer {
    let Some(Stored { response, read }) = stored else {
        let message =
            "This was done before with the same idempotency key; what it answered is kept no more.";
        return operation.refuse(conflict(message, false));
    };
    // whatever office the viewer has now: they are told what they were told in that one
    let again = read.map(|read| read.again(&app.clock, operation.request_id().as_str()));
    let written = again.map_or(Ok(()), |record| app.access_log.append(&record));
    operation.answered_before(written, marked(response, true))
}

fn marked(response: Response, replayed: bool) -> Answer {
    let mark = value!({ "replayed": replayed });
    Answer::Ran(Box::new(response.extension("idempotent", mark)))
}

/// Whether a retry may succeed. Then nothing is stored, not even the use of the key.
fn passes(error: &ServerError) -> bool {
    matches!(
        code(error),
        Some("INTERNAL_SERVER_ERROR" | "TIMEOUT" | "CONFLICT")
    )
}

/// The response of an operation that was rolled back: its error without data.
fn nothing_done(error: &ServerError) -> Answer {
    let mut error = error.clone();
    error.path.clear();
    if code(&error) == Some("CONFLICT") {
        Answer::refused(error)
    } else {
        Answer::Stopped(error)
    }
}

fn under_way() -> ServerError {
    conflict(
        "The same mutation is under way with this idempotency key: send it again in a moment.",
        true,
    )
}

fn conflict(message: &str, retryable: bool) -> ServerError {
    let mut error = coded("CONFLICT", message);
    if let Some(extensions) = &mut error.extensions {
        extensions.set("retryable", retryable);
    }
    error
}
