//! Root writes of HR systems.

use async_graphql::{Context, InputObject, MaybeUndefined, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use entity::{EmploymentType, LeaveType, PersonId, SyncRunId, WorkerSyncStatus};
use serde::Deserialize;

use super::actions::{self, Part, RowResult, Synced};
use super::rules::RowFault;
use super::runs::SyncRun;
use super::worker::{Told, Worker, WorkerStatus};
use crate::error::{Error, Refusal, UserErrorCode};
use crate::graphql::id::Gid;
use crate::graphql::payload::with_children;
use crate::graphql::rows::BadValue;
use crate::graphql::scope;
use crate::graphql::shown::One;
use crate::graphql::taken::{Taken, list};

/// Workers of an HR system.
#[derive(InputObject, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkersSyncInput {
    /// Name of the HR system, for example `smarthr`, the same in every call. `SmartHR` and `smarthr` are one source: case, width and punctuation
    /// are ignored. External ids are unique within a source. At most 100 characters.
    source: String,
    /// The workers, at most 1,000 rows. Each row is stored or rejected by itself. In variables, an invalid value or an unknown field makes only its
    /// row INVALID. In literals, it rejects the document. Several employments of a worker are several rows in any order, each with `startedOn`.
    #[serde(deserialize_with = "list")]
    workers: Vec<WorkerInput>,
    /// Returns what would change, and changes nothing.
    #[graphql(default)]
    #[serde(default)]
    dry_run: bool,
    /// Open run that this call continues: of the same source, opened by you. If absent, the call is a run of its own. Not with `dryRun`.
    #[serde(default)]
    sync_run_id: Option<Gid<SyncRunId>>,
    /// Keeps the run open (`RUNNING`) for calls with its `syncRunId`. The last call sends `false`. After an hour without a call, the run is
    /// closed as `FAILED`. Not with `dryRun`.
    #[graphql(default)]
    #[serde(default)]
    keep_open: bool,
}

