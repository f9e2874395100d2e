//! Rate limits by cost: one token bucket per caller. An operation takes its cost before execution, and the unused part is refunded. The cost is
//! computed by `graphql::limits`.
//!
//! A bucket is stored as its deficit, which time restores. Each instance keeps the buckets in memory, so that a check needs no statement. On
//! PostgreSQL, instances share spending: all of it once a second, and one caller's at once when it exceeds a tenth of a bucket. n instances together
//! can therefore exceed a bucket by n − 1 tenths, plus what is restored in a second. Anonymous callers are identified by address. Their buckets are
//! not shared, because addresses are not stored.

mod payer;
mod rules;
mod settings;
mod store;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use self::payer::Who;
use self::rules::Debt;
use self::store::Told;
use crate::access::Viewer;
use crate::clock::Clock;
use crate::database::Database;
use crate::error::{Error, Result};

pub use self::payer::Payer;
pub use self::settings::{Budget, BudgetSettings, Holder, NoBudget, parse};
pub use self::store::expire;

/// Interval at which spending is shared and full budgets are dropped.
const EVERY: Duration = Duration::from_secs(1);

/// Maximum number of rate-limit keys per statement.
const TOLD_AT_ONCE: usize = 5_000;

/// Maximum number of rate-limit keys in memory. Beyond it, anonymous callers share one budget.
const MOST_PAYERS: usize = 100_000;

/// The budgets of all viewers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Budgets {
    settings: Arc<BudgetSettings>,
    debts: Arc<Mutex<HashMap<Who, Debt>>>,
    clock: Clock,
    /// Database through which instances share spending; null if there is one instance.
    shared: Option<Database>,
}

/// State of a rate-limit bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    /// Capacity and restore rate.
    pub budget: Budget,
    /// Cost that can be spent now.
    pub available: u32,
    /// Time until the bucket is full, if nothing is spent.
    pub whole_in: Duration,
}

/// The bucket does not cover the cost; nothing was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exhausted {
    /// Cost of the operation.
    pub requested: u64,
    pub balance: Balance,
    /// Time until the bucket covers the cost, if nothing else is spent.
    pub wait: Duration,
}

impl Budgets {
    /// All buckets full. Instances share spending through PostgreSQL; with SQLite there is one instance.
    #[must_use]
    pub fn new(settings: BudgetSettings, clock: Clock, database: &Database) -> Self {
        let several = database.backend() == sea_orm::DbBackend::Postgres;
        Self {
            shared: several.then(|| database.clone()),
            ..Self::of_one_instance(settings, clock)
        }
    }

    /// Buckets that are not shared with other instances.
    #[must_use]
    pub fn of_one_instance(settings: BudgetSettings, clock: Clock) -> Self {
        Self {
            settings: Arc::new(settings),
            debts: Arc::default(),
            clock,
            shared: None,
        }
    }

    /// The rate-limit key of a viewer. Callers without an account use their address.
    #[must_use]
    pub fn payer(&self, viewer: &Viewer, address: Option<IpAddr>) -> Payer {
        let who = match viewer {
            Viewer::Member(member) => Who::Account(member.account),
            Viewer::Service(service) => Who::Key(service.key),
            Viewer::Anonymous | Viewer::Login(_) | Viewer::System(_) | Viewer::Preview { .. } => {
                address.map_or(Who::Crowd, Who::at)
            }
        };
        let budget = self.settings.of(viewer);
        Payer { who, budget }
    }

    /// Takes a cost from a bucket, if the bucket covers it.
    pub async fn pay(&self, payer: Payer, price: u64) -> Result<(), Exhausted> {
        let Some(budget) = payer.budget else {
            return Ok(());
        };
        let told = self.debt(payer.who, budget, |debt| {
            if let Some(wait) = debt.wait(price) {
                return Err(exhausted(debt, price, wait));
            }
            debt.take(price);
            let presses = self.shared.is_some() && debt.presses();
            Ok(presses.then(|| debt.tell()))
        })?;
        let (Some(untold), Some(id), Some(database)) = (told, payer.who.shared(), &self.shared)
        else {
            return Ok(());
        };
        let told = Told {
            payer: id,
            spent: untold.0,
            restore_rate: budget.restore_rate,
            at: untold.1,
        };
        // to its end, be it that whoever asked has gone: else they would be told of less than was spent
        let database = database.clone();
        let sharing = tokio::spawn(async move { store::share(&database, &[told]).await });
        let owed = sharing
            .await
            .unwrap_or_else(|broken| Err(Error::internal(broken)));
        self.debt(payer.who, budget, |debt| {
            match owed.map(|owed| owed.get(&id).copied()) {
                Ok(Some((owed, at))) => debt.learn(owed, at),
                // whether it was told or not is not known: better told twice than never
                Ok(None) | Err(_) => debt.untold(untold),
            }
            if debt.wait(0).is_none() {
                return Ok(());
            }
            debt.give_back(price);
            let wait = debt.wait(price).unwrap_or_default();
            Err(exhausted(debt, price, wait))
        })
    }

