//! How the process goes, as whoever stands before it sees it.

use std::time::Duration;

use alumni_api::server::leave;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::socket::client::Client;
use crate::support::TestApp;

#[tokio::test]
async fn who_was_told_to_stop_is_not_ready_and_answers_on_until_the_delay_is_over() {
    let app = TestApp::start().await;
    let mut socket = Client::ready(app.address(), None).await;
    let told = CancellationToken::new();
    let leaving = leave(app.app.clone(), told.clone(), Duration::from_hours(1));
    let leaving = tokio::spawn(leaving);
    let before = app.client().get(app.url("/readyz")).send().await.unwrap();
    assert_eq!(before.status(), 200);
    assert!(before.headers().get("connection").is_none());

    told.cancel();
    app.app.leaving.cancelled().await;
    let readiness = app.client().get(app.url("/readyz")).send().await.unwrap();
    assert_eq!(readiness.status(), 503);
    // whoever keeps connections makes a new one next time, elsewhere
    assert_eq!(readiness.headers()["connection"], "close");
    let said: Value = readiness.json().await.unwrap();
    assert_eq!(said["missing"][0]["what"], "process");
    let answer = app.anonymous().ask("{ __typename }").await;
    assert_eq!(answer.at("/__typename"), "Query");
    Client::ready(app.address(), None).await;
    socket.send(&json!({ "type": "ping" })).await;
    assert_eq!(socket.next().await["type"], "pong");
    leaving.abort();
}

#[tokio::test]
async fn once_the_delay_is_over_it_stops() {
    let app = TestApp::start().await;
    let mut socket = Client::ready(app.address(), None).await;
    let told = CancellationToken::new();
    told.cancel();
    leave(app.app.clone(), told, Duration::ZERO).await;
    assert_eq!(socket.closed().await, (1001, "Going away".to_owned()));
}
