//! Root writes of referrals: handing in, moving along, taking back.

use async_graphql::{Context, InputObject, Object, Result};
use entity::{OpportunityId, PersonId, ReferralId, ReferralStage};

use crate::graphql::id::Gid;
use crate::graphql::payload::with_children;
use crate::graphql::scope;
use crate::payload;
use crate::referrals::actions::{self, NewReferral};
use crate::referrals::types::Referral;

/// A referral to hand in. Someone outside the company and its alumni is asked first: `candidateInvite`.
#[derive(InputObject)]
pub struct ReferralSubmitInput {
    /// For what: an open opportunity.
    opportunity_id: Gid<OpportunityId>,
    /// The alumnus recommended: an active member, not yourself. With `alumni:read` also one who was not asked to join yet or whose membership ran out.
    candidate_id: Gid<PersonId>,
    /// Why; the company reads it, and an alumnus who is the candidate does. At most 5,000 characters.
    recommendation: Option<String>,
}

/// A move of a referral.
#[derive(InputObject)]
pub struct ReferralAdvanceInput {
    /// Which referral.
    id: Gid<ReferralId>,
    /// Refuse where the stored version is another.
    expected_version: Option<i32>,
    /// To where: one of its `allowedStages`.
    to: ReferralStage,
    /// Why; kept with the step and read with `referrals:read`. At most 2,000 characters.
    note: Option<String>,
}

/// A referral to take back.
#[derive(InputObject)]
pub struct ReferralWithdrawInput {
    /// Which referral.
    id: Gid<ReferralId>,
    /// Refuse where the stored version is another.
    expected_version: Option<i32>,
    /// Why; kept with the step and read with `referrals:read`. At most 2,000 characters.
    note: Option<String>,
}

payload!(
    /// What `referralSubmit` came to.
    ReferralSubmitPayload {
        /// The referral made, a `DUPLICATE` where the candidate was referred before; null where the input was refused.
        referral: Referral,
    }
);

payload!(
    /// What `referralAdvance` came to.
    ReferralAdvancePayload {
        /// The referral as it is now; null where the input was refused.
        referral: Referral,
    }
);

payload!(
    /// What `referralWithdraw` came to.
    ReferralWithdrawPayload {
        /// The referral as it is now; null where it was refused.
        referral: Referral,
    }
);

/// Root writes of referrals.
#[derive(Default)]
pub struct ReferralMutation;

#[Object]
impl ReferralMutation {
    /// Recommends an alumnus for an open opportunity; for someone outside see `candidateInvite`. Where the same candidate was referred for it before and not withdrawn, the referral is kept as `DUPLICATE`. Requires `referrals:submit` and a login that belongs to a person.
    async fn referral_submit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The referral to hand in.")] input: ReferralSubmitInput,
    ) -> Result<ReferralSubmitPayload> {
        let new = NewReferral {
            opportunity: input.opportunity_id.0,
            candidate: input.candidate_id.0,
            recommendation: input.recommendation,
        };
        let done = actions::submit(scope(ctx)?, new).await;
        ReferralSubmitPayload::of(with_children::<Referral>(ctx, "referral", done).await)
    }

    /// Moves a referral one stage forward (`SUBMITTED`, `SCREENING`, `INTERVIEWING`, `OFFERED`, `HIRED`), or from any of the first four to `REJECTED`; an API key may leave stages out. Requires `referrals:write`.
    async fn referral_advance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The move.")] input: ReferralAdvanceInput,
    ) -> Result<ReferralAdvancePayload> {
        let ReferralAdvanceInput {
            id,
            expected_version,
            to,
            note,
        } = input;
        let done = actions::advance(scope(ctx)?, id.0, expected_version, to, note.as_deref()).await;
        ReferralAdvancePayload::of(with_children::<Referral>(ctx, "referral", done).await)
    }

    /// Takes a referral back while it is open: the referrer, or the alumnus who is the candidate. The candidate may then be referred again. Requires `referrals:submit`.
    async fn referral_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: ReferralWithdrawInput,
    ) -> Result<ReferralWithdrawPayload> {
        let ReferralWithdrawInput {
            id,
            expected_version,
            note,
        } = input;
        let done = actions::withdraw(scope(ctx)?, id.0, expected_version, note.as_deref()).await;
        ReferralWithdrawPayload::of(with_children::<Referral>(ctx, "referral", done).await)
    }
}
