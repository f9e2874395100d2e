//! Root queries of changes.

use std::borrow::Cow;

use async_graphql::{Context, Object, Result};

use super::filter::{ChangeFilter, ChangeOrder};
use super::store;
use super::types::Change;
use crate::graphql::ahead::Ahead;
use crate::graphql::connection::{Connection, List};
use crate::graphql::scope;
use crate::page::PageArgs;

/// Root reads of what happened.
#[derive(Default)]
pub struct ChangesQuery;

#[Object]
impl ChangesQuery {
    /// Audit trail: the changes in your company with their actors. Private changes, for example blocks and edits hidden from staff, are returned only to
    /// the account that made them. To follow changes without gaps, subscribe to `changes`. Requires `audit:read`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn audit_trail(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<ChangeFilter>,
        #[graphql(desc = "Sort order. Default: newest first.")] order_by: Option<ChangeOrder>,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'static, Change>> {
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
        let page = store::list(scope(ctx)?, &Ahead::of(ctx).page::<Change>(list.clone())).await?;
        Ok(Connection::of(Cow::Owned(page), &list))
    }
}
