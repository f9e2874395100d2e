//! One operation, from its parameters to its answer, the same for every transport: inspected once, run once under its time limit, and
//! whatever it does, a panic included, comes back as an answer whose errors are fit to leave.

use std::{any::Any, iter::repeat_n, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use async_graphql::{
    Pos, Request, Response, ServerError, Value, Variables,
    parser::types::{Directive, OperationType},
};
use futures_util::{FutureExt, Stream, StreamExt, future};
use tokio::time::{Instant, timeout};

use super::{
    answer::Answer,
    errors::{self, Finish, Phase, coded},
    once::Keyed,
    params::Params,
    request_id::RequestId,
};
use crate::access::Viewer;
use crate::access_log::{Readings, Record, Recording, Taken};
use crate::error::Error;
use crate::graphql::{
    answer_order::Selected,
    collected::Collected,
    documents::{Asked, Document},
    engine::{Engine, Roots},
    limits::{self, Limit, Limits, Price, Refusal, inspect},
    persisted::Digest,
    validation,
};
use crate::idempotency::{DIRECTIVE, Fingerprint, IdempotencyKey};

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
    /// Who it is.
    pub viewer: Viewer,
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
        }
        .all(&mut errors, phase);
        errors
    }
}

/// An operation that may run.
pub(super) struct Operation {
    /// What the library is given: a mutation's fields one by one, everything else at once.
    requests: Vec<Request>,
    document: Arc<Document>,
    collected: Arc<Collected>,
    caller: Caller,
    /// What writes down whom it reads; null where nobody need know.
    recording: Option<Recording>,
    /// What makes it a mutation that is done once; null for any other.
    keyed: Option<Keyed>,
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
            query,
            persisted,
            operation_name: operation,
            mut variables,
            extensions,
            idempotency_key,
        } = params;
        let prepared = text(engine, limits, query, persisted).and_then(|(text, digest)| {
            let asked = Asked { text, operation };
            document(engine, limits, introspection, &asked, &variables).and_then(|document| {
                // who is nobody cannot push out what others have sent
                if let (Some(digest), true) = (digest, caller.viewer.known()) {
                    engine.persisted().remember(digest, &asked.text);
                }
                let request = mutation_with_key(&document, idempotency_key.is_some())
                    .then(|| fingerprint(&asked, &variables));
                let collected = collected(engine, &document, &mut variables)?;
                let keyed = request
                    .map(|request| keyed(&document, &variables, idempotency_key, request))
                    .transpose()?;
                Ok((document, collected, keyed))
            })
        });
        match prepared {
            Ok((document, collected, keyed)) => {
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
                    requests: requests.collect(),
                    document,
                    collected,
                    caller,
                    recording: None,
                    keyed,
                    begun,
                };
                operation.record();
                Ok(operation)
            }
            Err(errors) => {
                let answer = Answer::Refused(caller.fit(errors, Phase::Validation));
                count(caller.transport, "unknown", &answer, begun);
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

    /// Does not run it, for a reason of the transport's.
    pub fn refuse(self, error: ServerError) -> Answer {
        let answer = Answer::Refused(self.caller.fit(vec![error], Phase::Validation));
        self.counted(answer)
    }

    /// Does not run it, for it cannot be.
    pub fn fail(self, error: Error) -> Answer {
        let error = async_graphql::Error::from(error).into_server_error(Pos::default());
        let answer = self.stopped(error);
        self.counted(answer)
    }

    /// Does not run it, for it was: this was answered, and `read` was written down then.
    pub fn answered_before(
        self,
        recording: Option<&Recording>,
        read: Option<Record>,
        answer: Answer,
    ) -> Answer {
        let kept = match (recording, read) {
            (Some(recording), Some(read)) => recording.again(read),
            _ => Ok(()),
        };
        let answer = match kept {
            Ok(()) => answer,
            Err(error) => self.unwritten(&error),
        };
        self.counted(answer)
    }

    fn counted(&self, answer: Answer) -> Answer {
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
        let requests = std::mem::take(&mut self.requests);
        let (name, limit) = match self.kind() {
            OperationType::Mutation => ("mutationTimeoutMs", limits.mutation_timeout_ms),
            OperationType::Query | OperationType::Subscription => {
                ("queryTimeoutMs", limits.query_timeout_ms)
            }
        };
        let execution = in_turn(engine, requests, &self.collected.selected);
        let execution = AssertUnwindSafe(execution).catch_unwind();
        let answer = match timeout(Duration::from_millis(limit.into()), execution).await {
            Ok(Ok(response)) => self.finished(response),
            Ok(Err(panic)) => self.stopped(self.broken(&*panic)),
            Err(_) => self.stopped(overdue(name, limit)),
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
        let mut first = true;
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
            let answer = self.counted(answer);
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

/// Runs requests one after the other, as one. None is run after one that leaves nothing of the answer: nobody would learn what it did,
/// and who asks again would do it twice.
async fn in_turn<R: Roots>(
    engine: &Engine<R>,
    requests: Vec<Request>,
    selected: &Selected,
) -> Response {
    let mut whole = Response::default();
    for request in requests {
        let response = engine.schema().execute(request).await;
        let over = leaves_nothing(&response, selected);
        whole.errors.extend(response.errors);
        whole.extensions.extend(response.extensions);
        whole.http_headers.extend(response.http_headers);
        match (&mut whole.data, response.data) {
            (Value::Object(fields), Value::Object(more)) => fields.extend(more),
            (Value::Object(_), _) => {}
            (data, first) => *data = first,
        }
        if over {
            break;
        }
    }
    whole
}

fn leaves_nothing(response: &Response, selected: &Selected) -> bool {
    if response.errors.is_empty() {
        return false;
    }
    let mut left = response.data.clone();
    selected.settle(&mut left, &mut response.errors.clone());
    left == Value::Null
}

/// The document that was sent, or whose hash was; with the hash where there is one.
fn text<R: Roots>(
    engine: &Engine<R>,
    limits: &Limits,
    sent: String,
    persisted: Option<Result<Digest, String>>,
) -> Result<(String, Option<Digest>), Vec<ServerError>> {
    let Some(digest) = persisted else {
        return Ok((sent, None));
    };
    let malformed = |message: String| vec![coded("BAD_REQUEST", message)];
    let digest = digest.map_err(malformed)?;
    if sent.is_empty() {
        // the words that Apollo's clients look for
        let unknown = || vec![coded("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")];
        let known = engine.persisted().get(digest).ok_or_else(unknown)?;
        return Ok(((*known).to_owned(), Some(digest)));
    }
    let length = Limit::DocumentBytes.holds(sent.len() as u64, limits.document_bytes);
    length.map_err(|refusal| vec![refusal.into()])?;
    if digest != Digest::of(&sent) {
        let message = "`extensions.persistedQuery.sha256Hash` is not the SHA-256 of `query`.";
        return Err(malformed(message.to_owned()));
    }
    Ok((sent, Some(digest)))
}

/// The document asked for, which is valid and within the limits.
fn document<R: Roots>(
    engine: &Engine<R>,
    limits: &Limits,
    introspection: bool,
    asked: &Asked,
    variables: &Variables,
) -> Result<Arc<Document>, Vec<ServerError>> {
    let refused = |refusal: Refusal| vec![ServerError::from(refusal)];
    let answers = |price: Price| {
        if price.introspects && !introspection {
            let message = "This service does not answer introspection.";
            return Err(vec![coded("GRAPHQL_VALIDATION_FAILED", message)]);
        }
        Ok(())
    };
    Limit::DocumentBytes
        .holds(asked.text.len() as u64, limits.document_bytes)
        .map_err(refused)?;
    if let Some(known) = engine.documents().get(asked)
        && let Some(operation) = known.operation()
    {
        let price = limits::price(limits, &known.parsed, &operation.node, variables);
        answers(price.map_err(refused)?)?;
        return Ok(known);
    }
    let operation = asked.operation.as_deref();
    let inspected = inspect(limits, &asked.text, operation, variables).map_err(refused)?;
    answers(inspected.price)?;
    let mut parsed = inspected.document;
    validation::without_null_flags(engine.definitions(), &mut parsed);
    let faults = validation::faults(engine, &parsed, operation);
    if !faults.is_empty() {
        return Err(faults);
    }
    let (name, found) = limits::operation(&parsed, operation).map_err(refused)?;
    let collected = Collected::of(engine.definitions(), &parsed, found, None);
    let document = Arc::new(Document {
        kind: inspected.kind,
        name: name.map(str::to_owned),
        collected: Arc::new(collected),
        parsed,
    });
    engine
        .documents()
        .remember(asked.clone(), Arc::clone(&document));
    Ok(document)
}

/// What the variables, which must be what the document says they are, leave of its operation.
fn collected<R: Roots>(
    engine: &Engine<R>,
    document: &Document,
    variables: &mut Variables,
) -> Result<Arc<Collected>, Vec<ServerError>> {
    let Some(operation) = document.operation() else {
        return Err(vec![errors::internal()]);
    };
    let coerced = engine.inputs().coerce(&operation.node, variables);
    coerced.map_err(|refusal| vec![refusal.into()])?;
    if document.collected.serves(&operation.node, variables) {
        return Ok(Arc::clone(&document.collected));
    }
    let (definitions, parsed) = (engine.definitions(), &document.parsed);
    let collected = Collected::of(definitions, parsed, operation, Some(variables));
    Ok(Arc::new(collected))
}

/// Whether it is a mutation with a key, be it in a header or before its selections.
fn mutation_with_key(document: &Document, in_header: bool) -> bool {
    document.kind == OperationType::Mutation && (in_header || directive(document).is_some())
}

fn directive(document: &Document) -> Option<&Directive> {
    let directives = &document.operation()?.node.directives;
    let found = directives
        .iter()
        .find(|found| found.node.name.node == DIRECTIVE);
    found.map(|found| &found.node)
}

fn fingerprint(asked: &Asked, variables: &Variables) -> Fingerprint {
    Fingerprint::of(&asked.text, asked.operation.as_deref(), variables)
}

/// The key of a mutation that has one; the variables are what the document says they are.
fn keyed(
    document: &Document,
    variables: &Variables,
    in_header: Option<IdempotencyKey>,
    request: Fingerprint,
) -> Result<Keyed, Vec<ServerError>> {
    let wrong = |message: &str| {
        let mut error = coded("BAD_USER_INPUT", message);
        if let Some(extensions) = &mut error.extensions {
            extensions.set("field", "@idempotent(key:)");
        }
        vec![error]
    };
    let written = directive(document).and_then(|directive| directive.get_argument("key"));
    let written = written.map(|value| {
        let value = value.node.clone();
        match value.into_const_with(|name| variables.get(&name).cloned().ok_or(())) {
            Ok(Value::String(text)) => IdempotencyKey::parse(&text),
            _ => None,
        }
    });
    let key = match (in_header, written) {
        (_, Some(None)) => {
            return Err(wrong(
                "An idempotency key has 1 to 255 printable ASCII characters, without spaces.",
            ));
        }
        (Some(header), Some(Some(written))) if header != written => {
            return Err(wrong(
                "The header Idempotency-Key and @idempotent give two keys: give one.",
            ));
        }
        (_, Some(Some(key))) | (Some(key), None) => key,
        (None, None) => return Err(vec![errors::internal()]),
    };
    Ok(Keyed { key, request })
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
