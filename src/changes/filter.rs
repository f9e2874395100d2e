//! Filters and orders of the audit trail.

use async_graphql::{Enum, InputObject};
use entity::change::{Column, Entity};
use entity::{AccountId, ApiKeyId, Id, PersonId};
use sea_orm::Condition;
use sea_orm::sea_query::{Expr, ExprTrait};

use crate::graphql::id::Gid;
use crate::graphql::node::Filter;
use crate::graphql::range::InstantRange;
use crate::page::Sort;
use crate::scope::Scope;

/// Conditions on changes. All given fields must match. An empty list matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct ChangeFilter {
    /// Kind is one of these, for example `referral.advanced`. At most 100.
    #[graphql(validator(max_items = 100))]
    pub kinds: Option<Vec<String>>,
    /// Person concerned is one of these. At most 100.
    #[graphql(validator(max_items = 100))]
    pub person_ids: Option<Vec<Gid<PersonId>>>,
    /// Account that made the change is one of these. At most 100.
    #[graphql(validator(max_items = 100))]
    pub account_ids: Option<Vec<Gid<AccountId>>>,
    /// API key that made the change is one of these. At most 100.
    #[graphql(validator(max_items = 100))]
    pub api_key_ids: Option<Vec<Gid<ApiKeyId>>>,
    /// Time of the change is in this range.
    pub at: Option<InstantRange>,
}

impl Filter for ChangeFilter {
    fn condition(&self, _: &Scope) -> Condition {
        let column = |column: Column| Expr::col((Entity, column));
        let actors = |ids: Vec<uuid::Uuid>| column(Column::ActorId).is_in(ids);
        Condition::all()
            .add_option(
                self.kinds
                    .as_ref()
                    .map(|kinds| column(Column::Kind).is_in(kinds.iter().map(String::as_str))),
            )
            .add_option(
                self.person_ids
                    .as_ref()
                    .map(|ids| column(Column::PersonId).is_in(ids.iter().map(|id| id.0))),
            )
            .add_option(
                self.account_ids
                    .as_ref()
                    .map(|ids| actors(ids.iter().map(|id| id.0.uuid()).collect())),
            )
            .add_option(
                self.api_key_ids
                    .as_ref()
                    .map(|ids| actors(ids.iter().map(|id| id.0.uuid()).collect())),
            )
            .add_option(
                self.at
                    .as_ref()
                    .map(|range| range.condition(&column(Column::At))),
            )
    }
}

/// How the audit trail is ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Enum)]
pub enum ChangeOrder {
    /// By creation time, newest first.
    #[default]
    Newest,
    /// By creation time, oldest first.
    Oldest,
}

impl Sort for ChangeOrder {
    type Table = Entity;

    fn name(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
        }
    }

    fn columns(self) -> Vec<Column> {
        vec![Column::TransactionId, Column::Seq]
    }

    fn id() -> Column {
        Column::SubjectId
    }

    fn descending(self) -> bool {
        self == Self::Newest
    }
}
