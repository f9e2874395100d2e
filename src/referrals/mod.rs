//! Recommendations of candidates for opportunities, and the way each went: every step is kept with who, when and note.
//! A candidate is an alumnus or someone outside; the same candidate for the same opportunity counts once.

pub mod actions;
pub mod filter;
pub mod mutation;
pub mod query;
pub mod rules;
pub mod store;
pub mod types;

pub use mutation::ReferralsMutation;
pub use query::ReferralsQuery;
pub use types::{Referral, ReferralStep, ReferralWants};
