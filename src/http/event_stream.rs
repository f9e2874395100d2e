//! GraphQL over server-sent events in distinct connections mode: one request, one operation, one stream. Each response is a `next` event; `complete`
//! ends the stream. A stream without `complete` was interrupted, and the client may reconnect. `http::graphql` rejects invalid requests before a
//! stream starts.

use std::convert::Infallible;

use async_graphql::parser::types::OperationType;
use axum::{
    body::{Body, Bytes},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use tokio::time::{Interval, sleep_until};
use tracing::{Instrument, Span};

use super::{
    accept::EVENT_STREAM,
    answer::Answer,
    errors::{self, Finish, Phase},
    lasting::{Admission, Lapse, Open, heartbeat},
    operation::Operation,
    request_id::RequestId,
    turns::Turn,
    work,
};
use crate::{
    app::App,
    error::Error,
    telemetry::{names, within::Within},
};

/// A comment. The first one shows that the stream is open: some browsers wait for data after the headers.
const COMMENT: &str = ":\n\n";
/// With empty data: browsers ignore events without data.
const COMPLETE: &str = "event: complete\ndata:\n\n";

/// The stream of one operation.
pub(super) struct EventStream {
    app: App,
    request_id: RequestId,
    admission: Admission,
    answers: BoxStream<'static, Answer>,
    /// Whether it lasts as long as its token and the process (a subscription). Other operations may finish.
    lasting: bool,
    /// The permit of the operation until its response; none for a subscription.
    turn: Option<Turn>,
    heartbeat: Interval,
    /// Reason of the end, for the log; none if the client left.
    ended: Option<&'static str>,
    span: Span,
    within: Within,
    _open: Open,
}

impl EventStream {
    /// Stream of an accepted operation that has its permit.
    pub fn of(
        app: App,
        request_id: RequestId,
        admission: Admission,
        operation: Operation,
        turn: Turn,
    ) -> Self {
        let lasting = operation.kind() == OperationType::Subscription;
        let answers = work::answers(app.clone(), operation).boxed();
        let mut stream = Self::new(app, request_id, admission, answers, lasting);
        stream.turn = (!lasting).then_some(turn);
        stream
    }

    /// Stream of a rejected operation.
    pub fn refusal(app: App, request_id: RequestId, admission: Admission, answer: Answer) -> Self {
        let answers = stream::iter([answer]).boxed();
        Self::new(app, request_id, admission, answers, false)
    }

    fn new(
        app: App,
        request_id: RequestId,
        admission: Admission,
        answers: BoxStream<'static, Answer>,
        lasting: bool,
    ) -> Self {
        let heartbeat = heartbeat(app.http.limits.stream_heartbeat_ms);
        let (span, open) = (Span::current(), Open::counted(&names::STREAMS));
        Self {
            app,
            request_id,
            admission,
            answers,
            lasting,
            turn: None,
            heartbeat,
            ended: None,
            span,
            within: Within::here(),
            _open: open,
        }
    }

    /// The HTTP response. The operation starts when the response is sent, and ends with the connection.
    pub fn respond(self) -> Response {
        let headers = [
            (header::CONTENT_TYPE, EVENT_STREAM),
            (header::CACHE_CONTROL, "no-store"),
            (header::VARY, "accept, authorization"),
            // What nginx is told not to collect it by.
            (HeaderName::from_static("x-accel-buffering"), "no"),
        ];
        let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
        let opening = stream::iter([Ok(Bytes::from_static(COMMENT.as_bytes()))]);
        let body = Body::from_stream(opening.chain(stream::unfold(self, Self::next)));
        let mut response = (StatusCode::OK, body).into_response();
        response.headers_mut().extend(headers);
        response
    }

    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        let (span, within) = (self.span.clone(), self.within.clone());
        let said = within.around(self.say()).instrument(span).await?;
        Some((Ok(said.into()), self))
    }

    /// The next event; none at the end.
    async fn say(&mut self) -> Option<String> {
        if self.ended.is_some() {
            return None;
        }
        loop {
            let until = self.admission.until;
            return tokio::select! {
                biased;
                () = self.app.stop.cancelled(), if self.lasting => {
                    self.ended = Some("stopping");
                    None
                }
                () = sleep_until(until), if self.lasting => Some(self.lapse(Lapse::Expired)),
                () = self.admission.due(), if self.lasting => match self.admission.look_again(&self.app).await {
                    Ok(()) => continue,
                    Err(lapse) => Some(self.lapse(lapse)),
                },
                _ = self.heartbeat.tick() => Some(COMMENT.to_owned()),
                answer = self.answers.next() => Some(self.tell(answer)),
            };
        }
    }

    fn tell(&mut self, answer: Option<Answer>) -> String {
        self.turn = None;
        let Some(answer) = answer else {
            self.ended = Some("complete");
            return COMPLETE.to_owned();
        };
        // JSON has no line breaks of its own, so it is one line of data.
        let written = serde_json::to_string(&answer).or_else(|error| {
            tracing::error!(%error, "an answer could not be written");
            serde_json::to_string(&Answer::Stopped(errors::internal()))
        });
        format!("event: next\ndata: {}\n\n", written.unwrap_or_default())
    }

    /// The last event when a stream ends early: the protocol has no field for the reason.
    fn lapse(&mut self, lapse: Lapse) -> String {
        let error = Error::from(lapse);
        let mut error = errors::coded(error.code(), error.to_string());
        Finish {
            request_id: &self.request_id,
            suggestions: false,
            development: false,
        }
        .one(&mut error, Phase::Execution);
        let reason = self.tell(Some(Answer::refused(error)));
        self.ended = Some(lapse.reason());
        reason + COMPLETE
    }
}

impl Drop for EventStream {
    fn drop(&mut self) {
        let reason = self.ended.unwrap_or("gone");
        self.span
            .in_scope(|| tracing::info!(reason, "stream closed"));
    }
}
