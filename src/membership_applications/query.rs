//! Root reads of applications to join.

use std::borrow::Cow;

use async_graphql::{Context, Object, Result};
use entity::MembershipApplicationId;

use super::filter::{MembershipApplicationFilter, MembershipApplicationOrder};
use super::store;
use super::types::MembershipApplication;
use crate::graphql::ahead::Ahead;
use crate::graphql::connection::{Connection, List};
use crate::graphql::id::Gid;
use crate::graphql::shown::{Held, One};
use crate::graphql::{node, scope};
use crate::page::PageArgs;

/// Root reads of applications to join.
#[derive(Default)]
pub struct MembershipApplicationsQuery;

#[Object]
impl MembershipApplicationsQuery {
    /// One application to join; null if there is none with this id for you. Requires `alumni:write` and `alumni:read`.
    async fn membership_application(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The application's id.")] id: Gid<MembershipApplicationId>,
    ) -> Result<Option<Held<'static, MembershipApplication>>> {
        Ok(node::find(ctx, id.0).await?.map(One::owned))
    }

    /// The company's applications to join, for a review. Your own are in `viewer`. Requires `alumni:write` and `alumni:read`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn membership_applications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] filter: Option<MembershipApplicationFilter>,
        #[graphql(desc = "In this order; oldest first if not given.")] order_by: Option<
            MembershipApplicationOrder,
        >,
        #[graphql(desc = "Rows from the start: 0 to 100, 20 if nothing is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only rows after this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only rows before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'static, MembershipApplication>> {
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
        let wanted = Ahead::of(ctx).page::<MembershipApplication>(list.clone());
        let page = store::list(scope(ctx)?, &wanted).await?;
        Ok(Connection::of(Cow::Owned(page), &list))
    }
}
