//! The command that loads a file of an HR system. The file is read twice: once to find out what its columns and days are, before anything is
//! stored, and once to store it. Rows are read on a thread of their own and stored up to a thousand at a time, so that a file of any size needs
//! little memory. Progress goes to stderr, the report to stdout.

mod input;

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::NaiveDate;
use entity::{SyncRunId, SyncRunState, WorkerSyncStatus, company};
use tokio::sync::mpsc;

use self::input::Input;
use super::actions::{MOST_WORKERS, Part, RefusedRow, RowResult, Rows, sync};
use super::intake::{Fault, Intake, Overview, Place, Remark, Row, Survey, Unreadable};
use super::mapping::{Field, Mapping};
use super::report::Report;
use super::rules::{LONGEST_SOURCE, RowFault};
use super::runs::actions as runs;
use super::store;
use super::values::day_order::DayOrder;
use super::worker::Worker;
use crate::access::Viewer;
use crate::checks::Checks;
use crate::clock::Clock;
use crate::config::{DateOrder, ImportArgs, ReportFormat};
use crate::database::Database;
use crate::error::{Error, lines};
use crate::outbox::Feed;
use crate::references::References;
use crate::scope::Scope;

/// The exit code of a run with rows that were not loaded.
pub const SOME_INVALID: u8 = 3;

