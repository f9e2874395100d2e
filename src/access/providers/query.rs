//! Root reads of identity providers.

use std::borrow::Cow;

use async_graphql::{Context, Object, Result};

use super::filter::{IdentityProviderFilter, IdentityProviderOrder};
use super::store;
use super::types::IdentityProvider;
use crate::graphql::ahead::Ahead;
use crate::graphql::connection::{Connection, List};
use crate::graphql::scope;
use crate::page::PageArgs;

/// Root reads of identity providers.
#[derive(Default)]
pub struct IdentityProvidersQuery;

#[Object]
impl IdentityProvidersQuery {
    /// The identity providers of your company, disabled ones included; those of every company and of the operator for an operator. Requires `identity-providers:read`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn identity_providers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] filter: Option<IdentityProviderFilter>,
        #[graphql(desc = "In this order; by name if not given.")] order_by: Option<
            IdentityProviderOrder,
        >,
        #[graphql(desc = "Rows from the start: 0 to 100, 20 if nothing is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only rows after this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only rows before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'static, IdentityProvider>> {
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
        let wanted = Ahead::of(ctx).page::<IdentityProvider>(list.clone());
        let page = store::list(scope(ctx)?, &wanted).await?;
        Ok(Connection::of(Cow::Owned(page), &list))
    }
}
