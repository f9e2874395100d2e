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
    /// Who read whose personal fields: which key read what of whom between two instants is one query. Entries come in within a second or two. Reading them is itself recorded. Requires `audit:read`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn access_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] filter: Option<AccessLogFilter>,
        #[graphql(desc = "In this order; newest first if not given.")] order_by: Option<
            AccessLogOrder,
        >,
        #[graphql(desc = "Rows from the start: 0 to 100, 20 if nothing is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only rows after this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only rows before this cursor.")] before: Option<String>,
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
