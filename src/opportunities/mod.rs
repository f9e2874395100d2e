//! What a company offers: positions for returning alumni, contract work, collaboration, speaking, mentoring.
//! Only recruiters see one that is being prepared; an open one takes referrals, a closed one no more.

mod actions;
mod filter;
mod mutation;
mod query;
mod rules;
mod store;
mod types;

pub use filter::{OpportunityFilter, OpportunityOrder};
pub use mutation::OpportunitiesMutation;
pub use query::OpportunitiesQuery;
pub use rules::takes_no_referrals;
pub use types::{Opportunity, OpportunityWants};
