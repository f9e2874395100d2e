//! Accounts: the logins of a company. An account maps a token's issuer and subject to a company, a person and granted roles.
//! `EMPLOYEE` and `ALUMNUS` follow from the person's standing; a granted role is effective only with a current employment or for an external account.

pub mod actions;
pub(super) mod command;
mod filter;
mod mutation;
mod query;
pub mod rules;
pub mod store;
mod types;

pub use self::actions::{end_of, follow_standing, provision};
pub use self::command::{AccountCommandError, AccountLine, change_enabled, change_roles, list};
pub use self::filter::{AccountFilter, AccountOrder};
pub use self::mutation::AccountsMutation;
pub use self::query::AccountsQuery;
pub use self::rules::{AccountState, GRANTABLE};
pub use self::types::Account;