/// One worker of an HR system. Omitted fields keep their stored value; `null` clears the field. There is no field for pay, national ids,
/// ethnicity or health.
#[derive(Default, InputObject, Deserialize)]
#[graphql(tag = "row")]
#[serde(rename_all = "camelCase", default)]
pub struct WorkerInput {
    #[graphql(skip)]
    #[serde(rename = "$faults")]
    unread: Vec<BadValue>,
    /// Id of the worker in the HR system, unique within `source`. At most 200 characters.
    external_id: String,
    /// Employee number. At most 200 characters.
    employee_number: MaybeUndefined<String>,
    /// Family name, or the only name. Required for a new worker, and never null. At most 200 characters.
    family_name: MaybeUndefined<String>,
    /// Given name. Null for people with a single name. At most 200 characters.
    given_name: MaybeUndefined<String>,
    /// Reading of the family name. Half-width kana and hiragana are stored as full-width katakana. At most 200 characters.
    family_name_kana: MaybeUndefined<String>,
    /// Reading of the given name. Half-width kana and hiragana are stored as full-width katakana. At most 200 characters.
    given_name_kana: MaybeUndefined<String>,
    /// Family name in Latin letters. At most 200 characters.
    family_name_romaji: MaybeUndefined<String>,
    /// Given name in Latin letters. At most 200 characters.
    given_name_romaji: MaybeUndefined<String>,
    /// Former name or business name. At most 200 characters.
    other_name: MaybeUndefined<String>,
    /// Private e-mail address. An invalid one is not stored, with a remark. After the alumnus joins, names, phone and private e-mail are theirs, and
    /// a sync does not change them.
    personal_email: MaybeUndefined<String>,
    /// E-mail address at the company. An invalid one is not stored, with a remark.
    work_email: MaybeUndefined<String>,
    /// Phone number with 5 to 20 digits. An invalid one is not stored, with a remark.
    phone: MaybeUndefined<String>,
    /// Place of work. At most 200 characters.
    location: MaybeUndefined<String>,
    /// Name of the department, which is created if it does not exist. At most 200 characters.
    department: MaybeUndefined<String>,
    /// Position. At most 200 characters.
    position: MaybeUndefined<String>,
    /// Employment type. Null is stored as `OTHER`.
    employment_type: MaybeUndefined<EmploymentType>,
    /// Id of the employment in the HR system, unique per worker. Null if there is none. A stored id identifies its employment, whatever the days.
    /// Two ids are two employments, which may overlap. At most 200 characters.
    employment_id: MaybeUndefined<String>,
    /// First day of the employment. Required for a new worker. Without it, the row is about the latest employment. The first day of a stored
    /// employment identifies it. Another day is a new employment (a rehire) if it overlaps none, or is in the last 92 days of an ended one.
    /// It is a correction if it moves the first day by at most 31 days, or to an earlier day. If both are possible, the row is INVALID.
    /// Then send `correctsStartedOn`, or the earlier employment with its last working day.
    started_on: MaybeUndefined<NaiveDate>,
    /// Stored first day that `startedOn` corrects, by any number of days. Null if it corrects none. If it was corrected before, the row is about
    /// the employment that begins on `startedOn`.
    corrects_started_on: MaybeUndefined<NaiveDate>,
    /// Last working day of the employment. After it, in the company's time zone, the worker is a candidate for membership. A hire that never
    /// started ends on its first day, and is no candidate. Null rescinds the leave.
    last_working_day: MaybeUndefined<NaiveDate>,
    /// How the employment ended. Stored only with a last working day. After `DEATH` the person is no candidate.
    leave_type: MaybeUndefined<LeaveType>,
    /// Reason for leaving, visible to HR only. At most 500 characters. Not stored, with a remark, if it mentions health, family, religion, politics,
    /// unions, crime, origin or gender.
    leave_reason: MaybeUndefined<String>,
    /// Time of the worker's last change in the HR system. Null if unknown. A row older than the last stored one is STALE and changes nothing.
    source_updated_at: MaybeUndefined<DateTime<Utc>>,
    /// Employment status. `ACTIVE` and `ON_LEAVE` contradict a past last working day: the day is not used, and the worker does not become a
    /// leaver. `LEFT` requires a last working day, sent or stored. `remarks` names what was not used.
    status: Option<WorkerStatus>,
}

/// Reason why a row was rejected.
#[derive(SimpleObject)]
pub struct WorkerSyncError {
    /// Invalid field of `WorkerInput`, or the name of an unknown field. Empty if the row is not an object.
    field: String,
    /// What is wrong, and what is accepted, in English.
    reason: String,
}

/// Result of one row of `workersSync`.
#[derive(SimpleObject)]
pub struct WorkerSyncResult {
    /// Position of the row in `workers`, from 0.
    position: i32,
    /// External id of the worker, as sent. Empty if it was missing.
    external_id: String,
    /// Result of the row.
    status: WorkerSyncStatus,
    /// Id of the person. Null if INVALID or SUPPRESSED, if a dry run would create the person, and if no person is stored.
    person_id: Option<Gid<PersonId>>,
    /// Validation errors. Empty unless INVALID.
    errors: Vec<WorkerSyncError>,
    /// Values that were not stored, and the reading of ambiguous rows, in English. Empty if there are none.
    remarks: Vec<String>,
    /// Names of the changed fields if UPDATED, of the invalid fields if INVALID. Otherwise empty.
    fields: Vec<&'static str>,
}

/// The result of `workersSync`.
#[derive(SimpleObject)]
pub struct WorkersSyncPayload {
    /// One result per row, in the order sent. Null if the input was rejected.
    results: Option<Vec<WorkerSyncResult>>,
    /// The sync run, with the counts so far. Null for a dry run, and if the input was rejected.
    sync_run: Option<One<Box<SyncRun>>>,
    /// Validation errors. Empty on success; otherwise nothing was changed.
    user_errors: Vec<Refusal>,
}

