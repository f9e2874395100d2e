//! Bringing what is stored in line with what an HR system says: a batch, one transaction.

mod last_day;

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use entity::{
    CompanyId, DepartmentId, EmploymentId, PersonId, SubjectKind, SyncRunId, WorkerSyncStatus,
    company, department, external_identity, sync_run,
};

use sea_orm::ConnectionTrait;

pub use self::last_day::record_leavers;
use super::rules::{
    self, Ground, Known, LONGEST_SOURCE, Meant, MembershipWrite, RowFault, Write, Writes, fields,
};
use super::runs::Recording;
use super::store::{self, Batch, Workers};
use super::worker::{Told, Worker};
use crate::access::visibility::Visibility;
use crate::access::{Permission, accounts};
use crate::checks::Checks;
use crate::engagement;
use crate::error::{Error, Refusal, Result, UserErrorCode};
use crate::outbox::Change;
use crate::privacy::{KnownBy, suppressed_since};
use crate::scope::{Scope, Transaction};

/// The most workers of one call.
pub const MOST_WORKERS: usize = 1_000;

const RESTRICTED: &str =
    "the person's data is restricted at their request: nothing of the row was stored";
const RESTRICTED_BUT_ENDED: &str = "the person's data is restricted at their request: only the last working day was stored, because access rights end with it";

/// What became of a row, with the person it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowResult {
    pub external_id: String,
    pub status: WorkerSyncStatus,
    /// None where nobody is stored for the row: it is invalid, a dry run would make the person, or there is nothing to keep.
    pub person: Option<PersonId>,
    /// Why the row is invalid.
    pub faults: Vec<RowFault>,
    /// What was left out of a row that is not.
    pub remarks: Vec<String>,
    /// The fields that were changed of what was stored; of an invalid row those at fault.
    pub fields: Vec<&'static str>,
    /// The same with their values, where a dry run was asked for them.
    pub edits: Vec<FieldEdit>,
    /// What else a run records of the row.
    pub trace: Trace,
}

/// A field with its stored value and the one that would be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldEdit {
    pub field: &'static str,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// What a row wrote, by which an undo knows what belongs to its run alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    pub employment: Option<Meant>,
    pub person_edited: bool,
    pub membership_edited: bool,
}

impl RowResult {
    fn refuse(&mut self, faults: Vec<RowFault>) {
        self.status = WorkerSyncStatus::Invalid;
        (self.person, self.remarks) = (None, Vec::new());
        let known = fields::OF_WORKER.into_iter();
        let at_fault = known.filter(|name| faults.iter().any(|fault| fault.field == *name));
        self.fields = at_fault.collect();
        self.faults = faults;
    }
}

/// The rows of one call.
#[derive(Debug, Default)]
pub struct Rows {
    pub workers: Vec<Worker>,
    /// The place of each worker in its file, as the run records it; empty: the rows are counted.
    pub positions: Vec<i32>,
    /// Rows of the file that are no workers to take over. They are recorded, and nothing else.
    pub refused: Vec<RefusedRow>,
}

impl From<Vec<Worker>> for Rows {
    fn from(workers: Vec<Worker>) -> Self {
        Self {
            workers,
            ..Self::default()
        }
    }
}

/// A row that was refused while it was read.
#[derive(Debug)]
pub struct RefusedRow {
    pub position: i32,
    pub external_id: Option<String>,
    /// The fields at fault.
    pub fields: Vec<&'static str>,
}

/// How a call belongs to a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// To none: nothing is stored. The results have the values that would change, if `values`.
    DryRun { values: bool },
    /// It is a run.
    Whole,
    /// It opens a run.
    First,
    /// It continues an open run, and closes it if it is the `last`.
    Next { run: SyncRunId, last: bool },
}

/// What a call came to.
#[derive(Debug)]
pub struct Synced {
    /// One per worker, in their order.
    pub results: Vec<RowResult>,
    /// The run as it is now; none for a dry run.
    pub run: Option<sync_run::Model>,
}

