//! Where a request stands in a trace, and what a collector is told of it.

use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use super::collector::{Collector, attributes, hex};
use super::log::Log;
use crate::socket::client::{Client, subscribe};
use crate::stream::client::{Said, Stream};
use crate::support::process::{Served, serve_with, token_now};
use crate::support::{AOZORA, TestApp};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN: &str = "00f067aa0ba902b7";
const CHANGES: &str = "subscription Watch { changes { kind } }";

/// A process whose spans go to a collector.
fn traced(app: &TestApp, spool: &tempfile::TempDir, collector: &Collector) -> Served {
    let environment = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address.as_str()),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=alumni"),
        (
            "OTEL_RESOURCE_ATTRIBUTES",
            "deployment.environment.name=test",
        ),
        ("NO_PROXY", "127.0.0.1"),
    ];
    serve_with(app, spool.path(), &environment)
}

async fn send(
    app: &TestApp,
    address: &str,
    subject: &str,
    parent: Option<&str>,
    query: &str,
) -> (HeaderMap, Value) {
    let request = app.client().post(format!("http://{address}/graphql"));
    let request = request.bearer_auth(token_now(subject));
    let request = match parent {
        Some(parent) => request.header("traceparent", parent),
        None => request,
    };
    let request = request.json(&json!({ "query": query }));
    let response = request.send().await.unwrap();
    (response.headers().clone(), response.json().await.unwrap())
}

#[tokio::test]
async fn a_mutation_is_one_server_span_with_its_action_and_statements_and_no_literal() {
    let app = TestApp::start().await;
    let (spool, collector) = (tempfile::tempdir().unwrap(), Collector::start().await);
    let served = traced(&app, &spool, &collector);
    let id = AOZORA.person("alumnus").to_string();
    let query = format!(
        r#"mutation Edit {{ alumnusProfileUpdate(input: {{ id: "{id}", personalEmail: "himitsu@example.com", headline: "Naisho" }}) {{
            alumnus {{ personalEmail }} userErrors {{ message }} }} }}"#
    );
    let parent = format!("00-{TRACE}-{SPAN}-01");
    let (headers, answer) = send(
        &app,
        &served.address,
        "alumnus@aozora",
        Some(&parent),
        &query,
    )
    .await;
    let address = served.address.clone();
    served.ends("-TERM").await;
    assert_eq!(
        answer["data"]["alumnusProfileUpdate"]["alumnus"]["personalEmail"],
        "himitsu@example.com"
    );

    let server = collector.span("mutation");
    assert_eq!(server.kind(), SpanKind::Server);
    assert_eq!(hex(&server.trace_id), TRACE);
    assert_eq!(hex(&server.parent_span_id), SPAN);
    assert_eq!(
        headers["traceresponse"],
        format!("00-{TRACE}-{}-01", hex(&server.span_id))
    );
    let mut told = attributes(&server);
    let hash = told.remove("graphql.document.hash").unwrap();
    assert_eq!(hash.as_str().unwrap().len(), "sha256:".len() + 64);
    let (host, port) = address.split_once(':').unwrap();
    let request_id = headers["x-request-id"].to_str().unwrap();
    let statements = told.remove("alumni.graphql.statements").unwrap();
    assert_eq!(
        json!(told),
        json!({
            "http.request.method": "POST", "http.route": "/graphql", "http.response.status_code": 200,
            "url.scheme": "http", "url.path": "/graphql", "server.address": host, "server.port": port.parse::<u16>().unwrap(),
            "network.protocol.name": "http", "network.protocol.version": "1.1",
            "graphql.operation.type": "mutation", "graphql.operation.name": "Edit", "alumni.request_id": request_id,
            "alumni.graphql.transport": "http", "alumni.graphql.outcome": "ok", "alumni.graphql.cost": 12,
        })
    );

    let action = collector.span("alumnusProfileUpdate");
    assert_eq!(action.kind(), SpanKind::Internal);
    assert_eq!(action.parent_span_id, server.span_id);
    let spans = collector.spans();
    let within = |parent: &[u8]| {
        let children = spans.iter().filter(|span| span.parent_span_id == parent);
        children
            .filter(|span| span.kind() == SpanKind::Client)
            .count()
    };
    assert_eq!(json!(within(&action.span_id)), statements);
    let written: Vec<_> = spans
        .iter()
        .filter(|span| span.kind() == SpanKind::Client && !span.name.starts_with("SELECT"))
        .collect();
    assert!(!written.is_empty());
    for statement in written {
        assert_eq!(statement.parent_span_id, action.span_id);
        let told = attributes(statement);
        assert_eq!(told["db.query.summary"], statement.name.as_str());
        let (verb, table) = statement.name.split_once(' ').unwrap();
        assert_eq!(
            (&told["db.operation.name"], &told["db.collection.name"]),
            (&json!(verb), &json!(table))
        );
    }
    assert!(spans.iter().all(|span| hex(&span.trace_id) == TRACE));

    for text in [
        "himitsu@example.com",
        "Naisho",
        id.as_str(),
        "personalEmail",
    ] {
        assert!(!collector.holds(text), "{text}");
    }
    let resource = collector.resource();
    assert_eq!(resource["service.name"], "alumni-api");
    assert_eq!(resource["deployment.environment.name"], "test");
    assert!(
        collector
            .headers("x-tenant")
            .iter()
            .all(|value| value == "alumni")
    );
}

