//! One operation, from its parameters to its answer, the same for every transport: inspected once, run once under its time limit, and
//! whatever it does, a panic included, comes back as an answer whose errors are fit to leave.

use std::{any::Any, panic::AssertUnwindSafe, time::Duration};

use async_graphql::{
    Executor, Request, Response, ServerError, Value, parser::types::OperationType,
};
use futures_util::{FutureExt, Stream, StreamExt, future};
use tokio::time::{Instant, timeout};

use super::{
    answer::Answer,
    errors::{self, Finish, Phase, coded},
    params::Params,
    request_id::RequestId,
};
use crate::graphql::answer_order::Selected;
use crate::graphql::limits::{Limits, inspect};

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
    pub kind: OperationType,
    pub name: Option<String>,
    pub request: Request,
    /// The order of the answer's fields.
    selected: Selected,
    caller: Caller,
    /// The document's text, for its errors.
    document: String,
    begun: Instant,
}

impl Operation {
    /// Inspects what was sent. The answer of a refused one is ready to leave.
    pub fn inspect(
        limits: &Limits,
        introspection: bool,
        caller: Caller,
        params: Params,
    ) -> Result<Self, Answer> {
        let begun = Instant::now();
        let Params {
            query: document,
            operation_name,
            variables,
            extensions,
        } = params;
        let inspected = inspect(limits, &document, operation_name.as_deref(), &variables)
            .map_err(ServerError::from)
            .and_then(|inspected| {
                let allowed = introspection || !inspected.introspects;
                allowed.then_some(inspected).ok_or_else(|| {
                    coded(
                        "GRAPHQL_VALIDATION_FAILED",
                        "This service does not answer introspection.",
                    )
                })
            });
        // What the library is given has no text: it is handed the parsed document.
        let mut request = Request::new("").variables(variables);
        request.operation_name = operation_name;
        request.extensions = extensions;
        match inspected {
            Ok(inspected) => {
                let selected = Selected::of(&inspected.document, inspected.name.as_deref());
                request.set_parsed_query(inspected.document);
                let operation = Self {
                    selected,
                    kind: inspected.kind,
                    name: inspected.name,
                    request,
                    caller,
                    document,
                    begun,
                };
                operation.record();
                Ok(operation)
            }
            Err(mut error) => {
                Finish {
                    request_id: &caller.request_id,
                    document: &document,
                    suggestions: false,
                }
                .one(&mut error, Phase::Validation);
                let answer = Answer::refused(error);
                count(caller.transport, "unknown", &answer, begun);
                Err(answer)
            }
        }
    }

    /// Does not run it, for a reason of the transport's.
    pub fn refuse(self, error: ServerError) -> Answer {
        let answer = Answer::Refused(self.fit(vec![error], Phase::Validation));
        count(
            self.caller.transport,
            kind_name(self.kind),
            &answer,
            self.begun,
        );
        answer
    }

    /// Runs a query or a mutation. It is stopped at its time limit; a transaction not yet committed is then dropped, and with it what it wrote.
    pub async fn run(mut self, schema: &impl Executor, limits: &Limits) -> Answer {
        let request = std::mem::replace(&mut self.request, Request::new(""));
        let (name, limit) = match self.kind {
            OperationType::Mutation => ("mutationTimeoutMs", limits.mutation_timeout_ms),
            OperationType::Query | OperationType::Subscription => {
                ("queryTimeoutMs", limits.query_timeout_ms)
            }
        };
        let execution = AssertUnwindSafe(schema.execute(request)).catch_unwind();
        let answer = match timeout(Duration::from_millis(limit.into()), execution).await {
            Ok(Ok(response)) => self.finished(response),
            Ok(Err(panic)) => self.stopped(self.broken(&*panic)),
            Err(_) => self.stopped(overdue(name, limit)),
        };
        count(
            self.caller.transport,
            kind_name(self.kind),
            &answer,
            self.begun,
        );
        answer
    }

    /// Runs a subscription until it ends, breaks, or the stream is dropped.
    pub fn stream<E: Executor>(mut self, schema: &E) -> impl Stream<Item = Answer> + Send + use<E> {
        let request = std::mem::replace(&mut self.request, Request::new(""));
        let responses = AssertUnwindSafe(schema.execute_stream(request, None)).catch_unwind();
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
            first = false;
            count(
                self.caller.transport,
                kind_name(self.kind),
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

    fn finished(&self, mut response: Response) -> Answer {
        let phase = phase(&response);
        response.errors = self.fit(response.errors, phase);
        self.selected.arrange(&mut response.data);
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
            document: &self.document,
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
        span.record("operation_type", kind_name(self.kind));
        if let Some(name) = &self.name {
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
