//! Filters and orders of lists of opportunities.

use async_graphql::{Enum, InputObject};
use entity::{DepartmentId, OpportunityKind, OpportunityState, opportunity};
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{ActiveEnum, Condition, DbBackend};

use crate::database::Planning;
use crate::graphql::id::Gid;
use crate::graphql::node::{Filter, at_most_one, composed};
use crate::graphql::range::DayRange;
use crate::page::Sort;
use crate::scope::Scope;

/// Conditions on opportunities. All given fields must match. An empty list matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct OpportunityFilter {
    /// All of these filters match. At most 20.
    #[graphql(validator(max_items = 20))]
    pub and: Option<Vec<OpportunityFilter>>,
    /// At least one of these filters matches. At most 20.
    #[graphql(validator(max_items = 20))]
    pub or: Option<Vec<OpportunityFilter>>,
    /// This filter does not match.
    pub not: Option<Box<OpportunityFilter>>,
    /// State is one of these. `DRAFT` matches nothing if drafts are not visible to you.
    pub states: Option<Vec<OpportunityState>>,
    /// Kind is one of these.
    pub kinds: Option<Vec<OpportunityKind>>,
    /// Department is one of these. At most 100.
    #[graphql(validator(max_items = 100))]
    pub department_ids: Option<Vec<Gid<DepartmentId>>>,
    /// Whether the work can be done remotely.
    pub remote: Option<bool>,
    /// Title contains this text. Only the case of A to Z is ignored. At most 200 characters.
    #[graphql(validator(chars_max_length = 200))]
    pub title_contains: Option<String>,
    /// Last day for referrals is in this range. An opportunity without a last day never matches.
    pub closes_on: Option<DayRange>,
}

impl Filter for OpportunityFilter {
    fn condition(&self, scope: &Scope) -> Condition {
        use opportunity::Column;
        composed(
            scope,
            self.and.as_ref(),
            self.or.as_ref(),
            self.not.as_deref(),
        )
        .add_option(
            self.states
                .as_ref()
                .map(|states| column(Column::State).is_in(states.iter().map(ActiveEnum::to_value))),
        )
        .add_option(
            self.kinds
                .as_ref()
                .map(|kinds| column(Column::Kind).is_in(kinds.iter().map(ActiveEnum::to_value))),
        )
        .add_option(self.department_ids.as_ref().map(|ids| {
            // an unknown department is none of these, and `not` finds it
            column(Column::DepartmentId)
                .is_not_null()
                .and(column(Column::DepartmentId).is_in(ids.iter().map(|id| id.0)))
        }))
        .add_option(self.remote.map(|remote| column(Column::Remote).eq(remote)))
        .add_option(
            self.title_contains
                .as_deref()
                .map(|text| title_contains(scope, text)),
        )
        .add_option(self.closes_on.as_ref().map(|range| {
            Condition::all()
                .add(column(Column::ClosesOn).is_not_null())
                .add(range.condition(&column(Column::ClosesOn)))
        }))
    }

    fn planning(&self) -> Planning {
        Planning::once_if(
            *self
                == Self {
                    states: at_most_one(self.states.as_ref()),
                    ..Self::default()
                },
        )
    }
}

fn column(column: opportunity::Column) -> SimpleExpr {
    Expr::col((opportunity::Entity, column))
}

/// Both databases fold A to Z only: `lower` of SQLite always does, that of PostgreSQL under the collation "C".
fn title_contains(scope: &Scope, text: &str) -> SimpleExpr {
    Expr::cust_with_values(
        match scope.backend() {
            DbBackend::Postgres => "strpos(lower(\"opportunity\".\"title\" COLLATE \"C\"), $1) > 0",
            _ => "instr(lower(\"opportunity\".\"title\"), ?) > 0",
        },
        [text.to_ascii_lowercase()],
    )
}

/// How a list of opportunities is ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Enum)]
pub enum OpportunityOrder {
    /// By creation time, newest first.
    #[default]
    Newest,
    /// By creation time, oldest first.
    Oldest,
}

impl Sort for OpportunityOrder {
    type Table = opportunity::Entity;

    fn name(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
        }
    }

    fn columns(self) -> Vec<opportunity::Column> {
        vec![]
    }

    fn id() -> opportunity::Column {
        opportunity::Column::Id
    }

    fn descending(self) -> bool {
        self == Self::Newest
    }
}