#[tokio::test]
async fn what_failed_by_our_fault_and_what_was_refused_are_told_apart() {
    let app = TestApp::start().await;
    let (spool, collector) = (tempfile::tempdir().unwrap(), Collector::start().await);
    let served = traced(&app, &spool, &collector);
    send(&app, &served.address, "hr@aozora", None, "{ nothing }").await;
    let limits = "query Forbidden { auditVerify { intact } }";
    send(&app, &served.address, "alumnus@aozora", None, limits).await;
    served.ends("-TERM").await;
    let refused = collector.span("GraphQL Operation");
    let told = attributes(&refused);
    assert_eq!(told["alumni.graphql.outcome"], "refused");
    assert_eq!(
        told["alumni.graphql.error_codes"],
        json!(["GRAPHQL_VALIDATION_FAILED"])
    );
    let partial = collector.span("query");
    let told = attributes(&partial);
    assert_eq!(told["alumni.graphql.outcome"], "partial");
    assert_eq!(told["alumni.graphql.error_codes"], json!(["FORBIDDEN"]));
    for span in [refused, partial] {
        let status = span.status.unwrap_or_default();
        assert_eq!(status.code(), StatusCode::Unset);
        assert!(!span.attributes.iter().any(|pair| pair.key == "error.type"));
    }
}

