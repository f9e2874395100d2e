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

/// What an HR system says of its workers.
#[derive(InputObject, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkersSyncInput {
    /// Name of the HR system, for example `smarthr`, the same in every call. `SmartHR` and `smarthr` are one source: case, width and punctuation
    /// are ignored. External ids are unique within a source. At most 100 characters.
    source: String,
    /// The workers, at most 1,000 rows. Each is taken over or refused by itself: in variables a value that its field does not read, or an
    /// unknown field, makes its own row INVALID; a literal of the document is refused as a whole. Several employments of a worker are several rows with a first
    /// day each, in any order.
    #[serde(deserialize_with = "list")]
    workers: Vec<WorkerInput>,
    /// Say what would happen and change nothing.
    #[graphql(default)]
    #[serde(default)]
    dry_run: bool,
    /// An open run that this call continues: of the same source, and opened by you. Absent: the call is a run of its own. Not with `dryRun`.
    #[serde(default)]
    sync_run_id: Option<Gid<SyncRunId>>,
    /// Leave the run open (`RUNNING`) for further calls with its `syncRunId`; the last call closes it with `false`. A run that no call came for
    /// in an hour is closed as `FAILED`. Not with `dryRun`.
    #[graphql(default)]
    #[serde(default)]
    keep_open: bool,
}

/// What an HR system says of one worker. A field left out stays as it is stored; null clears it. Pay, national ids, ethnicity and health
/// have no field, here or anywhere.
#[derive(Default, InputObject, Deserialize)]
#[graphql(tag = "row")]
#[serde(rename_all = "camelCase", default)]
pub struct WorkerInput {
    #[graphql(skip)]
    #[serde(rename = "$faults")]
    unread: Vec<BadValue>,
    /// The key of the worker in the HR system; with `source` it finds the person again. At most 200 characters.
    external_id: String,
    /// As the company numbers its people. At most 200 characters.
    employee_number: MaybeUndefined<String>,
    /// Family name, or the only name. Needed for a worker who is not known yet. At most 200 characters; never null.
    family_name: MaybeUndefined<String>,
    /// Given name; null for people with one name. At most 200 characters.
    given_name: MaybeUndefined<String>,
    /// Reading of the family name; half-width kana and hiragana are kept as full-width katakana. At most 200 characters.
    family_name_kana: MaybeUndefined<String>,
    /// Reading of the given name; half-width kana and hiragana are kept as full-width katakana. At most 200 characters.
    given_name_kana: MaybeUndefined<String>,
    /// Family name in Latin letters. At most 200 characters.
    family_name_romaji: MaybeUndefined<String>,
    /// Given name in Latin letters. At most 200 characters.
    given_name_romaji: MaybeUndefined<String>,
    /// A former or business name under which colleagues know the worker. At most 200 characters.
    other_name: MaybeUndefined<String>,
    /// Private e-mail; one that is no address is left out, with a remark. Like the names and the phone it is the alumnus's own once they joined the programme: then it is not taken over.
    personal_email: MaybeUndefined<String>,
    /// E-mail at the company; one that is no address is left out, with a remark.
    work_email: MaybeUndefined<String>,
    /// Phone, with 5 to 20 digits; one that is no phone number is left out, with a remark.
    phone: MaybeUndefined<String>,
    /// At which place the worker works. At most 200 characters.
    location: MaybeUndefined<String>,
    /// The department by its name; made where the company has none of that name. At most 200 characters.
    department: MaybeUndefined<String>,
    /// As what the worker works. At most 200 characters.
    position: MaybeUndefined<String>,
    /// How the worker is employed; null counts as OTHER.
    employment_type: MaybeUndefined<EmploymentType>,
    /// The id of the employment in the HR system, unique for the worker; null if there is none. A row with the id of a stored employment means
    /// that employment, whatever its days; two ids are two employments, and may overlap. At most 200 characters.
    employment_id: MaybeUndefined<String>,
    /// First day of the employment. Needed for a worker who is not known yet. Without it the row means the latest employment. The first day of
    /// a stored employment means that one. Another day begins a new employment (a rehire) if it overlaps none, or if it lies within the last
    /// 92 days of one that ended; both are kept. It corrects the first day of an employment that it moves by at most 31 days, or to an earlier
    /// day. If it can mean both, the row is INVALID: then send `correctsStartedOn`, or the earlier employment with its last working day.
    started_on: MaybeUndefined<NaiveDate>,
    /// The stored first day that `startedOn` corrects, by however many days; null if it corrects none. If it was corrected already, the row
    /// means the employment that begins on `startedOn`.
    corrects_started_on: MaybeUndefined<NaiveDate>,
    /// Last working day of the employment. Once it has passed in the company's time zone the worker is an alumnus; a later one changes nothing
    /// until it has passed. A hire that never started ends on its first day, and makes no alumnus. Null takes the leave back.
    last_working_day: MaybeUndefined<NaiveDate>,
    /// How the employment ended; kept only with a last working day. DEATH never makes an alumnus.
    leave_type: MaybeUndefined<LeaveType>,
    /// Why it ended, in HR's words, seen by HR only; at most 500 characters. A reason that speaks of health, family, religion, politics, unions, crime, origin or gender is left out.
    leave_reason: MaybeUndefined<String>,
    /// When the worker, with all employments, last changed in the HR system; null if it does not say. A row older than the last one that was
    /// taken over answers STALE and changes nothing; one of the same age or newer is taken over, and so is one without an age.
    source_updated_at: MaybeUndefined<DateTime<Utc>>,
    /// Whether the worker is employed. `ACTIVE` and `ON_LEAVE` contradict a last working day that has passed: such a day is not used, and nobody
    /// becomes a leaver by it. LEFT needs a last working day, sent or stored; if that has not passed, the worker leaves after it. `remarks`
    /// says what was not used.
    status: Option<WorkerStatus>,
}

