//! A mutation under a key is done once, however often and by however many it is sent.

mod kept;
mod killed;
mod twins;

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend};
use serde_json::{Value, json};

use crate::support::{AOZORA, Actor, Reply, TestApp};

const SUBMIT: &str = "mutation($input: ReferralSubmitInput!) { referralSubmit(input: $input) {
    referral { id stage candidate { displayName } referrer { displayName } opportunity { title } } userErrors { code message } } }";

/// Sends with a header.
async fn send(app: &TestApp, actor: &Actor<'_>, key: &str, query: &str, input: &Value) -> Reply {
    let variables = json!({ "input": input });
    let mut request = app
        .client()
        .post(app.url("/graphql"))
        .header("idempotency-key", key)
        .json(&json!({ "query": query, "variables": variables }));
    if let Some(token) = actor.token() {
        request = request.bearer_auth(token);
    }
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    Reply {
        status,
        body: serde_json::from_str(&text).unwrap(),
        text,
    }
}

fn replayed(reply: &Reply) -> &Value {
    &reply.body["extensions"]["idempotent"]["replayed"]
}

/// A referral of the alumnus for a new position.
async fn referral(app: &TestApp) -> Value {
    let position = app.new_opportunity("engineer").insert().await;
    json!({ "opportunityId": position.id.to_string(), "candidateId": AOZORA.person("alumnus").to_string() })
}

/// Until it ends, a mutation of this database begins and cannot end.
async fn holds(app: &TestApp) -> DatabaseTransaction {
    let held = app.app.database.begin().await.unwrap();
    if app.app.database.backend() == DbBackend::Postgres {
        let lock = "LOCK TABLE change IN ACCESS EXCLUSIVE MODE";
        held.execute_unprepared(lock).await.unwrap();
    }
    held
}

/// What refuses a request for its key.
fn refusal(reply: &Reply) -> (String, &Value) {
    let error = &reply.body["errors"][0];
    let text = |value: &Value| value.as_str().unwrap_or("none").to_owned();
    assert_eq!(reply.body.get("data"), None);
    assert_eq!(error["extensions"]["code"], "CONFLICT");
    (text(&error["message"]), &error["extensions"]["retryable"])
}

#[tokio::test]
async fn the_same_request_is_done_once_and_answered_as_before() {
    let app = TestApp::start().await;
    let (hr, input) = (app.hr(), referral(&app).await);
    let plain = app.hr();
    let first = send(&app, &hr, "one", SUBMIT, &input).await;
    assert_eq!(replayed(&first), false);
    let shown = first.at("/referralSubmit/referral");
    assert_eq!(shown["stage"], "SUBMITTED");
    assert_eq!(shown["opportunity"]["title"], "engineer");
    assert!(shown["candidate"]["displayName"].is_string());
    let again = send(&app, &plain, "\"one\"", SUBMIT, &input).await;
    assert_eq!(replayed(&again), true);
    assert_eq!(again.data(), first.data());
    assert_eq!(app.change_kinds().await, ["referral.submitted"]);
}

#[tokio::test]
async fn without_a_key_nothing_is_said_of_one() {
    let app = TestApp::start().await;
    let input = json!({ "input": referral(&app).await });
    let reply = app.hr().run(SUBMIT, input).await;
    assert_eq!(reply.body.get("extensions"), None);
}

#[tokio::test]
async fn a_key_before_the_selections_does_the_same() {
    let app = TestApp::start().await;
    let input = referral(&app).await;
    let query = SUBMIT.replace(
        "mutation($input: ReferralSubmitInput!)",
        "mutation($input: ReferralSubmitInput!, $key: String!) @idempotent(key: $key)",
    );
    let variables = |key: &str| json!({ "input": input, "key": key });
    let hr = app.hr();
    let first = hr.run(&query, variables("one")).await;
    let again = hr.run(&query, variables("one")).await;
    assert_eq!([replayed(&first), replayed(&again)], [false, true]);
    assert_eq!(again.data(), first.data());
    let written = SUBMIT.replace(
        "($input: ReferralSubmitInput!) {",
        "($input: ReferralSubmitInput!) @idempotent(key: \"two\") {",
    );
    let both = send(&app, &hr, "two", &written, &input).await;
    assert_eq!(replayed(&both), false);
    let torn = send(&app, &hr, "three", &written, &input).await;
    assert_eq!(torn.codes(), ["BAD_USER_INPUT"]);
    assert_eq!(
        torn.body["errors"][0]["extensions"]["field"],
        "@idempotent(key:)"
    );
    for bad in ["", "two words", &"k".repeat(256)] {
        let reply = hr.run(&query, variables(bad)).await;
        assert_eq!(reply.codes(), ["BAD_USER_INPUT"], "{bad}");
    }
    assert_eq!(app.change_kinds().await.len(), 2);
}

#[tokio::test]
async fn a_directive_stands_before_mutations_only_and_has_a_text() {
    let app = TestApp::start().await;
    for query in [
        "query @idempotent(key: \"one\") { viewer { kind } }",
        "mutation { apiKeyRevoke(input: { id: \"x\" }) @idempotent(key: \"one\") { userErrors { code } } }",
        "mutation @idempotent { apiKeyRevoke(input: { id: \"x\" }) { userErrors { code } } }",
        "mutation @idempotent(key: 1) { apiKeyRevoke(input: { id: \"x\" }) { userErrors { code } } }",
    ] {
        let reply = app.admin().ask(query).await;
        assert_eq!(reply.codes(), ["GRAPHQL_VALIDATION_FAILED"], "{query}");
    }
}

