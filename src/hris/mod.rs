//! What HR systems tell us about workers. `intake` reads their files, `mapping` knows their columns, `values` their spellings; what comes
//! out is a `Worker`, as from the mutation. `rules` decide what it means, `actions` take it over a batch at a time, `import` is the command.
//! Columns of pay, national ids, ethnicity, health and the like never get past `mapping`.

pub mod actions;
pub mod import;
mod intake;
mod mapping;
pub mod mutation;
mod report;
mod rules;
pub mod runs;
mod sensitive;
mod store;
mod values;
mod worker;

pub use actions::{RowResult, record_leaver, record_leavers};
pub use mutation::HrisMutation;
pub use runs::actions::clean as clean_runs;
pub use runs::{SyncRun, SyncRunsMutation, SyncRunsQuery};
pub use worker::{Told, Worker};