    /// Takes a cost from a bucket, whether it covers the cost or not: a rejected request was inspected as well.
    pub fn charge(&self, payer: Payer, price: u64) {
        if let Some(budget) = payer.budget {
            self.debt(payer.who, budget, |debt| debt.take(price));
        }
    }

    /// Refunds unused cost. Returns the new state; null if no rate limit applies.
    #[must_use]
    pub fn give_back(&self, payer: Payer, price: u64) -> Option<Balance> {
        let budget = payer.budget?;
        Some(self.debt(payer.who, budget, |debt| {
            if price > 0 {
                debt.give_back(price);
            }
            debt.balance()
        }))
    }

    /// Time until a bucket covers a cost; null if no rate limit applies.
    #[must_use]
    pub fn wait(&self, payer: Payer, price: u64) -> Option<Duration> {
        payer.budget?;
        let looked = self.look(payer, price);
        Some(
            looked
                .err()
                .map(|exhausted| exhausted.wait)
                .unwrap_or_default(),
        )
    }

    /// Whether a bucket covers a cost, without taking it.
    pub fn look(&self, payer: Payer, price: u64) -> Result<(), Exhausted> {
        let Some(budget) = payer.budget else {
            return Ok(());
        };
        self.debt(payer.who, budget, |debt| match debt.wait(price) {
            None => Ok(()),
            Some(wait) => Err(exhausted(debt, price, wait)),
        })
    }

    /// Shares spending with the other instances and drops full buckets, until the process stops.
    pub async fn run(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            if let Err(error) = self.share().await {
                tracing::warn!(%error, "what was spent could not be shared, and will be");
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(EVERY) => {}
            }
        }
    }

    /// Shares once.
    pub async fn share(&self) -> Result<()> {
        let now = self.clock.now();
        let mut told = Vec::new();
        self.debts().retain(|who, debt| {
            debt.forgive(now);
            let shared = who.shared().filter(|_| self.shared.is_some());
            let Some(payer) = shared.filter(|_| !(debt.is_paid() && debt.is_told())) else {
                return !debt.is_paid();
            };
            let (spent, at) = debt.tell();
            let restore_rate = debt.budget.restore_rate;
            told.push((
                *who,
                Told {
                    payer,
                    spent,
                    restore_rate,
                    at,
                },
            ));
            true
        });
        let Some(database) = &self.shared else {
            return Ok(());
        };
        for told in told.chunks(TOLD_AT_ONCE) {
            let rows: Vec<_> = told.iter().map(|(_, told)| *told).collect();
            let owed = store::share(database, &rows).await;
            let mut debts = self.debts();
            for (who, told) in told {
                if let Some(debt) = debts.get_mut(who) {
                    match owed.as_ref().map(|owed| owed.get(&told.payer)) {
                        Ok(Some((owed, at))) => debt.learn(*owed, *at),
                        Ok(None) | Err(_) => debt.untold((told.spent, told.at)),
                    }
                }
            }
            drop(debts);
            owed?;
        }
        Ok(())
    }

    fn debt<T>(&self, who: Who, budget: Budget, with: impl FnOnce(&mut Debt) -> T) -> T {
        let now = self.clock.now();
        let mut debts = self.debts();
        let strange = who.shared().is_none() && !debts.contains_key(&who);
        let who = if strange && debts.len() >= MOST_PAYERS {
            Who::Crowd
        } else {
            who
        };
        let debt = debts.entry(who).or_insert_with(|| Debt::none(budget, now));
        // roles and settings may have changed since
        debt.budget = budget;
        debt.forgive(now);
        with(debt)
    }

    fn debts(&self) -> MutexGuard<'_, HashMap<Who, Debt>> {
        self.debts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn exhausted(debt: &Debt, requested: u64, wait: Duration) -> Exhausted {
    Exhausted {
        requested,
        balance: debt.balance(),
        wait,
    }
}
