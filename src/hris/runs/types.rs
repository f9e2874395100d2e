//! A run and its results as a client sees them.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::{
    AccountId, ActorKind, ApiKeyId, EmploymentId, Fields, PersonId, SyncRunId, SyncRunResultId,
    SyncRunState, SyncUndoOutcome, WorkerSyncStatus, sync_run, sync_run_result,
};
use uuid::Uuid;

use super::filter::{SyncRunFilter, SyncRunOrder, SyncRunResultFilter, SyncRunResultOrder};
use crate::alumni::{Person, PersonWants};
use crate::graphql::ahead::Ahead;
use crate::graphql::columns::{Columns, Told};
use crate::graphql::connection::{Connection, Page, WantedOf};
use crate::graphql::id::Gid;
use crate::graphql::level::{Edge, Level};
use crate::graphql::loader;
use crate::graphql::node::{Listed, Node, Tree};
use crate::graphql::shown::{Held, Shown};
use crate::page::PageArgs;
use crate::row;

row!(
    /// A run of an HR system.
    SyncRun of sync_run {
        id: SyncRunId = Id,
        source: Told<String> = Source if "source",
        state: SyncRunState = State,
        actor_kind: ActorKind = ActorKind,
        actor_id: Option<Uuid> = ActorId if "actorId",
        created_count: Told<i32> = CreatedCount if "counts",
        updated_count: Told<i32> = UpdatedCount if "counts",
        unchanged_count: Told<i32> = UnchangedCount if "counts",
        invalid_count: Told<i32> = InvalidCount if "counts",
        stale_count: Told<i32> = StaleCount if "counts",
        suppressed_count: Told<i32> = SuppressedCount if "counts",
        started_at: Told<DateTime<Utc>> = StartedAt if "startedAt",
        finished_at: Option<DateTime<Utc>> = FinishedAt if "finishedAt",
        undone_at: Option<DateTime<Utc>> = UndoneAt if "undo",
        removed_people_count: Told<i32> = RemovedPeopleCount if "undo",
        removed_employment_count: Told<i32> = RemovedEmploymentCount if "undo",
        removed_department_count: Told<i32> = RemovedDepartmentCount if "undo",
        kept_count: Told<i32> = KeptCount if "undo",
        results_deleted_at: Option<DateTime<Utc>> = ResultsDeletedAt if "resultsDeletedAt",
    } holds {
        results: Option<Page<SyncRunResult>>,
    }
);

/// Which children of a run are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SyncRunWants {
    columns: Columns,
    results: Option<WantedOf<SyncRunResult>>,
}

impl Tree for SyncRun {
    type Wants = SyncRunWants;

    fn ahead(look: &Ahead<'_>) -> SyncRunWants {
        SyncRunWants {
            columns: look.columns::<Self>(),
            results: look.connection::<SyncRunResult>("results"),
        }
    }

    fn columns(wants: &SyncRunWants) -> Columns {
        wants.columns
    }

    fn edges(wants: &SyncRunWants, at: Level<'_>) -> Vec<Edge> {
        vec![at.page::<SyncRunResult>(sync_run::Relation::Results, wants.results.as_ref())]
    }
}

impl Node for SyncRun {
    type Id = SyncRunId;
    const ID: sync_run::Column = sync_run::Column::Id;

    fn id(&self) -> SyncRunId {
        self.id
    }
}

impl Shown for SyncRun {}

impl Listed for SyncRun {
    type Filter = SyncRunFilter;
    type Order = SyncRunOrder;

    fn sort_values(&self, _: SyncRunOrder) -> Vec<String> {
        vec![]
    }
}

/// How many rows of a sync run had which result. A row of a file with several employments counts once per employment.
#[derive(Debug, SimpleObject)]
pub struct SyncRunCounts {
    /// Rows that created a person.
    created: i32,
    /// Rows that changed something.
    updated: i32,
    /// Rows that changed nothing. They have no entry in `results`.
    unchanged: i32,
    /// Rows that were refused.
    invalid: i32,
    /// Rows older than what was stored.
    stale: i32,
    /// Rows about people who were erased.
    suppressed: i32,
}

/// What the undo of a sync run did.
#[derive(Debug, SimpleObject)]
pub struct SyncRunUndo {
    /// When the run was undone.
    undone_at: DateTime<Utc>,
    /// How many people were removed.
    removed_people: i32,
    /// How many employments were removed, those of removed people included.
    removed_employments: i32,
    /// How many departments were removed.
    removed_departments: i32,
    /// How many results had their person or employment kept.
    kept: i32,
}

/// A run of an HR system: a call of `workersSync`, several calls that name the same run, or an imported file. Requires `workers:sync`.
#[Object]
impl SyncRun {
    /// The id.
    pub async fn id(&self) -> Gid<SyncRunId> {
        Gid(self.id)
    }

    /// Name of the HR system, as it was sent.
    async fn source(&self) -> &str {
        &self.source
    }

    /// The state.
    async fn state(&self) -> SyncRunState {
        self.state
    }

    /// What kind of actor sent it; `SYSTEM` for a file that was imported on the command line.
    async fn actor_kind(&self) -> ActorKind {
        self.actor_kind
    }

    /// Id of the account or API key that sent it; null for a file that was imported on the command line.
    async fn actor_id(&self) -> Option<ID> {
        let id = self.actor_id?;
        Some(ID(match self.actor_kind {
            ActorKind::ApiKey => ApiKeyId(id).to_string(),
            _ => AccountId(id).to_string(),
        }))
    }

