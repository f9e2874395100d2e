//! Root reads of companies.

use std::borrow::Cow;

use async_graphql::{Context, Object, Result};
use entity::CompanyId;

use super::filter::{CompanyFilter, CompanyOrder};
use super::store;
use super::types::Company;
use crate::error::Error;
use crate::graphql::ahead::Ahead;
use crate::graphql::connection::{Connection, List};
use crate::graphql::id::Gid;
use crate::graphql::{node, scope};
use crate::page::PageArgs;

#[derive(Default)]
pub struct CompaniesQuery;

#[Object]
impl CompaniesQuery {
    /// One company. Null if no company with this id is visible to you, or if an operator omits the id.
    async fn company(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the company. Default: your own.")] id: Option<Gid<CompanyId>>,
    ) -> Result<Option<Company>> {
        let scope = scope(ctx)?;
        if !scope.viewer().known() {
            return Err(Error::LOG_IN.into());
        }
        match id.map(|id| id.0).or(scope.only_company()) {
            Some(id) => Ok(node::find(ctx, id).await?),
            None => Ok(None),
        }
    }

    /// Lists every company of the service. Requires `companies:manage`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn companies(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<CompanyFilter>,
        #[graphql(desc = "Sort order. Default: by slug.")] order_by: Option<CompanyOrder>,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'static, Company>> {
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
        let page = store::list(scope(ctx)?, &Ahead::of(ctx).page::<Company>(list.clone())).await?;
        Ok(Connection::of(Cow::Owned(page), &list))
    }
}