impl WorkersSyncPayload {
    async fn of(ctx: &Context<'_>, result: crate::error::Result<Synced>) -> Result<Self> {
        let Synced { results, run } = match result {
            Ok(synced) => synced,
            Err(Error::Refused(user_errors)) => {
                return Ok(Self {
                    results: None,
                    sync_run: None,
                    user_errors,
                });
            }
            Err(error) => return Err(error.into()),
        };
        let results = results.into_iter().enumerate();
        let results = results.map(|(position, result)| WorkerSyncResult::at(position, result));
        let sync_run = match run {
            Some(run) => Some(with_children::<SyncRun>(ctx, "syncRun", Ok(run)).await?),
            None => None,
        };
        Ok(Self {
            results: Some(results.collect()),
            sync_run: sync_run.map(|run| One(Box::new(run))),
            user_errors: Vec::new(),
        })
    }
}

/// Root writes of HR systems.
#[derive(Default)]
pub struct HrisMutation;

#[Object]
impl HrisMutation {
    /// Stores workers of an HR system with their employments: new workers, corrections, leavers, rehires and rescinded leaves. Leavers become
    /// candidates for membership. Other workers are not changed. Sending the same rows again changes nothing. At most 1,000 rows in one
    /// transaction. Requires `workers:sync`.
    async fn workers_sync(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Workers of the HR system.")] input: Taken<WorkersSyncInput>,
    ) -> Result<WorkersSyncPayload> {
        let WorkersSyncInput {
            source,
            workers,
            dry_run,
            sync_run_id,
            keep_open,
        } = input.0;
        let part = match (dry_run, sync_run_id, keep_open) {
            (true, None, false) => Part::DryRun { values: false },
            (true, _, _) => {
                let field = if keep_open { "keepOpen" } else { "syncRunId" };
                let message = "a dry run belongs to no run; leave it out";
                let refused = Refusal::new(UserErrorCode::Invalid, field, message);
                return WorkersSyncPayload::of(ctx, Err(refused.into())).await;
            }
            (false, Some(id), _) => Part::Next {
                run: id.0,
                last: !keep_open,
            },
            (false, None, true) => Part::First,
            (false, None, false) => Part::Whole,
        };
        let workers: Vec<Worker> = workers.into_iter().map(Worker::from).collect();
        let synced = actions::sync(scope(ctx)?, &source, workers.into(), part).await;
        WorkersSyncPayload::of(ctx, synced).await
    }
}

impl From<WorkerInput> for Worker {
    fn from(input: WorkerInput) -> Self {
        Self {
            external_id: input.external_id,
            unread: input.unread,
            source_updated_at: told(input.source_updated_at),
            employee_number: told(input.employee_number),
            family_name: told(input.family_name),
            given_name: told(input.given_name),
            family_name_kana: told(input.family_name_kana),
            given_name_kana: told(input.given_name_kana),
            family_name_romaji: told(input.family_name_romaji),
            given_name_romaji: told(input.given_name_romaji),
            other_name: told(input.other_name),
            personal_email: told(input.personal_email),
            work_email: told(input.work_email),
            phone: told(input.phone),
            location: told(input.location),
            department: told(input.department),
            position: told(input.position),
            employment_type: told(input.employment_type),
            employment_id: told(input.employment_id),
            started_on: told(input.started_on),
            corrects_started_on: told(input.corrects_started_on),
            last_working_day: told(input.last_working_day),
            leave_type: told(input.leave_type),
            leave_reason: told(input.leave_reason),
            status: input.status.map_or(Told::Absent, Told::Value),
        }
    }
}

fn told<T>(value: MaybeUndefined<T>) -> Told<T> {
    match value {
        MaybeUndefined::Undefined => Told::Absent,
        MaybeUndefined::Null => Told::Empty,
        MaybeUndefined::Value(value) => Told::Value(value),
    }
}

impl WorkerSyncResult {
    fn at(position: usize, result: RowResult) -> Self {
        Self {
            position: i32::try_from(position).unwrap_or(i32::MAX),
            external_id: result.external_id,
            status: result.status,
            person_id: result.person.map(Gid),
            errors: result
                .faults
                .into_iter()
                .map(|RowFault { field, reason }| WorkerSyncError {
                    field: field.into_owned(),
                    reason,
                })
                .collect(),
            remarks: result.remarks,
            fields: result.fields,
        }
    }
}
