//! How lists of applications are filtered and ordered.

use async_graphql::{Enum, InputObject};
use entity::MembershipApplicationState;
use entity::membership_application::{Column, Entity};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveEnum, Condition};

use crate::graphql::node::Filter;
use crate::page::Sort;
use crate::scope::Scope;

/// Filters a list of applications to join. An empty list matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct MembershipApplicationFilter {
    /// State is one of these.
    pub states: Option<Vec<MembershipApplicationState>>,
}

impl Filter for MembershipApplicationFilter {
    fn condition(&self, _: &Scope) -> Condition {
        let states = self.states.as_ref();
        Condition::all().add_option(states.map(|states| {
            let states = states.iter().map(ActiveEnum::to_value);
            Expr::col((Entity, Column::State)).is_in(states)
        }))
    }
}

/// How a list of applications to join is ordered. Ties are ordered by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Enum)]
pub enum MembershipApplicationOrder {
    /// By creation time, oldest first.
    #[default]
    Oldest,
    /// By creation time, newest first.
    Newest,
}

impl Sort for MembershipApplicationOrder {
    type Table = Entity;

    fn name(self) -> &'static str {
        match self {
            Self::Oldest => "oldest",
            Self::Newest => "newest",
        }
    }

    fn columns(self) -> Vec<Column> {
        vec![]
    }

    fn id() -> Column {
        Column::Id
    }

    fn descending(self) -> bool {
        self == Self::Newest
    }
}
