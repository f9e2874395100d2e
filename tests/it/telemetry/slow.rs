//! What was slow is told in one line, which holds nothing a client wrote but the operation's name.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use alumni_api::app::{App, Parts};
use alumni_api::http::HttpSettings;
use alumni_api::server;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use tracing::Level;
use tracing_subscriber::fmt::MakeWriter;

use super::Kept;
use crate::support::TestApp;

const SEARCH: &str = r#"query Search($first: Int) {
    alumni(first: $first, filter: { nameStartsWith: "Himitsu" }) { totalCount } }"#;

/// The log as it is written.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

impl Log {
    /// The lines that tell of something slow.
    fn slow(&self) -> Vec<Value> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        lines
            .filter(|line: &Value| line["fields"]["message"] == "slow operation")
            .collect()
    }
}

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
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(Level::TRACE)
        .with_writer(log.clone());
    let listening = tracing::subscriber::set_default(subscriber.finish());
    let answer = search(&app, &address).await;
    drop(listening);
    assert_eq!(answer["data"]["alumni"]["totalCount"], 0);
    let lines = log.slow();
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
        "operation_name": "Search", "transport": "http", "cost": 2, "statements": 1, "outcome": "ok",
    });
    assert_eq!(told, expected);
    let counted = r#"graphql_slow_operations_total{type="query"}"#;
    assert_eq!(kept.scrape(&app).await.get(counted), 1.0);
}

#[tokio::test]
async fn none_is_slow_where_nobody_asks() {
    let app = TestApp::start().await;
    let address = finding_slow(&app, None).await;
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().json().with_writer(log.clone());
    let listening = tracing::subscriber::set_default(subscriber.finish());
    search(&app, &address).await;
    drop(listening);
    assert_eq!(log.slow(), Vec::<Value>::new());
}
