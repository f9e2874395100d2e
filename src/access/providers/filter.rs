//! How lists of identity providers are filtered and ordered.

use async_graphql::{Enum, InputObject};
use entity::identity_provider::{Column, Entity};
use entity::{IdentityProviderPurpose, IdentityProviderSource};
use sea_orm::Condition;
use sea_orm::sea_query::{Expr, ExprTrait};

use crate::graphql::node::Filter;
use crate::page::Sort;
use crate::scope::Scope;

/// Filters a list of identity providers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct IdentityProviderFilter {
    /// Whether tokens of the provider are accepted.
    pub enabled: Option<bool>,
    /// Purpose equals this value.
    pub purpose: Option<IdentityProviderPurpose>,
    /// Source equals this value.
    pub source: Option<IdentityProviderSource>,
}

impl Filter for IdentityProviderFilter {
    fn condition(&self, _: &Scope) -> Condition {
        let col = |column| Expr::col((Entity, column));
        let enabled = self.enabled.map(|enabled| {
            let disabled_at = col(Column::DisabledAt);
            if enabled {
                disabled_at.is_null()
            } else {
                disabled_at.is_not_null()
            }
        });
        Condition::all()
            .add_option(enabled)
            .add_option(self.purpose.map(|purpose| col(Column::Purpose).eq(purpose)))
            .add_option(self.source.map(|source| col(Column::Source).eq(source)))
    }
}

/// How a list of identity providers is ordered. Ties are ordered by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Enum)]
pub enum IdentityProviderOrder {
    /// By name.
    #[default]
    Name,
}

impl Sort for IdentityProviderOrder {
    type Table = Entity;

    fn name(self) -> &'static str {
        "name"
    }

    fn columns(self) -> Vec<Column> {
        vec![Column::Name]
    }

    fn id() -> Column {
        Column::Id
    }

    fn descending(self) -> bool {
        false
    }
}
