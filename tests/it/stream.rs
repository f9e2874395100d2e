//! GraphQL over server-sent events: one request, one operation, one stream.

pub mod client;

use std::future::poll_fn;
use std::task::Poll;

use alumni_api::http::HttpSettings;
use chrono::TimeDelta;
use entity::{Scopes, api_key};
use metrics_exporter_prometheus::PrometheusBuilder;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{RequestBuilder, Url};
use sea_orm::ActiveValue::Set;
use serde_json::{Value, json};

use self::client::{EVENT_STREAM, Said, Stream, post};
use crate::http::served_with;
use crate::socket::client::{api_key, change_key};
use crate::support::{AOZORA, TestApp, beginning};

const CHANGES: &str = "subscription { changes { kind } }";
/// Nothing is missed, however early the first change comes.
const FROM_THE_BEGINNING: &str = "subscription { changes(after: \"MC4w\") { kind } }";
const RENAME: &str =
    "mutation($input: CompanyUpdateInput!) { companyUpdate(input: $input) { company { name } } }";

fn rename(name: &str) -> Value {
    json!({ "input": { "id": AOZORA.id().to_string(), "name": name } })
}

fn renamed() -> Said {
    Said::Next(json!({ "data": { "changes": { "kind": "company.updated" } } }))
}

fn get(app: &TestApp, query: &str, variables: &Value, token: &str) -> RequestBuilder {
    let parameters = [("query", query), ("variables", &variables.to_string())];
    let url = Url::parse_with_params(&app.url("/graphql"), parameters).unwrap();
    let request = app.client().get(url).header(ACCEPT, EVENT_STREAM);
    request.bearer_auth(token)
}

/// The app with heartbeats far shorter than anybody's patience.
async fn quick(app: &TestApp) -> String {
    let mut settings = HttpSettings::default();
    settings.limits.stream_heartbeat_ms = 20;
    served_with(app, settings).await
}

fn code(said: &Said) -> &str {
    let Said::Next(answer) = said else {
        panic!("no answer: {said:?}")
    };
    assert!(answer.get("data").is_none(), "{answer}");
    let error = &answer["errors"][0];
    assert_eq!(error["extensions"]["requestId"].as_str().unwrap().len(), 36);
    error["extensions"]["code"].as_str().unwrap()
}

#[tokio::test]
async fn a_query_is_one_answer_and_then_complete() {
    let app = TestApp::start().await;
    let mut hr = Stream::open(&app, app.address(), app.hr().token(), "{ viewer { kind } }").await;
    for (name, value) in [
        ("cache-control", Some("no-store")),
        ("vary", Some("accept, authorization")),
        ("x-accel-buffering", Some("no")),
        ("content-length", None),
        ("content-encoding", None),
    ] {
        assert_eq!(hr.header(name), value, "{name}");
    }
    let answer = Said::Next(json!({ "data": { "viewer": { "kind": "MEMBER" } } }));
    assert_eq!(hr.said().await, Some(Said::Comment));
    assert_eq!(hr.events().await, [answer, Said::Complete]);
}

#[tokio::test]
async fn a_mutation_runs_by_post_and_not_by_get() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let token = admin.token().unwrap();
    let refused = get(&app, RENAME, &rename("x"), token).send().await.unwrap();
    assert_eq!(
        (refused.status().as_u16(), &refused.headers()["allow"]),
        (405, &"POST".parse().unwrap())
    );
    assert!(app.changes().await.is_empty());
    let description = "lines\n\nevent: complete\ndata:\n\n";
    let query = "mutation($input: CompanyUpdateInput!) { companyUpdate(input: $input) { company { description } } }";
    let input = json!({ "id": AOZORA.id().to_string(), "description": description });
    let body = json!({ "query": query, "variables": { "input": input } });
    let mut stream = Stream::of(post(&app, app.address(), Some(token)).json(&body)).await;
    let company = json!({ "company": { "description": description.trim() } });
    let answer = Said::Next(json!({ "data": { "companyUpdate": company } }));
    assert_eq!(stream.events().await, [answer, Said::Complete]);
    assert_eq!(app.change_kinds().await, ["company.updated"]);
}

#[tokio::test]
async fn changes_arrive_as_they_happen_by_post_and_by_get() {
    let app = TestApp::start().await;
    let hr = app.hr();
    let token = hr.token().unwrap();
    let mut posted = Stream::open(&app, app.address(), Some(token), FROM_THE_BEGINNING).await;
    let mut got = Stream::of(get(&app, FROM_THE_BEGINNING, &json!({}), token)).await;
    for name in ["one", "two"] {
        app.admin().run(RENAME, rename(name)).await.data();
        assert_eq!(posted.event().await, Some(renamed()));
        assert_eq!(got.event().await, Some(renamed()));
    }
}

