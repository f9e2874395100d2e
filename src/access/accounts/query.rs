//! Root reads of accounts.

use std::borrow::Cow;

use async_graphql::{Context, Object, Result};
use entity::AccountId;

use super::filter::{AccountFilter, AccountOrder};
use super::store;
use super::types::Account;
use crate::graphql::ahead::Ahead;
use crate::graphql::connection::{Connection, List};
use crate::graphql::id::Gid;
use crate::graphql::{node, scope};
use crate::page::PageArgs;

#[derive(Default)]
pub struct AccountsQuery;

#[Object]
impl AccountsQuery {
    /// One account. Null if no account with this id is visible to you. Requires `accounts:manage`.
    async fn account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the account.")] id: Gid<AccountId>,
    ) -> Result<Option<Account>> {
        Ok(node::find(ctx, id.0).await?)
    }

    /// Lists the company's accounts with their roles. Requires `accounts:manage`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<AccountFilter>,
        #[graphql(desc = "Sort order. Default: newest first.")] order_by: Option<AccountOrder>,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'static, Account>> {
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
        let wanted = Ahead::of(ctx).page::<Account>(asked.clone());
        let page = store::list(scope(ctx)?, &wanted).await?;
        Ok(Connection::of(Cow::Owned(page), &asked))
    }
}
