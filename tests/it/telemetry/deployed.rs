//! What is handed out beside the binary speaks of numbers there are, and each of those is told.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use alumni_api::app::{App, Parts};
use alumni_api::deliveries::Sender;
use alumni_api::graphql::limits::Limits;
use alumni_api::http::{HttpSettings, Turns};
use alumni_api::jobs::{JOBS, run_if_due};
use alumni_api::telemetry::gauges;
use alumni_api::telemetry::names::{ALL, Kind, Metric};
use serde_json::Value;

use super::Kept;
use crate::deliveries;
use crate::socket::client::{Client, subscribe};
use crate::stream::client::{Said, Stream};
use crate::support::TestApp;
use crate::support::smtp::{Mode, SmtpServer};

const CHANGES: &str = "subscription { changes { kind } }";

fn file(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("deploy")
        .join(name);
    std::fs::read_to_string(path).unwrap()
}

fn dashboard() -> Value {
    serde_json::from_str(&file("grafana/alumni-api.json")).unwrap()
}

fn panels(dashboard: &Value) -> &Vec<Value> {
    dashboard["panels"].as_array().unwrap()
}

/// Every expression that is drawn, or somebody is woken by.
fn expressions() -> Vec<String> {
    let dashboard = dashboard();
    let targets = panels(&dashboard)
        .iter()
        .filter_map(|panel| panel["targets"].as_array())
        .flatten();
    let drawn = targets.map(|target| target["expr"].as_str().unwrap().to_owned());
    let alerts = file("prometheus/alerts.yml");
    let woken = alerts
        .lines()
        .filter_map(|line| Some(line.trim().strip_prefix("expr: ")?.to_owned()));
    drawn.chain(woken).collect()
}

/// The numbers an expression asks for: its words that are no functions, no labels, and no words of the language.
fn asked(expression: &str) -> Vec<String> {
    let mut bare = String::new();
    let mut depth = 0;
    for letter in expression.chars() {
        match letter {
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            letter if depth == 0 => bare.push(letter),
            _ => {}
        }
    }
    // what stands behind `by` are labels
    while let Some(at) = bare.find(" by (") {
        let end = bare[at..].find(')').unwrap();
        bare.replace_range(at..=at + end, " ");
    }
    let words = bare.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    let known = ["histogram_quantile", "label_values"];
    words
        .filter(|word| word.contains('_') || *word == "up")
        .filter(|word| !known.contains(word))
        .map(str::to_owned)
        .collect()
}

/// What a metric is told as.
fn told_as(metric: &Metric) -> Vec<String> {
    match metric.kind {
        Kind::Counter | Kind::Gauge => vec![metric.name.to_owned()],
        Kind::Histogram(_) => ["bucket", "sum", "count"]
            .iter()
            .map(|part| format!("{}_{part}", metric.name))
            .collect(),
    }
}

