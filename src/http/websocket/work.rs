//! One operation of a socket, as a task that sends its messages to the session.

use std::{net::IpAddr, panic::AssertUnwindSafe, pin::pin};

use async_graphql::parser::types::OperationType;
use futures_util::{FutureExt, StreamExt};
use tokio::sync::mpsc;

use super::message::ServerMessage;
use crate::{
    access::Viewer,
    app::App,
    http::{
        answer::Answer,
        errors::{self, Finish, Phase},
        operation::panic_message,
        params::Params,
        request_id::RequestId,
        work::{self, Sender},
    },
};

/// One message about an operation.
pub(super) struct Told {
    pub id: String,
    pub number: u64,
    pub text: String,
    /// Whether nothing of this operation follows.
    pub last: bool,
}

/// Sends the messages of one operation.
pub(super) struct Teller {
    pub id: String,
    pub number: u64,
    pub answers: mpsc::Sender<Told>,
}

impl Teller {
    async fn tell(&self, message: &ServerMessage<'_>, last: bool) {
        let text = serde_json::to_string(message).unwrap_or_else(|error| {
            tracing::error!(%error, "an answer could not be written");
            String::new()
        });
        // Nobody listens any more when the socket is over.
        let _ = self
            .answers
            .send(Told {
                id: self.id.clone(),
                number: self.number,
                text,
                last,
            })
            .await;
    }

    /// Sends one response: an `error` ends the operation, a `next` does not.
    async fn answer(&self, answer: &Answer) {
        let id = &self.id;
        match answer {
            Answer::Ran(_) => {
                let payload = answer;
                self.tell(&ServerMessage::Next { id, payload }, false).await;
            }
            Answer::Refused(_) | Answer::Throttled(..) | Answer::Stopped(_) => {
                let payload = answer.errors();
                self.tell(&ServerMessage::Error { id, payload }, true).await;
            }
        }
    }

    async fn complete(&self) {
        self.tell(&ServerMessage::Complete { id: &self.id }, true)
            .await;
    }
}

/// Runs one operation and sends its messages; a panic becomes an error.
pub(super) async fn carry(
    app: App,
    viewer: Viewer,
    address: Option<IpAddr>,
    request_id: RequestId,
    params: Params,
    teller: Teller,
) {
    let done = AssertUnwindSafe(run(
        app,
        viewer,
        address,
        request_id.clone(),
        params,
        &teller,
    ))
    .catch_unwind();
    if let Err(panic) = done.await {
        tracing::error!(panic = panic_message(&*panic), "an operation broke");
        let mut error = errors::internal();
        Finish {
            request_id: &request_id,
            suggestions: false,
            development: false,
        }
        .one(&mut error, Phase::Execution);
        teller.answer(&Answer::Stopped(error)).await;
    }
}

async fn run(
    app: App,
    viewer: Viewer,
    address: Option<IpAddr>,
    request_id: RequestId,
    params: Params,
    teller: &Teller,
) {
    let room = work::wait_for_access_log(&app, &viewer, "socket").await;
    let turn = match room {
        Ok(()) => app.turns.take("socket").await,
        Err(overload) => Err(overload),
    };
    let turn = match turn {
        Ok(turn) => turn,
        Err(overload) => {
            let mut error = overload.into();
            Finish {
                request_id: &request_id,
                suggestions: false,
                development: false,
            }
            .one(&mut error, Phase::Validation);
            return teller.answer(&Answer::refused(error)).await;
        }
    };
    let sender = Sender {
        viewer: &viewer,
        request_id: &request_id,
        transport: "socket",
        address,
    };
    let operation = match work::inspect(&app, sender, params) {
        Ok(operation) => operation,
        Err(answer) => return teller.answer(&answer).await,
    };
    // a subscription has begun with this, and a slow reader of anything else holds up nobody
    let mut turn = (operation.kind() != OperationType::Subscription).then_some(turn);
    let mut answers = pin!(work::answers(app, operation));
    while let Some(answer) = answers.next().await {
        turn.take();
        teller.answer(&answer).await;
    }
    // After an `error` this one is no longer in the table, and says nothing.
    teller.complete().await;
}