#[tokio::test]
async fn a_header_that_is_no_key_is_refused_and_a_query_needs_none() {
    let app = TestApp::start().await;
    let hr = app.hr();
    for bad in ["", "two words", &"k".repeat(256)] {
        let reply = send(&app, &hr, bad, SUBMIT, &json!({})).await;
        assert_eq!((reply.status, reply.codes()), (400, vec!["BAD_REQUEST"]));
    }
    for _ in 0..2 {
        let reply = send(&app, &hr, "one", "{ viewer { kind } }", &json!({})).await;
        assert_eq!(
            reply.body,
            json!({ "data": { "viewer": { "kind": "MEMBER" } } })
        );
    }
}

#[tokio::test]
async fn another_request_under_the_key_is_refused() {
    let app = TestApp::start().await;
    let (hr, first, second) = (app.hr(), referral(&app).await, referral(&app).await);
    send(&app, &hr, "one", SUBMIT, &first).await.data();
    let other = SUBMIT.replace("id stage", "id");
    for reply in [
        send(&app, &hr, "one", SUBMIT, &second).await,
        send(&app, &hr, "one", &other, &first).await,
    ] {
        let (message, retryable) = refusal(&reply);
        assert_eq!(
            message,
            "The idempotency key was used for another request: each request needs its own."
        );
        assert_eq!(retryable, false);
    }
    assert_eq!(app.change_kinds().await.len(), 1);
}

#[tokio::test]
async fn a_refusal_is_answered_again_although_it_would_pass_now() {
    let app = TestApp::start().await;
    let (hr, input) = (app.hr(), referral(&app).await);
    let made = send(&app, &hr, "first", SUBMIT, &input).await;
    let query = "mutation($input: ReferralAdvanceInput!) { referralAdvance(input: $input) { referral { stage } userErrors { code } } }";
    let id = made.at("/referralSubmit/referral/id");
    let stale = json!({ "id": id, "to": "SCREENING", "expectedVersion": 2 });
    let first = send(&app, &hr, "stale", query, &stale).await;
    assert_eq!(
        first.at("/referralAdvance/userErrors"),
        &json!([{ "code": "STALE_VERSION" }])
    );
    let right = json!({ "id": id, "to": "SCREENING", "expectedVersion": 1 });
    send(&app, &hr, "right", query, &right).await.data();
    let again = send(&app, &hr, "stale", query, &stale).await;
    assert_eq!(
        (replayed(&again), again.data()),
        (&json!(true), first.data())
    );
    // a top-level error that the same request would meet again is an answer as well
    let missing =
        json!({ "id": app.clock.new_id::<entity::ReferralId>().to_string(), "to": "SCREENING" });
    let first = send(&app, &hr, "missing", query, &missing).await;
    let again = send(&app, &hr, "missing", query, &missing).await;
    assert_eq!(again.codes(), first.codes());
    assert_eq!([replayed(&first), replayed(&again)], [false, true]);
}

#[tokio::test]
async fn what_broke_is_as_if_it_had_never_been_sent() {
    let app = TestApp::start().await;
    let (hr, input) = (app.hr(), referral(&app).await);
    let twice = SUBMIT.replace(
        "} userErrors { code message } } }",
        "} userErrors { code message } } again: referralSubmit(input: $input) { referral { stage } } }",
    );
    let folder = app.spool();
    std::fs::remove_dir_all(folder).unwrap();
    std::fs::write(folder, "no folder").unwrap();
    let broken = send(&app, &hr, "one", &twice, &input).await;
    assert_eq!(broken.codes(), ["INTERNAL_SERVER_ERROR"]);
    assert_eq!(app.change_kinds().await, Vec::<String>::new());
    std::fs::remove_file(folder).unwrap();
    let whole = send(&app, &hr, "one", &twice, &input).await;
    assert_eq!(replayed(&whole), false);
    assert_eq!(whole.at("/again/referral/stage"), "DUPLICATE");
    assert_eq!(app.change_kinds().await, ["referral.submitted"; 2]);
}

#[tokio::test]
async fn a_socket_and_a_stream_of_events_know_keys_too() {
    let app = TestApp::start().await;
    let input = referral(&app).await;
    let query = SUBMIT.replace(
        "($input: ReferralSubmitInput!) {",
        "($input: ReferralSubmitInput!) @idempotent(key: \"one\") {",
    );
    let first = app.hr().run(&query, json!({ "input": input })).await;
    let streamed = app
        .client()
        .post(app.url("/graphql"))
        .bearer_auth(app.hr().token().unwrap())
        .header("accept", "text/event-stream")
        .json(&json!({ "query": query, "variables": { "input": input } }));
    let streamed = streamed.send().await.unwrap().text().await.unwrap();
    assert!(streamed.contains("\"replayed\":true"), "{streamed}");
    let mut socket = crate::socket::client::Client::ready(app.address(), app.hr().token()).await;
    socket
        .send(&json!({ "id": "1", "type": "subscribe", "payload": { "query": query, "variables": { "input": input } } }))
        .await;
    let told = socket.next().await;
    assert_eq!(
        told["payload"]["extensions"]["idempotent"]["replayed"], true,
        "{told}"
    );
    assert_eq!(&told["payload"]["data"], first.data());
    assert_eq!(app.change_kinds().await.len(), 1);
}

#[tokio::test]
async fn repeats_right_after_each_other_are_each_answered_as_the_first_time() {
    let app = TestApp::start().await;
    let (hr, input) = (app.hr(), referral(&app).await);
    let first = send(&app, &hr, "one", SUBMIT, &input).await;
    for _ in 0..100 {
        let again = send(&app, &hr, "one", SUBMIT, &input).await;
        assert_eq!(replayed(&again), true, "{}", again.text);
        assert_eq!(again.data(), first.data());
    }
}
