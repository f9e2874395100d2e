//! The backlog is bounded: callers whose reads are logged wait while it is at its limit, and nobody else does.

use std::time::Duration;

use alumni_api::access_log::Spool;
use alumni_api::app::{App, Parts};
use alumni_api::http::Turns;
use tempfile::TempDir;

use super::*;
use crate::http::served;

const CARD: &str = "query Card($id: ID!) { alumnus(id: $id) { displayName } }";

/// The service with a backlog of one byte at most, whose callers wait this long.
async fn limited(app: &TestApp, wait: Duration) -> (App, String, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut http = (*app.app.http).clone();
    http.limits.operation_wait_ms = u32::try_from(wait.as_millis()).unwrap();
    let parts: &Parts = &app.app;
    let limited = App::from(Parts {
        access_log: Spool::open_limited(folder.path(), app.clock.clone(), 1).unwrap(),
        turns: Turns::new(&http.limits),
        ..parts.clone()
    });
    let address = served(limited.clone()).await;
    (limited, address, folder)
}

async fn card(app: &TestApp, address: &str, role: &str) -> (u16, Value) {
    let token = app.actor(role).token().unwrap().to_owned();
    let request = app
        .client()
        .post(format!("http://{address}/graphql"))
        .bearer_auth(token)
        .header("accept", "application/graphql-response+json")
        .json(&json!({ "query": CARD, "variables": { "id": alumnus().to_string() } }));
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn at_the_limit_logged_readers_are_refused_and_others_are_served() {
    let app = TestApp::start().await;
    let (limited, address, _folder) = limited(&app, Duration::ZERO).await;
    let name = json!({ "data": { "alumnus": { "displayName": "aozora alumnus" } } });
    let answered = |(status, mut body): (u16, Value)| {
        body.as_object_mut().unwrap().remove("extensions");
        assert_eq!((status, body), (200, name.clone()));
    };
    answered(card(&app, &address, "hr").await);
    for role in ["hr", "admin", "recruiter"] {
        let (status, body) = card(&app, &address, role).await;
        assert_eq!(status, 503);
        let error = &body["errors"][0];
        assert_eq!(error["extensions"]["code"], "SERVICE_UNAVAILABLE");
        assert_eq!(error["extensions"].get("limit"), None);
        assert_eq!(
            error["message"],
            "The service is busy. Nothing of this operation has run; send it again in a second."
        );
    }
    answered(card(&app, &address, "alumnus").await);
    answered(card(&app, &address, "employee").await);
    // one entry, of the one answer
    assert_eq!(
        limited.access_log.drain(&limited.database).await.unwrap(),
        1
    );
    answered(card(&app, &address, "hr").await);
}

#[tokio::test]
async fn a_reader_that_waits_is_answered_when_the_backlog_is_stored() {
    let app = TestApp::start().await;
    let (limited, address, _folder) = limited(&app, Duration::from_mins(1)).await;
    card(&app, &address, "hr").await;
    let waits = async { card(&app, &address, "hr").await };
    let stores = async {
        while limited.turns.standing().waiting == 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(limited.turns.standing().running, 0);
        limited.access_log.drain(&limited.database).await.unwrap()
    };
    let ((status, _), stored) = tokio::join!(waits, stores);
    assert_eq!((status, stored), (200, 1));
    assert_eq!(
        limited.access_log.drain(&limited.database).await.unwrap(),
        1
    );
}
