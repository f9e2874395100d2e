//! Recommendations of candidates for opportunities, and the way each went: every step is kept with who, when and note.
//! A candidate is an alumnus or someone outside, who was asked first and consented; the same candidate for the same opportunity counts once.

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
