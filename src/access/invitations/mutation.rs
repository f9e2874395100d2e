//! Root writes of invitations to accounts.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::{InvitationId, PersonId, Role};

use super::actions::{self, Invited, NewInvitation};
use super::types::Invitation;
use crate::access::{Access, Links};
use crate::error::{Error, Refusal};
use crate::graphql::id::Gid;
use crate::graphql::scope;
use crate::graphql::shown::One;
use crate::payload;

/// An account to invite.
#[derive(InputObject)]
pub struct AccountInviteInput {
    /// Granted roles: `ADMIN`, `HR`, `RECRUITER`, `SUPPORTER`. At least one, unless `personId` is given.
    #[graphql(validator(max_items = 20), default)]
    roles: Vec<Role>,
    /// The person who will sign in. Null: an external account, which needs `accountExpiresAt`.
    person_id: Option<Gid<PersonId>>,
    /// Display name of an external account. At most 200 characters.
    name: Option<String>,
    /// The e-mail address that the link is sent to; null: you hand the link over yourself.
    email: Option<String>,
    /// When the roles of an external account end: in the future, at most 400 days ahead.
    account_expires_at: Option<DateTime<Utc>>,
    /// How many days the link is valid: 1 to 90, 14 if not given.
    expires_in_days: Option<i32>,
}

/// An invitation to send again.
#[derive(InputObject)]
pub struct InvitationResendInput {
    /// The invitation.
    id: Gid<InvitationId>,
}

/// An invitation to revoke.
#[derive(InputObject)]
pub struct InvitationRevokeInput {
    /// The invitation.
    id: Gid<InvitationId>,
}

/// An invitation to accept.
#[derive(InputObject)]
pub struct AccountClaimInput {
    /// The link's token.
    token: String,
}

/// Result of `accountInvite`.
#[derive(SimpleObject)]
pub struct AccountInvitePayload {
    /// The invitation; null if the input was refused.
    invitation: Option<One<Box<Invitation>>>,
    /// The link's token. Shown this once: only its hash is stored. Null if the input was refused.
    token: Option<String>,
    /// Validation errors. Empty on success; otherwise nothing was changed.
    user_errors: Vec<Refusal>,
}

/// Result of `invitationResend`.
#[derive(SimpleObject)]
pub struct InvitationResendPayload {
    /// The invitation; null if the input was refused.
    invitation: Option<One<Box<Invitation>>>,
    /// The new link's token. Shown this once: only its hash is stored. Null if the input was refused.
    token: Option<String>,
    /// Validation errors. Empty on success; otherwise nothing was changed.
    user_errors: Vec<Refusal>,
}

payload!(
    /// Result of `invitationRevoke`.
    InvitationRevokePayload {
        /// The invitation after the change; null if the input was refused.
        invitation: Invitation,
    }
);

/// Result of `accountClaim`.
#[derive(SimpleObject)]
pub struct AccountClaimPayload {
    /// Your roles in the company from now on; null if the input was refused.
    roles: Option<Vec<Role>>,
    /// Validation errors. Empty on success; otherwise nothing was changed.
    user_errors: Vec<Refusal>,
}

type Parts = (Option<One<Box<Invitation>>>, Option<String>, Vec<Refusal>);

fn parts(done: crate::error::Result<Invited>) -> Result<Parts> {
    match done {
        Ok(Invited { invitation, token }) => {
            Ok((Some(One(Box::new(invitation.into()))), Some(token), vec![]))
        }
        Err(Error::Refused(user_errors)) => Ok((None, None, user_errors)),
        Err(error) => Err(error.into()),
    }
}

fn links<'c>(ctx: &Context<'c>) -> Result<&'c Links> {
    let access = ctx
        .data::<Arc<Access>>()
        .map_err(|_| Error::internal("a request without access"))?;
    Ok(access.invitation_links())
}

/// Root writes of invitations.
#[derive(Default)]
pub struct InvitationsMutation;

#[Object]
impl InvitationsMutation {
    /// Invites somebody to an account of the company by a one-time link: an employee by `personId`, anybody else as an external account with an end. Requires `accounts:manage`.
    async fn account_invite(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to invite, with which roles.")] input: AccountInviteInput,
    ) -> Result<AccountInvitePayload> {
        let new = NewInvitation {
            roles: input.roles,
            person: input.person_id.map(|id| id.0),
            name: input.name,
            email: input.email,
            account_expires_at: input.account_expires_at,
            days: input.expires_in_days,
        };
        let done = actions::invite(scope(ctx)?, links(ctx)?, new).await;
        let (invitation, token, user_errors) = parts(done)?;
        Ok(AccountInvitePayload {
            invitation,
            token,
            user_errors,
        })
    }

    /// Makes a new link for an open or expired invitation; the link before no longer works. Not within a minute of the last one. Requires `accounts:manage` for accounts, `alumni:write` and `alumni:read` for memberships.
    async fn invitation_resend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The invitation.")] input: InvitationResendInput,
    ) -> Result<InvitationResendPayload> {
        let done = actions::resend(scope(ctx)?, links(ctx)?, input.id.0).await;
        let (invitation, token, user_errors) = parts(done)?;
        Ok(InvitationResendPayload {
            invitation,
            token,
            user_errors,
        })
    }

    /// Revokes an open invitation: its link no longer works. Requires `accounts:manage` for accounts, `alumni:write` and `alumni:read` for memberships.
    async fn invitation_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The invitation.")] input: InvitationRevokeInput,
    ) -> Result<InvitationRevokePayload> {
        InvitationRevokePayload::of(actions::revoke(scope(ctx)?, input.id.0).await)
    }

    /// Accepts an invitation to an account: your login becomes the account, or its account in that company gains the roles. The link works once. Requires a login; it needs no account yet.
    async fn account_claim(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The link.")] input: AccountClaimInput,
    ) -> Result<AccountClaimPayload> {
        match actions::claim(scope(ctx)?, links(ctx)?, &input.token).await {
            Ok(account) => Ok(AccountClaimPayload {
                roles: Some(account.roles.0),
                user_errors: vec![],
            }),
            Err(Error::Refused(user_errors)) => Ok(AccountClaimPayload {
                roles: None,
                user_errors,
            }),
            Err(error) => Err(error.into()),
        }
    }
}
