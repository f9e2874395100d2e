//! The one source of time. Everything else is told what time it is, so that a test can say it.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use entity::Id;
use uuid::{ContextV7, Timestamp, Uuid};

/// Tells the time, rounded down to microseconds: what both databases keep.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// Where a test stopped the clock; null: the machine's own time.
    stopped: Option<Arc<Mutex<DateTime<Utc>>>>,
    /// Keeps ids of one millisecond in the order they were made.
    ids: Arc<Mutex<ContextV7>>,
}

impl Clock {
    /// A clock that stands at the given time until it is moved.
    #[must_use]
    pub fn stopped_at(time: DateTime<Utc>) -> Self {
        Self {
            stopped: Some(Arc::new(Mutex::new(time))),
            ..Self::default()
        }
    }

    /// A new id; later ones are greater.
    #[must_use]
    pub fn new_id<I: Id>(&self) -> I {
        let now = self.now();
        let context = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
        I::of(Uuid::new_v7(Timestamp::from_unix(
            &*context,
            seconds,
            now.timestamp_subsec_nanos(),
        )))
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place that asks the machine"
        )]
        let time = match &self.stopped {
            Some(time) => *time.lock().unwrap_or_else(PoisonError::into_inner),
            None => Utc::now(),
        };
        time.duration_trunc(TimeDelta::microseconds(1))
            .unwrap_or(time)
    }

    /// Moves a stopped clock on; a running one keeps running.
    pub fn advance(&self, by: TimeDelta) {
        if let Some(time) = &self.stopped {
            *time.lock().unwrap_or_else(PoisonError::into_inner) += by;
        }
    }
}
