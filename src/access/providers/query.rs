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

#[derive(Default)]
pub struct IdentityProvidersQuery;

#[Object]
impl IdentityProvidersQuery {
    /// Lists the identity providers of your company, including disabled ones. Operators see those of every company and of the operator.
    /// Requires `identity-providers:read`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn identity_providers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<IdentityProviderFilter>,
        #[graphql(desc = "Sort order. Default: by name.")] order_by: Option<IdentityProviderOrder>,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
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
