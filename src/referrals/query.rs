//! Root reads of referrals.

use std::borrow::Cow;

use async_graphql::{Context, Object, Result};
use entity::ReferralId;

use super::filter::{ReferralFilter, ReferralOrder};
use super::store;
use super::types::Referral;
use crate::graphql::ahead::Ahead;
use crate::graphql::connection::{Connection, List};
use crate::graphql::id::Gid;
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
}
