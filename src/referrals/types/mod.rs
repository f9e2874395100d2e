//! GraphQL types of referrals.

mod consent_request;
mod invitation;
mod referral;
mod step;

pub use self::consent_request::CandidateConsentRequest;
pub use self::invitation::CandidateInvitation;
pub use self::referral::{Referral, ReferralWants};
pub use self::step::ReferralStep;
