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

#[derive(Default)]
pub struct InvitationsQuery;

#[Object]
impl InvitationsQuery {
    /// One invitation. Null if no invitation with this id is visible to you. Requires `accounts:manage` for accounts, `alumni:write` and
    /// `alumni:read` for memberships.
    async fn invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the invitation.")] id: Gid<InvitationId>,
    ) -> Result<Option<Invitation>> {
        Ok(node::find(ctx, id.0).await?)
    }

    /// Lists the company's invitations: to accounts with `accounts:manage`, to memberships with `alumni:write` and `alumni:read`. Requires one of the two.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn invitations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<InvitationFilter>,
        #[graphql(desc = "Sort order. Default: newest first.")] order_by: Option<InvitationOrder>,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
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

    /// The open invitation of a link, for the page that the link opens. Null if the link is mistyped, used, revoked, replaced or expired.
    /// Does not require authentication.
    async fn invitation_preview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Token of the link.")] token: String,
    ) -> Result<Option<InvitationPreview>> {
        let access = ctx
            .data::<Arc<Access>>()
            .map_err(|_| Error::internal("a request without access"))?;
        let opened = actions::open(scope(ctx)?, access.invitation_links(), &token).await?;
        Ok(opened.map(InvitationPreview::from))
    }
}
