//! Invitations: one-time links by which a login becomes an account or a person joins the programme. A link can be used once, until it expires
//! or is revoked; a new link replaces the one before.

pub mod actions;
mod command;
mod filter;
mod mutation;
mod query;
pub mod rules;
pub mod store;
mod types;

pub use self::command::{InviteCommand, invite};
pub use self::filter::{InvitationFilter, InvitationOrder};
pub use self::mutation::InvitationsMutation;
pub use self::query::InvitationsQuery;
pub use self::types::Invitation;