/// Takes over what `source` says of its workers, each by its own rules; a result a row, in order. The run of the call is recorded in the same
/// transaction. A dry run says what would happen and changes nothing. At most [`MOST_WORKERS`]. Requires `workers:sync`.
pub async fn sync(scope: &Scope, source: &str, rows: Rows, part: Part) -> Result<Synced> {
    scope.require(Permission::WorkersSync)?;
    let mut checks = Checks::default();
    let source = checks.line("source", source, LONGEST_SOURCE);
    checks.done()?;
    if rows.workers.len() > MOST_WORKERS {
        let message = format!(
            "must hold at most {MOST_WORKERS} workers, and holds {}",
            rows.workers.len()
        );
        return Err(Refusal::new(UserErrorCode::TooLong, "workers", message).into());
    }
    let _turn = scope.database().turn().await;
    let transaction = scope.begin().await?;
    let company = store::hold_company(scope, &*transaction).await?;
    let source = store::sources::as_stored(scope, &*transaction, source).await?;
    let mut recording = match part {
        Part::DryRun { .. } => None,
        Part::Whole => Some(Recording::of_new(scope, company.id, &source, false)),
        Part::First => Some(Recording::of_new(scope, company.id, &source, true)),
        Part::Next { run, last } => {
            Some(Recording::of_open(scope, &transaction, run, &source, last).await?)
        }
    };
    let call = Call {
        source,
        rows,
        mode: match part {
            Part::DryRun { values } => Mode::Try { values },
            _ => Mode::Store,
        },
    };
    let results = take_over(scope, &transaction, &company, call, recording.as_mut()).await?;
    let run = recording.map(Recording::into_run);
    if run.is_some() {
        transaction.commit().await?;
    }
    Ok(Synced { results, run })
}

/// Records one person with an employment that has ended, in the caller's transaction, as [`sync`] would. The caller waits for
/// [`crate::database::Database::turn`] first. Faults name the fields of the worker. Requires `workers:sync`.
pub async fn record_leaver(
    scope: &Scope,
    transaction: &Transaction<'_>,
    source: &str,
    worker: Worker,
) -> Result<RowResult> {
    scope.require(Permission::WorkersSync)?;
    let company = store::hold_company(scope, &**transaction).await?;
    let call = Call {
        source: source.to_owned(),
        rows: vec![worker].into(),
        mode: Mode::Store,
    };
    let mut results = take_over(scope, transaction, &company, call, None).await?;
    let result = results.pop();
    result.ok_or_else(|| Error::internal("a worker without a result"))
}

struct Call {
    source: String,
    rows: Rows,
    mode: Mode,
}

/// Whether what is decided is stored.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Try { values: bool },
    Store,
}