#[tokio::test]
async fn operations_of_sockets_and_streams_have_server_spans_of_their_own() {
    let app = TestApp::start().await;
    let (spool, collector) = (tempfile::tempdir().unwrap(), Collector::start().await);
    let served = traced(&app, &spool, &collector);
    let token = token_now("hr@aozora");
    let mut client = Client::ready(&served.address, Some(&token)).await;
    client
        .send(&subscribe("1", "query One { viewer { kind } }"))
        .await;
    assert_eq!(client.next().await["type"], "next");
    assert_eq!(client.next().await["type"], "complete");
    let mut stream = Stream::open(&app, &served.address, Some(&token), CHANGES).await;
    assert_eq!(stream.said().await, Some(Said::Comment));
    let response = stream.header("traceresponse").unwrap().to_owned();
    drop((client, stream));
    served.ends("-TERM").await;

    let (opening, query) = (collector.span("GET /graphql"), collector.span("query"));
    assert_eq!(
        (opening.kind(), query.kind()),
        (SpanKind::Server, SpanKind::Server)
    );
    assert_eq!(attributes(&opening)["http.response.status_code"], 101);
    assert_ne!(query.trace_id, opening.trace_id);
    let [link] = query.links.as_slice() else {
        panic!("{:?}", query.links)
    };
    assert_eq!(
        (&link.trace_id, &link.span_id),
        (&opening.trace_id, &opening.span_id)
    );
    let told = attributes(&query);
    assert_eq!(told["graphql.operation.name"], "One");
    assert_eq!(told["alumni.graphql.transport"], "socket");

    let watch = collector.span("subscription");
    assert_eq!(watch.kind(), SpanKind::Server);
    assert_eq!(attributes(&watch)["graphql.operation.name"], "Watch");
    assert_eq!(
        response,
        format!("00-{}-{}-01", hex(&watch.trace_id), hex(&watch.span_id))
    );
    // it looks every two seconds, which is of no interest to anybody
    let spans = collector.spans();
    let looks = spans
        .iter()
        .filter(|span| span.parent_span_id == watch.span_id);
    assert!(looks.filter(|span| span.name.ends_with(" change")).count() == 0);
}

#[tokio::test]
async fn a_trace_that_is_not_sampled_is_told_to_nobody() {
    let app = TestApp::start().await;
    let (spool, collector) = (tempfile::tempdir().unwrap(), Collector::start().await);
    let served = traced(&app, &spool, &collector);
    let parent = format!("00-{TRACE}-{SPAN}-00");
    let query = "{ viewer { kind } }";
    let (headers, _) = send(&app, &served.address, "hr@aozora", Some(&parent), query).await;
    served.ends("-TERM").await;
    let response = headers["traceresponse"].to_str().unwrap();
    assert!(response.starts_with(&format!("00-{TRACE}-")), "{response}");
    assert!(response.ends_with("-00"), "{response}");
    assert_eq!(collector.spans(), []);
}

#[tokio::test]
async fn nothing_is_sent_where_it_is_switched_off() {
    let app = TestApp::start().await;
    let (spool, collector) = (tempfile::tempdir().unwrap(), Collector::start().await);
    let environment = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address.as_str()),
        ("OTEL_SDK_DISABLED", "true"),
    ];
    let served = serve_with(&app, spool.path(), &environment);
    let query = "{ viewer { kind } }";
    let (headers, answer) = send(&app, &served.address, "hr@aozora", None, query).await;
    served.ends("-TERM").await;
    assert_eq!(answer["data"]["viewer"]["kind"], "MEMBER");
    assert_eq!(headers.get("traceresponse"), None);
    assert_eq!(collector.spans(), []);
}

#[tokio::test]
async fn without_a_collector_the_trace_is_still_named_in_the_answer_and_the_log() {
    let app = TestApp::start().await;
    let log = Log::default();
    let listening = log.listen();
    let ask = async |parent: &str| {
        let request = app.client().post(app.url("/graphql"));
        let request = request.header("traceparent", parent);
        let request = request.json(&json!({ "query": "{ __typename }" }));
        request.send().await.unwrap().headers().clone()
    };
    let named = ask(&format!("00-{TRACE}-{SPAN}-01")).await;
    let bad = ask(&format!("00-{TRACE}-{SPAN}")).await;
    drop(listening);
    let response = named["traceresponse"].to_str().unwrap();
    let [_, trace, span, flags] = response.split('-').collect::<Vec<_>>()[..] else {
        panic!("{response}")
    };
    assert_eq!((trace, flags), (TRACE, "00"));
    assert_ne!(span, SPAN);
    assert_eq!(bad.get("traceresponse"), None);
    let answered = log.lines("answered");
    let traces = answered.iter().map(|line| &line["span"]["trace_id"]);
    let traces: Vec<&Value> = traces.collect();
    assert_eq!(traces, [&json!(TRACE), &Value::Null]);
}
