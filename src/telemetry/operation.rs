//! What is said of an operation once it is answered: the numbers, and a line in the log where it was slow.

use std::time::Duration;

use metrics::Label;
use opentelemetry::trace::{SpanRef, Status};
use opentelemetry::{Array, KeyValue, StringValue, Value};
use tokio::time::Instant;

use super::names;
use super::within::Within;
use crate::graphql::persisted::Digest;

/// What the span of an operation is called while its type is not known.
pub const NAMELESS: &str = "GraphQL Operation";

/// What an operation is, as far as that is known of one that was refused.
#[derive(Clone, Copy, Debug)]
pub struct What<'a> {
    /// `query`, `mutation`, `subscription` or `unknown`.
    pub kind: &'static str,
    /// Its own name.
    pub name: Option<&'a str>,
    /// Of the document, which is not told itself.
    pub digest: Option<Digest>,
    /// The request it came by.
    pub request_id: &'a str,
}

/// What it came to.
#[derive(Clone, Debug, Default)]
pub struct Outcome<'a> {
    /// One word: `ok`, `partial`, `refused`, `throttled`, `timeout`, `failed`.
    pub word: &'static str,
    /// The code of each error.
    pub codes: Vec<&'a str>,
}

/// What is measured of one operation, from its document on.
#[derive(Clone, Debug)]
pub struct Measured {
    /// `http` or `socket`.
    transport: &'static str,
    /// From which time on it is slow; null where none is.
    slow: Option<Duration>,
    begun: Instant,
    within: Within,
    /// What the request had taken before, to find out who sends it.
    statements_before: u32,
}

impl Measured {
    /// Begins to measure.
    #[must_use]
    pub fn begin(transport: &'static str, slow: Option<Duration>) -> Self {
        let within = Within::here();
        Self {
            transport,
            slow,
            begun: Instant::now(),
            statements_before: within.statements(),
            within,
        }
    }

    /// A query or a mutation has its answer, or was refused like anything else.
    pub fn answered(&self, what: &What<'_>, outcome: &Outcome<'_>) {
        let elapsed = self.begun.elapsed();
        let statements = self.within.statements() - self.statements_before;
        self.told(what.kind, outcome.word);
        errors(&outcome.codes);
        let kind = Label::from_static_parts("type", what.kind);
        let transport = Label::from_static_parts("transport", self.transport);
        names::OPERATION_DURATION.record(elapsed.as_secs_f64(), vec![transport, kind.clone()]);
        names::OPERATION_STATEMENTS.record(statements.into(), vec![kind.clone()]);
        let cost = self.within.cost();
        if let Some(cost) = cost {
            #[expect(
                clippy::cast_precision_loss,
                reason = "a histogram's bounds are far coarser"
            )]
            names::OPERATION_COST.record(cost as f64, vec![kind.clone()]);
        }
        self.span(what, outcome, Some(statements));
        if self.slow.is_some_and(|slow| elapsed >= slow) {
            names::SLOW_OPERATIONS.count(vec![kind]);
            tracing::warn!(
                request_id = what.request_id,
                trace_id = self.within.trace_id().map(tracing::field::display),
                document = what.digest.map(|digest| format!("sha256:{digest}")),
                operation_type = what.kind,
                operation_name = what.name.map(short),
                transport = self.transport,
                latency_ms = elapsed.as_secs_f64() * 1000.0,
                cost,
                statements,
                outcome = outcome.word,
                "slow operation"
            );
        }
    }

    /// Tells the span around what ran in it.
    fn span(&self, what: &What<'_>, outcome: &Outcome<'_>, statements: Option<u32>) {
        let Some(span) = self.within.recording() else {
            return;
        };
        let kind = (what.kind != "unknown").then_some(what.kind);
        span.update_name(kind.unwrap_or(NAMELESS));
        let text =
            |name: &'static str, text: Option<String>| text.map(|text| KeyValue::new(name, text));
        let number = |name: &'static str, number: Option<u64>| {
            let number = i64::try_from(number?).ok()?;
            Some(KeyValue::new(name, number))
        };
        let hash = what.digest.map(|digest| format!("sha256:{digest}"));
        let attributes = [
            text("graphql.operation.type", kind.map(str::to_owned)),
            text(
                "graphql.operation.name",
                what.name.map(|name| short(name).to_owned()),
            ),
            text("graphql.document.hash", hash),
            text("alumni.request_id", Some(what.request_id.to_owned())),
            text("alumni.graphql.transport", Some(self.transport.to_owned())),
            text("alumni.graphql.outcome", Some(outcome.word.to_owned())),
            number("alumni.graphql.cost", self.within.cost()),
            number("alumni.graphql.statements", statements.map(u64::from)),
        ];
        span.set_attributes(attributes.into_iter().flatten());
        if !outcome.codes.is_empty() {
            let codes = outcome
                .codes
                .iter()
                .map(|code| StringValue::from((*code).to_owned()));
            let codes = Value::Array(Array::String(codes.collect()));
            span.set_attribute(KeyValue::new("alumni.graphql.error_codes", codes));
        }
        // what a client is at fault for is no failure of ours
        if matches!(outcome.word, "timeout" | "failed") {
            let code = outcome.codes.first().copied().unwrap_or("_OTHER");
            failed(&span, code.to_owned());
        }
    }

    fn told(&self, kind: &'static str, outcome: &'static str) {
        names::OPERATIONS.count(vec![
            Label::from_static_parts("transport", self.transport),
            Label::from_static_parts("type", kind),
            Label::from_static_parts("outcome", outcome),
        ]);
    }

    /// A subscription begins.
    #[must_use]
    pub fn following(self, what: &What<'_>) -> Following {
        names::SUBSCRIPTIONS.change(1.0);
        self.span(what, &Outcome::default(), None);
        // it looks again and again for as long as it lasts
        self.within.be_quiet();
        Following {
            measured: self,
            last: "ok",
        }
    }
}

/// A subscription, in the statistics until it goes, however that happens.
#[derive(Debug)]
pub struct Following {
    measured: Measured,
    last: &'static str,
}

impl Following {
    /// It has another answer.
    pub fn answered(&mut self, outcome: &Outcome<'_>) {
        self.last = outcome.word;
        errors(&outcome.codes);
        names::SUBSCRIPTION_ANSWERS.count(vec![
            Label::from_static_parts("transport", self.measured.transport),
            Label::from_static_parts("outcome", outcome.word),
        ]);
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        names::SUBSCRIPTIONS.change(-1.0);
        if let Some(span) = self.measured.within.recording() {
            span.set_attribute(KeyValue::new("alumni.graphql.outcome", self.last));
        }
        self.measured.told("subscription", self.last);
    }
}

/// Errors that are told, of an operation or of what became none.
pub fn errors(codes: &[&str]) {
    for code in codes {
        names::ERRORS.count(vec![Label::new("code", (*code).to_owned())]);
    }
}

/// Tells a span that what it is about failed.
pub(super) fn failed(span: &SpanRef<'_>, code: String) {
    span.set_attribute(KeyValue::new("error.type", code));
    span.set_status(Status::error(""));
}

/// An operation's name is an identifier, of any length.
fn short(name: &str) -> &str {
    name.get(..64).unwrap_or(name)
}
