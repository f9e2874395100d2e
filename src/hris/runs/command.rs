//! Runs on the command line.

use std::fmt;

use entity::{Id, SyncRunId, sync_run};

use super::{actions, store};
use crate::access::Viewer;
use crate::clock::Clock;
use crate::database::Database;
use crate::error::{Error, lines};
use crate::hris::store as hris_store;
use crate::outbox::Feed;
use crate::references::References;
use crate::scope::Scope;

/// How many runs are listed.
const LISTED: u64 = 50;

/// Why a command about runs was not done.
#[derive(Debug, thiserror::Error)]
pub enum SyncRunCommandError {
    /// No company has the slug.
    #[error("there is no company with the slug `{0}`; see `company list`")]
    NoCompany(String),
    /// No run has the id.
    #[error("there is no sync run `{0}`; see `sync-run list`")]
    NoRun(String),
    /// The run cannot be undone.
    #[error("{0}")]
    Refused(String),
    /// Anything else.
    #[error(transparent)]
    Stopped(Error),
}

impl From<Error> for SyncRunCommandError {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusals) => Self::Refused(lines(&refusals)),
            other => Self::Stopped(other),
        }
    }
}

/// A run as a line of the list.
#[derive(Clone, Debug)]
pub struct SyncRunLine(sync_run::Model);

impl fmt::Display for SyncRunLine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let run = &self.0;
        write!(
            out,
            "{}  {}  {:9}  {}: {} created, {} updated, {} unchanged, {} invalid, {} stale, {} suppressed",
            run.id,
            run.started_at.format("%Y-%m-%dT%H:%M:%SZ"),
            run.state.word(),
            run.source,
            run.created_count,
            run.updated_count,
            run.unchanged_count,
            run.invalid_count,
            run.stale_count,
            run.suppressed_count,
        )?;
        match run.undone_at {
            Some(at) => write!(out, "; undone {}", at.format("%Y-%m-%dT%H:%M:%SZ")),
            None => Ok(()),
        }
    }
}

/// The latest runs of a company, newest first.
pub async fn list(
    database: &Database,
    clock: &Clock,
    slug: &str,
) -> Result<Vec<SyncRunLine>, SyncRunCommandError> {
    let company = hris_store::company_by_slug_without_scope(database, slug).await?;
    let company = company.ok_or_else(|| SyncRunCommandError::NoCompany(slug.to_owned()))?;
    let scope = scope(database, clock, Viewer::System(company.id));
    let runs = store::latest(&scope, LISTED).await?;
    Ok(runs.into_iter().map(SyncRunLine).collect())
}

/// Undoes a run, whichever company's.
pub async fn undo(
    database: &Database,
    clock: &Clock,
    id: &str,
) -> Result<sync_run::Model, SyncRunCommandError> {
    let none = || SyncRunCommandError::NoRun(id.to_owned());
    let run = SyncRunId::parse(id).ok_or_else(none)?;
    let company = store::company_without_scope(database, run).await?;
    let company = company.ok_or_else(none)?;
    let scope = scope(database, clock, Viewer::System(company));
    Ok(actions::undo(&scope, run).await?)
}

fn scope(database: &Database, clock: &Clock, viewer: Viewer) -> Scope {
    Scope::new(
        viewer,
        "sync-run",
        clock.clone(),
        database.clone(),
        Feed::default(),
        References::default(),
    )
}
