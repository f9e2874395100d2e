//! What a client sees of referrals.

mod referral;
mod step;

pub use self::referral::{Referral, ReferralWants};
pub use self::step::ReferralStep;
