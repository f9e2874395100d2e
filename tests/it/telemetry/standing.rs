//! What stands somewhere until it is read: pools, turns, what waits, periodic work.

use std::time::Duration;

use alumni_api::changes::held_back;
use alumni_api::jobs::{JOBS, Job, run_if_due};
use alumni_api::telemetry::gauges;
use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, DbBackend};
use serde_json::json;

use super::Kept;
use crate::support::{AOZORA, TestApp, beginning};

const RENAME: &str =
    "mutation($input: CompanyUpdateInput!) { companyUpdate(input: $input) { company { name } } }";

async fn rename(app: &TestApp, name: &str) {
    let input = json!({ "id": AOZORA.id().to_string(), "name": name });
    let done = app.admin().run(RENAME, json!({ "input": input })).await;
    done.data();
}

/// Until no transaction of PostgreSQL's server, which other tests share, holds a change back.
async fn settled(app: &TestApp) {
    let looking = async { while held_back(&app.app.database).await.unwrap().changes > 0 {} };
    tokio::time::timeout(Duration::from_mins(1), looking)
        .await
        .expect("all changes in time");
}

#[tokio::test]
async fn pools_and_turns_are_told_as_they_stand() {
    let kept = Kept::begin();
    let app = TestApp::start().await;
    let transaction = app.app.database.begin().await.unwrap();
    let _held = app.app.turns.take("http").await.unwrap();
    let numbers = kept.scrape(&app).await;
    let searches = match app.app.database.backend() {
        DbBackend::Sqlite => vec![],
        _ => vec![(r#"database_connections_max{pool="searches"}"#, 2)],
    };
    let writes = match app.app.database.backend() {
        DbBackend::Sqlite => 1,
        _ => 5,
    };
    let mut most = vec![(r#"database_connections_max{pool="reads"}"#, 5)];
    most.extend(searches);
    most.push((r#"database_connections_max{pool="writes"}"#, writes));
    assert_eq!(numbers.of("database_connections_max"), most);
    let used = r#"database_connections{pool="writes",state="used"}"#;
    assert_eq!(numbers.get(used), 1);
    let waited = r#"database_connection_wait_seconds_count{pool="writes"}"#;
    assert_eq!(numbers.get(waited), 1);
    let turns = [
        ("graphql_operations_running", 1),
        ("graphql_operations_waiting", 0),
        (
            "graphql_operations_running_max",
            app.app.http.limits.operations.into(),
        ),
    ];
    for (name, count) in turns {
        assert_eq!(numbers.get(name), count, "{name}");
    }
    transaction.rollback().await.unwrap();
}

#[tokio::test]
async fn changes_are_behind_until_they_are_sealed() {
    let kept = Kept::begin();
    let app = TestApp::start().await;
    rename(&app, "x").await;
    app.clock.advance(TimeDelta::milliseconds(2_500));
    rename(&app, "y").await;
    let lag = async || {
        gauges::ask(&app.app).await.unwrap();
        let numbers = kept.scrape(&app).await;
        let changes = numbers.get(r#"outbox_lag_changes{follower="seals"}"#);
        let seconds = numbers.text(r#"outbox_lag_seconds{follower="seals"}"#);
        (changes, seconds.to_owned())
    };
    assert_eq!(lag().await, (2, "2.5".to_owned()));
    settled(&app).await;
    let sealing = JOBS[0];
    assert!(run_if_due(&app.app, sealing).await.unwrap());
    assert_eq!(lag().await, (0, "0".to_owned()));
    rename(&app, "z").await;
    assert_eq!(lag().await, (1, "0".to_owned()));
}

#[tokio::test]
async fn changes_that_an_open_transaction_holds_back_are_told() {
    let kept = Kept::begin();
    let app = TestApp::start().await;
    let postgres = app.app.database.backend() == DbBackend::Postgres;
    let lag = async || {
        gauges::ask(&app.app).await.unwrap();
        let numbers = kept.scrape(&app).await;
        numbers.get(r#"outbox_lag_changes{follower="subscriptions"}"#)
    };
    assert_eq!(lag().await, 0);
    if postgres {
        let held = app.app.database.begin().await.unwrap();
        let number = "SELECT pg_current_xact_id()";
        held.execute_unprepared(number).await.unwrap();
        rename(&app, "x").await;
        assert_eq!(lag().await, 1);
        held.rollback().await.unwrap();
    }
    settled(&app).await;
    assert_eq!(lag().await, 0);
}

#[tokio::test]
async fn periodic_work_tells_when_it_was_done_and_when_nobody_does_it() {
    let kept = Kept::begin();
    let app = TestApp::start().await;
    let (sealing, broken) = (
        JOBS[0],
        Job {
            name: "test.broken",
            run: |_| Box::pin(async { Err(alumni_api::error::Error::NotFound) }),
            ..JOBS[0]
        },
    );
    assert!(run_if_due(&app.app, sealing).await.unwrap());
    assert!(run_if_due(&app.app, broken).await.unwrap());
    app.clock.advance(TimeDelta::seconds(125));
    gauges::ask(&app.app).await.unwrap();
    let numbers = kept.scrape(&app).await;
    let then = beginning().timestamp().unsigned_abs();
    assert_eq!(
        numbers.of("job_last_success_timestamp_seconds"),
        [(
            r#"job_last_success_timestamp_seconds{task="audit.seal"}"#,
            then
        )]
    );
    assert_eq!(
        numbers.of("job_runs_total"),
        [
            (r#"job_runs_total{task="audit.seal",outcome="ok"}"#, 1),
            (r#"job_runs_total{task="test.broken",outcome="failed"}"#, 1),
        ]
    );
    let late = |job: &str| numbers.get(&format!(r#"job_late_seconds{{task="{job}"}}"#));
    assert_eq!((late("audit.seal"), late("privacy.retention")), (120, 0));
}

#[tokio::test]
async fn entries_of_the_access_log_are_told_until_the_database_has_them() {
    let kept = Kept::begin();
    let app = TestApp::start().await;
    let people = "{ alumni(first: 3) { nodes { displayName } } }";
    app.hr().ask(people).await.data();
    let numbers = kept.scrape(&app).await;
    assert_eq!(numbers.get("access_log_spool_files"), 1);
    assert!(numbers.get("access_log_spool_bytes") > 100);
    app.app.access_log.drain(&app.app.database).await.unwrap();
    let numbers = kept.scrape(&app).await;
    for name in [
        "access_log_spool_files",
        "access_log_spool_bytes",
        "access_log_spool_oldest_seconds",
    ] {
        assert_eq!(numbers.text(name), "0", "{name}");
    }
}
