//! Root mutations of referrals: submit, advance, withdraw.

use async_graphql::{Context, InputObject, Object, Result};
use entity::{OpportunityId, PersonId, ReferralId, ReferralStage};

use crate::graphql::id::Gid;
use crate::graphql::payload::with_children;
use crate::graphql::scope;
use crate::payload;
use crate::referrals::actions::{self, NewReferral};
use crate::referrals::types::Referral;

/// A referral of an alumnus to submit. For an external candidate, use `candidateInvite`.
#[derive(InputObject)]
pub struct ReferralSubmitInput {
    /// Id of an open opportunity.
    opportunity_id: Gid<OpportunityId>,
    /// Id of the recommended alumnus: an active member, not yourself. With `alumni:read`, also an alumnus whose membership is `CANDIDATE`, `INVITED` or
    /// `EXPIRED`.
    candidate_id: Gid<PersonId>,
    /// Recommendation, visible to the company and to the alumnus. At most 5,000 characters.
    recommendation: Option<String>,
}

/// A stage change of a referral.
#[derive(InputObject)]
pub struct ReferralAdvanceInput {
    /// Id of the referral.
    id: Gid<ReferralId>,
    /// Fails if the stored version differs.
    expected_version: Option<i32>,
    /// New stage: one of `allowedStages`.
    to: ReferralStage,
    /// Note, stored with the step. Visible with `referrals:read`. At most 2,000 characters.
    note: Option<String>,
}

/// A referral to withdraw.
#[derive(InputObject)]
pub struct ReferralWithdrawInput {
    /// Id of the referral.
    id: Gid<ReferralId>,
    /// Fails if the stored version differs.
    expected_version: Option<i32>,
    /// Note, stored with the step. Visible with `referrals:read`. At most 2,000 characters.
    note: Option<String>,
}

payload!(
    /// Result of `referralSubmit`.
    ReferralSubmitPayload {
        /// The created referral. Its stage is `DUPLICATE` if the candidate was referred before. Null if the input was rejected.
        referral: Referral,
    }
);

payload!(
    /// Result of `referralAdvance`.
    ReferralAdvancePayload {
        /// The referral after the change. Null if the input was rejected.
        referral: Referral,
    }
);

payload!(
    /// Result of `referralWithdraw`.
    ReferralWithdrawPayload {
        /// The referral after the change. Null if the input was rejected.
        referral: Referral,
    }
);

/// Root writes of referrals.
#[derive(Default)]
pub struct ReferralMutation;

#[Object]
impl ReferralMutation {
    /// Recommends an alumnus for an open opportunity; for an external candidate, use `candidateInvite`. The new referral is a `DUPLICATE` if the
    /// candidate has another one for the opportunity that was not withdrawn. Requires `referrals:submit` and a person's login.
    async fn referral_submit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The referral to submit.")] input: ReferralSubmitInput,
    ) -> Result<ReferralSubmitPayload> {
        let new = NewReferral {
            opportunity: input.opportunity_id.0,
            candidate: input.candidate_id.0,
            recommendation: input.recommendation,
        };
        let done = actions::submit(scope(ctx)?, new).await;
        ReferralSubmitPayload::of(with_children::<Referral>(ctx, "referral", done).await)
    }

    /// Moves a referral one stage forward: `SUBMITTED`, `SCREENING`, `INTERVIEWING`, `OFFERED`, `HIRED`. Each of the first four can also move to
    /// `REJECTED`. An API key can skip stages. Requires `referrals:write`.
    async fn referral_advance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The referral and its new stage.")] input: ReferralAdvanceInput,
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

    /// Withdraws an open referral. Only the referrer and an alumnus who is the candidate can withdraw it. The candidate can then be referred again.
    /// Requires `referrals:submit`.
    async fn referral_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The referral to withdraw.")] input: ReferralWithdrawInput,
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
