//! Root reads of deliveries.

use std::borrow::Cow;

use async_graphql::{Context, Object, Result};

use super::filter::{DeliveryFilter, DeliveryOrder};
use super::store;
use super::types::Delivery;
use crate::graphql::ahead::Ahead;
use crate::graphql::connection::{Connection, List};
use crate::graphql::scope;
use crate::page::PageArgs;

/// Root reads of deliveries.
#[derive(Default)]
pub struct DeliveriesQuery;

#[Object]
impl DeliveriesQuery {
    /// Messages of the company: sent, waiting, and not sent with the reason. Requires `deliveries:read`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn deliveries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<DeliveryFilter>,
        #[graphql(desc = "Sort order. Default: newest first.")] order_by: Option<DeliveryOrder>,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'static, Delivery>> {
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
        let wanted = Ahead::of(ctx).page::<Delivery>(asked.clone());
        let page = store::list(scope(ctx)?, &wanted).await?;
        Ok(Connection::of(Cow::Owned(page), &asked))
    }
}
