//! Columns that hold a small list as JSON: jsonb in PostgreSQL, text in SQLite.

use chrono::NaiveDate;
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};

use crate::{Role, SigningAlgorithm};

/// A link on a profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// What to call it.
    pub label: String,
    /// An https address.
    pub url: String,
}

/// What an erasure left of one store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasedStore {
    /// Which, as an export names it.
    pub store: String,
    /// Entries deleted.
    pub deleted: i64,
    /// Entries kept without personal data.
    pub blanked: i64,
    /// Entries kept.
    pub kept: i64,
    /// Legal reason for keeping them.
    pub duty: Option<String>,
    /// The last day on which entries are kept; null: they contain no personal data.
    pub kept_until: Option<NaiveDate>,
}

/// A role that members of a group have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRole {
    /// The group, as the identity provider writes it in the groups claim.
    pub group: String,
    /// The role.
    pub role: Role,
}

macro_rules! lists {
    ($($(#[$doc:meta])* $name:ident of $item:ty;)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
        #[serde(transparent)]
        pub struct $name(pub Vec<$item>);
    )* };
}

lists! {
    /// Addresses of a profile.
    Links of Link;
    /// BCP 47 tags, best first.
    Languages of String;
    /// Roles of an account.
    Roles of Role;
    /// Scopes of an API key, as `alumni:read`.
    Scopes of String;
    /// What an erasure left, store by store.
    ErasedStores of ErasedStore;
    /// Names of fields, as the schema writes them.
    Fields of String;
    /// Accepted values of a token's `aud`.
    Audiences of String;
    /// Ids of OAuth clients.
    ClientIds of String;
    /// Accepted signature algorithms.
    SigningAlgorithms of SigningAlgorithm;
    /// Which group gives which role.
    GroupRoles of GroupRole;
}
