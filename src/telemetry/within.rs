//! What is measured of one request, or of one operation of a socket, while it is worked on: it travels with the task that does. Where nothing is
//! measured, as in periodic work, nothing is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

tokio::task_local! {
    static HERE: Within;
}

/// What is measured of one request. Cheap to clone: what its parts count is counted together.
#[derive(Clone, Debug, Default)]
pub struct Within(Arc<Tally>);

#[derive(Debug, Default)]
struct Tally {
    statements: AtomicU32,
    /// No operation costs nothing, so 0 stands for none.
    cost: AtomicU64,
}

impl Within {
    /// What the task at hand works on; null where it is for nobody.
    #[must_use]
    pub fn here() -> Option<Self> {
        HERE.try_with(Clone::clone).ok()
    }

    /// Does some work for it.
    pub fn around<F: Future>(self, work: F) -> impl Future<Output = F::Output> {
        HERE.scope(self, work)
    }

    /// Does some work for whatever the task at hand works on, in another task.
    pub fn carried<F: Future>(work: F) -> impl Future<Output = F::Output> {
        let here = Self::here().unwrap_or_default();
        here.around(work)
    }

    /// How many statements it took until now, begins and commits left out.
    #[must_use]
    pub fn statements(&self) -> u32 {
        self.0.statements.load(Ordering::Relaxed)
    }

    /// What its operation costs; null before that is known.
    #[must_use]
    pub fn cost(&self) -> Option<u64> {
        let cost = self.0.cost.load(Ordering::Relaxed);
        (cost > 0).then_some(cost)
    }
}

/// The price of the operation at hand.
pub fn priced(cost: u64) {
    let _ = HERE.try_with(|here| here.0.cost.store(cost, Ordering::Relaxed));
}

/// A statement was run.
pub fn statement() {
    let _ = HERE.try_with(|here| here.0.statements.fetch_add(1, Ordering::Relaxed));
}
