//! Numbers that stand somewhere until they are read. What the process itself knows is read when `/metrics` is asked for: that takes a few locks and
//! no statement, so nobody who asks can hurt the database. What the database knows is asked by each instance every [`EVERY`], by bounded statements.

use std::time::Duration;

use metrics_exporter_prometheus::PrometheusHandle;
use sea_orm::DbBackend;

use super::names;
use crate::app::App;
use crate::error::{Error, Result};
use crate::{audit, changes, deliveries, jobs};

/// How often the database is asked.
pub const EVERY: Duration = Duration::from_secs(15);
/// What has no labels.
/// How long it may take to say it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Reads what the process knows.
#[expect(clippy::cast_precision_loss, reason = "numbers far below 2^52")]
pub fn read(app: &App) {
    let database = match app.database.backend() {
        DbBackend::Sqlite => "sqlite",
        _ => "postgresql",
    };
    let build = [
        ("version", env!("CARGO_PKG_VERSION")),
        ("database", database),
    ];
    names::BUILD.set(1.0, &build);
    let turns = app.turns.standing();
    names::RUNNING.set(turns.running as f64, names::NO_LABELS);
    names::WAITING.set(turns.waiting as f64, names::NO_LABELS);
    names::TURNS.set(turns.most as f64, names::NO_LABELS);
    for pool in app.database.standing() {
        let name = ("pool", pool.name);
        names::CONNECTIONS.set(pool.used as f64, &[name, ("state", "used")]);
        names::CONNECTIONS.set(pool.idle as f64, &[name, ("state", "idle")]);
        names::CONNECTIONS_MAX.set(pool.most as f64, &[name]);
    }
    names::STATEMENTS_RUN.counted(app.database.statements());
    let documents = app.engine.documents().count();
    names::DOCUMENTS.set(documents as f64, &[("cache", "parsed")]);
    let persisted = app.engine.persisted().count();
    names::DOCUMENTS.set(persisted as f64, &[("cache", "persisted")]);
    let spool = app.access_log.backlog();
    names::SPOOL_BYTES.set(spool.bytes as f64, names::NO_LABELS);
    names::SPOOL_FILES.set(spool.files as f64, names::NO_LABELS);
    names::SPOOL_MAX.set(spool.limit as f64, names::NO_LABELS);
    names::SPOOL_AGE.set(spool.oldest.as_secs_f64(), names::NO_LABELS);
}

/// Asks the database until the process stops, and keeps the numbers from piling up where nobody asks for them.
pub async fn run(app: App, metrics: PrometheusHandle) {
    while !app.stop.is_cancelled() {
        let asked = tokio::time::timeout(PATIENCE, ask(&app)).await;
        let asked = asked.unwrap_or(Err(Error::Timeout));
        let result = if asked.is_ok() { "ok" } else { "failed" };
        names::LOOKS.count(&[("result", result)]);
        if let Err(error) = asked {
            tracing::debug!(%error, "the outbox's lag is not known");
        }
        metrics.run_upkeep();
        tokio::select! {
            () = app.stop.cancelled() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Asks the database how far followers and periodic work are behind.
#[expect(clippy::cast_precision_loss, reason = "numbers far below 2^52")]
pub async fn ask(app: &App) -> Result<()> {
    let now = app.clock.now();
    let held_back = changes::held_back(&app.database).await?;
    let unsealed = audit::unsealed(&app.database).await?;
    for (follower, lag) in [("subscriptions", held_back), ("seals", unsealed)] {
        let follower = [("follower", follower)];
        names::OUTBOX_CHANGES.set(lag.changes as f64, &follower);
        let age = lag
            .oldest
            .map_or(0, |oldest| (now - oldest).num_milliseconds());
        names::OUTBOX_AGE.set(age.max(0) as f64 / 1000.0, &follower);
    }
    let waiting = deliveries::waiting(&app.database).await?;
    let age = waiting
        .oldest
        .map_or(0, |oldest| (now - oldest).num_seconds());
    names::DELIVERIES_WAITING.set(waiting.count as f64, names::NO_LABELS);
    names::DELIVERIES_AGE.set(age.max(0) as f64, names::NO_LABELS);
    let late = jobs::late(&app.database, now).await?;
    for job in jobs::JOBS {
        let since = late.iter().find(|(name, _)| name == job.name);
        let since = since.map_or(0, |(_, since)| since.num_seconds());
        names::JOB_LATE.set(since as f64, &[("task", job.name)]);
    }
    Ok(())
}
