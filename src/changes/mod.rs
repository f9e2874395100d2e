//! Changes in a company, as a subscription and as an audit trail.

mod filter;
mod kinds;
mod query;
mod store;
mod subscription;
mod types;

pub use filter::{ChangeFilter, ChangeOrder};
pub use kinds::{ChangeKind, kinds};
pub use query::ChangesQuery;
pub use store::{advance_counter, after, counter_behind, held_back, latest, settled};
pub use subscription::ChangesSubscription;
pub use types::{Change, Place};
