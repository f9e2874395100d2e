//! What each viewer may spend: a budget that refills as time passes, of which an operation takes its price before it runs and gets back what
//! its answer did not come to. The price is `graphql::limits`'.
//!
//! A budget is kept as what is owed: every second a part of it is forgiven, and an operation runs where what is owed with its price fits into
//! the budget. Each instance keeps that in its own memory, so that asking costs no statement. On PostgreSQL instances share what they spent:
//! once a second all that is owed in one statement, and at once where somebody has spent a tenth of their budget since. Two instances
//! together then let at most one such part more pass than the budget, n instances n − 1 parts, and what comes back in a second. What nobody in particular spends is kept by
//! address and shared with no other instance: addresses are written down nowhere.

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

/// How often what was spent is shared, and budgets that are whole again are forgotten.
const EVERY: Duration = Duration::from_secs(1);

/// How many payers the others are told of in one statement.
const TOLD_AT_ONCE: usize = 5_000;

/// How many payers are kept at most. Of more, those who are nobody in particular share one budget.
const MOST_PAYERS: usize = 100_000;

/// The budgets of all viewers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Budgets {
    settings: Arc<BudgetSettings>,
    debts: Arc<Mutex<HashMap<Who, Debt>>>,
    clock: Clock,
    /// Where instances share what they spent; null where there is but one.
    shared: Option<Database>,
}

/// What a budget has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    /// The whole budget, and what comes back of it.
    pub budget: Budget,
    /// What may be spent now.
    pub available: u32,
    /// After how long all of it is there again, where nothing is spent meanwhile.
    pub whole_in: Duration,
}

/// There is not enough of a budget now; nothing was taken.
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
    /// All of them whole. Instances share what they spent in PostgreSQL; of SQLite there is but one.
    #[must_use]
    pub fn new(settings: BudgetSettings, clock: Clock, database: &Database) -> Self {
        let several = database.backend() == sea_orm::DbBackend::Postgres;
        Self {
            shared: several.then(|| database.clone()),
            ..Self::of_one_instance(settings, clock)
        }
    }

    /// The same, told to nobody else.
    #[must_use]
    pub fn of_one_instance(settings: BudgetSettings, clock: Clock) -> Self {
        Self {
            settings: Arc::new(settings),
            debts: Arc::default(),
            clock,
            shared: None,
        }
    }

    /// Who pays for what a viewer asks. The address is told of whoever is nobody in particular.
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

    /// Takes a price of a payer's budget, where there is enough.
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

    /// Takes a price of a payer's budget, enough or not: what was refused has been looked at.
    pub fn charge(&self, payer: Payer, price: u64) {
        if let Some(budget) = payer.budget {
            self.debt(payer.who, budget, |debt| debt.take(price));
        }
    }

    /// Gives back what was taken too much; what there is then, null where nothing is counted.
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

    /// How long until a payer has enough for a price; null where nothing is counted.
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

    /// Whether a payer has enough for a price, which is not taken.
    pub fn look(&self, payer: Payer, price: u64) -> Result<(), Exhausted> {
        let Some(budget) = payer.budget else {
            return Ok(());
        };
        self.debt(payer.who, budget, |debt| match debt.wait(price) {
            None => Ok(()),
            Some(wait) => Err(exhausted(debt, price, wait)),
        })
    }

    /// Tells the other instances what was spent here, learns what they spent, and forgets budgets that are whole again, until the process stops.
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

    /// Does so once.
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
