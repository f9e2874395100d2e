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
    /// Granted roles: `ADMIN`, `HR`, `RECRUITER`, `SUPPORTER`. At least one, unless `personId` is set.
    #[graphql(validator(max_items = 20), default)]
    roles: Vec<Role>,
    /// Id of the person who will sign in. Null: an external account, which requires `accountExpiresAt`.
    person_id: Option<Gid<PersonId>>,
    /// Display name of an external account. At most 200 characters.
    name: Option<String>,
    /// E-mail address that receives the link. Null: you deliver the link yourself.
    email: Option<String>,
    /// End of the roles of an external account. In the future, at most 400 days ahead.
    account_expires_at: Option<DateTime<Utc>>,
    /// Validity of the link in days. 1 to 90; default 14.
    expires_in_days: Option<i32>,
}

/// An invitation to send again.
#[derive(InputObject)]
pub struct InvitationResendInput {
    /// Id of the invitation.
    id: Gid<InvitationId>,
}

/// An invitation to revoke.
#[derive(InputObject)]
pub struct InvitationRevokeInput {
    /// Id of the invitation.
    id: Gid<InvitationId>,
}

/// An invitation to accept.
#[derive(InputObject)]
pub struct AccountClaimInput {
    /// Token of the link.
    token: String,
}

/// Result of `accountInvite`.
#[derive(SimpleObject)]
pub struct AccountInvitePayload {
    /// The invitation. Null if the input was rejected.
    invitation: Option<One<Box<Invitation>>>,
    /// Token of the link. Returned only once; only its hash is stored. Null if the input was rejected.
    token: Option<String>,
    /// Validation errors. Empty on success; otherwise nothing was changed.
    user_errors: Vec<Refusal>,
}

/// Result of `invitationResend`.
#[derive(SimpleObject)]
pub struct InvitationResendPayload {
    /// The invitation after the change. Null if the input was rejected.
    invitation: Option<One<Box<Invitation>>>,
    /// Token of the new link. Returned only once; only its hash is stored. Null if the input was rejected.
    token: Option<String>,
    /// Validation errors. Empty on success; otherwise nothing was changed.
    user_errors: Vec<Refusal>,
}

payload!(
    /// Result of `invitationRevoke`.
    InvitationRevokePayload {
        /// The invitation after the change. Null if the input was rejected.
        invitation: Invitation,
    }
);

/// Result of `accountClaim`.
#[derive(SimpleObject)]
pub struct AccountClaimPayload {
    /// Your roles in the company from now on. Null if the input was rejected.
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

#[derive(Default)]
pub struct InvitationsMutation;

#[Object]
impl InvitationsMutation {
    /// Invites a person to an account of the company by a one-time link. `personId` invites an employee; without it, the account is
    /// external and has an end. Requires `accounts:manage`.
    async fn account_invite(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The invited person and the roles.")] input: AccountInviteInput,
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

    /// Creates a new link for an open or expired invitation; the previous link stops working. Not allowed within a minute of the last link.
    /// Requires `accounts:manage` for accounts, `alumni:write` and `alumni:read` for memberships.
    async fn invitation_resend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The invitation to send again.")] input: InvitationResendInput,
    ) -> Result<InvitationResendPayload> {
        let done = actions::resend(scope(ctx)?, links(ctx)?, input.id.0).await;
        let (invitation, token, user_errors) = parts(done)?;
        Ok(InvitationResendPayload {
            invitation,
            token,
            user_errors,
        })
    }

    /// Revokes an open invitation; its link stops working. Requires `accounts:manage` for accounts, `alumni:write` and `alumni:read` for memberships.
    async fn invitation_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The invitation to revoke.")] input: InvitationRevokeInput,
    ) -> Result<InvitationRevokePayload> {
        InvitationRevokePayload::of(actions::revoke(scope(ctx)?, input.id.0).await)
    }

    /// Accepts an invitation to an account. Your login becomes the account, or your existing account in that company gains the roles. The
    /// link works once. Requires a login; an account is not needed.
    async fn account_claim(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Token of the link.")] input: AccountClaimInput,
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