/// Takes over workers within a transaction in which the company is held: a result per row. What is recorded is written with it.
async fn take_over(
    scope: &Scope,
    transaction: &Transaction<'_>,
    company: &company::Model,
    call: Call,
    recording: Option<&mut Recording>,
) -> Result<Vec<RowResult>> {
    let Call { source, rows, mode } = call;
    let Rows {
        workers,
        positions,
        refused,
    } = rows;
    let rows = checked(workers);
    let valid = || rows.iter().filter_map(|row| row.worker.as_ref().ok());
    let ids: Vec<&str> = valid().map(|worker| worker.external_id.as_str()).collect();
    let mut known = store::known_whoever_may_see_them(scope, &**transaction, &source, &ids).await?;
    let names: HashSet<String> = valid()
        .filter_map(|worker| worker.department.value().cloned())
        .collect();
    let stored = store::departments(scope, &**transaction, names.iter().cloned().collect()).await?;

    let erased = erased(scope, &**transaction, &source, (&rows, &refused), &known).await?;

    let mut work = Work {
        scope,
        source,
        company: company.id,
        now: scope.now(),
        today: scope.today(&company.time_zone),
        visibility: Visibility::from(company),
        units: Units::of(scope, stored, names),
        batch: Batch::default(),
        changes: Vec::new(),
        leaving: Vec::new(),
        values: mode == Mode::Try { values: true },
    };
    let mut results = work.take(rows, &mut known, &erased);
    if let Mode::Try { values } = mode {
        // Nobody has the ids of those who would be made.
        for result in results
            .iter_mut()
            .filter(|result| result.status == WorkerSyncStatus::Created)
        {
            result.person = None;
        }
        if values {
            name_departments(scope, &**transaction, &work.units, &mut results).await?;
        }
        return Ok(results);
    }
    let now = work.now;
    let leaving = std::mem::take(&mut work.leaving);
    let source = std::mem::take(&mut work.source);
    let run = recording.as_ref().map(|recording| recording.id());
    let (batch, mut changes) = work.done(run);
    // the age of what did not change is noted as well; that is no change
    if changes.is_empty() && batch.ages.is_empty() && recording.is_none() {
        return Ok(results);
    }
    let mut writes = transaction.writes();
    if let Some(recording) = recording {
        for (place, result) in results.iter().enumerate() {
            recording.add(scope, result, positions.get(place).copied(), erased[place]);
        }
        for (row, erased_on) in refused.into_iter().zip(&erased[results.len()..]) {
            recording.add_refused(scope, row, *erased_on);
        }
        recording.put(&mut writes)?;
    }
    store::note_ages(&mut writes, company.id, &source, &batch.ages);
    store::put(&mut writes, company.id, now, batch);
    let released =
        engagement::release_places(scope, transaction, &mut writes, company.id, &leaving);
    changes.extend(released.await?);
    changes.extend(accounts::follow_standing(transaction, company.id, &changes).await?);
    let done = transaction.write(writes, changes).await;
    done.map_err(store::by_another)?;
    Ok(results)
}

/// Replaces the ids of departments by their names.
async fn name_departments(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    units: &Units,
    results: &mut [RowResult],
) -> Result<()> {
    let edits = results.iter_mut().flat_map(|result| &mut result.edits);
    let of_departments: Vec<&mut FieldEdit> =
        edits.filter(|edit| edit.field == "department").collect();
    if of_departments.is_empty() {
        return Ok(());
    }
    let stored = store::department_names(scope, connection).await?;
    let named = units.ids.iter().map(|(name, id)| (id.to_string(), name));
    let named: HashMap<String, &String> = stored
        .iter()
        .map(|(id, name)| (id.to_string(), name))
        .chain(named)
        .collect();
    for edit in of_departments {
        for value in [&mut edit.before, &mut edit.after] {
            *value = value.take().and_then(|id| named.get(&id).copied().cloned());
        }
    }
    Ok(())
}

/// For each row, the day on which somebody known by the same was erased: asked of those whose id is not known here. Of rows that are refused
/// only the id is asked for, so that a run does not record it again.
async fn erased(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    source: &str,
    (rows, refused): (&[Row], &[RefusedRow]),
    known: &Workers,
) -> Result<Vec<Option<NaiveDate>>> {
    let by_id = |id| vec![KnownBy::ExternalId { source, id }];
    let told = rows.iter().map(|row| match &row.worker {
        Ok(worker) if known.person(&row.external_id).is_none() => known_by(source, worker),
        Err(_) if !row.external_id.is_empty() => by_id(&row.external_id),
        _ => Vec::new(),
    });
    let refused = refused
        .iter()
        .map(|row| row.external_id.as_deref().map(by_id).unwrap_or_default());
    let told: Vec<Vec<KnownBy<'_>>> = told.chain(refused).collect();
    suppressed_since(scope, connection, &told).await
}

