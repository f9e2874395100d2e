//! What was slow is told in one line, which holds nothing a client wrote but the operation's name.

use std::sync::Arc;
use std::time::Duration;

use alumni_api::app::{App, Parts};
use alumni_api::http::HttpSettings;
use alumni_api::server;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;

use super::Kept;
use super::log::Log;
use crate::support::TestApp;

const SEARCH: &str = r#"query Search($first: Int) {
    alumni(first: $first, filter: { nameStartsWith: "Himitsu" }) { totalCount } }"#;

/// Serves the same app, which finds slow what takes so long; `host:port`.
async fn finding_slow(app: &TestApp, slow_operation: Option<Duration>) -> String {
    let mut parts = Parts::clone(&app.app);
    parts.http = Arc::new(HttpSettings {
        slow_operation,
        ..HttpSettings::default()
    });
    let other = App::from(parts);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let router = alumni_api::http::router(other.clone());
    tokio::spawn(server::serve(listener, router, other));
    address
}

async fn search(app: &TestApp, address: &str) -> Value {
    let request = app.client().post(format!("http://{address}/graphql"));
    let body = json!({ "query": SEARCH, "variables": { "first": 7 } });
    let request = request.bearer_auth(app.hr().token().unwrap()).json(&body);
    let request = request.header("x-request-id", "the-slow-one");
    request.send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn a_slow_operation_is_told_by_its_hash_and_without_its_literals() {
    let kept = Kept::begin();
    let app = TestApp::start().await;
    let address = finding_slow(&app, Some(Duration::ZERO)).await;
    let log = Log::default();
    let listening = log.listen();
    let answer = search(&app, &address).await;
    drop(listening);
    assert_eq!(answer["data"]["alumni"]["totalCount"], 0);
    let lines = log.lines("slow operation");
    let [line] = lines.as_slice() else {
        panic!("{lines:#?}")
    };
    assert!(!line.to_string().contains("Himitsu"), "{line:#}");
    assert_eq!(line["level"], "WARN");
    let mut told = line["fields"].clone();
    let took = told.as_object_mut().unwrap().remove("latency_ms");
    assert!(took.unwrap().as_f64().unwrap() > 0.0);
    let hash: String = Sha256::digest(SEARCH)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let expected = json!({
        "message": "slow operation", "request_id": "the-slow-one", "document": format!("sha256:{hash}"), "operation_type": "query",
        "operation_name": "Search", "transport": "http", "cost": 11, "statements": 1, "outcome": "ok",
    });
    assert_eq!(told, expected);
    let counted = r#"graphql_slow_operations_total{type="query"}"#;
    assert_eq!(kept.scrape(&app).await.get(counted), 1);
}

#[tokio::test]
async fn none_is_slow_where_nobody_asks() {
    let app = TestApp::start().await;
    let address = finding_slow(&app, None).await;
    let log = Log::default();
    let listening = log.listen();
    search(&app, &address).await;
    drop(listening);
    assert_eq!(log.lines("slow operation"), Vec::<Value>::new());
}