#[tokio::test]
async fn what_cannot_run_is_an_answer_without_data() {
    let app = TestApp::start().await;
    for (query, expected) in [
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("query($id: ID!) { node(id: $id) { id } }", "BAD_USER_INPUT"),
        (CHANGES, "UNAUTHENTICATED"),
        (
            "{ companies(first: 100) { nodes { departments(first: 100) { nodes { id } } } } }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
    ] {
        let events = Stream::open(&app, app.address(), None, query)
            .await
            .events()
            .await;
        assert_eq!(
            (code(&events[0]), &events[1..]),
            (expected, &[Said::Complete][..]),
            "{query}"
        );
    }
}

#[tokio::test]
async fn what_is_no_operation_is_refused_in_one_piece_before_there_is_a_stream() {
    let app = TestApp::start().await;
    let unknown = r#"{"query":"query A { __typename }","operationName":"B"}"#;
    for (content_type, token, body, expected) in [
        ("application/json", None, "{", (400, "BAD_REQUEST")),
        ("application/json", None, "{}", (400, "BAD_REQUEST")),
        ("application/json", None, "[]", (400, "BAD_REQUEST")),
        (
            "application/json",
            None,
            r#"{"query":"{"}"#,
            (400, "GRAPHQL_PARSE_FAILED"),
        ),
        (
            "application/json",
            None,
            unknown,
            (400, "OPERATION_RESOLUTION_FAILURE"),
        ),
        (
            "application/json",
            Some("nonsense"),
            "{}",
            (401, "UNAUTHENTICATED"),
        ),
        ("text/plain", None, "{}", (415, "BAD_REQUEST")),
    ] {
        let request = post(&app, app.address(), token).header(CONTENT_TYPE, content_type);
        let response = request.body(body).send().await.unwrap();
        let status = response.status().as_u16();
        let answer: Value = response.json().await.unwrap();
        let code = answer["errors"][0]["extensions"]["code"].as_str().unwrap();
        assert_eq!((status, code), expected, "{body}");
    }
}

#[tokio::test]
async fn a_client_that_takes_both_gets_a_stream_where_there_is_nothing_else() {
    let app = TestApp::start().await;
    let hr = app.hr();
    let both = "application/json, text/event-stream";
    let asked = async |query: &str, accept: &'static str| {
        let request = app
            .client()
            .post(app.url("/graphql"))
            .json(&json!({ "query": query }));
        let request = request
            .header(ACCEPT, accept)
            .bearer_auth(hr.token().unwrap());
        request.send().await.unwrap()
    };
    assert_eq!(
        asked("{ __typename }", both).await.text().await.unwrap(),
        "{\"data\":{\"__typename\":\"Query\"}}"
    );
    assert_eq!(
        asked(CHANGES, both).await.headers()["content-type"],
        EVENT_STREAM
    );
    let neither: Value = asked(CHANGES, "*/*").await.json().await.unwrap();
    let message = neither["errors"][0]["message"].as_str().unwrap();
    assert!(
        message.contains("text/event-stream") && message.contains("graphql-transport-ws"),
        "{message}"
    );
}

#[tokio::test]
async fn an_idle_stream_is_kept_alive_by_comments() {
    let app = TestApp::start().await;
    let address = quick(&app).await;
    let mut stream = Stream::open(&app, &address, app.hr().token(), CHANGES).await;
    for _ in 0..3 {
        assert_eq!(stream.said().await, Some(Said::Comment));
    }
}

#[tokio::test]
async fn a_token_that_ends_ends_the_stream_with_the_reason() {
    let app = TestApp::start().await;
    let token = app.token("hr@aozora");
    app.clock
        .advance(TimeDelta::minutes(60) - TimeDelta::milliseconds(50));
    let mut stream = Stream::open(&app, app.address(), Some(&token), CHANGES).await;
    let events = stream.events().await;
    assert_eq!(
        (code(&events[0]), &events[1..]),
        ("UNAUTHENTICATED", &[Said::Complete][..])
    );
}

#[tokio::test]
async fn a_key_taken_back_or_narrowed_ends_the_stream_with_the_reason() {
    let app = TestApp::start().await;
    let address = quick(&app).await;
    let narrowed = |row: &mut api_key::ActiveModel| row.scopes = Set(Scopes(Vec::new()));
    let taken_back = |row: &mut api_key::ActiveModel| row.revoked_at = Set(Some(beginning()));
    for (change, reason) in [
        (
            narrowed as fn(&mut api_key::ActiveModel),
            "What the token allows has changed: subscribe again.",
        ),
        (taken_back, "The token was revoked."),
    ] {
        let key = api_key(&app).await;
        let mut stream = Stream::open(&app, &address, Some(key.reveal()), CHANGES).await;
        change_key(&app, &key, change).await;
        let events = stream.events().await;
        assert_eq!(
            (code(&events[0]), &events[1..]),
            ("UNAUTHENTICATED", &[Said::Complete][..])
        );
        let Said::Next(answer) = &events[0] else {
            unreachable!()
        };
        assert_eq!(answer["errors"][0]["message"], reason);
    }
}

#[tokio::test]
async fn the_end_of_the_process_ends_a_stream_without_saying_that_it_is_complete() {
    let app = TestApp::start().await;
    let mut stream = Stream::open(&app, app.address(), app.hr().token(), CHANGES).await;
    assert_eq!(stream.said().await, Some(Said::Comment));
    app.app.stop.cancel();
    assert_eq!(stream.said().await, None);
}

#[tokio::test]
async fn a_connection_that_is_dropped_ends_the_work_at_once() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let counted = recorder.handle();
    // Everything of this test runs on this thread.
    let _recording = metrics::set_default_local_recorder(&recorder);
    let app = TestApp::start().await;
    let mut stream = Stream::open(&app, app.address(), app.hr().token(), CHANGES).await;
    assert_eq!(stream.said().await, Some(Said::Comment));
    assert!(counted.render().contains("graphql_streams 1\n"));
    drop(stream);
    // Far below the first heartbeat, and below the time after which the subscription would look by itself.
    let ended = poll_fn(|context| {
        context.waker().wake_by_ref();
        if counted.render().contains("graphql_streams 0\n") {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    });
    let at_once = std::time::Duration::from_secs(1);
    tokio::time::timeout(at_once, ended).await.unwrap();
}