/// All by which a worker may be known again.
fn known_by<'w>(source: &'w str, worker: &'w Worker) -> Vec<KnownBy<'w>> {
    let id = KnownBy::ExternalId {
        source,
        id: &worker.external_id,
    };
    let number = worker.employee_number.value();
    let addresses = [&worker.personal_email, &worker.work_email];
    let addresses = addresses.into_iter().filter_map(Told::value);
    [id].into_iter()
        .chain(number.map(|number| KnownBy::EmployeeNumber(number)))
        .chain(addresses.map(|address| KnownBy::Email(address)))
        .chain(worker.phone.value().map(|number| KnownBy::Phone {
            number,
            family_name: worker.family_name.value().map_or("", String::as_str),
            given_name: worker.given_name.value().map_or("", String::as_str),
        }))
        .collect()
}

/// A batch as it grows.
struct Work<'s> {
    scope: &'s Scope,
    source: String,
    company: CompanyId,
    now: DateTime<Utc>,
    today: NaiveDate,
    visibility: Visibility,
    units: Units,
    batch: Batch,
    changes: Vec<Change>,
    /// People who may not hold places at events any more.
    leaving: Vec<PersonId>,
    /// Whether the values that change are wanted.
    values: bool,
}

impl Work<'_> {
    /// Decides on the rows, all of a worker at once, and takes what they write into the batch. A result per row, in their order.
    fn take(
        &mut self,
        rows: Vec<Row>,
        known: &mut Workers,
        erased: &[Option<NaiveDate>],
    ) -> Vec<RowResult> {
        let mut results: Vec<RowResult> = Vec::with_capacity(rows.len());
        let mut workers: Vec<Vec<(usize, Worker)>> = Vec::with_capacity(rows.len());
        let mut places: HashMap<String, usize> = HashMap::with_capacity(rows.len());
        for (place, (row, erased_on)) in rows.into_iter().zip(erased).enumerate() {
            let (result, worker) = self.beforehand(row, known, *erased_on);
            if let Some(worker) = worker {
                let of_worker = *places.entry(worker.external_id.clone()).or_insert_with(|| {
                    workers.push(Vec::new());
                    workers.len() - 1
                });
                workers[of_worker].push((place, worker));
            }
            results.push(result);
        }
        for rows in workers {
            let (places, rows): (Vec<usize>, Vec<Worker>) = rows.into_iter().unzip();
            self.decide(&places, &rows, known, &mut results);
        }
        results
    }

    /// The result of a row, and the worker if there is still something to decide.
    fn beforehand(
        &self,
        row: Row,
        known: &Workers,
        erased_on: Option<NaiveDate>,
    ) -> (RowResult, Option<Worker>) {
        let stored = known.person(&row.external_id);
        let mut result = RowResult {
            external_id: row.external_id,
            status: WorkerSyncStatus::Unchanged,
            person: stored,
            faults: Vec::new(),
            remarks: row.remarks,
            fields: Vec::new(),
            edits: Vec::new(),
            trace: Trace::default(),
        };
        let worker = match row.worker {
            Ok(worker) => worker,
            Err(faults) => {
                result.refuse(faults);
                return (result, None);
            }
        };
        if erased_on.is_some_and(|day| !rules::begins_after(&worker, day, self.today)) {
            // the same whatever they are known by, and whatever they were here
            result.status = WorkerSyncStatus::Suppressed;
            (result.person, result.remarks) = (None, Vec::new());
            return (result, None);
        }
        let worker = match stored.and_then(|person| known.restricted(person)) {
            None => worker,
            Some(restricted) => {
                let Some(end) = rules::end_of_employment(&worker, restricted) else {
                    result.remarks.push(RESTRICTED.to_owned());
                    return (result, None);
                };
                result.remarks.push(RESTRICTED_BUT_ENDED.to_owned());
                end
            }
        };
        let (sent, taken) = (
            worker.source_updated_at.value(),
            known.age(&worker.external_id),
        );
        if let (Some(sent), Some(taken)) = (sent, taken)
            && *sent < taken
        {
            result.status = WorkerSyncStatus::Stale;
            let taken = taken.to_rfc3339_opts(SecondsFormat::AutoSi, true);
            result.remarks.push(format!(
                "sourceUpdatedAt: a row from {taken} was taken over before; this one is older and was not"
            ));
            return (result, None);
        }
        (result, Some(worker))
    }

    /// Decides on the rows of one worker, whose results have these places.
    fn decide(
        &mut self,
        places: &[usize],
        rows: &[Worker],
        known: &mut Workers,
        results: &mut [RowResult],
    ) {
        let external_id = &rows[0].external_id;
        let stored = known.person(external_id);
        let taken = known.age(external_id);
        let known = match stored.map(|person| known.take(person)) {
            // another id of the person came before
            Some(None) => {
                for place in places {
                    results[*place].refuse(named_again());
                }
                return;
            }
            found => found.flatten(),
        };
        let before = if self.values { known.clone() } else { None };
        let ground = Ground {
            company: self.company,
            now: self.now,
            today: self.today,
            visibility: self.visibility,
            departments: &self.units.ids,
            fresh: &|| self.scope.new_id::<PersonId>().0,
        };
        let rules::Decision {
            writes,
            rows: decided,
        } = rules::decide(rows, known, &ground);
        let creates = writes.as_ref().is_some_and(Writes::creates);
        let person = writes.as_ref().map(|writes| writes.person_id).or(stored);
        let edited = writes.as_ref().map_or((false, false), |writes| {
            let person = matches!(writes.person, Some(Write::Edit(..)));
            let membership = matches!(writes.membership, MembershipWrite::Put(Write::Edit(..)));
            (person, membership)
        });
        let mut age = None;
        for ((place, row), decided) in places.iter().zip(rows).zip(decided) {
            let result = &mut results[*place];
            result.remarks.extend(decided.remarks);
            match decided.outcome {
                Err(faults) => result.refuse(faults),
                Ok(changed) => {
                    age = age.max(row.source_updated_at.value().copied());
                    result.person = person;
                    result.trace = Trace {
                        employment: decided.employment,
                        person_edited: decided.leads && edited.0,
                        membership_edited: decided.leads && edited.1,
                    };
                    if let Some((before, writes)) = before.as_ref().zip(writes.as_ref()) {
                        let employment = decided.employment.map(|meant| meant.id);
                        result.edits = values(before, writes, employment, decided.leads);
                    }
                    result.fields = decided.fields;
                    result.status = match (changed, creates) {
                        (true, true) => WorkerSyncStatus::Created,
                        (true, false) => WorkerSyncStatus::Updated,
                        (false, _) => WorkerSyncStatus::Unchanged,
                    };
                    if changed && let Told::Value(name) = &row.department {
                        self.units.used.insert(name.clone());
                    }
                }
            }
        }
        if let Some(writes) = writes {
            self.keep(external_id, age, writes);
        }
        if let Some(age) = age.filter(|age| stored.is_some() && Some(*age) > taken) {
            self.batch.ages.push((external_id.clone(), age));
        }
    }

    fn keep(&mut self, external_id: &str, age: Option<DateTime<Utc>>, writes: Writes) {
        if writes.creates() {
            self.batch.identities.push(external_identity::Model {
                company_id: self.company,
                source: self.source.clone(),
                external_id: external_id.to_owned(),
                person_id: writes.person_id,
                source_updated_at: age,
                created_at: self.now,
            });
        }
        if writes.leaves_events() {
            self.leaving.push(writes.person_id);
        }
        self.changes.extend(self.batch.take(writes));
    }

    /// The rows and the changes, with the departments they made.
    fn done(mut self, run: Option<SyncRunId>) -> (Batch, Vec<Change>) {
        self.batch.departments = self.units.made(self.scope, self.company, run);
        self.changes
            .extend(self.batch.departments.iter().map(|unit| Change {
                company: self.company,
                kind: "department.created",
                subject: SubjectKind::Department,
                id: unit.id.0,
                person: None,
                fields: Vec::new(),
            }));
        (self.batch, self.changes)
    }
}

