//! How the ledger is narrowed and ordered.

use async_graphql::{Enum, InputObject};
use entity::{ConsentPurpose, consent};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveEnum, Condition};

use crate::database::Planning;
use crate::graphql::node::{Filter, at_most_one};
use crate::page::Sort;
use crate::scope::Scope;

/// Filters the entries of a consent ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct ConsentEntryFilter {
    /// Purpose is one of these. An empty list matches nothing.
    #[graphql(validator(max_items = 20))]
    pub purposes: Option<Vec<ConsentPurpose>>,
}

impl Filter for ConsentEntryFilter {
    fn condition(&self, _: &Scope) -> Condition {
        Condition::all().add_option(self.purposes.as_ref().map(|purposes| {
            Expr::col((consent::Entity, consent::Column::Purpose))
                .is_in(purposes.iter().map(ActiveEnum::to_value))
        }))
    }

    fn planning(&self) -> Planning {
        Planning::once_if(self.purposes == at_most_one(self.purposes.as_ref()))
    }
}

/// How the entries of a consent ledger are ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Enum)]
pub enum ConsentEntryOrder {
    /// Newest first.
    #[default]
    Newest,
    /// Oldest first.
    Oldest,
}

// one person's entries are few, and found by theirs
impl Sort for ConsentEntryOrder {
    type Table = consent::Entity;

    fn name(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
        }
    }

    fn columns(self) -> Vec<consent::Column> {
        vec![consent::Column::Number]
    }

    fn id() -> consent::Column {
        consent::Column::Id
    }

    fn descending(self) -> bool {
        self == Self::Newest
    }
}
