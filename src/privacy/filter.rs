//! How lists of data requests are narrowed and ordered.

use async_graphql::{Enum, InputObject};
use entity::{DataRequestKind, DataRequestOrigin, DataRequestState, PersonId, data_request};
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{ActiveEnum, Condition};

use crate::database::Planning;
use crate::graphql::id::Gid;
use crate::graphql::node::{Filter, composed};
use crate::graphql::range::DayRange;
use crate::page::Sort;
use crate::scope::Scope;

/// Filters a list of data requests. All given fields must match. A list field matches if one of its values matches; an empty list matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct DataRequestFilter {
    /// All of these filters match. At most 20.
    #[graphql(validator(max_items = 20))]
    pub and: Option<Vec<DataRequestFilter>>,
    /// At least one of these filters matches. At most 20.
    #[graphql(validator(max_items = 20))]
    pub or: Option<Vec<DataRequestFilter>>,
    /// This filter does not match.
    pub not: Option<Box<DataRequestFilter>>,
    /// Kind is one of these.
    pub kinds: Option<Vec<DataRequestKind>>,
    /// State is one of these.
    pub states: Option<Vec<DataRequestState>>,
    /// Origin is one of these.
    pub origins: Option<Vec<DataRequestOrigin>>,
    /// Person is one of these. At most 100.
    #[graphql(validator(max_items = 100))]
    pub person_ids: Option<Vec<Gid<PersonId>>>,
    /// Due date is within this range.
    pub due_on: Option<DayRange>,
    /// True: open requests. False: closed requests.
    pub open: Option<bool>,
}

impl Filter for DataRequestFilter {
    fn condition(&self, scope: &Scope) -> Condition {
        use data_request::Column;
        composed(
            scope,
            self.and.as_ref(),
            self.or.as_ref(),
            self.not.as_deref(),
        )
        .add_option(
            self.kinds
                .as_ref()
                .map(|kinds| column(Column::Kind).is_in(kinds.iter().map(ActiveEnum::to_value))),
        )
        .add_option(
            self.states
                .as_ref()
                .map(|states| column(Column::State).is_in(states.iter().map(ActiveEnum::to_value))),
        )
        .add_option(
            self.origins.as_ref().map(|origins| {
                column(Column::Origin).is_in(origins.iter().map(ActiveEnum::to_value))
            }),
        )
        .add_option(
            self.person_ids
                .as_ref()
                .map(|ids| column(Column::PersonId).is_in(ids.iter().map(|id| id.0))),
        )
        .add_option(
            self.due_on
                .as_ref()
                .map(|range| range.condition(&column(Column::DueOn))),
        )
        .add_option(self.open.map(|open| {
            let closed_at = column(Column::ClosedAt);
            if open {
                closed_at.is_null()
            } else {
                closed_at.is_not_null()
            }
        }))
    }

    fn planning(&self) -> Planning {
        Planning::once_if(
            *self
                == Self {
                    open: self.open,
                    ..Self::default()
                },
        )
    }
}

fn column(column: data_request::Column) -> SimpleExpr {
    Expr::col((data_request::Entity, column))
}

/// How a list of data requests is ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Enum)]
pub enum DataRequestOrder {
    /// By due date, earliest first.
    #[default]
    Due,
    /// By creation time, newest first.
    Newest,
}

impl Sort for DataRequestOrder {
    type Table = data_request::Entity;

    fn name(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Newest => "newest",
        }
    }

    fn columns(self) -> Vec<data_request::Column> {
        match self {
            Self::Due => vec![data_request::Column::DueOn],
            // ids are made when a request is written down, and grow with time
            Self::Newest => vec![],
        }
    }

    fn id() -> data_request::Column {
        data_request::Column::Id
    }

    fn descending(self) -> bool {
        self == Self::Newest
    }
}
