//! Root reads of the access log.

use std::borrow::Cow;

use async_graphql::{Context, Object, Result};

use super::filter::{AccessLogFilter, AccessLogOrder};
use super::store;
use super::types::AccessLogEntry;
use crate::graphql::ahead::Ahead;
use crate::graphql::connection::{Connection, List};
use crate::graphql::scope;
use crate::page::PageArgs;

/// Root reads of the access log.
#[derive(Default)]
pub struct AccessLogQuery;

#[Object]
impl AccessLogQuery {
    /// Access log of personal data: which account or API key read which fields of which person. New entries appear within about two seconds. Reading the
    /// access log is itself logged. Requires `audit:read`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn access_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<AccessLogFilter>,
        #[graphql(desc = "Sort order. Default: newest first.")] order_by: Option<AccessLogOrder>,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'static, AccessLogEntry>> {
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
        let wanted = Ahead::of(ctx).page::<AccessLogEntry>(list.clone());
        let page = store::list(scope(ctx)?, &wanted).await?;
        Ok(Connection::of(Cow::Owned(page), &list))
    }
}
