//! How lists of runs and of their results are narrowed and ordered.

use async_graphql::{Enum, InputObject};
use entity::{SyncRunState, SyncUndoOutcome, WorkerSyncStatus, sync_run, sync_run_result};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveEnum, Condition};

use crate::graphql::node::Filter;
use crate::graphql::range::InstantRange;
use crate::page::Sort;
use crate::scope::Scope;

/// Conditions for a list of sync runs. All of them must match; an empty list matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct SyncRunFilter {
    /// Has one of these states.
    pub states: Option<Vec<SyncRunState>>,
    /// Is of one of these sources, spelled alike.
    pub sources: Option<Vec<String>>,
    /// Started in this range.
    pub started_at: Option<InstantRange>,
}

impl Filter for SyncRunFilter {
    fn condition(&self, _: &Scope) -> Condition {
        use sync_run::{Column, Entity};
        let column = |column: Column| Expr::col((Entity, column));
        let states = self.states.as_ref();
        let sources = self.sources.as_ref();
        let started = self.started_at.as_ref();
        Condition::all()
            .add_option(
                states.map(|states| {
                    column(Column::State).is_in(states.iter().map(ActiveEnum::to_value))
                }),
            )
            .add_option(
                sources.map(|sources| {
                    column(Column::Source).is_in(sources.iter().map(String::as_str))
                }),
            )
            .add_option(started.map(|range| range.condition(&column(Column::StartedAt))))
    }
}

/// The order of a list of sync runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Enum)]
pub enum SyncRunOrder {
    /// By the start, latest first.
    #[default]
    Newest,
    /// By the start, earliest first.
    Oldest,
}

impl Sort for SyncRunOrder {
    type Table = sync_run::Entity;

    fn name(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
        }
    }

    fn columns(self) -> Vec<sync_run::Column> {
        // ids are made when a run starts, and grow with time
        vec![]
    }

    fn id() -> sync_run::Column {
        sync_run::Column::Id
    }

    fn descending(self) -> bool {
        self == Self::Newest
    }
}

/// Conditions for the results of a sync run. All of them must match; an empty list matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct SyncRunResultFilter {
    /// Has one of these statuses.
    pub statuses: Option<Vec<WorkerSyncStatus>>,
    /// Had one of these outcomes when the run was undone.
    pub undo_outcomes: Option<Vec<SyncUndoOutcome>>,
}

impl Filter for SyncRunResultFilter {
    fn condition(&self, _: &Scope) -> Condition {
        use sync_run_result::{Column, Entity};
        let column = |column: Column| Expr::col((Entity, column));
        let statuses = self.statuses.as_ref();
        let outcomes = self.undo_outcomes.as_ref();
        Condition::all()
            .add_option(statuses.map(|statuses| {
                column(Column::Status).is_in(statuses.iter().map(ActiveEnum::to_value))
            }))
            .add_option(outcomes.map(|outcomes| {
                column(Column::UndoOutcome).is_in(outcomes.iter().map(ActiveEnum::to_value))
            }))
    }
}

/// The order of the results of a sync run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Enum)]
pub enum SyncRunResultOrder {
    /// As the rows were stored, the first one first.
    #[default]
    First,
    /// As the rows were stored, the last one first.
    Last,
}

impl Sort for SyncRunResultOrder {
    type Table = sync_run_result::Entity;

    fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Last => "last",
        }
    }

    fn columns(self) -> Vec<sync_run_result::Column> {
        // ids are made row by row
        vec![]
    }

    fn id() -> sync_run_result::Column {
        sync_run_result::Column::Id
    }

    fn descending(self) -> bool {
        self == Self::Last
    }
}