/// Why a worker of a sync was refused.
#[derive(SimpleObject)]
pub struct WorkerSyncError {
    /// The field of `WorkerInput` at fault, or the name that is none of its fields; empty if the row is no object.
    field: String,
    /// What is wrong and what would be accepted, for people; in English.
    reason: String,
}

/// What became of one worker of a sync.
#[derive(SimpleObject)]
pub struct WorkerSyncResult {
    /// The position of the row in `workers`, from 0.
    position: i32,
    /// The worker's key, as it was sent; empty if there was none.
    external_id: String,
    /// What became of it.
    status: WorkerSyncStatus,
    /// The person it is about, for `node(id:)`; null where INVALID or SUPPRESSED, where a dry run would make the person, and where nobody is kept.
    person_id: Option<Gid<PersonId>>,
    /// Why it was refused, one entry a fault; empty unless INVALID.
    errors: Vec<WorkerSyncError>,
    /// What was left out of a row that was taken over, and how a row was read that could be read in two ways; in English, mostly empty.
    remarks: Vec<String>,
    /// If UPDATED, the names of the stored fields that are changed, also by a dry run; if INVALID, those of the fields at fault. Otherwise empty.
    fields: Vec<&'static str>,
}

/// What `workersSync` came to.
#[derive(SimpleObject)]
pub struct WorkersSyncPayload {
    /// One result a worker, in the order sent; null where the call as a whole was refused.
    results: Option<Vec<WorkerSyncResult>>,
    /// The run of the call, with the counts so far; null for a dry run, and if the call as a whole was refused.
    sync_run: Option<One<Box<SyncRun>>>,
    /// Why the input was refused, one entry a fault; empty where it was done. Where it is not empty nothing was changed.
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
    /// Brings people and their employments in line with what an HR system says: new workers, corrections, leavers (who become candidates for
    /// membership), rehires, and leaves taken back. Workers it does not name stay as they are; sending the same again changes nothing.
    /// At most 1,000 workers, in one transaction. Requires `workers:sync`.
    async fn workers_sync(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the HR system says.")] input: Taken<WorkersSyncInput>,
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
