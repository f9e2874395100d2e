//! What a call adds to its run: the counts, and the results of its rows.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    CompanyId, EmploymentId, Fields, PersonId, SyncRunId, SyncRunResultId, SyncRunState,
    WorkerSyncStatus, sync_run, sync_run_result,
};
use sea_orm::{DbErr, Value};

use super::{rules, store};
use crate::error::{Refusal, Result, UserErrorCode};
use crate::hris::actions::{RefusedRow, RowResult};
use crate::outbox;
use crate::scope::{Scope, Transaction};
use crate::writes::{Column, Row, Writes};

/// The run of a call as it will be, with the results the call adds.
#[derive(Debug)]
pub struct Recording {
    run: sync_run::Model,
    is_new: bool,
    results: Vec<Recorded>,
}

#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "the columns of the row")]
struct Recorded {
    id: SyncRunResultId,
    position: i32,
    external_id: Option<String>,
    status: WorkerSyncStatus,
    person_id: Option<PersonId>,
    employment_id: Option<EmploymentId>,
    employment_created: bool,
    person_edited: bool,
    employment_edited: bool,
    membership_edited: bool,
    fields: Fields,
}

impl Row for Recorded {
    type Entity = sync_run_result::Entity;

    fn value(&self, column: Column<Self>) -> Option<Value> {
        use sync_run_result::Column as C;
        Some(match column {
            C::Id => self.id.into(),
            C::Position => self.position.into(),
            C::ExternalId => self.external_id.clone().into(),
            C::Status => self.status.into(),
            C::PersonId => self.person_id.into(),
            C::EmploymentId => self.employment_id.into(),
            C::EmploymentCreated => self.employment_created.into(),
            C::PersonEdited => self.person_edited.into(),
            C::EmploymentEdited => self.employment_edited.into(),
            C::MembershipEdited => self.membership_edited.into(),
            C::Fields => self.fields.clone().into(),
            _ => return None,
        })
    }
}

impl Recording {
    /// A new run, which stays open if `open`.
    #[must_use]
    pub fn of_new(scope: &Scope, company: CompanyId, source: &str, open: bool) -> Self {
        let (actor_kind, actor_id) = outbox::hand(scope);
        let now = scope.now();
        let run = sync_run::Model {
            id: scope.new_id(),
            company_id: company,
            source: source.to_owned(),
            state: SyncRunState::Running,
            actor_kind,
            actor_id,
            created_count: 0,
            updated_count: 0,
            unchanged_count: 0,
            invalid_count: 0,
            stale_count: 0,
            suppressed_count: 0,
            started_at: now,
            updated_at: now,
            finished_at: None,
            undone_at: None,
            removed_people_count: 0,
            removed_employment_count: 0,
            removed_department_count: 0,
            kept_count: 0,
            results_deleted_at: None,
        };
        let mut recording = Self {
            run,
            is_new: true,
            results: Vec::new(),
        };
        if !open {
            recording.close(SyncRunState::Completed, now);
        }
        recording
    }

    /// An open run of the same source that the viewer opened; closed if the call is the `last`.
    pub async fn of_open(
        scope: &Scope,
        transaction: &Transaction<'_>,
        id: SyncRunId,
        source: &str,
        last: bool,
    ) -> Result<Self> {
        let run = store::find_for_update(scope, &**transaction, id).await?;
        let refuse = |code, message| Err(Refusal::new(code, "syncRunId", message).into());
        let Some(run) = run.filter(|run| outbox::hand(scope) == (run.actor_kind, run.actor_id))
        else {
            let message = "there is no run with this id that you opened";
            return refuse(UserErrorCode::NotFound, message.to_owned());
        };
        if run.source != source {
            let message = format!(
                "is a run of the source “{}”; send `source` alike in all calls of a run",
                run.source
            );
            return refuse(UserErrorCode::Invalid, message);
        }
        if !rules::is_open(&run) {
            let message = format!(
                "the run is {} and takes no more rows; send them without `syncRunId`",
                run.state.word()
            );
            return refuse(UserErrorCode::Refused, message);
        }
        let mut recording = Self {
            run,
            is_new: false,
            results: Vec::new(),
        };
        let now = scope.now();
        recording.run.updated_at = now;
        if last {
            recording.close(SyncRunState::Completed, now);
        }
        Ok(recording)
    }

