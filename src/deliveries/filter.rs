//! How lists of deliveries are narrowed and ordered.

use async_graphql::{Enum, InputObject};
use entity::delivery::{Column, Entity};
use entity::{DeliveryKind, DeliveryState, PersonId};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveEnum, Condition};

use crate::database::Planning;
use crate::graphql::id::Gid;
use crate::graphql::node::{Filter, at_most_one};
use crate::graphql::range::InstantRange;
use crate::page::Sort;
use crate::scope::Scope;

/// Conditions on deliveries. All given fields must match. An empty list matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct DeliveryFilter {
    /// State is one of these.
    pub states: Option<Vec<DeliveryState>>,
    /// Kind is one of these.
    pub kinds: Option<Vec<DeliveryKind>>,
    /// Recipient is this person.
    pub person_id: Option<Gid<PersonId>>,
    /// Time of creation is in this range.
    pub created_at: Option<InstantRange>,
}

impl Filter for DeliveryFilter {
    fn condition(&self, _: &Scope) -> Condition {
        let column = |column: Column| Expr::col((Entity, column));
        let states = self.states.as_ref();
        let kinds = self.kinds.as_ref();
        let created = self.created_at.as_ref();
        Condition::all()
            .add_option(
                states.map(|states| {
                    column(Column::State).is_in(states.iter().map(ActiveEnum::to_value))
                }),
            )
            .add_option(
                kinds.map(|kinds| {
                    column(Column::Kind).is_in(kinds.iter().map(ActiveEnum::to_value))
                }),
            )
            .add_option(self.person_id.map(|id| column(Column::PersonId).eq(id.0)))
            .add_option(created.map(|range| range.condition(&column(Column::CreatedAt))))
    }

    fn planning(&self) -> Planning {
        Planning::once_if(
            *self
                == Self {
                    states: at_most_one(self.states.as_ref()),
                    kinds: None,
                    person_id: self.person_id,
                    created_at: None,
                },
        )
    }
}

/// How a list of deliveries is ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Enum)]
pub enum DeliveryOrder {
    /// By creation time, newest first.
    #[default]
    Newest,
    /// By creation time, oldest first.
    Oldest,
}

impl Sort for DeliveryOrder {
    type Table = Entity;

    fn name(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
        }
    }

    fn columns(self) -> Vec<Column> {
        // ids are made when a message is queued, and grow with time
        vec![]
    }

    fn id() -> Column {
        Column::Id
    }

    fn descending(self) -> bool {
        self == Self::Newest
    }
}
