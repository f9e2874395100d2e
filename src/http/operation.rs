//! One operation, from its parameters to its answer, the same for every transport: inspected once, run once under its time limit, and
//! whatever it does, a panic included, comes back as an answer whose errors are fit to leave.

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

/// How many faults of one document are told at once.
const MOST_FAULTS: usize = 50;

/// What the border knows of whoever sent an operation, and by which way.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub request_id: RequestId,
    /// `http` or `socket`, for the statistics.
    pub transport: &'static str,
    /// From which time on an operation is slow; null where none is.
    pub slow: Option<Duration>,
    /// Whether they may be told names that exist and that they did not write.
    pub suggestions: bool,
    /// Whether the message for a missing token names the command that prints one.
    pub development: bool,
    /// Who it is.
    pub viewer: Viewer,
    /// What they pay from.
    pub purse: Purse,
    /// Whether they may have trusted documents run and no others.
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

    /// The answer to one whose budget does not hold what is asked.
    pub fn throttled(&self, exhausted: Exhausted) -> Answer {
        let errors = self.fit(vec![exhausted.into()], Phase::Validation);
        Answer::Throttled(errors, exhausted)
    }
}

/// An operation that may run.
pub(super) struct Operation {
    /// What the library is given: a mutation's fields one by one, everything else at once.
    requests: Vec<Request>,
    document: Arc<Document>,
    bill: Bill,
    collected: Arc<Collected>,
    /// Whether it selects from the schema itself.
    introspects: bool,
    caller: Caller,
    /// What writes down whom it reads; null where nobody need know.
    recording: Option<Recording>,
    /// What makes it a mutation that is done once; null for any other.
    keyed: Option<Keyed>,
    measured: Measured,
}

impl Operation {
    /// Inspects what was sent. The answer of a refused one is ready to leave.
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

    /// Puts into what the library is given what its resolvers will ask for.
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

    /// What makes it a mutation that is done once; null for any other.
    pub fn keyed(&self) -> Option<&Keyed> {
        self.keyed.as_ref()
    }

    /// Who sent it.
    pub fn viewer(&self) -> &Viewer {
        &self.caller.viewer
    }

    /// The request it came by.
    pub fn request_id(&self) -> &RequestId {
        &self.caller.request_id
    }

    /// Keeps a copy of what it will write down of whom it reads; null where nobody need know.
    pub fn remember(&mut self) -> Option<Taken> {
        self.recording.as_mut().map(Recording::remember)
    }

    /// What it is.
    pub fn kind(&self) -> OperationType {
        self.document.kind
    }

    /// Takes its price. Not to be run is one whose price there is not.
    pub async fn pay(&mut self) -> Result<(), Exhausted> {
        self.bill.pay().await
    }

    /// Does not run it, for nobody could pay for it.
    pub fn throttle(self, exhausted: Exhausted) -> Answer {
        let answer = self.caller.throttled(exhausted);
        self.counted(answer)
    }

    /// Does not run it, for a reason of the transport's.
    pub fn refuse(self, error: ServerError) -> Answer {
        self.bill.settle(1);
        let answer = Answer::Refused(self.caller.fit(vec![error], Phase::Validation));
        self.counted(answer)
    }

    /// Does not run it, for it cannot be.
    pub fn fail(self, error: Error) -> Answer {
        let error = async_graphql::Error::from(error).into_server_error(Pos::default());
        let answer = self.stopped(error);
        self.counted(answer)
    }

    /// Does not run it, for it was: this was answered, and whom that tells of is written down again, if it could be.
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

    /// What is told of it.
    fn what(&self) -> What<'_> {
        What {
            kind: kind_name(self.kind()),
            name: self.document.name.as_deref(),
            digest: Some(self.document.digest),
            request_id: self.caller.request_id.as_str(),
        }
    }

    /// Runs a query or a mutation. It is stopped at its time limit; a transaction not yet committed is then dropped, and with it what it wrote.
    /// What was answered before is told.
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

    /// Runs a subscription until it ends, breaks, or the stream is dropped.
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

    /// The one answer of a query or a mutation, with what it came to.
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

    /// What nobody could be told of later is not answered.
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

    /// Tells the surrounding span what runs in it: the operation's own name is an identifier, never a value.
    fn record(&self) {
        let span = tracing::Span::current();
        span.record("operation_type", kind_name(self.kind()));
        if let Some(name) = &self.document.name {
            span.record("operation_name", name.get(..64).unwrap_or(name));
        }
    }
}

/// The library answers a request it refuses like one whose every field failed; but the fields' errors have a path.
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

/// What a panic said.
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

/// What is told of what became no operation.
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
