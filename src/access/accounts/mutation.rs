//! Root writes of accounts.

use async_graphql::{Context, InputObject, MaybeUndefined, Object, Result};
use chrono::{DateTime, Utc};
use entity::{AccountId, PersonId, Role};

use super::actions::{self, AccountEdit};
use super::types::Account;
use crate::graphql::id::Gid;
use crate::graphql::scope;
use crate::payload;

/// New granted roles of an account.
#[derive(InputObject)]
pub struct AccountRolesSetInput {
    /// The account.
    id: Gid<AccountId>,
    /// Refuses the edit if the stored version differs; without it the last write wins.
    expected_version: Option<i32>,
    /// The granted roles from now on: `ADMIN`, `HR`, `RECRUITER`, `SUPPORTER`. Empty: none.
    #[graphql(validator(max_items = 20))]
    roles: Vec<Role>,
}

/// An edit of an account. An absent field stays as it is.
#[derive(InputObject)]
pub struct AccountUpdateInput {
    /// The account.
    id: Gid<AccountId>,
    /// Refuses the edit if the stored version differs; without it the last write wins.
    expected_version: Option<i32>,
    /// Display name. At most 200 characters; null removes it.
    name: MaybeUndefined<String>,
    /// The person who signs in. A current employee's account is no longer external. Null removes the link.
    person_id: MaybeUndefined<Gid<PersonId>>,
    /// When the granted roles end. Marks the account as external. In the future, at most 400 days ahead.
    expires_at: MaybeUndefined<DateTime<Utc>>,
}

/// An account to disable.
#[derive(InputObject)]
pub struct AccountDisableInput {
    /// The account.
    id: Gid<AccountId>,
}

/// An account to enable.
#[derive(InputObject)]
pub struct AccountEnableInput {
    /// The account.
    id: Gid<AccountId>,
}

/// An account to delete.
#[derive(InputObject)]
pub struct AccountDeleteInput {
    /// The account.
    id: Gid<AccountId>,
}

payload!(
    /// Result of `accountRolesSet`.
    AccountRolesSetPayload {
        /// The account after the change; null if the input was refused.
        account: Account,
    }
);

payload!(
    /// Result of `accountUpdate`.
    AccountUpdatePayload {
        /// The account after the change; null if the input was refused.
        account: Account,
    }
);

payload!(
    /// Result of `accountDisable`.
    AccountDisablePayload {
        /// The account after the change; null if the input was refused.
        account: Account,
    }
);

payload!(
    /// Result of `accountEnable`.
    AccountEnablePayload {
        /// The account after the change; null if the input was refused.
        account: Account,
    }
);

payload!(
    /// Result of `accountDelete`.
    AccountDeletePayload {
        /// The id of the deleted account; null if the input was refused.
        deleted_id: Gid<AccountId>,
    }
);

/// Root writes of accounts.
#[derive(Default)]
pub struct AccountsMutation;

#[Object]
impl AccountsMutation {
    /// Replaces the granted roles of an account. Effective at once on this instance, within ten seconds on others; open sockets with the old roles
    /// end. You cannot add roles to your own account, and the last admin keeps `ADMIN`. Requires `accounts:manage`.
    async fn account_roles_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Account and roles.")] input: AccountRolesSetInput,
    ) -> Result<AccountRolesSetPayload> {
        let done = actions::set_roles(scope(ctx)?, input.id.0, input.expected_version, input.roles);
        AccountRolesSetPayload::of(done.await)
    }

    /// Edits an account: its name, the person it belongs to, or the end of an external account. Requires `accounts:manage`.
    async fn account_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The edit.")] input: AccountUpdateInput,
    ) -> Result<AccountUpdatePayload> {
        let edit = AccountEdit {
            name: input.name,
            person: input.person_id.map_value(|id| id.0),
            expires_at: input.expires_at,
        };
        let done = actions::update(scope(ctx)?, input.id.0, input.expected_version, edit);
        AccountUpdatePayload::of(done.await)
    }

    /// Disables an account: it can no longer sign in, and its open sockets end. The last admin stays. Requires `accounts:manage`.
    async fn account_disable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account.")] input: AccountDisableInput,
    ) -> Result<AccountDisablePayload> {
        AccountDisablePayload::of(actions::disable(scope(ctx)?, input.id.0).await)
    }

    /// Enables a disabled account with the roles it had. Requires `accounts:manage`.
    async fn account_enable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account.")] input: AccountEnableInput,
    ) -> Result<AccountEnablePayload> {
        AccountEnablePayload::of(actions::enable(scope(ctx)?, input.id.0).await)
    }

    /// Deletes an account. Its person stays; the login may be invited again. The last admin stays. Requires `accounts:manage`.
    async fn account_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account.")] input: AccountDeleteInput,
    ) -> Result<AccountDeletePayload> {
        let done = actions::delete(scope(ctx)?, input.id.0).await;
        AccountDeletePayload::of(done.map(Gid))
    }
}
