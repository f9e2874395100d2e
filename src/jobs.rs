//! The service's own periodic work. Each piece is an ordinary function of one company's scope, which tests call as it is; here it is said how often
//! it runs, and seen to that one instance of many does it at a time.
//!
//! To add one: write `async fn(Scope) -> Result<()>` in its noun's actions, and a line into [`JOBS`]. It must be able to stop anywhere and begin
//! anew: an instance that dies in the middle leaves the rest to the next time.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use entity::job;
use futures_util::future::BoxFuture;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use tokio::time::Instant;

use crate::access::Viewer;
use crate::alumni;
use crate::app::App;
use crate::audit;
use crate::budget;
use crate::companies;
use crate::database::Database;
use crate::deliveries;
use crate::engagement;
use crate::error::Result;
use crate::hris;
use crate::idempotency;
use crate::membership_applications;
use crate::privacy;
use crate::referrals;
use crate::scope::Scope;
use crate::telemetry::names;

/// A periodic job.
#[derive(Clone, Copy, Debug)]
pub struct Job {
    /// Name in the database and in the log.
    pub name: &'static str,
    /// Interval over all instances.
    pub every: Duration,
    /// The work for one company.
    pub run: fn(Scope) -> BoxFuture<'static, Result<()>>,
}

/// All jobs.
pub const JOBS: &[Job] = &[
    Job {
        name: "audit.seal",
        every: Duration::from_secs(5),
        run: |scope| Box::pin(audit::seal(scope)),
    },
    Job {
        name: "referrals.expire",
        every: Duration::from_mins(5),
        run: |scope| Box::pin(async move { referrals::expire(&scope).await }),
    },
    Job {
        name: "idempotency.expire",
        every: Duration::from_hours(1),
        run: |scope| {
            Box::pin(async move { idempotency::expire(scope.database(), scope.now()).await })
        },
    },
    Job {
        name: "budget.expire",
        every: Duration::from_hours(1),
        run: |scope| Box::pin(async move { budget::expire(scope.database(), scope.now()).await }),
    },
    Job {
        name: "privacy.retention",
        every: Duration::from_hours(1),
        run: |scope| Box::pin(async move { privacy::keep_to_retention(&scope).await.map(drop) }),
    },
    Job {
        name: "hris.last_day",
        every: Duration::from_mins(5),
        run: |scope| Box::pin(async move { hris::record_leavers(&scope).await.map(drop) }),
    },
    Job {
        name: "memberships.expire",
        every: Duration::from_mins(5),
        run: |scope| Box::pin(async move { alumni::expire_memberships(&scope).await.map(drop) }),
    },
    Job {
        name: "membership_applications.delete_old",
        every: Duration::from_hours(1),
        run: |scope| {
            Box::pin(async move { membership_applications::delete_old(&scope).await.map(drop) })
        },
    },
    Job {
        name: "memberships.notify",
        every: Duration::from_hours(1),
        run: |scope| Box::pin(async move { alumni::notify_of_expiry(&scope).await.map(drop) }),
    },
    Job {
        name: "engagement.release",
        every: Duration::from_hours(1),
        run: |scope| {
            Box::pin(async move { engagement::release_stale_places(&scope).await.map(drop) })
        },
    },
    Job {
        name: "deliveries.clean",
        every: Duration::from_hours(1),
        run: |scope| Box::pin(async move { deliveries::clean(&scope).await }),
    },
];

/// Time after which another instance may take over a running job.
const LONGEST: TimeDelta = TimeDelta::minutes(10);

/// Delay after which a due job counts as late.
const LATE: TimeDelta = TimeDelta::minutes(1);

/// Late jobs, with the time at which they were due. A job of a crashed instance counts only when another instance may take it over.
#[expect(clippy::disallowed_methods, reason = "periodic work is of no company")]
pub async fn late(database: &Database, now: DateTime<Utc>) -> Result<Vec<(String, TimeDelta)>> {
    let late = job::Entity::find()
        .filter(job::Column::Name.is_in(JOBS.iter().map(|job| job.name)))
        .filter(job::Column::DueAt.lt(now - LATE))
        .order_by_asc(job::Column::Name)
        .all(&database.reader())
        .await?;
    let late = late.into_iter().map(|job| (job.name, now - job.due_at));
    Ok(late.collect())
}

/// Runs due jobs until the process stops.
pub fn start(app: &App) {
    for &job in JOBS {
        let app = app.clone();
        tokio::spawn(async move {
            while !app.stop.is_cancelled() {
                if let Err(error) = run_if_due(&app, job).await {
                    tracing::warn!(job = job.name, %error, "will be tried again");
                }
                tokio::select! {
                    () = app.stop.cancelled() => {}
                    () = tokio::time::sleep(job.every) => {}
                }
            }
        });
    }
}

/// Runs a job for every company, unless another instance ran it recently or is running it. Returns whether it ran. A company that fails does not stop the
/// others.
pub async fn run_if_due(app: &App, job: Job) -> Result<bool> {
    let (begun, since) = (app.clock.now(), Instant::now());
    if !take(&app.database, job.name, begun).await? {
        return Ok(false);
    }
    let mut failed = false;
    for company in companies::all_without_scope(&app.database).await? {
        let scope = app.scope(Viewer::System(company), job.name);
        if let Err(error) = (job.run)(scope).await {
            tracing::warn!(job = job.name, %company, %error, "failed for one company");
            failed = true;
        }
    }
    told(job.name, failed, since.elapsed(), begun);
    let every = TimeDelta::from_std(job.every).unwrap_or(LONGEST);
    due(&app.database, job.name, begun + every).await?;
    Ok(true)
}

/// Logs and counts a finished job.
fn told(job: &'static str, failed: bool, elapsed: Duration, begun: DateTime<Utc>) {
    let (name, outcome) = (("task", job), if failed { "failed" } else { "ok" });
    names::JOBS.count(&[name, ("outcome", outcome)]);
    names::JOB_DURATION.record(elapsed.as_secs_f64(), &[name]);
    if !failed {
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970")]
        names::JOB_SUCCESS.set(begun.timestamp() as f64, &[name]);
    }
}

/// Claims a due job for this instance; false if none is due.
async fn take(database: &Database, name: &str, now: DateTime<Utc>) -> Result<bool> {
    let first = job::ActiveModel {
        name: Set(name.to_owned()),
        due_at: Set(now),
    };
    job::Entity::insert(first)
        .on_conflict(
            OnConflict::column(job::Column::Name)
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(database.writer())
        .await?;
    let taken = job::Entity::update_many()
        .col_expr(job::Column::DueAt, (now + LONGEST).into())
        .filter(job::Column::Name.eq(name))
        .filter(job::Column::DueAt.lte(now))
        .exec(database.writer())
        .await?;
    Ok(taken.rows_affected == 1)
}

async fn due(database: &Database, name: &str, at: DateTime<Utc>) -> Result<()> {
    job::Entity::update_many()
        .col_expr(job::Column::DueAt, at.into())
        .filter(job::Column::Name.eq(name))
        .exec(database.writer())
        .await?;
    Ok(())
}
