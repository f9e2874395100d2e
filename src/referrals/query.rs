//! Root reads of referrals.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use entity::ReferralId;

use super::actions::consent;
use super::filter::{
    CandidateInvitationFilter, CandidateInvitationOrder, ReferralFilter, ReferralOrder,
};
use super::store;
use super::types::{CandidateConsentRequest, CandidateInvitation, Referral};
use crate::access::Access;
use crate::error::Error;
use crate::graphql::ahead::Ahead;
use crate::graphql::connection::{Connection, List};
use crate::graphql::id::Gid;
use crate::graphql::shown::One;
use crate::graphql::{node, scope};
use crate::page::PageArgs;

/// Root reads of referrals.
#[derive(Default)]
pub struct ReferralsQuery;

#[Object]
impl ReferralsQuery {
    /// One referral. Null if no referral with this id is visible to you.
    async fn referral(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the referral.")] id: Gid<ReferralId>,
    ) -> Result<Option<Referral>> {
        Ok(node::find(ctx, id.0).await?)
    }

    /// Referrals. With `referrals:read`: all of the company. Otherwise: those you made or are the candidate of. Requires a person's login or
    /// `referrals:read`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn referrals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<ReferralFilter>,
        #[graphql(desc = "Sort order. Default: newest first.")] order_by: Option<ReferralOrder>,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'static, Referral>> {
        let asked = List::new(
            filter,
            order_by,
            &PageArgs {
                first,
                after,
                last,
                before,
            },
        )?;
        let wanted = Ahead::of(ctx).page::<Referral>(asked.clone());
        let page = store::list(scope(ctx)?, &wanted).await?;
        Ok(Connection::of(Cow::Owned(page), &asked))
    }

    /// Your invitations to external candidates to consent to a referral. With `referrals:read`, also all accepted invitations. Requires a person's login
    /// or `referrals:read`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn candidate_invitations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<CandidateInvitationFilter>,
        #[graphql(desc = "Sort order. Default: newest first.")] order_by: Option<
            CandidateInvitationOrder,
        >,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'static, CandidateInvitation>> {
        let asked = List::new(
            filter,
            order_by,
            &PageArgs {
                first,
                after,
                last,
                before,
            },
        )?;
        let wanted = Ahead::of(ctx).page::<CandidateInvitation>(asked.clone());
        let page = store::invitations::list(scope(ctx)?, &wanted).await?;
        Ok(Connection::of(Cow::Owned(page), &asked))
    }

    /// The consent request of a candidate's link. Null if the link is invalid, expired, withdrawn or refused. Does not require authentication.
    async fn candidate_consent_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Token of the link.")] token: String,
    ) -> Result<Option<One<Box<CandidateConsentRequest>>>> {
        let access = ctx
            .data::<Arc<Access>>()
            .map_err(|_| Error::internal("a request without who reads links"))?;
        let request = consent::open(scope(ctx)?, access.candidate_links(), &token).await?;
        Ok(request.map(|request| One(Box::new(request.into()))))
    }
}
