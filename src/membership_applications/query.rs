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

#[derive(Default)]
pub struct MembershipApplicationsQuery;

#[Object]
impl MembershipApplicationsQuery {
    /// One application to join. Null if no application with this id is visible to you. Requires `alumni:write` and `alumni:read`.
    async fn membership_application(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the application.")] id: Gid<MembershipApplicationId>,
    ) -> Result<Option<Held<'static, MembershipApplication>>> {
        Ok(node::find(ctx, id.0).await?.map(One::owned))
    }

    /// Lists the company's applications to join. Your own are in `viewer { membershipApplications }`. Requires `alumni:write` and `alumni:read`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn membership_applications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<MembershipApplicationFilter>,
        #[graphql(desc = "Sort order. Default: oldest first.")] order_by: Option<
            MembershipApplicationOrder,
        >,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
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
