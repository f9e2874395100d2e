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

/// Number of rows of a sync run per result. A row of a file with several employments counts once per employment.
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

/// Result of the undo of a sync run.
#[derive(Debug, SimpleObject)]
pub struct SyncRunUndo {
    /// When the run was undone.
    undone_at: DateTime<Utc>,
    /// Number of removed people.
    removed_people: i32,
    /// Number of removed employments, including those of removed people.
    removed_employments: i32,
    /// Number of removed departments.
    removed_departments: i32,
    /// Number of results whose person or employment was kept.
    kept: i32,
}

/// A sync run: one call of `workersSync`, several calls with the same `syncRunId`, or an imported file. Requires `workers:sync`.
#[Object]
impl SyncRun {
    /// Id.
    pub async fn id(&self) -> Gid<SyncRunId> {
        Gid(self.id)
    }

    /// Name of the HR system, in the spelling of its first call.
    async fn source(&self) -> &str {
        &self.source
    }

    /// Current state.
    async fn state(&self) -> SyncRunState {
        self.state
    }

    /// Kind of the actor. `SYSTEM` for a file imported on the command line.
    async fn actor_kind(&self) -> ActorKind {
        self.actor_kind
    }

    /// Id of the account or API key. Null for a file imported on the command line.
    async fn actor_id(&self) -> Option<ID> {
        let id = self.actor_id?;
        Some(ID(match self.actor_kind {
            ActorKind::ApiKey => ApiKeyId(id).to_string(),
            _ => AccountId(id).to_string(),
        }))
    }

    /// Number of rows per result so far.
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

    /// Results of the rows, without rows that changed nothing. Deleted 90 days after the end of the run, and when the person is erased.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn results(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<SyncRunResultFilter>,
        #[graphql(desc = "In this order; the first row first if not given.")] order_by: Option<
            SyncRunResultOrder,
        >,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
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

    /// When it was closed. Null while it is `RUNNING`.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.finished_at
    }

    /// Result of the undo. Null if it was not undone.
    async fn undo(&self) -> Option<SyncRunUndo> {
        self.undone_at.map(|undone_at| SyncRunUndo {
            undone_at,
            removed_people: *self.removed_people_count,
            removed_employments: *self.removed_employment_count,
            removed_departments: *self.removed_department_count,
            kept: *self.kept_count,
        })
    }

    /// When its results were deleted; it cannot be undone afterwards. Null if they are stored.
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

/// Result of one row of a sync run. It has ids and field names, and no values. Requires `workers:sync`.
#[Object]
impl SyncRunResult {
    /// Number of the row in the run, from 0. For a file: its first line, or its number in a JSON list, from 1.
    async fn position(&self) -> i32 {
        *self.position
    }

    /// External id of the worker. Null if it was missing or cannot be stored, and if the person was erased or removed by the undo.
    async fn external_id(&self) -> Option<&str> {
        self.external_id.as_deref()
    }

    /// Result of the row.
    async fn status(&self) -> WorkerSyncStatus {
        self.status
    }

    /// Id of the person. Null if the result is `INVALID` or `SUPPRESSED`, and if the undo removed the person.
    async fn person_id(&self) -> Option<Gid<PersonId>> {
        self.person_id.map(Gid)
    }

    /// The person. Null if there is none, or if the person is not visible to you.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Held<'_, Person>>> {
        Ok(loader::one(ctx, self.person.as_deref(), self.person_id).await?)
    }

    /// Id of the employment. Null if there is none, and if the undo removed it.
    async fn employment_id(&self) -> Option<Gid<EmploymentId>> {
        self.employment_id.map(Gid)
    }

    /// Whether the row created the employment.
    async fn employment_created(&self) -> bool {
        *self.employment_created
    }

    /// Names of the changed fields if `UPDATED`, of the invalid fields of `WorkerInput` if `INVALID`. Otherwise empty.
    async fn fields(&self) -> &[String] {
        &self.fields.0
    }

    /// Effect of the undo on the person or employment that the row created. Null if it created none, or if the run was not undone.
    async fn undo_outcome(&self) -> Option<SyncUndoOutcome> {
        self.undo_outcome
    }
}
