//! What the service says of itself to who sends it requests.

use alumni_api::jobs::{JOBS, run_if_due};
use alumni_api::server;
use axum::body::Body;
use axum::http::{Request, header::HOST};
use chrono::TimeDelta;
use http_body_util::BodyExt;
use metrics_exporter_prometheus::PrometheusBuilder;
use migration::{Migrator, MigratorTrait};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::TestApp;

/// What `/readyz` answers, asked without a connection: who stops takes no new ones.
async fn readiness(app: &TestApp) -> (u16, Value) {
    let metrics = PrometheusBuilder::new().build_recorder().handle();
    let request = Request::get("/readyz").header(HOST, "x");
    let response = server::router(app.app.clone(), metrics)
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap())
}

fn missing(what: &str, message: &str) -> (u16, Value) {
    let missing = json!([{ "what": what, "message": message }]);
    (
        503,
        json!({ "ready": false, "missing": missing, "late": [] }),
    )
}

#[tokio::test]
async fn with_everything_there_it_is_ready() {
    let app = TestApp::start().await;
    let ready = json!({ "ready": true, "missing": [], "late": [] });
    assert_eq!(readiness(&app).await, (200, ready));
}

#[tokio::test]
async fn without_a_migration_it_is_not() {
    let app = TestApp::start_empty().await;
    Migrator::down(app.connection(), Some(1)).await.unwrap();
    assert_eq!(
        readiness(&app).await,
        missing(
            "migrations",
            "Migrations are pending: run `alumni-api migrate up`."
        )
    );
}

#[tokio::test]
async fn without_its_database_it_is_not_and_tells_no_cause() {
    let app = TestApp::start().await;
    app.app.database.clone().close().await.unwrap();
    assert_eq!(
        readiness(&app).await,
        missing("database", "The database does not answer.")
    );
    let alive = app.client().get(app.url("/healthz")).send().await.unwrap();
    assert_eq!(alive.status(), 204);
}

#[tokio::test]
async fn once_told_to_stop_it_is_not() {
    let app = TestApp::start().await;
    app.app.stop.cancel();
    assert_eq!(
        readiness(&app).await,
        missing("process", "The process stops.")
    );
}

#[tokio::test]
async fn sealing_that_nobody_does_is_told_and_takes_nobody_out() {
    let app = TestApp::start().await;
    let sealing = JOBS[0];
    assert!(run_if_due(&app.app, sealing).await.unwrap());
    app.clock.advance(TimeDelta::seconds(125));
    let late = json!([{ "what": "audit.seal", "seconds": 120 }]);
    let told = json!({ "ready": true, "missing": [], "late": late });
    assert_eq!(readiness(&app).await, (200, told));
    assert!(run_if_due(&app.app, sealing).await.unwrap());
    let caught_up = json!({ "ready": true, "missing": [], "late": [] });
    assert_eq!(readiness(&app).await, (200, caught_up));
}
