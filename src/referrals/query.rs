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
    /// One referral; null where there is none with this id for you.
    async fn referral(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The referral's id.")] id: Gid<ReferralId>,
    ) -> Result<Option<Referral>> {
        Ok(node::find(ctx, id.0).await?)
    }

    /// Referrals: all of the company with `referrals:read`, else those you made or are the candidate of. Requires a login that belongs to a person, or `referrals:read`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn referrals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] filter: Option<ReferralFilter>,
        #[graphql(desc = "In this order; newest first if not given.")] order_by: Option<
            ReferralOrder,
        >,
        #[graphql(desc = "Rows from the start: 0 to 100, 20 if nothing is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only rows after this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only rows before this cursor.")] before: Option<String>,
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

    /// Questions to people outside whether they want to be recommended: those you asked; with `referrals:read` also each that was answered with yes. Requires a login that belongs to a person, or `referrals:read`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn candidate_invitations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] filter: Option<CandidateInvitationFilter>,
        #[graphql(desc = "In this order; newest first if not given.")] order_by: Option<
            CandidateInvitationOrder,
        >,
        #[graphql(desc = "Rows from the start: 0 to 100, 20 if nothing is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only rows after this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only rows before this cursor.")] before: Option<String>,
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

    /// What the holder of a link is asked: whether they want to be recommended. Needs no login. Null for whatever is no link that works: mistyped, run out, taken back, or answered with no.
    async fn candidate_consent_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token of the link.")] token: String,
    ) -> Result<Option<One<Box<CandidateConsentRequest>>>> {
        let access = ctx
            .data::<Arc<Access>>()
            .map_err(|_| Error::internal("a request without who reads links"))?;
        let request = consent::open(scope(ctx)?, access.candidate_links(), &token).await?;
        Ok(request.map(|request| One(Box::new(request.into()))))
    }
}
