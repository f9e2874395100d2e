//! Documents that are known by their hashes (automatic persisted queries).

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{Actor, TestApp};

const QUERY: &str = "query Me { viewer { kind } }";

fn extension(text: &str) -> Value {
    let hash = Sha256::digest(text);
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } })
}

async fn post(app: &TestApp, actor: &Actor<'_>, accept: &str, body: &Value) -> (u16, Value) {
    let mut request = app
        .client()
        .post(app.url("/graphql"))
        .header("accept", accept)
        .json(body);
    if let Some(token) = actor.token() {
        request = request.bearer_auth(token);
    }
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

async fn json(app: &TestApp, actor: &Actor<'_>, body: Value) -> Value {
    post(app, actor, "application/json", &body).await.1
}

fn code(body: &Value) -> &Value {
    &body["errors"][0]["extensions"]["code"]
}

#[tokio::test]
async fn a_document_is_sent_once_and_its_hash_from_then_on() {
    let app = TestApp::start().await;
    let (hr, anonymous) = (app.hr(), app.anonymous());
    let hash = json!({ "extensions": extension(QUERY) });
    let (status, unknown) = post(&app, &hr, "application/json", &hash).await;
    assert_eq!(status, 200);
    assert_eq!(unknown["errors"][0]["message"], "PersistedQueryNotFound");
    assert_eq!(code(&unknown), "PERSISTED_QUERY_NOT_FOUND");
    let typed = "application/graphql-response+json";
    assert_eq!(post(&app, &hr, typed, &hash).await.0, 400);

    let whole = json!({ "query": QUERY, "extensions": extension(QUERY) });
    let first = json(&app, &hr, whole).await;
    assert_eq!(first, json!({ "data": { "viewer": { "kind": "MEMBER" } } }));
    assert_eq!(json(&app, &hr, hash.clone()).await, first);
    // a document is nobody's secret; what it answers is each viewer's own
    let other = json(&app, &anonymous, hash).await;
    assert_eq!(
        other,
        json!({ "data": { "viewer": { "kind": "ANONYMOUS" } } })
    );
}

#[tokio::test]
async fn every_way_in_knows_the_hash() {
    let app = TestApp::start().await;
    let hr = app.hr();
    let whole = json!({ "query": QUERY, "extensions": extension(QUERY) });
    json(&app, &hr, whole).await;
    let get = |accept: &str, text: &str| {
        let mut address: reqwest::Url = app.url("/graphql").parse().unwrap();
        let extensions = extension(text).to_string();
        address
            .query_pairs_mut()
            .append_pair("extensions", &extensions);
        let request = app.client().get(address).bearer_auth(hr.token().unwrap());
        request.header("accept", accept).send()
    };
    let answer: Value = get("application/json", QUERY)
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(answer["data"]["viewer"]["kind"], "MEMBER");
    let stream = get("text/event-stream", QUERY)
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(stream.contains("\"kind\":\"MEMBER\""), "{stream}");
    let unknown = get("text/event-stream", "{ other }").await.unwrap();
    assert_eq!(unknown.status(), 400);
    let mut socket = crate::socket::client::Client::ready(app.address(), hr.token()).await;
    let subscribe = |text: &str| json!({ "id": "1", "type": "subscribe", "payload": { "extensions": extension(text) } });
    socket.send(&subscribe(QUERY)).await;
    assert_eq!(
        socket.next().await["payload"]["data"]["viewer"]["kind"],
        "MEMBER"
    );
    assert_eq!(socket.next().await["type"], "complete");
    socket.send(&subscribe("{ other }")).await;
    let told = socket.next().await;
    assert_eq!(
        told["payload"][0]["extensions"]["code"],
        "PERSISTED_QUERY_NOT_FOUND"
    );
}

#[tokio::test]
async fn what_a_mutation_under_a_key_is_does_not_depend_on_how_it_was_sent() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let create = "mutation @idempotent(key: \"one\") { apiKeyCreate(input: { name: \"x\", scopes: [ALUMNI_READ] }) { secret } }";
    let whole = json!({ "query": create, "extensions": extension(create) });
    let first = json(&app, &admin, whole).await;
    let again = json(&app, &admin, json!({ "extensions": extension(create) })).await;
    assert_eq!(again["extensions"]["idempotent"]["replayed"], true);
    assert_eq!(again["data"], first["data"]);
}

#[tokio::test]
async fn only_what_is_valid_and_sent_by_somebody_is_remembered() {
    let app = TestApp::start().await;
    let (hr, anonymous) = (app.hr(), app.anonymous());
    for (actor, query, expected) in [
        (&hr, "{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        (&hr, "{ viewer", "GRAPHQL_PARSE_FAILED"),
        (&anonymous, "{ viewer { kind } }", ""),
    ] {
        let whole = json!({ "query": query, "extensions": extension(query) });
        let answer = json(&app, actor, whole).await;
        assert_eq!(code(&answer).as_str().unwrap_or_default(), expected);
        let hash = json!({ "extensions": extension(query) });
        assert_eq!(
            code(&json(&app, &hr, hash).await),
            "PERSISTED_QUERY_NOT_FOUND"
        );
    }
}

#[tokio::test]
async fn a_hash_that_is_none_or_anothers_is_refused() {
    let app = TestApp::start().await;
    let hr = app.hr();
    let foreign = json!({ "query": QUERY, "extensions": extension("{ other }") });
    let (status, answer) = post(&app, &hr, "application/json", &foreign).await;
    assert_eq!((status, code(&answer)), (200, &json!("BAD_REQUEST")));
    let streamed = post(&app, &hr, "text/event-stream", &foreign).await;
    assert_eq!(streamed.0, 400);
    let absent = json!({ "query": QUERY, "extensions": { "persistedQuery": null } });
    assert_eq!(
        json(&app, &hr, absent).await["data"]["viewer"]["kind"],
        "MEMBER"
    );
    for wrong in [
        json!(1),
        json!({ "version": 2, "sha256Hash": "00" }),
        json!({ "version": 1, "sha256Hash": "xx" }),
    ] {
        let body = json!({ "query": QUERY, "extensions": { "persistedQuery": wrong } });
        let (status, answer) = post(&app, &hr, "application/json", &body).await;
        assert_eq!((status, code(&answer)), (400, &json!("BAD_REQUEST")));
        let message = answer["errors"][0]["message"].as_str().unwrap();
        assert!(
            message.starts_with("`extensions.persistedQuery"),
            "{message}"
        );
    }
}