/// What a row changes of a stored person and employment, field by field. Of a department the id.
fn values(
    before: &Known,
    writes: &Writes,
    employment: Option<EmploymentId>,
    leads: bool,
) -> Vec<FieldEdit> {
    let mut edits = Vec::new();
    for write in &writes.stints {
        let Write::Edit(after, columns) = write else {
            continue;
        };
        let stored = before.stints.iter().find(|stint| stint.id == after.id);
        if let Some(stored) = stored.filter(|_| employment == Some(after.id)) {
            let columns = columns.iter();
            let named =
                columns.filter_map(|column| Some((fields::of_employment(*column)?, *column)));
            edits.extend(store::edits(stored, after, named));
        }
    }
    if let Some(Write::Edit(after, columns)) = writes.person.as_ref().filter(|_| leads) {
        let columns = columns.iter();
        let named = columns.filter_map(|column| Some((fields::of_person(*column)?, *column)));
        edits.extend(store::edits(&before.person, after, named));
    }
    edits
}

fn named_again() -> Vec<RowFault> {
    let reason = "names the same person as an earlier row of this call";
    vec![RowFault::new("externalId", reason)]
}

struct Row {
    external_id: String,
    worker: Result<Worker, Vec<RowFault>>,
    remarks: Vec<String>,
}

