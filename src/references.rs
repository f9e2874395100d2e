//! Reference rows: a company, its departments, its skills. There are few, most answers name some, and they hardly change; so the
//! process keeps those it has read.
//!
//! They are never stale. A company's reference rows have an edition, which grows in the same transaction that changes one of them
//! (`outbox::record`); every statement brings the edition it was answered under, and what is kept is asked for by it. So another
//! instance's change, or the viewer's own a moment ago, is seen by whatever is read after it, and nobody has to be told.

use std::any::{Any, TypeId};
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use entity::CompanyId;
use moka::sync::Cache;
use uuid::Uuid;

/// How many rows are kept, over all companies.
const MOST: u64 = 20_000;

/// How often a company's reference rows have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Edition {
    /// Whose.
    pub company: CompanyId,
    /// How often.
    pub number: i32,
}

/// What the process keeps, under the type it is shown as. Cheap to clone.
#[derive(Clone, Debug)]
pub struct References(Arc<Cache<Place, Kept>>);

/// Which row, of which edition, as what.
type Place = (TypeId, Edition, Uuid);
type Kept = Arc<dyn Any + Send + Sync>;

impl Default for References {
    fn default() -> Self {
        Self(Arc::new(Cache::new(MOST)))
    }
}

impl References {
    /// A row as it was in an edition; null where it was not read yet.
    #[must_use]
    pub fn get<T: Any + Send + Sync>(&self, edition: Edition, id: Uuid) -> Option<Arc<T>> {
        self.0
            .get(&(TypeId::of::<T>(), edition, id))?
            .downcast()
            .ok()
    }

    /// Keeps a row that the same statement brought as the edition.
    pub fn keep<T: Any + Send + Sync>(&self, edition: Edition, id: Uuid, row: Arc<T>) {
        self.0.insert((TypeId::of::<T>(), edition, id), row);
    }
}

/// The edition that one request's statements were answered under: the latest of them, for what they name is shown together.
#[derive(Clone, Debug)]
pub struct LatestEdition(Arc<AtomicI32>);

/// No statement has told.
const UNTOLD: i32 = -1;

impl Default for LatestEdition {
    fn default() -> Self {
        Self(Arc::new(AtomicI32::new(UNTOLD)))
    }
}

impl LatestEdition {
    /// The number; null before a statement told it.
    #[must_use]
    pub fn number(&self) -> Option<i32> {
        Some(self.0.load(Ordering::Relaxed)).filter(|number| *number != UNTOLD)
    }

    /// A statement was answered under this one.
    pub fn told(&self, edition: Edition) {
        self.0.fetch_max(edition.number, Ordering::Relaxed);
    }

    /// Time went by, or something was written: it is to be told anew.
    pub fn forget(&self) {
        self.0.store(UNTOLD, Ordering::Relaxed);
    }
}