/// Why a file was not loaded.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("there is no company with the slug “{0}”")]
    NoCompany(String),
    #[error("cannot open {0}: {1}")]
    Unopened(String, std::io::Error),
    #[error("the mapping cannot be used: {0}")]
    Mapping(String),
    #[error("{0}")]
    Unreadable(#[from] Unreadable),
    #[error("{}", explained(.0))]
    Stopped(#[from] Error),
    #[error("the reader of the file stopped: {0}")]
    Reader(#[from] tokio::task::JoinError),
}

fn explained(error: &Error) -> String {
    match error {
        Error::Refused(refusals) => lines(refusals),
        other => other.to_string(),
    }
}

/// Loads the file and prints the report; whether all its workers were loaded. Fails if nothing could be read.
pub async fn run(
    database: &Database,
    clock: Clock,
    arguments: &ImportArgs,
) -> Result<bool, ImportError> {
    let mut checks = Checks::default();
    let source = checks.line("--source", &arguments.source, LONGEST_SOURCE);
    checks.done()?;
    let company = store::company_by_slug_without_scope(database, &arguments.company).await?;
    let company = company.ok_or_else(|| ImportError::NoCompany(arguments.company.clone()))?;
    let viewer = Viewer::System(company.id);
    let scope = Scope::new(
        viewer,
        "import",
        clock,
        database.clone(),
        Feed::default(),
        References::default(),
    );
    let source = store::sources::as_stored(&scope, &database.reader(), source).await?;
    let mapping = mapping(arguments, &company)?;
    let input = Input::of(&arguments.file)?;
    let survey = surveyed(&input, &mapping).await?;
    for order in &survey.orders {
        eprintln!("order of day and month: {order}");
    }
    let run = if arguments.dry_run {
        None
    } else {
        Some(runs::open(&scope, &source).await?)
    };
    if let Some(run) = run {
        eprintln!("sync run: {run}");
    }
    let loading = Loading {
        scope: &scope,
        source: &source,
        run,
        report: Report {
            run_id: run.map(|run| run.to_string()),
            dry_run: arguments.dry_run,
            day_orders: survey.orders.clone(),
            ..Report::default()
        },
        is_first: true,
    };
    let loaded = load(loading, &input, &mapping, &survey).await;
    if let Some(run) = run {
        let ended_early = |report: &Report| report.ended_early.is_some();
        let state = match &loaded {
            Ok((report, _)) if !ended_early(report) => SyncRunState::Completed,
            _ => SyncRunState::Failed,
        };
        runs::close(&scope, run, state).await?;
    }
    let (report, mut overview) = loaded?;
    for column in &mut overview.columns {
        column.samples = survey.samples(&column.name);
    }
    match arguments.report {
        ReportFormat::Text => print!("{}", report.with(&overview)),
        ReportFormat::Json => println!("{:#}", report.json(&overview)),
    }
    Ok(report.is_whole())
}

/// Reads the file once without storing anything.
async fn surveyed(input: &Input, mapping: &Mapping) -> Result<Survey, ImportError> {
    let bytes = input.open(&Arc::default())?;
    let (name, mapping) = (input.name(), mapping.clone());
    let survey = move || Survey::of(Intake::open(bytes, &name, &mapping)?);
    Ok(tokio::task::spawn_blocking(survey).await??)
}

/// Loads the file into a source.
async fn load(
    mut loading: Loading<'_>,
    input: &Input,
    mapping: &Mapping,
    survey: &Survey,
) -> Result<(Report, Overview), ImportError> {
    let read = Arc::new(AtomicU64::new(0));
    let bytes = input.open(&read)?;
    let (name, mapping, orders) = (input.name(), mapping.clone(), survey.by_column());
    // Two batches ahead: one being read while one is stored.
    let (batches, mut arriving) = mpsc::channel::<Vec<Row>>(2);
    let reader = tokio::task::spawn_blocking(move || {
        let mut intake = Intake::open(bytes, &name, &mapping)?;
        intake.set_day_orders(orders);
        let ended_early = pour(&mut intake, &batches);
        Ok::<_, Unreadable>((intake.overview(), ended_early))
    });
    let mut stopped = None;
    while let Some(rows) = arriving.recv().await {
        if let Err(error) = loading.take(rows).await {
            stopped = Some(error);
            break;
        }
        progress(&loading.report, read.load(Ordering::Relaxed), input.size());
    }
    drop(arriving);
    let (overview, ended_early) = reader.await??;
    loading.report.ended_early = ended_early;
    match stopped {
        Some(error) => Err(error.into()),
        None => Ok((loading.report, overview)),
    }
}

fn mapping(arguments: &ImportArgs, company: &company::Model) -> Result<Mapping, ImportError> {
    let mut mapping = match (&arguments.mapping, &arguments.preset) {
        (Some(path), _) => {
            let text = std::fs::read_to_string(path)
                .map_err(|error| ImportError::Unopened(path.display().to_string(), error))?;
            Mapping::parse(&text).map_err(ImportError::Mapping)?
        }
        (None, Some(name)) => Mapping::preset(name).map_err(ImportError::Mapping)?,
        (None, None) => Mapping::automatic(),
    };
    mapping.days.time_zone = company.time_zone.parse().unwrap_or_default();
    if let Some(order) = arguments.date_order {
        mapping.days.stated = Some(match order {
            DateOrder::DayFirst => DayOrder::DayFirst,
            DateOrder::MonthFirst => DayOrder::MonthFirst,
        });
    }
    Ok(mapping)
}

/// Reads to the end, batch by batch; why it ended before, if it did. The rows of one worker that follow each other are in one batch.
fn pour(intake: &mut Intake, batches: &mpsc::Sender<Vec<Row>>) -> Option<String> {
    /// From here on a batch ends before the next worker.
    const NEARLY_FULL: usize = MOST_WORKERS - 20;
    let mut seen = HashSet::new();
    let (mut batch, mut workers) = (Vec::<Row>::new(), 0);
    loop {
        let (row, ended) = match intake.next_row() {
            Ok(Some(row)) => (Some(refuse_again(row, &mut seen)), None),
            Ok(None) => (None, Some(None)),
            Err(error) => (None, Some(Some(error.to_string()))),
        };
        let size = row.as_ref().map_or(0, size);
        let goes_on = batch
            .last()
            .zip(row.as_ref())
            .is_some_and(|(last, row)| last.place.id == row.place.id);
        let is_full = workers + size > MOST_WORKERS || workers >= NEARLY_FULL && !goes_on;
        let is_last = ended.is_some() && !batch.is_empty();
        if is_full || is_last {
            workers = 0;
            if batches.blocking_send(std::mem::take(&mut batch)).is_err() {
                return None;
            }
        }
        workers += size;
        batch.extend(row);
        if let Some(reason) = ended {
            return reason;
        }
    }
}

/// How many workers a row takes of a batch.
fn size(row: &Row) -> usize {
    row.outcome.as_ref().map_or(1, Vec::len)
}

/// An employment that comes twice is refused the second time: which of two rows counts would otherwise change from run to run.
fn refuse_again(mut row: Row, seen: &mut HashSet<u64>) -> Row {
    let again = row.outcome.as_ref().ok().and_then(|workers| {
        let mut employments = workers
            .iter()
            .map(|worker| (worker.external_id.as_str(), worker.started_on.value()));
        employments.find(|employment| !seen.insert(hash(employment)))
    });
    if let Some((id, started_on)) = again {
        let employment = started_on.map(|day| format!(" with the first day {day}"));
        let reason = format!(
            "the worker {id}{} came in an earlier row",
            employment.unwrap_or_default()
        );
        row.outcome = Err(vec![Fault::of_row(reason)]);
    }
    row
}

/// Where rows go, and what became of them.
struct Loading<'a> {
    scope: &'a Scope,
    source: &'a str,
    /// None for a dry run.
    run: Option<SyncRunId>,
    report: Report,
    /// Whether nothing was taken yet.
    is_first: bool,
}

impl Loading<'_> {
    async fn take(&mut self, rows: Vec<Row>) -> crate::error::Result<()> {
        self.report.read += rows.len() as u64;
        let mut places: Vec<(Place, usize)> = Vec::with_capacity(rows.len());
        let mut workers: Vec<Worker> = Vec::with_capacity(rows.len());
        let mut refused = Vec::new();
        for row in rows {
            self.report.add_remarks(&row.place, row.remarks);
            match row.outcome {
                Ok(employments) => {
                    places.push((row.place, employments.len()));
                    workers.extend(employments);
                }
                Err(faults) => {
                    refused.extend(refused_row(&row.place, &faults));
                    self.report.add_invalid(&row.place, faults);
                }
            }
        }
        if std::mem::take(&mut self.is_first) {
            self.warn_of_other_sources(&workers).await?;
        }
        let (places, workers) = self.whole_rows(places, workers, &mut refused).await?;
        let positions = places
            .iter()
            .flat_map(|(place, employments)| std::iter::repeat_n(position(place), *employments));
        let rows = Rows {
            positions: positions.collect(),
            workers,
            refused,
        };
        let part = match self.run {
            Some(run) => Part::Next { run, last: false },
            None => Part::DryRun { values: true },
        };
        let synced = sync(self.scope, self.source, rows, part).await?;
        let mut results = synced.results.into_iter();
        for (place, employments) in places {
            let results = results.by_ref().take(employments).collect();
            self.count(&place, results);
        }
        Ok(())
    }

    /// Refuses a row with several employments as a whole if one of them is refused: the person would be stored as one who left, although the
    /// row says that they work here.
    async fn whole_rows(
        &mut self,
        places: Vec<(Place, usize)>,
        workers: Vec<Worker>,
        refused_rows: &mut Vec<RefusedRow>,
    ) -> crate::error::Result<(Vec<(Place, usize)>, Vec<Worker>)> {
        if places.iter().all(|(_, employments)| *employments == 1) {
            return Ok((places, workers));
        }
        let part = Part::DryRun { values: false };
        let tried = sync(self.scope, self.source, workers.clone().into(), part).await?;
        let (mut results, mut workers) = (tried.results.into_iter(), workers.into_iter());
        let (mut whole, mut kept) = (Vec::new(), Vec::new());
        for (place, employments) in places {
            let results: Vec<RowResult> = results.by_ref().take(employments).collect();
            let workers = workers.by_ref().take(employments);
            let refused = |result: &RowResult| result.status == WorkerSyncStatus::Invalid;
            if employments > 1 && results.iter().any(refused) {
                workers.for_each(drop);
                let fields = results.iter().flat_map(|result| result.fields.clone());
                refused_rows.push(RefusedRow {
                    position: position(&place),
                    external_id: place.id.clone(),
                    fields: fields.collect(),
                });
                let faults = results.into_iter().flat_map(|result| result.faults);
                self.report
                    .add_invalid(&place, faults.map(of_row).collect());
            } else {
                kept.extend(workers);
                whole.push((place, employments));
            }
        }
        Ok((whole, kept))
    }

    /// Counts a row by the results of its employments: invalid if one is, otherwise the most that was done.
    fn count(&mut self, place: &Place, results: Vec<RowResult>) {
        let mut faults = Vec::new();
        let mut statuses = Vec::with_capacity(results.len());
        for result in results {
            let remark = |text| Remark { column: None, text };
            let remarks = result.remarks.into_iter().map(remark).collect();
            self.report.add_remarks(place, remarks);
            if result.status == WorkerSyncStatus::Updated {
                self.report.add_fields(place, &result.fields, result.edits);
            }
            statuses.push(result.status);
            faults.extend(result.faults.into_iter().map(of_row));
        }
        let report = &mut self.report;
        let any = |status| statuses.contains(&status);
        if any(WorkerSyncStatus::Invalid) {
            report.add_invalid(place, faults);
        } else if any(WorkerSyncStatus::Created) {
            report.created += 1;
        } else if any(WorkerSyncStatus::Updated) {
            report.updated += 1;
        } else if any(WorkerSyncStatus::Suppressed) {
            report.suppressed += 1;
        } else if any(WorkerSyncStatus::Stale) {
            report.stale += 1;
        } else {
            report.unchanged += 1;
        }
    }

    /// Warns if the source is new and most of the first workers are known in another source: the same people would be stored again.
    async fn warn_of_other_sources(&mut self, workers: &[Worker]) -> crate::error::Result<()> {
        let name = |worker: &Worker| worker.family_name.value().cloned().unwrap_or_default();
        let names: HashMap<String, String> = workers
            .iter()
            .map(|worker| (worker.external_id.clone(), name(worker)))
            .collect();
        let count = names.len();
        let connection = self.scope.database().reader();
        let others =
            store::sources::with_the_same_workers(self.scope, &connection, self.source, names);
        let others = others.await?;
        for (other, known) in others {
            if known * 2 > count {
                let warning = format!(
                    "the source “{}” is new, and {known} of the first {count} workers have the id and the family name of one in the source “{other}”: the same people \
                     would be stored again; use --source {other} if it is the same system",
                    self.source
                );
                eprintln!("warning: {warning}");
                self.report.warnings.push(warning);
            }
        }
        Ok(())
    }
}

