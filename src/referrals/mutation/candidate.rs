//! Root writes around candidates from outside: asking them, and what they answer by their link.

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

/// Someone outside the company and its alumni, to be asked whether they want to be recommended.
#[derive(InputObject)]
pub struct CandidateInviteInput {
    /// For what: an open opportunity.
    opportunity_id: Gid<OpportunityId>,
    /// The candidate's whole name. At most 200 characters. They may correct it.
    name: String,
    /// Their e-mail; by it the same candidate is known again, in whatever case and width it is written. At most 254 characters. They may correct it.
    email: String,
    /// Why; the candidate reads it, and the company once they said yes. At most 5,000 characters.
    recommendation: Option<String>,
    /// How many days the candidate has to answer: 1 to 60, 14 if not given.
    expires_in_days: Option<i32>,
}

/// A question to take back.
#[derive(InputObject)]
pub struct CandidateInvitationWithdrawInput {
    /// Which one.
    id: Gid<CandidateInvitationId>,
    /// Refuse where the stored version is another.
    expected_version: Option<i32>,
}

/// A candidate's yes.
#[derive(InputObject)]
pub struct CandidateConsentGiveInput {
    /// The token of the link.
    token: String,
    /// The version of the notice that was shown. Another than the one that holds now is refused, with the number of that (`STALE_VERSION`).
    notice_version: i32,
    /// The language in which it was shown: one of the notice's own.
    language: String,
    /// Your name, where it is another than was written. At most 200 characters.
    name: Option<String>,
    /// Your e-mail, where it is another than was written. At most 254 characters.
    email: Option<String>,
}

/// A candidate's no.
#[derive(InputObject)]
pub struct CandidateConsentRefuseInput {
    /// The token of the link.
    token: String,
}

/// What `candidateInvite` came to.
#[derive(SimpleObject)]
pub struct CandidateInvitePayload {
    /// The question made; null where the input was refused.
    candidate_invitation: Option<One<Box<CandidateInvitation>>>,
    /// The token of the candidate's link, for your own page to put into an address and the referrer to hand on. Shown this once: only a hash is kept. Null where the input was refused.
    token: Option<String>,
    /// Why the input was refused, one entry a fault; empty where it was done. Where it is not empty nothing was changed.
    user_errors: Vec<Refusal>,
}

payload!(
    /// What `candidateInvitationWithdraw` came to.
    CandidateInvitationWithdrawPayload {
        /// The question as it is now; null where it was refused.
        candidate_invitation: CandidateInvitation,
    }
);

payload!(
    /// What `candidateConsentGive` came to.
    CandidateConsentGivePayload {
        /// What was asked, as it stands now; null where the input was refused.
        consent_request: CandidateConsentRequest,
    }
);

payload!(
    /// What `candidateConsentRefuse` came to.
    CandidateConsentRefusePayload {
        /// Where the question stands now: `REFUSED`; null where the link is none that works.
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
    /// Asks someone outside whether they want to be recommended for an open opportunity, by a link that you hand on. Until they say yes nobody at the company learns of them: whether they were
    /// referred before, too, is not said. You may ask one candidate once at a time for an opportunity. Requires `referrals:submit` and a login that belongs to a person.
    async fn candidate_invite(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to ask.")] input: CandidateInviteInput,
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

    /// Takes back a question that waits for its answer: its link opens nothing any more, and nothing is left of the candidate. Requires `referrals:submit`.
    async fn candidate_invitation_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: CandidateInvitationWithdrawInput,
    ) -> Result<CandidateInvitationWithdrawPayload> {
        let done = invite::withdraw(scope(ctx)?, input.id.0, input.expected_version).await;
        let field = "candidateInvitation";
        CandidateInvitationWithdrawPayload::of(
            with_children::<CandidateInvitation>(ctx, field, done).await,
        )
    }

    /// You, whom the link is for, want to be recommended: the company has your referral from now on. Saying it again changes nothing. Needs no login; a link that is none, ran out or was answered
    /// is `NOT_FOUND`, whatever is wrong with it.
    async fn candidate_consent_give(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The yes.")] input: CandidateConsentGiveInput,
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

    /// You, whom the link is for, do not want to be recommended, or no longer: what was written of you is erased at once, and a referral that is under way ends. Works as long as anything is
    /// held, also after `expiresAt`. Needs no login.
    async fn candidate_consent_refuse(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The no.")] input: CandidateConsentRefuseInput,
    ) -> Result<CandidateConsentRefusePayload> {
        let done = consent::refuse(scope(ctx)?, links(ctx)?, &input.token).await;
        CandidateConsentRefusePayload::of(done)
    }
}
