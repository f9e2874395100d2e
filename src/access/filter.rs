//! How lists of API keys are narrowed and ordered.

use async_graphql::{Enum, InputObject};
use entity::api_key::{Column, Entity};
use sea_orm::Condition;
use sea_orm::sea_query::{Expr, ExprTrait};

use crate::graphql::node::Filter;
use crate::page::Sort;
use crate::scope::Scope;

/// Filters a list of API keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct ApiKeyFilter {
    /// Whether the key is valid now: neither revoked nor expired.
    pub working: Option<bool>,
}

impl Filter for ApiKeyFilter {
    fn condition(&self, scope: &Scope) -> Condition {
        let expires_at = || Expr::col((Entity, Column::ExpiresAt));
        Condition::all().add_option(self.working.map(|working| {
            let works = Condition::all()
                .add(Expr::col((Entity, Column::RevokedAt)).is_null())
                .add(expires_at().is_null().or(expires_at().gt(scope.now())));
            if working { works } else { works.not() }
        }))
    }
}

/// How a list of API keys is ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Enum)]
pub enum ApiKeyOrder {
    /// By creation time, newest first.
    #[default]
    Newest,
}

impl Sort for ApiKeyOrder {
    type Table = Entity;

    fn name(self) -> &'static str {
        "newest"
    }

    fn columns(self) -> Vec<Column> {
        vec![]
    }

    fn id() -> Column {
        Column::Id
    }

    fn descending(self) -> bool {
        true
    }
}
