//! Root reads of opportunities.

use std::borrow::Cow;

use async_graphql::{Context, Object, Result};
use entity::OpportunityId;

use super::filter::{OpportunityFilter, OpportunityOrder};
use super::store;
use super::types::Opportunity;
use crate::graphql::ahead::Ahead;
use crate::graphql::connection::{Connection, List};
use crate::graphql::id::Gid;
use crate::graphql::{node, scope};
use crate::page::PageArgs;

/// Root reads of opportunities.
#[derive(Default)]
pub struct OpportunitiesQuery;

#[Object]
impl OpportunitiesQuery {
    /// One opportunity; null where there is none with this id for you. Drafts are seen with `opportunities:write`.
    async fn opportunity(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The opportunity's id.")] id: Gid<OpportunityId>,
    ) -> Result<Option<Opportunity>> {
        Ok(node::find(ctx, id.0).await?)
    }

    /// What the company offers: open and closed ones, and with `opportunities:write` (or an API key with `opportunities:read`) drafts. Requires `opportunities:read`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn opportunities(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] filter: Option<OpportunityFilter>,
        #[graphql(desc = "In this order; newest first if not given.")] order_by: Option<
            OpportunityOrder,
        >,
        #[graphql(desc = "Rows from the start: 0 to 100, 20 if nothing is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only rows after this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only rows before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'static, Opportunity>> {
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
        let wanted = Ahead::of(ctx).page::<Opportunity>(asked.clone());
        let page = store::list(scope(ctx)?, &wanted).await?;
        Ok(Connection::of(Cow::Owned(page), &asked))
    }
}
