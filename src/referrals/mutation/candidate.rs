//! Root mutations for external candidates: invitations and their responses by link.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use entity::{CandidateInvitationId, OpportunityId};

use crate::access::{Access, Links};
use crate::error::{Error, Refusal};
use crate::graphql::id::Gid;
use crate::graphql::payload::with_children;
use crate::graphql::scope;
use crate::graphql::shown::One;
use crate::payload;
use crate::referrals::actions::consent::{self, Yes};
use crate::referrals::actions::invite::{self, NewInvitation};
use crate::referrals::types::{CandidateConsentRequest, CandidateInvitation};

/// An external candidate to invite to consent to a referral.
#[derive(InputObject)]
pub struct CandidateInviteInput {
    /// Id of an open opportunity.
    opportunity_id: Gid<OpportunityId>,
    /// Full name of the candidate. At most 200 characters. The candidate can correct it.
    name: String,
    /// E-mail address of the candidate. It identifies the candidate, regardless of case and character width. At most 254 characters. The candidate can
    /// correct it.
    email: String,
    /// Recommendation, visible to the candidate, and to the company after the consent. At most 5,000 characters.
    recommendation: Option<String>,
    /// Number of days in which the candidate can consent. 1 to 60. Default: 14.
    expires_in_days: Option<i32>,
}

/// An invitation to withdraw.
#[derive(InputObject)]
pub struct CandidateInvitationWithdrawInput {
    /// Id of the invitation.
    id: Gid<CandidateInvitationId>,
    /// Fails if the stored version differs.
    expected_version: Option<i32>,
}

/// A consent of an external candidate.
#[derive(InputObject)]
pub struct CandidateConsentGiveInput {
    /// Token of the link.
    token: String,
    /// Version of the notice that was shown. Must be the current version; otherwise `STALE_VERSION` with the current number.
    notice_version: i32,
    /// Language in which the notice was shown: one of the notice's languages.
    language: String,
    /// Your name, if it differs from the entered name. At most 200 characters.
    name: Option<String>,
    /// Your e-mail address, if it differs from the entered address. At most 254 characters.
    email: Option<String>,
}

/// A refusal of an external candidate.
#[derive(InputObject)]
pub struct CandidateConsentRefuseInput {
    /// Token of the link.
    token: String,
}

/// Result of `candidateInvite`.
#[derive(SimpleObject)]
pub struct CandidateInvitePayload {
    /// The created invitation. Null if the input was rejected.
    candidate_invitation: Option<One<Box<CandidateInvitation>>>,
    /// Token of the candidate's link. Add it to a URL of your own page, for the referrer to send to the candidate. Returned only once; only its hash is
    /// stored. Null if the input was rejected.
    token: Option<String>,
    /// Validation errors. Empty on success; otherwise nothing was changed.
    user_errors: Vec<Refusal>,
}

payload!(
    /// Result of `candidateInvitationWithdraw`.
    CandidateInvitationWithdrawPayload {
        /// The invitation after the change. Null if the input was rejected.
        candidate_invitation: CandidateInvitation,
    }
);

payload!(
    /// Result of `candidateConsentGive`.
    CandidateConsentGivePayload {
        /// The consent request after the change. Null if the input was rejected.
        consent_request: CandidateConsentRequest,
    }
);

payload!(
    /// Result of `candidateConsentRefuse`.
    CandidateConsentRefusePayload {
        /// State of the invitation after the change: `REFUSED`. Null if the link is invalid.
        state: entity::CandidateInvitationState,
    }
);

/// Root writes around candidates from outside.
#[derive(Default)]
pub struct CandidateMutation;

fn links<'c>(ctx: &Context<'c>) -> Result<&'c Links> {
    let access = ctx.data::<Arc<Access>>();
    let access = access.map_err(|_| Error::internal("a request without who makes links"))?;
    Ok(access.candidate_links())
}

#[Object]
impl CandidateMutation {
    /// Invites an external candidate to consent to a referral for an open opportunity. You send the link. Until the consent, the invitation is visible
    /// only to you. It does not reveal whether the candidate was referred before. You can have one open invitation per candidate and opportunity.
    /// Requires `referrals:submit` and a person's login.
    async fn candidate_invite(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The external candidate and the opportunity.")]
        input: CandidateInviteInput,
    ) -> Result<CandidateInvitePayload> {
        let new = NewInvitation {
            opportunity: input.opportunity_id.0,
            name: input.name,
            email: input.email,
            recommendation: input.recommendation,
            days: input.expires_in_days,
        };
        match invite::invite(scope(ctx)?, links(ctx)?, new).await {
            Ok((model, token)) => {
                let done = Ok(model);
                let field = "candidateInvitation";
                let invitation = with_children::<CandidateInvitation>(ctx, field, done).await?;
                Ok(CandidateInvitePayload {
                    candidate_invitation: Some(One(Box::new(invitation))),
                    token: Some(token),
                    user_errors: vec![],
                })
            }
            Err(Error::Refused(user_errors)) => Ok(CandidateInvitePayload {
                candidate_invitation: None,
                token: None,
                user_errors,
            }),
            Err(error) => Err(error.into()),
        }
    }

    /// Withdraws your own invitation that waits for a response. Its link becomes invalid and the candidate's data is erased. Requires `referrals:submit`.
    async fn candidate_invitation_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The invitation to withdraw.")] input: CandidateInvitationWithdrawInput,
    ) -> Result<CandidateInvitationWithdrawPayload> {
        let done = invite::withdraw(scope(ctx)?, input.id.0, input.expected_version).await;
        let field = "candidateInvitation";
        CandidateInvitationWithdrawPayload::of(
            with_children::<CandidateInvitation>(ctx, field, done).await,
        )
    }

    /// Consents to a referral of yourself, with the link you received. The company then receives the referral. No change if already consented.
    /// `NOT_FOUND` if the link is invalid, expired, withdrawn or refused. Does not require authentication.
    async fn candidate_consent_give(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The consent.")] input: CandidateConsentGiveInput,
    ) -> Result<CandidateConsentGivePayload> {
        let yes = Yes {
            token: input.token,
            notice_version: input.notice_version,
            language: input.language,
            name: input.name,
            email: input.email,
        };
        CandidateConsentGivePayload::of(consent::give(scope(ctx)?, links(ctx)?, yes).await)
    }

    /// Refuses a referral of yourself, or withdraws your consent, with the link you received. Your data is erased at once and an open referral ends.
    /// Works as long as data is stored, also after `expiresAt`. Does not require authentication.
    async fn candidate_consent_refuse(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The refusal.")] input: CandidateConsentRefuseInput,
    ) -> Result<CandidateConsentRefusePayload> {
        let done = consent::refuse(scope(ctx)?, links(ctx)?, &input.token).await;
        CandidateConsentRefusePayload::of(done)
    }
}
