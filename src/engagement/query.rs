//! Root reads of engagement events.

use std::borrow::Cow;

use async_graphql::{Context, Object, Result};
use entity::EngagementEventId;

use super::filter::{EngagementEventFilter, EngagementEventOrder};
use super::store;
use super::types::EngagementEvent;
use crate::graphql::ahead::Ahead;
use crate::graphql::connection::{Connection, List};
use crate::graphql::id::Gid;
use crate::graphql::{node, scope};
use crate::page::PageArgs;

/// Root reads of engagement events.
#[derive(Default)]
pub struct EngagementQuery;

#[Object]
impl EngagementQuery {
    /// One engagement event. Null if no event with this id is visible to you.
    async fn engagement_event(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the event.")] id: Gid<EngagementEventId>,
    ) -> Result<Option<EngagementEvent>> {
        Ok(node::find(ctx, id.0).await?)
    }

    /// Engagement events. Drafts are included with `events:write`. Requires `events:read`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn engagement_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<EngagementEventFilter>,
        #[graphql(desc = "Sort order. Default: by start, earliest first.")] order_by: Option<
            EngagementEventOrder,
        >,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'static, EngagementEvent>> {
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
        let wanted = Ahead::of(ctx).page::<EngagementEvent>(list.clone());
        let page = store::list(scope(ctx)?, &wanted).await?;
        Ok(Connection::of(Cow::Owned(page), &list))
    }
}
