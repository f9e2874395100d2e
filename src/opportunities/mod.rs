//! What a company offers: positions for returning alumni, contract work, collaboration, speaking, mentoring.
//! Only recruiters see one that is being prepared; an open one takes referrals, a closed one no more.

pub mod actions;
pub mod filter;
pub mod mutation;
pub mod query;
pub mod rules;
pub mod store;
pub mod types;

pub use mutation::OpportunitiesMutation;
pub use query::OpportunitiesQuery;
pub use types::{Opportunity, OpportunityWants};