/// A row that was refused while it was read, as the run records it; none if it is no worker.
fn refused_row(place: &Place, faults: &[Fault]) -> Option<RefusedRow> {
    if faults.iter().all(Fault::is_no_worker) {
        return None;
    }
    let mut fields: Vec<&'static str> = faults
        .iter()
        .filter_map(|fault| fault.field.and_then(Field::of_worker))
        .collect();
    fields.dedup();
    Some(RefusedRow {
        position: position(place),
        external_id: place.id.clone(),
        fields,
    })
}

/// The number of the row in a JSON list, otherwise its line.
fn position(place: &Place) -> i32 {
    let number = place.entry.unwrap_or(place.line);
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn of_row(RowFault { field, reason }: RowFault) -> Fault {
    Fault {
        column: Some(field.into_owned()),
        field: None,
        reason,
    }
}

fn progress(report: &Report, read: u64, size: u64) {
    let share = (read.min(size) * 100)
        .checked_div(size)
        .map(|share| format!(" ({share} %)"))
        .unwrap_or_default();
    eprintln!(
        "{} rows{share}: {} created, {} updated, {} unchanged, {} invalid",
        report.read, report.created, report.updated, report.unchanged, report.invalid
    );
}

fn hash(employment: &(&str, Option<&NaiveDate>)) -> u64 {
    let mut hasher = DefaultHasher::new();
    employment.hash(&mut hasher);
    hasher.finish()
}