/// Checks each worker by itself, and that each row of a worker is an employment of its own: of two rows about one, which one counts would
/// be chance.
fn checked(workers: Vec<Worker>) -> Vec<Row> {
    let mut seen: HashMap<String, Vec<Option<NaiveDate>>> = HashMap::with_capacity(workers.len());
    let check = |worker: Worker| {
        let unread = worker.unread.iter().find(|bad| bad.field == "externalId");
        let external_id = unread.map_or(&worker.external_id, |bad| &bad.value).clone();
        let (worker, remarks) = match rules::checked(worker) {
            Err(faults) => (Err(faults), Vec::new()),
            Ok((worker, remarks)) => {
                let first = worker.started_on.value().copied();
                let days = seen.entry(worker.external_id.clone()).or_default();
                let again = match first {
                    None => !days.is_empty(),
                    Some(_) => days.contains(&first) || days.contains(&None),
                };
                days.push(first);
                if again {
                    (Err(sent_again()), Vec::new())
                } else {
                    (Ok(worker), remarks)
                }
            }
        };
        let external_id = worker
            .as_ref()
            .map_or(external_id, |worker| worker.external_id.clone());
        Row {
            external_id,
            worker,
            remarks,
        }
    };
    workers.into_iter().map(check).collect()
}

fn sent_again() -> Vec<RowFault> {
    let reason = "came in an earlier row of this call; send several employments of a worker with a first day each";
    vec![RowFault::new("externalId", reason)]
}

/// Departments by name: those stored, and those a row may make.
struct Units {
    ids: HashMap<String, DepartmentId>,
    unknown: HashSet<String>,
    /// Those that a row which is written names.
    used: HashSet<String>,
}

impl Units {
    fn of(scope: &Scope, mut ids: HashMap<String, DepartmentId>, names: HashSet<String>) -> Self {
        let unknown: HashSet<String> = names
            .into_iter()
            .filter(|name| !ids.contains_key(name))
            .collect();
        ids.extend(unknown.iter().map(|name| (name.clone(), scope.new_id())));
        Self {
            ids,
            unknown,
            used: HashSet::new(),
        }
    }

    fn made(
        &self,
        scope: &Scope,
        company: CompanyId,
        run: Option<SyncRunId>,
    ) -> Vec<department::Model> {
        let mut names: Vec<&String> = self.unknown.intersection(&self.used).collect();
        names.sort_unstable();
        let now = scope.now();
        let row = |name: &String| department::Model {
            id: self.ids[name],
            company_id: company,
            name: name.clone(),
            sync_run_id: run,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        names.into_iter().map(row).collect()
    }
}
