//! Accounts by the command line: for operators with access to the database, which is how the first admin of a company and an operator come to be.

use std::fmt;

use entity::{AccountId, CompanyId, Id, Role, account, company};

use super::rules::{AccountState, Facts};
use super::{actions, store};
use crate::access::{Viewer, invitations};
use crate::clock::Clock;
use crate::database::Database;
use crate::error::{Error, Result, lines};
use crate::outbox::Feed;
use crate::references::References;
use crate::scope::Scope;

/// Why a command about accounts was not done.
#[derive(Debug, thiserror::Error)]
pub enum AccountCommandError {
    /// No company has the slug.
    #[error("there is no company with the slug `{0}`; see `company list`")]
    NoCompany(String),
    /// No account has the id.
    #[error("there is no account `{0}`; see `account list`")]
    NoAccount(String),
    /// Neither a company nor the role OPERATOR was given.
    #[error(
        "--company SLUG is required, unless the only role is OPERATOR, which belongs to no company"
    )]
    CompanyRequired,
    /// The roles of an operator's account are fixed.
    #[error("an operator's account has the role OPERATOR and no other; use `account disable`")]
    OperatorRoles,
    /// The input was refused.
    #[error("{0}")]
    Refused(String),
    /// Anything else.
    #[error(transparent)]
    Stopped(Error),
}

impl From<Error> for AccountCommandError {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusals) => Self::Refused(lines(&refusals)),
            other => Self::Stopped(other),
        }
    }
}

impl From<sea_orm::DbErr> for AccountCommandError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Stopped(error.into())
    }
}

/// An account as a line of the list.
#[derive(Clone, Debug)]
pub struct AccountLine {
    account: account::Model,
    state: AccountState,
    company: Option<String>,
}

impl fmt::Display for AccountLine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let account = &self.account;
        let roles: Vec<String> = account.roles.0.iter().map(|role| role.word()).collect();
        write!(
            out,
            "{}  {:9}  {:10}  {:24}",
            account.id,
            format!("{:?}", self.state).to_uppercase(),
            self.company.as_deref().unwrap_or("(operator)"),
            if roles.is_empty() {
                "-".to_owned()
            } else {
                roles.join(",")
            },
        )?;
        write!(out, "  {} {}", account.issuer, account.subject)?;
        if let Some(email) = &account.email {
            write!(out, " <{email}>")?;
        }
        if let Some(end) = account.expires_at {
            write!(out, " until {}", end.format("%Y-%m-%dT%H:%M:%SZ"))?;
        }
        Ok(())
    }
}

/// The accounts of a company, or the operators' without one.
pub async fn list(
    database: &Database,
    clock: &Clock,
    slug: Option<&str>,
) -> Result<Vec<AccountLine>, AccountCommandError> {
    let company = match slug {
        Some(slug) => Some(company_of(database, slug).await?),
        None => None,
    };
    let now = clock.now();
    let found =
        store::all_without_scope(database, company.as_ref().map(|company| company.id)).await?;
    let line = |(account, standing): (account::Model, _)| {
        let facts = Facts {
            granted: &account.roles.0,
            standing,
            external: account.external,
            expires_at: account.expires_at,
            disabled_at: account.disabled_at,
            now,
        };
        AccountLine {
            state: facts.state(),
            company: company.as_ref().map(|company| company.slug.clone()),
            account,
        }
    };
    Ok(found.into_iter().map(line).collect())
}

/// Replaces the granted roles of an account.
pub async fn change_roles(
    database: &Database,
    clock: &Clock,
    id: &str,
    roles: Vec<Role>,
) -> Result<account::Model, AccountCommandError> {
    let (id, company, scope) = scope_of_account(database, clock, id).await?;
    if company.is_none() {
        return Err(AccountCommandError::OperatorRoles);
    }
    Ok(actions::set_roles(&scope, id, None, roles).await?)
}

/// Disables or enables an account.
pub async fn change_enabled(
    database: &Database,
    clock: &Clock,
    id: &str,
    enabled: bool,
) -> Result<account::Model, AccountCommandError> {
    let (id, company, scope) = scope_of_account(database, clock, id).await?;
    Ok(if company.is_none() {
        actions::set_operator_enabled(&scope, id, enabled).await?
    } else if enabled {
        actions::enable(&scope, id).await?
    } else {
        actions::disable(&scope, id).await?
    })
}

/// A company by its slug.
pub(in crate::access) async fn company_of(
    database: &Database,
    slug: &str,
) -> Result<company::Model, AccountCommandError> {
    let found = invitations::store::company_named(&database.reader(), slug).await?;
    found.ok_or_else(|| AccountCommandError::NoCompany(slug.to_owned()))
}

/// The scope of the command line in a company; null: of the operators.
pub(in crate::access) fn scope_of(
    database: &Database,
    clock: &Clock,
    company: Option<CompanyId>,
) -> Scope {
    let viewer = company.map_or(Viewer::Anonymous, Viewer::System);
    Scope::new(
        viewer,
        "command",
        clock.clone(),
        database.clone(),
        Feed::default(),
        References::default(),
    )
}

async fn scope_of_account(
    database: &Database,
    clock: &Clock,
    text: &str,
) -> Result<(AccountId, Option<CompanyId>, Scope), AccountCommandError> {
    let unknown = || AccountCommandError::NoAccount(text.to_owned());
    let id = AccountId::parse(text).ok_or_else(unknown)?;
    let found = store::by_id_without_scope(database, id).await?;
    let company = found.ok_or_else(unknown)?.company_id;
    Ok((id, company, scope_of(database, clock, company)))
}
