//! Runs of HR systems: one call or several of `workersSync`, or one file. A run is a row with its counts, and its rows have results, by which
//! what the run created can be undone while nothing else has touched it. Results hold ids and names of fields, and no values.

pub mod actions;
pub mod command;
mod filter;
mod mutation;
mod query;
mod recording;
mod rules;
mod store;
mod types;

pub use filter::{SyncRunFilter, SyncRunOrder, SyncRunResultFilter, SyncRunResultOrder};
pub use mutation::SyncRunsMutation;
pub use query::SyncRunsQuery;
pub use recording::Recording;
pub use types::{SyncRun, SyncRunResult};
