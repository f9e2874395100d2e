//! Root reads of invitations.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use entity::InvitationId;

use super::filter::{InvitationFilter, InvitationOrder};
use super::types::{Invitation, InvitationPreview};
use super::{actions, store};
use crate::access::Access;
use crate::error::Error;
use crate::graphql::ahead::Ahead;
use crate::graphql::connection::{Connection, List};
use crate::graphql::id::Gid;
use crate::graphql::{node, scope};
use crate::page::PageArgs;

/// Root reads of invitations.
#[derive(Default)]
pub struct InvitationsQuery;

#[Object]
impl InvitationsQuery {
    /// One invitation; null if there is none with this id for you. Requires `accounts:manage` for accounts, `alumni:write` and `alumni:read` for memberships.
    async fn invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The invitation's id.")] id: Gid<InvitationId>,
    ) -> Result<Option<Invitation>> {
        Ok(node::find(ctx, id.0).await?)
    }

    /// The company's invitations: to accounts with `accounts:manage`, to memberships with `alumni:write` and `alumni:read`. Requires one of the two.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn invitations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] filter: Option<InvitationFilter>,
        #[graphql(desc = "In this order; newest first if not given.")] order_by: Option<
            InvitationOrder,
        >,
        #[graphql(desc = "Rows from the start: 0 to 100, 20 if nothing is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only rows after this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only rows before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'static, Invitation>> {
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
        let wanted = Ahead::of(ctx).page::<Invitation>(asked.clone());
        let page = store::list(scope(ctx)?, &wanted).await?;
        Ok(Connection::of(Cow::Owned(page), &asked))
    }

    /// The open invitation behind a link, for the page that the link opens. Needs no login. Null if the link is not valid: mistyped, used, revoked, replaced, or expired.
    async fn invitation_preview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The link's token.")] token: String,
    ) -> Result<Option<InvitationPreview>> {
        let access = ctx
            .data::<Arc<Access>>()
            .map_err(|_| Error::internal("a request without access"))?;
        let opened = actions::open(scope(ctx)?, access.invitation_links(), &token).await?;
        Ok(opened.map(InvitationPreview::from))
    }
}
