//! Root mutations of referrals and candidate invitations.

mod candidate;
mod referral;

use async_graphql::MergedObject;

use self::candidate::CandidateMutation;
use self::referral::ReferralMutation;

/// Root writes of referrals.
#[derive(MergedObject, Default)]
pub struct ReferralsMutation(ReferralMutation, CandidateMutation);
