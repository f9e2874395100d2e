//! Root reads of what happened.

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
    /// What happened in your company, by whom: the audit trail. What a person did for themselves alone (a block, an edit of what they hide even from staff) is told to nobody else.
    /// To follow what happens without a gap, subscribe to `changes`. Requires `audit:read`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn audit_trail(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] filter: Option<ChangeFilter>,
        #[graphql(desc = "In this order; newest first if not given.")] order_by: Option<
            ChangeOrder,
        >,
        #[graphql(desc = "Rows from the start: 0 to 100, 20 if nothing is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only rows after this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only rows before this cursor.")] before: Option<String>,
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
