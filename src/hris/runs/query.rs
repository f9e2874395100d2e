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
    /// One sync run. Null if it does not exist or is not visible to you. Requires `workers:sync`.
    async fn sync_run(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the sync run.")] id: Gid<SyncRunId>,
    ) -> Result<Option<SyncRun>> {
        Ok(node::find(ctx, id.0).await?)
    }

    /// Sync runs of the company: calls of `workersSync` and imported files, without dry runs. Requires `workers:sync`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn sync_runs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<SyncRunFilter>,
        #[graphql(desc = "Sort order. Default: newest first.")] order_by: Option<SyncRunOrder>,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
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
