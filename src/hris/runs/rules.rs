//! How long a run stays open, how long its results are stored, and which of them can be undone.

use chrono::TimeDelta;
use entity::{SyncRunState, sync_run};

/// A run that no row came for in this time is closed as `FAILED`.
pub const OPEN: TimeDelta = TimeDelta::hours(1);

/// Results are deleted this long after their run was closed.
pub const STORED: TimeDelta = TimeDelta::days(90);

/// The longest external id that a result stores, in characters.
pub const LONGEST_ID: usize = 200;

/// Why a run cannot be undone; none: it can.
pub fn undo_refusal(run: &sync_run::Model) -> Option<&'static str> {
    if run.undone_at.is_some() {
        Some("the run was undone before")
    } else if run.results_deleted_at.is_some() {
        Some(
            "the results of the run were deleted, 90 days after its end; what it created is not known any more",
        )
    } else {
        None
    }
}

/// The external id as a result stores it: none if it is no text that a worker can have.
pub fn stored_id(id: &str) -> Option<String> {
    let fits = !id.is_empty() && id.chars().count() <= LONGEST_ID && !id.contains('\0');
    fits.then(|| id.to_owned())
}

/// Whether rows can be added.
pub fn is_open(run: &sync_run::Model) -> bool {
    run.state == SyncRunState::Running
}