    fn close(&mut self, state: SyncRunState, now: DateTime<Utc>) {
        self.run.state = state;
        self.run.finished_at = Some(now);
    }

    /// The run's id.
    #[must_use]
    pub fn id(&self) -> SyncRunId {
        self.run.id
    }

    /// The run as it is then.
    #[must_use]
    pub fn into_run(self) -> sync_run::Model {
        self.run
    }

    /// Adds the result of a row. `erased_on`: somebody known by the same id was erased that day, so the id is not stored again.
    pub fn add(
        &mut self,
        scope: &Scope,
        result: &RowResult,
        position: Option<i32>,
        erased_on: Option<NaiveDate>,
    ) {
        let position = position.unwrap_or_else(|| self.rows());
        *self.count(result.status) += 1;
        if result.status == WorkerSyncStatus::Unchanged {
            return;
        }
        let employment = result.trace.employment.as_ref();
        let keeps_id = result.status != WorkerSyncStatus::Suppressed
            && (result.status != WorkerSyncStatus::Invalid || erased_on.is_none());
        self.results.push(Recorded {
            id: scope.new_id(),
            position,
            external_id: rules::stored_id(&result.external_id).filter(|_| keeps_id),
            status: result.status,
            person_id: result.person,
            employment_id: employment.map(|meant| meant.id),
            employment_created: employment.is_some_and(|meant| meant.is_new),
            person_edited: result.trace.person_edited,
            employment_edited: employment.is_some_and(|meant| meant.is_edited),
            membership_edited: result.trace.membership_edited,
            fields: names(&result.fields),
        });
    }

    /// Adds a row that was refused while it was read.
    pub fn add_refused(&mut self, scope: &Scope, row: RefusedRow, erased_on: Option<NaiveDate>) {
        self.run.invalid_count += 1;
        let external_id = row.external_id.filter(|_| erased_on.is_none());
        self.results.push(Recorded {
            id: scope.new_id(),
            position: row.position,
            external_id: external_id.as_deref().and_then(rules::stored_id),
            status: WorkerSyncStatus::Invalid,
            person_id: None,
            employment_id: None,
            employment_created: false,
            person_edited: false,
            employment_edited: false,
            membership_edited: false,
            fields: names(&row.fields),
        });
    }

    /// Adds the run and the results to what is written.
    pub fn put(&self, writes: &mut Writes) -> Result<(), DbErr> {
        use sync_run_result::Column as C;
        if self.is_new {
            writes.insert(vec![self.run.clone()]);
        } else {
            writes.save(self.run.clone())?;
        }
        let (company, run) = (self.run.company_id, self.run.id);
        let alike = [(C::CompanyId, company.into()), (C::RunId, run.into())];
        writes.make(&self.results, &alike);
        Ok(())
    }

    /// How many rows the run has so far.
    fn rows(&self) -> i32 {
        let run = &self.run;
        let changed = run.created_count + run.updated_count;
        let others = run.invalid_count + run.stale_count + run.suppressed_count;
        changed + run.unchanged_count + others
    }

    fn count(&mut self, status: WorkerSyncStatus) -> &mut i32 {
        let run = &mut self.run;
        match status {
            WorkerSyncStatus::Created => &mut run.created_count,
            WorkerSyncStatus::Updated => &mut run.updated_count,
            WorkerSyncStatus::Unchanged => &mut run.unchanged_count,
            WorkerSyncStatus::Invalid => &mut run.invalid_count,
            WorkerSyncStatus::Stale => &mut run.stale_count,
            WorkerSyncStatus::Suppressed => &mut run.suppressed_count,
        }
    }
}

fn names(fields: &[&'static str]) -> Fields {
    Fields(fields.iter().map(|&field| field.to_owned()).collect())
}