    /// How many rows had which result so far.
    async fn counts(&self) -> SyncRunCounts {
        SyncRunCounts {
            created: *self.created_count,
            updated: *self.updated_count,
            unchanged: *self.unchanged_count,
            invalid: *self.invalid_count,
            stale: *self.stale_count,
            suppressed: *self.suppressed_count,
        }
    }

    /// The results of its rows, except of those that changed nothing. Deleted 90 days after the end of the run, and with the person they are about.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn results(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] filter: Option<SyncRunResultFilter>,
        #[graphql(desc = "In this order; the first row first if not given.")] order_by: Option<
            SyncRunResultOrder,
        >,
        #[graphql(desc = "Rows from the start: 0 to 100, 20 if nothing is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only rows after this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only rows before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'_, SyncRunResult>> {
        let arguments = (
            filter,
            order_by,
            PageArgs {
                first,
                after,
                last,
                before,
            },
        );
        let again = |wanted| SyncRunWants {
            results: Some(wanted),
            ..Default::default()
        };
        let held = self.results.as_ref();
        Ok(loader::page(ctx, self, held, arguments, again, |run| run.results).await?)
    }

    /// When it started.
    async fn started_at(&self) -> DateTime<Utc> {
        *self.started_at
    }

    /// When it was closed; null while it is `RUNNING`.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.finished_at
    }

    /// What its undo did; null if it was not undone.
    async fn undo(&self) -> Option<SyncRunUndo> {
        self.undone_at.map(|undone_at| SyncRunUndo {
            undone_at,
            removed_people: *self.removed_people_count,
            removed_employments: *self.removed_employment_count,
            removed_departments: *self.removed_department_count,
            kept: *self.kept_count,
        })
    }

    /// When its results were deleted; null before. From then on it cannot be undone.
    async fn results_deleted_at(&self) -> Option<DateTime<Utc>> {
        self.results_deleted_at
    }
}

row!(
    /// The result of one row of a run.
    SyncRunResult of sync_run_result {
        id: SyncRunResultId = Id,
        position: Told<i32> = Position if "position",
        external_id: Option<String> = ExternalId if "externalId",
        status: WorkerSyncStatus = Status,
        person_id: Option<PersonId> = PersonId,
        employment_id: Option<EmploymentId> = EmploymentId if "employmentId",
        employment_created: Told<bool> = EmploymentCreated if "employmentCreated",
        fields: Told<Fields> = Fields if "fields",
        undo_outcome: Option<SyncUndoOutcome> = UndoOutcome if "undoOutcome",
    } holds {
        person: Option<Box<Person>>,
    }
);

/// Which children of a result are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SyncRunResultWants {
    columns: Columns,
    person: Option<Box<PersonWants>>,
}

impl Tree for SyncRunResult {
    type Wants = SyncRunResultWants;

    fn ahead(look: &Ahead<'_>) -> SyncRunResultWants {
        SyncRunResultWants {
            columns: look.columns::<Self>(),
            person: look.wants::<Person>("person").map(Box::new),
        }
    }

    fn columns(wants: &SyncRunResultWants) -> Columns {
        wants.columns
    }

    fn edges(wants: &SyncRunResultWants, at: Level<'_>) -> Vec<Edge> {
        let person = wants.person.as_deref();
        vec![at.to::<Person>(sync_run_result::Relation::Person, person)]
    }
}

impl Node for SyncRunResult {
    type Id = SyncRunResultId;
    const ID: sync_run_result::Column = sync_run_result::Column::Id;

    fn id(&self) -> SyncRunResultId {
        self.id
    }
}

impl Shown for SyncRunResult {}

impl Listed for SyncRunResult {
    type Filter = SyncRunResultFilter;
    type Order = SyncRunResultOrder;

    fn sort_values(&self, _: SyncRunResultOrder) -> Vec<String> {
        vec![]
    }
}

/// The result of one row of a sync run. It has no values of the row: names of fields, and ids. Requires `workers:sync`.
#[Object]
impl SyncRunResult {
    /// The row: its number in the run, from 0, in the order sent. For a file the line it begins in, or its number in a JSON list, from 1.
    async fn position(&self) -> i32 {
        *self.position
    }

    /// The worker's key, as it was sent; null if there was none that can be stored, for somebody who was erased, and for a person whom the undo removed.
    async fn external_id(&self) -> Option<&str> {
        self.external_id.as_deref()
    }

    /// The result.
    async fn status(&self) -> WorkerSyncStatus {
        self.status
    }

    /// Id of the person it is about; null if it is `INVALID` or `SUPPRESSED`, and for a person whom the undo removed.
    async fn person_id(&self) -> Option<Gid<PersonId>> {
        self.person_id.map(Gid)
    }

    /// The person it is about; null if there is none, or none you may see.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Held<'_, Person>>> {
        Ok(loader::one(ctx, self.person.as_deref(), self.person_id).await?)
    }

    /// Id of the employment it is about; null if there is none, and for an employment that the undo removed.
    async fn employment_id(&self) -> Option<Gid<EmploymentId>> {
        self.employment_id.map(Gid)
    }

    /// Whether the row created the employment.
    async fn employment_created(&self) -> bool {
        *self.employment_created
    }

    /// If `UPDATED`, the names of the stored fields that were changed; if `INVALID`, those of the fields at fault, as far as they are fields of
    /// `WorkerInput`. Otherwise empty.
    async fn fields(&self) -> &[String] {
        &self.fields.0
    }

    /// What the undo of the run did to the person or employment that the row created; null if it created none, or the run was not undone.
    async fn undo_outcome(&self) -> Option<SyncUndoOutcome> {
        self.undo_outcome
    }
}
