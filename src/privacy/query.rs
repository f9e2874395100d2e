//! Root reads of data requests and of how long what is kept.

use std::borrow::Cow;

use async_graphql::{Context, Object, Result};
use entity::DataRequestId;

use super::filter::{DataRequestFilter, DataRequestOrder};
use super::types::{DataRequest, RetentionPolicy};
use super::{actions, store};
use crate::graphql::ahead::Ahead;
use crate::graphql::connection::{Connection, List};
use crate::graphql::id::Gid;
use crate::graphql::{node, scope};
use crate::page::PageArgs;

/// Root reads of data requests.
#[derive(Default)]
pub struct PrivacyQuery;

#[Object]
impl PrivacyQuery {
    /// One data request; null where there is none with this id for you.
    async fn data_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request's id.")] id: Gid<DataRequestId>,
    ) -> Result<Option<DataRequest>> {
        Ok(node::find(ctx, id.0).await?)
    }

    /// What people asked about their data; one's own are in `viewer { dataRequests }`. Requires `data-requests:manage`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn data_requests(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] filter: Option<DataRequestFilter>,
        #[graphql(desc = "In this order; what is due soonest first if not given.")]
        order_by: Option<DataRequestOrder>,
        #[graphql(desc = "Rows from the start: 0 to 100, 20 if nothing is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only rows after this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only rows before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'static, DataRequest>> {
        let list = List::new(
            filter,
            order_by,
            &PageArgs {
                first,
                after,
                last,
                before,
            },
        )?;
        let wanted = Ahead::of(ctx).page::<DataRequest>(list.clone());
        let page = store::list(scope(ctx)?, &wanted).await?;
        Ok(Connection::of(Cow::Owned(page), &list))
    }

    /// How long your company keeps what. Requires `data-requests:manage`.
    async fn retention_policy(&self, ctx: &Context<'_>) -> Result<RetentionPolicy> {
        Ok(actions::policy(scope(ctx)?).await?.into())
    }
}
