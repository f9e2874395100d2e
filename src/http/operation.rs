//! One operation from its parameters to its response, the same for every transport. It is inspected once and executed once within its time limit. A
//! panic becomes an error response.

use std::{any::Any, iter::repeat_n, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use async_graphql::{Pos, Request, Response, ServerError, Value, parser::types::OperationType};
use futures_util::{FutureExt, Stream, StreamExt, future};

use super::{
    answer::Answer,
    asked::{collected, document},
    bill::{Bill, Purse},
    errors::{self, Finish, Phase},
    keyed::{Keyed, Sent},
    named::text,
    params::Params,
    request_id::RequestId,
    steps::{TimeLimit, in_turn},
};
use crate::access::Viewer;
use crate::access_log::{Readings, Recording, Taken};
use crate::budget::Exhausted;
use crate::error::Error;
use crate::graphql::{
    collected::Collected,
    documents::{Asked, Document},
    engine::{Engine, Roots},
    limits::Limits,
    schema_description::add_to_answer,
};
use crate::telemetry::operation::{Measured, What};

/// Maximum number of returned validation errors.
const MOST_FAULTS: usize = 50;

/// The caller of an operation, and the transport.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub request_id: RequestId,
    /// `http` or `socket`, for metrics.
    pub transport: &'static str,
    /// Threshold of a slow operation; null: none is logged.
    pub slow: Option<Duration>,
    /// Whether error messages may suggest existing names.
    pub suggestions: bool,
    /// Whether the message for a missing token names the command that prints one.
    pub development: bool,
    pub viewer: Viewer,
    pub purse: Purse,
    /// Whether the caller may execute trusted documents only.
    pub trusted_only: bool,
}

impl Caller {
    fn fit(&self, mut errors: Vec<ServerError>, phase: Phase) -> Vec<ServerError> {
        if phase == Phase::Validation {
            errors.dedup();
            errors.truncate(MOST_FAULTS);
        }
        Finish {
            request_id: &self.request_id,
            suggestions: self.suggestions,
            development: self.development,
        }
        .all(&mut errors, phase);
        errors
    }

    /// Response to an operation beyond the rate limit.
    pub fn throttled(&self, exhausted: Exhausted) -> Answer {
        let errors = self.fit(vec![exhausted.into()], Phase::Validation);
        Answer::Throttled(errors, exhausted)
    }
}

/// An accepted operation.
pub(super) struct Operation {
    /// Requests to async-graphql: one per root field of a mutation, otherwise one.
    requests: Vec<Request>,
    document: Arc<Document>,
    bill: Bill,
    collected: Arc<Collected>,
    /// Whether it contains introspection.
    introspects: bool,
    caller: Caller,
    /// Access log recording; null if the operation is not logged.
    recording: Option<Recording>,
    /// Idempotency key of a mutation; null otherwise.
    keyed: Option<Keyed>,
    measured: Measured,
}

impl Operation {
    /// Inspects a request. Returns the response if it is rejected.
    pub fn inspect<R: Roots>(
        engine: &Engine<R>,
        limits: &Limits,
        introspection: bool,
        caller: Caller,
        params: Params,
    ) -> Result<Self, Answer> {
        let measured = Measured::begin(caller.transport, caller.slow);
        if let Err(exhausted) = caller.purse.look() {
            let answer = caller.throttled(exhausted);
            measured.answered(&unknown(&caller), &answer.told());
            return Err(answer);
        }
        let Params {
            query,
            name,
            operation_name: operation,
            mut variables,
            extensions,
            idempotency_key,
        } = params;
        let text = text(engine, limits, query, name, caller.trusted_only);
        let prepared = text.and_then(|(text, digest)| {
            let asked = Asked { text, operation };
            document(engine, limits, introspection, &asked, &variables).and_then(
                |(document, price)| {
                    // who is nobody cannot push out what others have sent
                    if let (Some(digest), true) = (digest, caller.viewer.known()) {
                        engine.persisted().remember(digest, &asked.text);
                    }
                    let sent = Sent::of(&document, &asked, &variables, idempotency_key);
                    let collected = collected(engine, &document, &mut variables)?;
                    let keyed = sent.map(|sent| sent.keyed(&variables)).transpose();
                    let keyed = keyed.map_err(|error| vec![error])?;
                    Ok((document, price, collected, keyed))
                },
            )
        });
        match prepared {
            Ok((document, price, collected, keyed)) => {
                let steps = collected.steps();
                // the last takes them, and mostly there is but one
                let values = repeat_n((variables, extensions), steps.len());
                let requests = steps.into_iter().zip(values);
                let requests = requests.map(|(step, (variables, extensions))| {
                    // What the library is given has no text: it is handed the parsed document.
                    let mut request = Request::new("").variables(variables);
                    request.extensions = extensions;
                    request.set_parsed_query(step);
                    request
                });
                let operation = Self {
                    introspects: price.introspects,
                    requests: requests.collect(),
                    document,
                    bill: caller.purse.bill(price),
                    collected,
                    caller,
                    recording: None,
                    keyed,
                    measured,
                };
                operation.record();
                Ok(operation)
            }
            Err(errors) => {
                caller.purse.charge_look();
                let answer = Answer::Refused(caller.fit(errors, Phase::Validation));
                measured.answered(&unknown(&caller), &answer.told());
                Err(answer)
            }
        }
    }

