//! Root reads of runs.

use std::borrow::Cow;

use async_graphql::{Context, Object, Result};
use entity::SyncRunId;

use super::filter::{SyncRunFilter, SyncRunOrder};
use super::store;
use super::types::SyncRun;
use crate::graphql::ahead::Ahead;
use crate::graphql::connection::{Connection, List};
use crate::graphql::id::Gid;
use crate::graphql::{node, scope};
use crate::page::PageArgs;

/// Root reads of runs.
#[derive(Default)]
pub struct SyncRunsQuery;

#[Object]
impl SyncRunsQuery {
    /// One sync run; null if there is none with this id for you. Requires `workers:sync`.
    async fn sync_run(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The run's id.")] id: Gid<SyncRunId>,
    ) -> Result<Option<SyncRun>> {
        Ok(node::find(ctx, id.0).await?)
    }

    /// The runs of the company's HR systems: calls of `workersSync` and imported files. Dry runs are not among them. Requires `workers:sync`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn sync_runs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] filter: Option<SyncRunFilter>,
        #[graphql(desc = "In this order; newest first if not given.")] order_by: Option<
            SyncRunOrder,
        >,
        #[graphql(desc = "Rows from the start: 0 to 100, 20 if nothing is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only rows after this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only rows before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'static, SyncRun>> {
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
        let wanted = Ahead::of(ctx).page::<SyncRun>(asked.clone());
        let page = store::list(scope(ctx)?, &wanted).await?;
        Ok(Connection::of(Cow::Owned(page), &asked))
    }
}
