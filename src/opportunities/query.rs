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
    /// One opportunity. Null if no opportunity with this id is visible to you. A draft requires `opportunities:write`, or an API key with
    /// `opportunities:read`.
    async fn opportunity(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the opportunity.")] id: Gid<OpportunityId>,
    ) -> Result<Option<Opportunity>> {
        Ok(node::find(ctx, id.0).await?)
    }

    /// Open and closed opportunities. Drafts are included with `opportunities:write`, and for an API key with `opportunities:read`. Requires
    /// `opportunities:read`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn opportunities(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<OpportunityFilter>,
        #[graphql(desc = "Sort order. Default: newest first.")] order_by: Option<OpportunityOrder>,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
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
