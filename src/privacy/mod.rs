//! What people may ask about the data held of them (export, correction, restriction, erasure), how long it is kept, and what a company
//! takes along or leaves behind as a whole. `rules::holdings` is the one list of where anything is held of a person; exports and
//! erasures follow it, and a law holds it against the tables there are.

mod actions;
pub mod company;
pub mod export;
mod filter;
mod mutation;
mod query;
mod rules;
mod store;
mod types;

pub use self::actions::{Kept, keep_to_retention};
pub use self::filter::{DataRequestFilter, DataRequestOrder};
pub use self::mutation::PrivacyMutation;
pub use self::query::PrivacyQuery;
pub use self::rules::holdings::{HOLDINGS, NOBODYS, Way};
pub use self::rules::tombstone::KnownBy;
pub use self::store::scrub::scrub;
pub use self::store::tables::{Table, tables};
pub use self::store::{own_requests, suppressed_since};
pub use self::types::DataRequest;
