//! Opportunities that a company offers: positions for returning alumni, contract work, collaboration, speaking, mentoring. Only recruiters see
//! drafts. An open opportunity accepts referrals, a closed one does not.

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
