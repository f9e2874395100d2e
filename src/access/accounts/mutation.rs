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
    /// Id of the account.
    id: Gid<AccountId>,
    /// `STALE_VERSION` if the stored version differs. Without it, the last write wins.
    expected_version: Option<i32>,
    /// Granted roles from now on: `ADMIN`, `HR`, `RECRUITER`, `SUPPORTER`. Empty: none.
    #[graphql(validator(max_items = 20))]
    roles: Vec<Role>,
}

/// Changes to an account. Omitted fields keep their value.
#[derive(InputObject)]
pub struct AccountUpdateInput {
    /// Id of the account.
    id: Gid<AccountId>,
    /// `STALE_VERSION` if the stored version differs. Without it, the last write wins.
    expected_version: Option<i32>,
    /// Display name. At most 200 characters. Null removes it.
    name: MaybeUndefined<String>,
    /// Id of the person who signs in. Linking a current employee makes the account internal. Null removes the link.
    person_id: MaybeUndefined<Gid<PersonId>>,
    /// End of the granted roles. Marks the account as external. In the future, at most 400 days ahead.
    expires_at: MaybeUndefined<DateTime<Utc>>,
}

/// An account to disable.
#[derive(InputObject)]
pub struct AccountDisableInput {
    /// Id of the account.
    id: Gid<AccountId>,
}

/// An account to enable.
#[derive(InputObject)]
pub struct AccountEnableInput {
    /// Id of the account.
    id: Gid<AccountId>,
}

/// An account to delete.
#[derive(InputObject)]
pub struct AccountDeleteInput {
    /// Id of the account.
    id: Gid<AccountId>,
}

payload!(
    /// Result of `accountRolesSet`.
    AccountRolesSetPayload {
        /// The account after the change. Null if the input was rejected.
        account: Account,
    }
);

payload!(
    /// Result of `accountUpdate`.
    AccountUpdatePayload {
        /// The account after the change. Null if the input was rejected.
        account: Account,
    }
);

payload!(
    /// Result of `accountDisable`.
    AccountDisablePayload {
        /// The account after the change. Null if the input was rejected.
        account: Account,
    }
);

payload!(
    /// Result of `accountEnable`.
    AccountEnablePayload {
        /// The account after the change. Null if the input was rejected.
        account: Account,
    }
);

payload!(
    /// Result of `accountDelete`.
    AccountDeletePayload {
        /// Id of the deleted account. Null if the input was rejected.
        deleted_id: Gid<AccountId>,
    }
);

#[derive(Default)]
pub struct AccountsMutation;

#[Object]
impl AccountsMutation {
    /// Replaces the granted roles of an account. Effective immediately on this instance and within ten seconds on others. Open sockets with
    /// the old roles end. You cannot add roles to your own account, and the last admin keeps `ADMIN`. Requires `accounts:manage`.
    async fn account_roles_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account and its roles.")] input: AccountRolesSetInput,
    ) -> Result<AccountRolesSetPayload> {
        let done = actions::set_roles(scope(ctx)?, input.id.0, input.expected_version, input.roles);
        AccountRolesSetPayload::of(done.await)
    }

    /// Updates an account: its name, its person, or the end of an external account. Requires `accounts:manage`.
    async fn account_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Fields to change.")] input: AccountUpdateInput,
    ) -> Result<AccountUpdatePayload> {
        let edit = AccountEdit {
            name: input.name,
            person: input.person_id.map_value(|id| id.0),
            expires_at: input.expires_at,
        };
        let done = actions::update(scope(ctx)?, input.id.0, input.expected_version, edit);
        AccountUpdatePayload::of(done.await)
    }

    /// Disables an account. It can no longer sign in, and its open sockets end. The last admin cannot be disabled. Requires `accounts:manage`.
    async fn account_disable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account to disable.")] input: AccountDisableInput,
    ) -> Result<AccountDisablePayload> {
        AccountDisablePayload::of(actions::disable(scope(ctx)?, input.id.0).await)
    }

    /// Enables a disabled account with its previous roles. Requires `accounts:manage`.
    async fn account_enable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account to enable.")] input: AccountEnableInput,
    ) -> Result<AccountEnablePayload> {
        AccountEnablePayload::of(actions::enable(scope(ctx)?, input.id.0).await)
    }

    /// Deletes an account. Its person stays, and the login may be invited again. The last admin cannot be deleted. Requires `accounts:manage`.
    async fn account_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account to delete.")] input: AccountDeleteInput,
    ) -> Result<AccountDeletePayload> {
        let done = actions::delete(scope(ctx)?, input.id.0).await;
        AccountDeletePayload::of(done.map(Gid))
    }
}
