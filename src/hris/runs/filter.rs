//! How lists of runs and of their results are narrowed and ordered.

use async_graphql::{Enum, InputObject};
use entity::{SyncRunState, SyncUndoOutcome, WorkerSyncStatus, sync_run, sync_run_result};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveEnum, Condition};

use crate::graphql::node::Filter;
use crate::graphql::range::InstantRange;
use crate::page::Sort;
use crate::scope::Scope;

/// Filters a list of sync runs. All given fields must match. An empty list matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct SyncRunFilter {
    /// State is one of these.
    pub states: Option<Vec<SyncRunState>>,
    /// Source is one of these, in the spelling of `source`.
    pub sources: Option<Vec<String>>,
    /// Start is in this range.
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

/// Order of sync runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Enum)]
pub enum SyncRunOrder {
    /// By start, newest first.
    #[default]
    Newest,
    /// By start, oldest first.
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

/// Filters the results of a sync run. All given fields must match. An empty list matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct SyncRunResultFilter {
    /// Status is one of these.
    pub statuses: Option<Vec<WorkerSyncStatus>>,
    /// Outcome of the undo is one of these.
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

/// Order of the results of a sync run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Enum)]
pub enum SyncRunResultOrder {
    /// In the order of storage.
    #[default]
    First,
    /// In the order of storage, reversed.
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
