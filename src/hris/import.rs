//! The command that loads a file of an HR system: rows are read on a thread of their own and taken over a thousand at a time, so that a
//! file of any size needs little memory. Progress goes to stderr, the report to stdout.

use std::collections::HashSet;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::mpsc;

use super::actions::{MOST_WORKERS, RowResult, RowStatus, sync};
use super::intake::{Fault, Intake, Overview, Remark, Row};
use super::mapping::Mapping;
use super::report::Report;
use super::rules::RowFault;
use super::store;
use super::worker::Worker;
use crate::access::Viewer;
use crate::clock::Clock;
use crate::config::ImportArgs;
use crate::database::Database;
use crate::outbox::Feed;
use crate::references::References;
use crate::scope::Scope;

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
    Unreadable(#[from] super::intake::Unreadable),
    #[error("{0}")]
    Stopped(#[from] crate::error::Error),
    #[error("the reader of the file stopped: {0}")]
    Reader(#[from] tokio::task::JoinError),
}

/// Loads the file and prints the report. Fails only where nothing could be read.
pub async fn run(
    database: &Database,
    clock: Clock,
    arguments: &ImportArgs,
) -> Result<(), ImportError> {
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
    let mapping = mapping(arguments)?;
    let (report, overview) = load(
        &scope,
        &arguments.file,
        &arguments.source,
        &mapping,
        arguments.dry_run,
    )
    .await?;
    print!("{}", report.with(&overview));
    Ok(())
}

/// Loads a file of a source, and tells what became of it.
async fn load(
    scope: &Scope,
    path: &Path,
    source: &str,
    mapping: &Mapping,
    dry_run: bool,
) -> Result<(Report, Overview), ImportError> {
    let shown = path.display().to_string();
    let file = File::open(path).map_err(|error| ImportError::Unopened(shown.clone(), error))?;
    let size = file.metadata().map(|facts| facts.len()).unwrap_or_default();
    let read = Arc::new(AtomicU64::new(0));
    let counted = Counted {
        file,
        read: Arc::clone(&read),
    };
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let mapping = mapping.clone();
    // Two batches ahead: one being read while one is stored.
    let (batches, mut arriving) = mpsc::channel::<Vec<Row>>(2);
    let reader = tokio::task::spawn_blocking(move || {
        let mut intake = Intake::open(counted, &name, &mapping)?;
        let ended_early = pour(&mut intake, &batches);
        Ok::<_, super::intake::Unreadable>((intake.overview(), ended_early))
    });
    let mut report = Report {
        dry_run,
        ..Report::default()
    };
    let mut stopped = None;
    while let Some(rows) = arriving.recv().await {
        if let Err(error) = take_over(scope, source, rows, &mut report).await {
            stopped = Some(error);
            break;
        }
        progress(&report, read.load(Ordering::Relaxed), size);
    }
    drop(arriving);
    let (overview, ended_early) = reader.await??;
    report.ended_early = ended_early;
    match stopped {
        Some(error) => Err(error.into()),
        None => Ok((report, overview)),
    }
}

fn mapping(arguments: &ImportArgs) -> Result<Mapping, ImportError> {
    match (&arguments.mapping, &arguments.preset) {
        (Some(path), _) => {
            let text = std::fs::read_to_string(path)
                .map_err(|error| ImportError::Unopened(path.display().to_string(), error))?;
            Mapping::parse(&text).map_err(ImportError::Mapping)
        }
        (None, Some(name)) => Mapping::preset(name).map_err(ImportError::Mapping),
        (None, None) => Ok(Mapping::automatic()),
    }
}

/// Reads to the end, batch by batch; why it ended before, if it did. A worker who comes twice is refused the second time: which of two
/// rows holds would otherwise change from run to run.
fn pour(intake: &mut Intake, batches: &mpsc::Sender<Vec<Row>>) -> Option<String> {
    let mut seen = HashSet::new();
    let mut batch = Vec::new();
    loop {
        let (row, ended) = match intake.next_row() {
            Ok(Some(row)) => (Some(row), None),
            Ok(None) => (None, Some(None)),
            Err(error) => (None, Some(Some(error.to_string()))),
        };
        batch.extend(row.map(|row| refuse_again(row, &mut seen)));
        let is_full = batch.len() >= MOST_WORKERS || (ended.is_some() && !batch.is_empty());
        if is_full && batches.blocking_send(std::mem::take(&mut batch)).is_err() {
            return None;
        }
        if let Some(reason) = ended {
            return reason;
        }
    }
}

fn refuse_again(mut row: Row, seen: &mut HashSet<u64>) -> Row {
    if let Ok(worker) = &row.outcome
        && !seen.insert(hash(&worker.external_id))
    {
        let reason = format!("the worker {} came in an earlier row", worker.external_id);
        row.outcome = Err(vec![Fault::of_row(reason)]);
    }
    row
}

async fn take_over(
    scope: &Scope,
    source: &str,
    rows: Vec<Row>,
    report: &mut Report,
) -> crate::error::Result<()> {
    report.read += rows.len() as u64;
    let mut lines = Vec::with_capacity(rows.len());
    let mut workers: Vec<Worker> = Vec::with_capacity(rows.len());
    for row in rows {
        report.add_remarks(row.line, row.remarks);
        match row.outcome {
            Ok(worker) => {
                lines.push(row.line);
                workers.push(worker);
            }
            Err(faults) => report.add_invalid(row.line, faults),
        }
    }
    let results = sync(scope, source, workers, report.dry_run).await?;
    for (
        line,
        RowResult {
            status,
            faults,
            remarks,
            ..
        },
    ) in lines.into_iter().zip(results)
    {
        report.add_remarks(
            line,
            remarks
                .into_iter()
                .map(|text| Remark { column: None, text })
                .collect(),
        );
        match status {
            RowStatus::Created => report.created += 1,
            RowStatus::Updated => report.updated += 1,
            // a file says no age of its rows
            RowStatus::Unchanged | RowStatus::Stale => report.unchanged += 1,
            RowStatus::Suppressed => report.suppressed += 1,
            RowStatus::Invalid => {
                report.add_invalid(line, faults.into_iter().map(of_row).collect());
            }
        }
    }
    Ok(())
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

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// A file that counts what was read of it.
struct Counted {
    file: File,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let count = self.file.read(into)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
