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

#[derive(Default)]
pub struct PrivacyQuery;

#[Object]
impl PrivacyQuery {
    /// One data request. Null if no data request with this id is visible to you.
    async fn data_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the data request.")] id: Gid<DataRequestId>,
    ) -> Result<Option<DataRequest>> {
        Ok(node::find(ctx, id.0).await?)
    }

    /// Lists data requests of the company. Your own are in `viewer { dataRequests }`. Requires `data-requests:manage`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn data_requests(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<DataRequestFilter>,
        #[graphql(desc = "Sort order. Default: by due date, earliest first.")] order_by: Option<
            DataRequestOrder,
        >,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
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

    /// Retention periods of your company. Requires `data-requests:manage`.
    async fn retention_policy(&self, ctx: &Context<'_>) -> Result<RetentionPolicy> {
        Ok(actions::policy(scope(ctx)?).await?.into())
    }
}
