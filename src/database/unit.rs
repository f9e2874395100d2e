//! Several actions, and whatever is read after them, as one: all of it lies in one transaction and is committed at once or not at all.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use sea_orm::{DatabaseTransaction, DbErr};
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::task::TaskTracker;

use super::Database;

/// The transaction around.
pub struct Unit {
    pub transaction: DatabaseTransaction,
    /// What was begun beside the request and holds on to the transaction.
    pub beside: TaskTracker,
    after: Mutex<Vec<BoxFuture<'static, ()>>>,
}

impl fmt::Debug for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unit").finish_non_exhaustive()
    }
}

impl Unit {
    /// To be done when all of it is committed, and not otherwise.
    pub fn after(&self, work: BoxFuture<'static, ()>) {
        let mut after = self.after.lock().unwrap_or_else(PoisonError::into_inner);
        after.push(work);
    }
}

/// A unit of work under way. Dropped without a commit, nothing happened.
#[derive(Debug)]
pub struct UnitOfWork {
    within: Database,
    unit: Arc<Unit>,
    _turn: OwnedSemaphorePermit,
}

impl UnitOfWork {
    pub(super) fn new(
        database: &Database,
        transaction: DatabaseTransaction,
        turn: OwnedSemaphorePermit,
    ) -> Self {
        let unit = Arc::new(Unit {
            transaction,
            beside: TaskTracker::new(),
            after: Mutex::default(),
        });
        let within = Database {
            pools: Arc::clone(&database.pools),
            unit: Some(Arc::clone(&unit)),
            queries: false,
            until: database.until,
        };
        Self {
            within,
            unit,
            _turn: turn,
        }
    }

    /// The connections, as they are within: whatever is read or written through them is part of it, and an action's transaction a savepoint.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.within
    }

    /// The transaction itself.
    #[must_use]
    pub fn transaction(&self) -> &DatabaseTransaction {
        &self.unit.transaction
    }

    /// Whether any action within it came to something.
    #[must_use]
    pub fn did_something(&self) -> bool {
        let after = &self.unit.after;
        !after
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_empty()
    }

    /// Makes it so, and does what waits for it. Nothing may be under way within any more.
    pub async fn commit(self) -> Result<(), DbErr> {
        let (
            Unit {
                transaction, after, ..
            },
            _permit,
        ) = self.finished().await?;
        transaction.commit().await?;
        for work in after.into_inner().unwrap_or_else(PoisonError::into_inner) {
            work.await;
        }
        Ok(())
    }

    /// Undoes it and waits until the database has released its locks. A unit that is dropped is rolled back later, when its connection is used
    /// again.
    pub async fn rollback(self) -> Result<(), DbErr> {
        let (unit, _permit) = self.finished().await?;
        unit.transaction.rollback().await
    }

    async fn finished(self) -> Result<(Unit, OwnedSemaphorePermit), DbErr> {
        let Self {
            within,
            unit,
            _turn: permit,
        } = self;
        drop(within);
        unit.beside.close();
        unit.beside.wait().await;
        let unit = Arc::into_inner(unit)
            .ok_or_else(|| DbErr::Custom("a unit of work is still at work".to_owned()))?;
        Ok((unit, permit))
    }
}