    /// Adds the data that resolvers need.
    pub fn prepare(
        &mut self,
        recording: Option<Recording>,
        prepare: impl Fn(Readings, Request) -> Request,
    ) {
        let readings = recording.as_ref().map(Recording::readings);
        let readings = readings.cloned().unwrap_or_default();
        let requests = std::mem::take(&mut self.requests);
        let prepared = requests.into_iter();
        self.requests = prepared
            .map(|request| prepare(readings.clone(), request))
            .collect();
        self.recording = recording;
    }

    /// Idempotency key of a mutation; null otherwise.
    pub fn keyed(&self) -> Option<&Keyed> {
        self.keyed.as_ref()
    }

    pub fn viewer(&self) -> &Viewer {
        &self.caller.viewer
    }

    pub fn request_id(&self) -> &RequestId {
        &self.caller.request_id
    }

    /// Retains a copy of the access log record; null if the operation is not logged.
    pub fn remember(&mut self) -> Option<Taken> {
        self.recording.as_mut().map(Recording::remember)
    }

    pub fn kind(&self) -> OperationType {
        self.document.kind
    }

    /// Takes the cost from the rate limit. On `Err` the operation must not be executed.
    pub async fn pay(&mut self) -> Result<(), Exhausted> {
        self.bill.pay().await
    }

    /// Rejects the operation by the rate limit.
    pub fn throttle(self, exhausted: Exhausted) -> Answer {
        let answer = self.caller.throttled(exhausted);
        self.counted(answer)
    }

    /// Rejects the operation for a reason of the transport.
    pub fn refuse(self, error: ServerError) -> Answer {
        self.bill.settle(1);
        let answer = Answer::Refused(self.caller.fit(vec![error], Phase::Validation));
        self.counted(answer)
    }

    /// Rejects the operation with an error.
    pub fn fail(self, error: Error) -> Answer {
        let error = async_graphql::Error::from(error).into_server_error(Pos::default());
        let answer = self.stopped(error);
        self.counted(answer)
    }

    /// Returns a stored response instead of an execution. Fails if the new read could not be written to the access log.
    pub fn answered_before(self, written: std::io::Result<()>, answer: Answer) -> Answer {
        let answer = match (written, answer) {
            (Ok(()), Answer::Ran(mut response)) => {
                self.bill.tell_again(&mut response);
                Answer::Ran(response)
            }
            (Ok(()), answer) => answer,
            (Err(error), _) => self.unwritten(&error),
        };
        self.counted(answer)
    }

    fn counted(&self, answer: Answer) -> Answer {
        self.measured.answered(&self.what(), &answer.told());
        answer
    }

