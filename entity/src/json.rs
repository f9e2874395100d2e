//! Columns that hold a small list as JSON: jsonb in PostgreSQL, text in SQLite.

use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};

use crate::Role;

/// An address somebody shows on their profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// What to call it.
    pub label: String,
    /// An https address.
    pub url: String,
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
    /// Names of fields, as the schema writes them.
    Fields of String;
}
