//! Referrals of candidates for opportunities, with the history of their stages. A candidate is an alumnus, or an external candidate who was invited
//! first and consented. The same candidate counts once per opportunity.

mod actions;
mod filter;
mod mutation;
mod query;
mod rules;
mod store;
mod types;

pub use actions::forget::{Forgotten, forget_candidate};
pub use actions::invite::{end_of as end_invitations, expire};
pub use filter::{
    CandidateInvitationFilter, CandidateInvitationOrder, ReferralFilter, ReferralOrder,
};
pub use mutation::ReferralsMutation;
pub use query::ReferralsQuery;
pub use rules::{is_final, key_of_email, key_of_person};
pub use store::candidate_shown;
pub use types::{CandidateInvitation, Referral, ReferralStep, ReferralWants};