    /// Description of the operation for telemetry.
    fn what(&self) -> What<'_> {
        What {
            kind: kind_name(self.kind()),
            name: self.document.name.as_deref(),
            digest: Some(self.document.digest),
            request_id: self.caller.request_id.as_str(),
        }
    }

    /// Executes a query or a mutation. At the time limit it is aborted and an open transaction is rolled back; results up to then are returned.
    pub async fn run<R: Roots>(mut self, engine: &Engine<R>, limits: &Limits) -> Answer {
        let requests = std::mem::take(&mut self.requests);
        let time = TimeLimit::of(self.kind(), limits);
        let execution = in_turn(engine, requests, &self.collected.selected, time);
        let answer = match AssertUnwindSafe(execution).catch_unwind().await {
            Ok(Ok(mut response)) => {
                if self.introspects && !R::DESCRIPTION.is_empty() {
                    let document = &self.collected.document;
                    add_to_answer(document, &mut response.data, R::DESCRIPTION);
                }
                self.whole(response)
            }
            Ok(Err(late)) => self.stopped(late),
            Err(panic) => self.stopped(self.broken(&*panic)),
        };
        self.counted(answer)
    }

    /// Executes a subscription until it ends, fails, or the stream is dropped.
    pub fn stream<R: Roots>(
        mut self,
        engine: &Engine<R>,
    ) -> impl Stream<Item = Answer> + Send + use<R> {
        let schema = engine.schema();
        let request = self.requests.pop().unwrap_or_else(|| Request::new(""));
        let responses = AssertUnwindSafe(schema.execute_stream(request)).catch_unwind();
        // an event is slowed like any other logged read
        let recording = self.recording.clone();
        let responses = responses.then(move |response| {
            let recording = recording.clone();
            async move {
                if let Some(recording) = recording {
                    recording.wait_for_room().await;
                }
                response
            }
        });
        let mut first = true;
        let mut following = self.measured.clone().following(&self.what());
        let answers = responses.map(move |response| {
            let answer = match response {
                // What fails before the first event was never begun.
                Ok(response)
                    if first && response.data == Value::Null && !response.errors.is_empty() =>
                {
                    let phase = phase(&response);
                    Answer::Refused(self.caller.fit(response.errors, phase))
                }
                Ok(response) => self.finished(response),
                Err(panic) => self.stopped(self.broken(&*panic)),
            };
            first = false;
            following.answered(&answer.told());
            answer
        });
        // Nothing follows the first answer that is not an event.
        answers.scan(false, |over, answer| {
            let ended = std::mem::replace(over, !matches!(answer, Answer::Ran(_)));
            future::ready((!ended).then_some(answer))
        })
    }

    /// The single response of a query or a mutation, with its cost.
    fn whole(&self, response: Response) -> Answer {
        let mut answer = self.finished(response);
        if let Answer::Ran(response) = &mut answer {
            let mutation = self.kind() == OperationType::Mutation;
            let cost = self.collected.selected.cost(&response.data, mutation);
            self.bill.tell(response, cost);
        }
        answer
    }

    fn finished(&self, mut response: Response) -> Answer {
        if let Some(recording) = &self.recording
            && let Err(error) = recording.keep(self.document.name.as_deref())
        {
            return self.unwritten(&error);
        }
        let phase = phase(&response);
        let selected = &self.collected.selected;
        if phase == Phase::Execution {
            selected.settle(&mut response.data, &mut response.errors);
        }
        response.errors = self.caller.fit(response.errors, phase);
        selected.arrange(&mut response.data);
        match phase {
            Phase::Validation => Answer::Refused(response.errors),
            Phase::Execution => Answer::Ran(Box::new(response)),
        }
    }

    /// Replaces a response that could not be written to the access log.
    fn unwritten(&self, error: &std::io::Error) -> Answer {
        tracing::error!(request_id = %self.caller.request_id, %error, "the access log cannot be written");
        self.stopped(errors::internal())
    }

    fn stopped(&self, error: ServerError) -> Answer {
        let mut errors = self.caller.fit(vec![error], Phase::Execution);
        errors
            .pop()
            .map_or_else(|| Answer::Refused(Vec::new()), Answer::Stopped)
    }

    fn broken(&self, panic: &(dyn Any + Send)) -> ServerError {
        tracing::error!(request_id = %self.caller.request_id, panic = panic_message(panic), "an operation broke");
        errors::internal()
    }

    /// Records the operation in the current span. Its name is an identifier, never a value.
    fn record(&self) {
        let span = tracing::Span::current();
        span.record("operation_type", kind_name(self.kind()));
        if let Some(name) = &self.document.name {
            span.record("operation_name", name.get(..64).unwrap_or(name));
        }
    }
}

/// Phase of a response's errors: async-graphql responds to an invalid request like to one in which all fields failed, but errors of fields have a path.
fn phase(response: &Response) -> Phase {
    let refused = response.data == Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty());
    if refused {
        Phase::Validation
    } else {
        Phase::Execution
    }
}

/// Message of a panic.
pub(super) fn panic_message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

pub(super) fn kind_name(kind: OperationType) -> &'static str {
    match kind {
        OperationType::Query => "query",
        OperationType::Mutation => "mutation",
        OperationType::Subscription => "subscription",
    }
}

/// Description of a request that did not become an operation, for telemetry.
fn unknown(caller: &Caller) -> What<'_> {
    What {
        kind: "unknown",
        name: None,
        digest: None,
        request_id: caller.request_id.as_str(),
    }
}

#[cfg(test)]
mod tests;
