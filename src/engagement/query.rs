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
    /// One engagement event; null where there is none with this id for you.
    async fn engagement_event(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The event's id.")] id: Gid<EngagementEventId>,
    ) -> Result<Option<EngagementEvent>> {
        Ok(node::find(ctx, id.0).await?)
    }

    /// What the programme holds for people; drafts too with `events:write`. Requires `events:read`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn engagement_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] filter: Option<EngagementEventFilter>,
        #[graphql(desc = "In this order; by the begin, earliest first, if not given.")]
        order_by: Option<EngagementEventOrder>,
        #[graphql(desc = "Rows from the start: 0 to 100, 20 if nothing is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only rows after this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only rows before this cursor.")] before: Option<String>,
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
