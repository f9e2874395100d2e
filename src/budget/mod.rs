//! What each viewer may spend: a budget that refills as time passes, of which an operation takes its price before it runs and gets back what
//! its answer did not come to. The price is `graphql::limits`'.
//!
//! A budget is kept as what is owed: every second a part of it is forgiven, and an operation runs where what is owed with its price fits into
//! the budget. Each instance keeps that in its own memory, so that asking costs no statement. On PostgreSQL instances share what they spent:
//! once a second all that was spent in one statement, and at once where somebody has spent a [`SHARE`]th of their budget since. Two instances
//! together then let at most one such part more pass than the budget, n instances n − 1 parts. What nobody in particular spends is kept by
//! address and shared with no other instance: addresses are written down nowhere.

mod debt;
mod payer;
mod settings;
mod store;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;

use self::debt::Debt;
use crate::clock::Clock;
use crate::database::Database;
use crate::error::Result;

pub use self::payer::Payer;
pub use self::settings::{Budget, BudgetSettings, NoBudget};
pub use self::store::expire;

/// Whoever has spent one part of so many since it was shared shares it before they spend more.
const SHARE: f64 = 10.0;

/// How often what was spent is shared, and budgets that are whole again are forgotten.
const EVERY: Duration = Duration::from_secs(1);

/// How many payers are kept at most. Of more, whoever is nobody in particular shares one budget with all others who are.
const MOST_PAYERS: usize = 100_000;

/// The budgets of all viewers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Budgets {
    settings: Arc<BudgetSettings>,
    debts: Arc<Mutex<HashMap<Payer, Debt>>>,
    clock: Clock,
    /// Where instances share what they spent; null where there is one.
    shared: Option<Database>,
}

/// What was taken of a budget for an operation that is to run.
#[derive(Clone, Copy, Debug)]
pub struct Payment {
    /// The price.
    pub requested: u64,
    payer: Payer,
    budget: Option<Budget>,
}

/// What a budget has after an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    /// The whole budget, and what comes back of it.
    pub budget: Budget,
    /// What may be spent now.
    pub available: u64,
}

/// There is not enough of the budget now; nothing was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exhausted {
    /// The price.
    pub requested: u64,
    /// What there is.
    pub balance: Balance,
    /// After how long there is enough, where nothing else is spent meanwhile.
    pub wait: Duration,
}

impl Budgets {
    /// All of them whole.
    #[must_use]
    pub fn new(settings: BudgetSettings, database: &Database, clock: Clock) -> Self {
        let instances = database.backend() == sea_orm::DbBackend::Postgres;
        Self {
            settings: Arc::new(settings),
            debts: Arc::default(),
            clock,
            shared: instances.then(|| database.clone()),
        }
    }

    /// Takes a price, where there is enough.
    pub async fn pay(&self, payer: Payer, requested: u64) -> Result<Payment, Exhausted> {
        let Some(budget) = self.settings.of(payer) else {
            return Ok(Payment {
                requested,
                payer: payer.key,
                budget: None,
            });
        };
        todo!()
    }
}
