//! Invitations by the command line.

use chrono::{DateTime, Utc};
use entity::Role;

use super::actions::{self, Invited, NewInvitation};
use crate::access::Links;
use crate::access::accounts::AccountCommandError;
use crate::access::accounts::command::{company_of, scope_of};
use crate::clock::Clock;
use crate::database::Database;

/// An account to invite.
#[derive(Clone, Debug, Default)]
pub struct InviteCommand {
    /// Slug of the company; null for an operator.
    pub company: Option<String>,
    /// Granted roles.
    pub roles: Vec<Role>,
    /// Display name.
    pub name: Option<String>,
    /// Where the link is sent.
    pub email: Option<String>,
    /// When the roles end; null: no end.
    pub until: Option<DateTime<Utc>>,
    /// How many days the link is valid.
    pub days: Option<i32>,
}

/// Invites somebody to an account, and answers the link.
pub async fn invite(
    database: &Database,
    clock: &Clock,
    links: &Links,
    command: InviteCommand,
) -> Result<Invited, AccountCommandError> {
    let InviteCommand {
        company,
        roles,
        name,
        email,
        until,
        days,
    } = command;
    match company {
        None if roles == [Role::Operator] => {
            let scope = scope_of(database, clock, None);
            Ok(actions::invite_operator(&scope, links, name, days).await?)
        }
        None => Err(AccountCommandError::CompanyRequired),
        Some(slug) => {
            let company = company_of(database, &slug).await?;
            let scope = scope_of(database, clock, Some(company.id));
            let new = NewInvitation {
                roles,
                person: None,
                name,
                email,
                account_expires_at: until,
                days,
            };
            Ok(actions::invite(&scope, links, new).await?)
        }
    }
}
