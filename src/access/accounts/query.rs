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

/// Root reads of accounts.
#[derive(Default)]
pub struct AccountsQuery;

#[Object]
impl AccountsQuery {
    /// One account; null if there is none with this id for you. Requires `accounts:manage`.
    async fn account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account's id.")] id: Gid<AccountId>,
    ) -> Result<Option<Account>> {
        Ok(node::find(ctx, id.0).await?)
    }

    /// The company's accounts: who can sign in, with which roles. Requires `accounts:manage`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] filter: Option<AccountFilter>,
        #[graphql(desc = "In this order; newest first if not given.")] order_by: Option<
            AccountOrder,
        >,
        #[graphql(desc = "Rows from the start: 0 to 100, 20 if nothing is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only rows after this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only rows before this cursor.")] before: Option<String>,
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
