//! One operation, from its parameters to its answer, the same for every transport: inspected once, run once under its time limit, and
//! whatever it does, a panic included, comes back as an answer whose errors are fit to leave.

use std::{any::Any, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use async_graphql::{
    Request, Response, ServerError, Value, Variables, parser::types::OperationType,
};
use futures_util::{FutureExt, Stream, StreamExt, future};
use tokio::time::{Instant, timeout};

use super::{
    answer::Answer,
    errors::{self, Finish, Phase, coded},
    params::Params,
    request_id::RequestId,
};
use crate::graphql::{
    answer_order::Selected,
    documents::{Asked, Document, Documents},
    engine::{Engine, Roots},
    limits::{self, Limit, Limits, Price, Refusal, inspect},
};

/// How many faults of one document are told at once.
const MOST_FAULTS: usize = 50;

/// What the border knows of whoever sent an operation, and by which way.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub request_id: RequestId,
    /// `http` or `socket`, for the statistics.
    pub transport: &'static str,
    /// Whether they may be told names that exist and that they did not write.
    pub suggestions: bool,
}

/// An operation that may run.
pub(super) struct Operation {
    pub request: Request,
    document: Arc<Document>,
    /// As it was asked for, unless it is remembered.
    asked: Option<Asked>,
    caller: Caller,
    begun: Instant,
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
        let begun = Instant::now();
        let Params {
            query: text,
            operation_name: operation,
            mut variables,
            extensions,
        } = params;
        let asked = Asked { text, operation };
        let read = || {
            let (document, known, price) = document(engine, limits, &asked, &variables)?;
            if price.introspects && !introspection {
                let message = "This service does not answer introspection.";
                return Err(coded("GRAPHQL_VALIDATION_FAILED", message));
            }
            Ok((document, known))
        };
        let coerced = read().and_then(|(document, known)| {
            if let Some(operation) = document.operation() {
                engine.inputs().coerce(operation, &mut variables)?;
            }
            Ok((document, known))
        });
        match coerced {
            Ok((document, known)) => {
                // What the library is given has no text: it is handed the parsed document.
                let mut request = Request::new("").variables(variables);
                request.operation_name.clone_from(&asked.operation);
                request.extensions = extensions;
                request.set_parsed_query(document.parsed.clone());
                let operation = Self {
                    request,
                    document,
                    asked: (!known).then_some(asked),
                    caller,
                    begun,
                };
                operation.record();
                Ok(operation)
            }
            Err(mut error) => {
                Finish {
                    request_id: &caller.request_id,
                    suggestions: false,
                }
                .one(&mut error, Phase::Validation);
                let answer = Answer::refused(error);
                count(caller.transport, "unknown", &answer, begun);
                Err(answer)
            }
        }
    }

    /// What it is.
    pub fn kind(&self) -> OperationType {
        self.document.kind
    }

    /// Does not run it, for a reason of the transport's.
    pub fn refuse(self, error: ServerError) -> Answer {
        let answer = Answer::Refused(self.fit(vec![error], Phase::Validation));
        count(
            self.caller.transport,
            kind_name(self.kind()),
            &answer,
            self.begun,
        );
        answer
    }

    /// Runs a query or a mutation. It is stopped at its time limit; a transaction not yet committed is then dropped, and with it what it wrote.
    pub async fn run<R: Roots>(mut self, engine: &Engine<R>, limits: &Limits) -> Answer {
        let schema = engine.schema(self.asked.is_none());
        let request = std::mem::replace(&mut self.request, Request::new(""));
        let (name, limit) = match self.kind() {
            OperationType::Mutation => ("mutationTimeoutMs", limits.mutation_timeout_ms),
            OperationType::Query | OperationType::Subscription => {
                ("queryTimeoutMs", limits.query_timeout_ms)
            }
        };
        let execution = AssertUnwindSafe(schema.execute(request)).catch_unwind();
        let answer = match timeout(Duration::from_millis(limit.into()), execution).await {
            Ok(Ok(response)) => {
                let answer = self.finished(response);
                self.remember(engine.documents(), &answer);
                answer
            }
            Ok(Err(panic)) => self.stopped(self.broken(&*panic)),
            Err(_) => self.stopped(overdue(name, limit)),
        };
        count(
            self.caller.transport,
            kind_name(self.kind()),
            &answer,
            self.begun,
        );
        answer
    }

    /// Runs a subscription until it ends, breaks, or the stream is dropped.
    pub fn stream<R: Roots>(
        mut self,
        engine: &Engine<R>,
    ) -> impl Stream<Item = Answer> + Send + use<R> {
        let schema = engine.schema(self.asked.is_none());
        let documents = engine.documents().clone();
        let request = std::mem::replace(&mut self.request, Request::new(""));
        let responses = AssertUnwindSafe(schema.execute_stream(request)).catch_unwind();
        let mut first = true;
        let answers = responses.map(move |response| {
            let answer = match response {
                // What fails before the first event was never begun.
                Ok(response)
                    if first && response.data == Value::Null && !response.errors.is_empty() =>
                {
                    let phase = phase(&response);
                    Answer::Refused(self.fit(response.errors, phase))
                }
                Ok(response) => self.finished(response),
                Err(panic) => self.stopped(self.broken(&*panic)),
            };
            if first {
                self.remember(&documents, &answer);
            }
            first = false;
            count(
                self.caller.transport,
                kind_name(self.kind()),
                &answer,
                self.begun,
            );
            self.begun = Instant::now();
            answer
        });
        // Nothing follows the first answer that is not an event.
        answers.scan(false, |over, answer| {
            let ended = std::mem::replace(over, !matches!(answer, Answer::Ran(_)));
            future::ready((!ended).then_some(answer))
        })
    }

    /// A document that ran is valid.
    fn remember(&mut self, documents: &Documents, answer: &Answer) {
        if let (Answer::Ran(_), Some(asked)) = (answer, self.asked.take()) {
            documents.remember(asked, Arc::clone(&self.document));
        }
    }

    fn finished(&self, mut response: Response) -> Answer {
        let phase = phase(&response);
        response.errors = self.fit(response.errors, phase);
        self.document.selected.arrange(&mut response.data);
        match phase {
            Phase::Validation => Answer::Refused(response.errors),
            Phase::Execution => Answer::Ran(Box::new(response)),
        }
    }

    fn stopped(&self, error: ServerError) -> Answer {
        let mut errors = self.fit(vec![error], Phase::Execution);
        errors
            .pop()
            .map_or_else(|| Answer::Refused(Vec::new()), Answer::Stopped)
    }

    fn fit(&self, mut errors: Vec<ServerError>, phase: Phase) -> Vec<ServerError> {
        if phase == Phase::Validation {
            errors.dedup();
            errors.truncate(MOST_FAULTS);
        }
        let suggestions = self.caller.suggestions;
        Finish {
            request_id: &self.caller.request_id,
            suggestions,
        }
        .all(&mut errors, phase);
        errors
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

/// The document asked for, whether it is remembered as valid, and what its operation costs.
fn document<R: Roots>(
    engine: &Engine<R>,
    limits: &Limits,
    asked: &Asked,
    variables: &Variables,
) -> Result<(Arc<Document>, bool, Price), Refusal> {
    Limit::DocumentBytes.holds(asked.text.len() as u64, limits.document_bytes)?;
    if let Some(known) = engine.documents().get(asked)
        && let Some(operation) = known.operation()
    {
        let price = limits::price(limits, &known.parsed, operation, variables)?;
        return Ok((known, true, price));
    }
    let inspected = inspect(limits, &asked.text, asked.operation.as_deref(), variables)?;
    let selected = Selected::of(&inspected.document, inspected.name.as_deref());
    let document = Document {
        selected,
        parsed: inspected.document,
        kind: inspected.kind,
        name: inspected.name,
    };
    Ok((Arc::new(document), false, inspected.price))
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

fn overdue(name: &str, limit: u32) -> ServerError {
    let mut error = coded(
        "TIMEOUT",
        format!("This took longer than {limit} ms and was stopped."),
    );
    if let Some(extensions) = &mut error.extensions {
        extensions.set(
            "limit",
            async_graphql::value!({ "name": name, "maximum": limit }),
        );
    }
    error
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

fn count(transport: &'static str, kind: &'static str, answer: &Answer, begun: Instant) {
    let labels = [
        ("transport", transport),
        ("type", kind),
        ("outcome", answer.outcome()),
    ];
    metrics::counter!("graphql_operations_total", &labels).increment(1);
    metrics::histogram!("graphql_operation_seconds", &labels[..2]).record(begun.elapsed());
}

#[cfg(test)]
mod tests;
