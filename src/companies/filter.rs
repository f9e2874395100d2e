//! How lists of companies and departments are narrowed and ordered.

use async_graphql::{Enum, InputObject};
use entity::{company, department};
use sea_orm::Condition;
use sea_orm::sea_query::{Expr, ExprTrait};

use crate::graphql::node::Filter;
use crate::page::Sort;
use crate::scope::Scope;

/// Filters a list of companies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct CompanyFilter {
    /// Slug is one of these. An empty list matches nothing. At most 100.
    #[graphql(validator(max_items = 100))]
    pub slugs: Option<Vec<String>>,
}

impl Filter for CompanyFilter {
    fn condition(&self, _: &Scope) -> Condition {
        Condition::all().add_option(
            self.slugs
                .as_ref()
                .map(|slugs| Expr::col((company::Entity, company::Column::Slug)).is_in(slugs)),
        )
    }
}

/// How a list of companies is ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Enum)]
pub enum CompanyOrder {
    /// By slug.
    #[default]
    Slug,
}

impl Sort for CompanyOrder {
    type Table = company::Entity;

    fn name(self) -> &'static str {
        "slug"
    }

    fn columns(self) -> Vec<company::Column> {
        vec![company::Column::Slug]
    }

    fn id() -> company::Column {
        company::Column::Id
    }

    fn descending(self) -> bool {
        false
    }
}

/// Filters a list of departments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct DepartmentFilter {
    /// Name is exactly one of these. An empty list matches nothing. At most 100.
    #[graphql(validator(max_items = 100))]
    pub names: Option<Vec<String>>,
}

impl Filter for DepartmentFilter {
    fn condition(&self, _: &Scope) -> Condition {
        Condition::all().add_option(
            self.names.as_ref().map(|names| {
                Expr::col((department::Entity, department::Column::Name)).is_in(names)
            }),
        )
    }
}

/// How a list of departments is ordered. Ties are ordered by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Enum)]
pub enum DepartmentOrder {
    /// By name.
    #[default]
    Name,
}

impl Sort for DepartmentOrder {
    type Table = department::Entity;

    fn name(self) -> &'static str {
        "name"
    }

    fn columns(self) -> Vec<department::Column> {
        vec![department::Column::Name]
    }

    fn id() -> department::Column {
        department::Column::Id
    }

    fn descending(self) -> bool {
        false
    }
}