#[test]
fn dashboard_and_alerts_ask_for_nothing_there_is_not_and_leave_nothing_out() {
    let mut there: BTreeSet<String> = ALL.iter().flat_map(told_as).collect();
    // Prometheus' own
    there.insert("up".to_owned());
    let asked: BTreeSet<String> = expressions().iter().flat_map(|text| asked(text)).collect();
    let unknown: Vec<_> = asked.difference(&there).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    let unused: Vec<_> = ALL
        .iter()
        .filter(|metric| !told_as(metric).iter().any(|name| asked.contains(name)))
        .map(|metric| metric.name)
        .collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn the_dashboard_is_whole() {
    let dashboard = dashboard();
    assert_eq!(dashboard["schemaVersion"], 39);
    assert_eq!(dashboard["uid"], "alumni-api");
    let variables = dashboard["templating"]["list"].as_array().unwrap();
    assert_eq!(variables[0]["name"], "datasource");
    assert_eq!(variables[0]["query"], "prometheus");
    let mut ids = BTreeSet::new();
    let mut titles = BTreeSet::new();
    for panel in panels(&dashboard) {
        assert!(ids.insert(panel["id"].as_u64().unwrap()), "{panel:#}");
        let title = panel["title"].as_str().unwrap();
        assert!(titles.insert((title, panel["type"] == "row")), "{title}");
        if panel["type"] == "row" {
            continue;
        }
        assert!(
            panel["description"].as_str().unwrap().ends_with('.'),
            "{title}"
        );
        assert_eq!(panel["datasource"]["uid"], "${datasource}", "{title}");
        for target in panel["targets"].as_array().unwrap() {
            let expression = target["expr"].as_str().unwrap();
            assert_eq!(target["datasource"]["uid"], "${datasource}", "{title}");
            let chosen = r#"{job=~"$job", instance=~"$instance""#;
            assert!(expression.contains(chosen), "{title}: {expression}");
        }
    }
}

#[test]
fn every_alert_says_what_it_is_how_bad_and_what_to_do() {
    let alerts = file("prometheus/alerts.yml");
    let alerts: Vec<&str> = alerts.split("- alert: ").skip(1).collect();
    assert!(alerts.len() > 10);
    for alert in alerts {
        for key in [
            "expr: ",
            "for: ",
            "severity: ",
            "summary: '",
            "description: '",
            "runbook: '",
        ] {
            assert_eq!(
                alert.matches(&format!("  {key}")).count(),
                1,
                "{key}{alert}"
            );
        }
    }
}

#[test]
fn numbers_are_called_as_prometheus_wants() {
    let names: BTreeSet<&str> = ALL.iter().map(|metric| metric.name).collect();
    assert_eq!(names.len(), ALL.len());
    for metric in ALL {
        let Metric {
            name,
            kind,
            unit,
            description,
        } = metric;
        assert!(description.len() > 10, "{name}");
        let counter = matches!(kind, Kind::Counter);
        assert_eq!(name.ends_with("_total"), counter, "{name}");
        let unit = unit.as_str();
        if unit != "count" {
            assert!(name.ends_with(&format!("_{unit}")), "{name}: {unit}");
        }
        if let Kind::Histogram(bounds) = kind {
            assert!(bounds.is_sorted_by(|one, next| one < next), "{name}");
        }
    }
}

/// The same app, which finds everything slow and has one turn and no place to wait.
fn narrow(app: &TestApp) -> App {
    let mut parts = Parts::clone(&app.app);
    parts.http = Arc::new(HttpSettings {
        slow_operation: Some(Duration::ZERO),
        ..HttpSettings::default()
    });
    parts.turns = Turns::new(&Limits {
        operations: 1,
        waiting_operations: 0,
        ..Limits::default()
    });
    App::from(parts)
}

#[tokio::test]
async fn each_number_is_told_with_its_description_once_something_happened() {
    let kept = Kept::begin();
    let app = TestApp::start().await;
    let narrow = narrow(&app);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let router = alumni_api::http::router(narrow.clone());
    tokio::spawn(alumni_api::server::serve(listener, router, narrow.clone()));
    let ask = async |query: &str| {
        let request = app.client().post(format!("http://{address}/graphql"));
        let request = request.json(&serde_json::json!({ "query": query }));
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(ask("{ __typename }").await, 200);
    assert_eq!(ask("{ nothing }").await, 200);
    let held = narrow.turns.take("http").await.unwrap();
    assert_eq!(ask("{ __typename }").await, 503);
    drop(held);
    app.app
        .database
        .begin()
        .await
        .unwrap()
        .rollback()
        .await
        .unwrap();
    assert!(run_if_due(&app.app, JOBS[0]).await.unwrap());
    let server = SmtpServer::start(Mode::Accept).await;
    deliveries::queue_some(&app, vec![deliveries::plain("taro@example.com")]).await;
    let sending = app.app.mailing(deliveries::sending_to(&server));
    Sender::new(&sending).send_due().await.unwrap();
    let mut client = Client::ready(app.address(), app.hr().token()).await;
    client
        .send(&subscribe(
            "1",
            "subscription { changes(after: \"x\") { kind } }",
        ))
        .await;
    assert_eq!(client.next().await["type"], "error");
    let mut stream = Stream::open(&app, app.address(), app.hr().token(), CHANGES).await;
    assert_eq!(stream.said().await, Some(Said::Comment));
    tokio::select! {
        () = gauges::run(app.app.clone(), kept.handle.clone()) => {}
        () = kept.until(r#"outbox_lag_looks_total{result="ok"} 1"#) => {}
    }
    let text = kept.text(&app).await;
    let untold: Vec<_> = ALL
        .iter()
        // a replica that is of use is in `tests/instances`
        .filter(|metric| !metric.name.starts_with("database_replica_"))
        .filter(|metric| {
            let help = format!("# HELP {} {}\n", metric.name, metric.description);
            !text.contains(&help)
        })
        .map(|metric| metric.name)
        .collect();
    assert!(untold.is_empty(), "{untold:?}\n{text}");
}
