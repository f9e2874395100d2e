//! What is measured of one request, or of one operation of a socket, while it is worked on: it travels with the task that does, and with it the span
//! that statements and actions belong to. Where nothing is measured, as in periodic work, nothing is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use opentelemetry::trace::{SpanContext, SpanKind, SpanRef, TraceContextExt, TraceId};
use opentelemetry::{Context, KeyValue};

use super::statement::Statement;
use super::tracer;

tokio::task_local! {
    static HERE: Within;
}

/// What is measured of one request. Cheap to clone: what its parts count is counted together.
#[derive(Clone, Debug, Default)]
pub struct Within {
    tally: Arc<Tally>,
    /// Its span, or at least its place in the client's trace; null where there is no trace.
    span: Option<Context>,
}

#[derive(Debug, Default)]
struct Tally {
    statements: AtomicU32,
    /// No operation costs nothing, so 0 stands for none.
    cost: AtomicU64,
    /// Whether its statements have no spans.
    quiet: AtomicBool,
}

impl Within {
    /// What begins with a span.
    #[must_use]
    pub fn of(span: Option<Context>) -> Self {
        Self {
            span,
            tally: Arc::default(),
        }
    }

    /// What the task at hand works on; nothing in particular where it is for nobody.
    #[must_use]
    pub fn here() -> Self {
        HERE.try_with(Clone::clone).unwrap_or_default()
    }

    /// Does some work for it.
    pub fn around<F: Future>(self, work: F) -> impl Future<Output = F::Output> {
        HERE.scope(self, work)
    }

    /// Does some work for whatever the task at hand works on, in another task.
    pub fn carried<F: Future>(work: F) -> impl Future<Output = F::Output> {
        Self::here().around(work)
    }

    /// How many statements it took until now, begins and commits left out.
    #[must_use]
    pub fn statements(&self) -> u32 {
        self.tally.statements.load(Ordering::Relaxed)
    }

    /// What its operation costs; null before that is known.
    #[must_use]
    pub fn cost(&self) -> Option<u64> {
        let cost = self.tally.cost.load(Ordering::Relaxed);
        (cost > 0).then_some(cost)
    }

    /// Makes no more spans of its statements.
    pub(super) fn be_quiet(&self) {
        self.tally.quiet.store(true, Ordering::Relaxed);
    }

    /// The trace it is part of; null where there is none.
    #[must_use]
    pub fn trace_id(&self) -> Option<TraceId> {
        self.span().map(|span| span.trace_id())
    }

    /// How others name its span; null where there is none.
    #[must_use]
    pub fn span(&self) -> Option<SpanContext> {
        let span = self.span.as_ref()?.span().span_context().clone();
        span.is_valid().then_some(span)
    }

    /// Its span, where somebody takes it.
    pub(super) fn recording(&self) -> Option<SpanRef<'_>> {
        let span = self.span.as_ref()?.span();
        span.is_recording().then_some(span)
    }

    /// The span of which a statement is a part, where somebody takes it.
    fn around_statements(&self) -> Option<&Context> {
        let span = self.span.as_ref()?;
        let told = span.span().is_recording() && !self.tally.quiet.load(Ordering::Relaxed);
        told.then_some(span)
    }
}

/// The price of the operation at hand.
pub fn priced(cost: u64) {
    let _ = HERE.try_with(|here| here.tally.cost.store(cost, Ordering::Relaxed));
}

/// Whether somebody takes what is told of the work at hand in detail.
#[must_use]
pub fn records() -> bool {
    HERE.try_with(|here| here.around_statements().is_some())
        .unwrap_or_default()
}

/// A statement was run.
pub fn statement(statement: &Statement<'_>) {
    let _ = HERE.try_with(|here| {
        here.tally.statements.fetch_add(1, Ordering::Relaxed);
        if let Some(around) = here.around_statements() {
            statement.record(around);
        }
    });
}

/// Does some work in a span of its own, within that of the work at hand. Whether it failed, and how, is found in what comes of it.
pub async fn action<F: Future>(
    name: String,
    work: F,
    failure: impl FnOnce(&F::Output) -> Option<String>,
) -> F::Output {
    let mut here = Within::here();
    let around = here.around_statements();
    let attributes = [KeyValue::new("alumni.action", name.clone())];
    let span = tracer::named(name, SpanKind::Internal).with_attributes(attributes);
    here.span = around.and_then(|around| tracer::child(around, span));
    let done = here.clone().around(work).await;
    if let (Some(span), Some(failure)) = (here.recording(), failure(&done)) {
        super::operation::failed(&span, failure);
    }
    done
}
