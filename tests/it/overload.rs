//! More operations than there are turns for: the service says so at once, and nothing of what it turns away has run.

use std::future::poll_fn;
use std::task::Poll;

use alumni_api::app::{App, Parts};
use alumni_api::graphql::limits::Limits;
use alumni_api::http::{Turns, router};
use alumni_api::server;
use reqwest::Response;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::socket::client::{Client, subscribe};
use crate::stream::client::{Said, Stream};
use crate::support::{AOZORA, TestApp};

const CHANGES: &str = "subscription { changes { kind } }";
const RENAME: &str =
    "mutation($input: CompanyUpdateInput!) { companyUpdate(input: $input) { company { name } } }";

/// Serves the same app with one turn and so many places to wait, each for so long; `host:port`.
async fn with_one_turn(app: &TestApp, waiting: u32, wait_ms: u32) -> (String, Turns) {
    let turns = Turns::new(&Limits {
        operations: 1,
        waiting_operations: waiting,
        operation_wait_ms: wait_ms,
        ..Limits::default()
    });
    let mut parts = Parts::clone(&app.app);
    parts.turns = turns.clone();
    let other = App::from(parts);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(server::serve(listener, router(other.clone()), other));
    (address, turns)
}

async fn send(app: &TestApp, address: &str, token: Option<&str>, body: Value) -> Response {
    let request = app.client().post(format!("http://{address}/graphql"));
    let request = request.json(&body);
    let request = match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    request.send().await.unwrap()
}

async fn assert_turned_away(response: Response) {
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()["retry-after"], "1");
    let body: Value = response.json().await.unwrap();
    assert!(body.get("data").is_none());
    assert_busy(&body["errors"][0]);
}

fn assert_busy(error: &Value) {
    assert_eq!(
        error["message"],
        "The service is busy. Nothing of this operation has run; send it again in a second."
    );
    let extensions = &error["extensions"];
    assert_eq!(extensions["code"], "SERVICE_UNAVAILABLE");
    assert_eq!(
        extensions["limit"],
        json!({ "name": "operations", "maximum": 1 })
    );
}

#[tokio::test]
async fn who_cannot_even_wait_is_turned_away_before_anybody_looks_at_the_token() {
    let app = TestApp::start().await;
    let (address, turns) = with_one_turn(&app, 0, 10_000).await;
    let held = turns.take("http").await.unwrap();
    let input = json!({ "id": AOZORA.id().to_string(), "name": "x" });
    let rename = json!({ "query": RENAME, "variables": { "input": input } });
    let admin = app.admin();
    assert_turned_away(send(&app, &address, admin.token(), rename.clone()).await).await;
    assert_turned_away(send(&app, &address, Some("nonsense"), rename.clone()).await).await;
    assert!(app.changes().await.is_empty());
    drop(held);
    let done = send(&app, &address, admin.token(), rename).await;
    assert_eq!(done.status(), 200);
    assert_eq!(app.change_kinds().await, ["company.updated"]);
}

#[tokio::test]
async fn who_waits_has_the_next_turn() {
    let app = TestApp::start().await;
    let (address, turns) = with_one_turn(&app, 1, 10_000).await;
    let held = turns.take("http").await.unwrap();
    let waits = poll_fn(|context| {
        context.waker().wake_by_ref();
        turns
            .look("http")
            .map_or(Poll::Ready(()), |()| Poll::Pending)
    });
    let freed = async {
        waits.await;
        assert_turned_away(send(&app, &address, None, json!({ "query": "{ __typename }" })).await)
            .await;
        drop(held);
    };
    let waiting = send(&app, &address, None, json!({ "query": "{ __typename }" }));
    let (answered, ()) = tokio::join!(waiting, freed);
    assert_eq!(answered.status(), 200);
}

#[tokio::test]
async fn nobody_waits_for_ever() {
    let app = TestApp::start().await;
    let (address, turns) = with_one_turn(&app, 1, 20).await;
    let _held = turns.take("http").await.unwrap();
    let answer = send(&app, &address, None, json!({ "query": "{ __typename }" })).await;
    assert_turned_away(answer).await;
}

#[tokio::test]
async fn a_socket_is_opened_and_told_of_the_operation_that_has_no_turn() {
    let app = TestApp::start().await;
    let (address, turns) = with_one_turn(&app, 0, 10_000).await;
    let held = turns.take("http").await.unwrap();
    let mut client = Client::ready(&address, app.hr().token()).await;
    for query in ["{ __typename }", CHANGES] {
        client.send(&subscribe("1", query)).await;
        let told = client.next().await;
        assert_eq!((&told["type"], &told["id"]), (&json!("error"), &json!("1")));
        assert_busy(&told["payload"][0]);
    }
    drop(held);
    client.send(&subscribe("1", "{ __typename }")).await;
    let told = client.next().await;
    assert_eq!(told["payload"]["data"], json!({ "__typename": "Query" }));
}

#[tokio::test]
async fn subscriptions_hold_no_turn_while_they_last() {
    let app = TestApp::start().await;
    let (address, _turns) = with_one_turn(&app, 5, 10_000).await;
    let mut client = Client::ready(&address, app.hr().token()).await;
    client.send(&subscribe("1", CHANGES)).await;
    client.send(&subscribe("2", CHANGES)).await;
    client.send(&subscribe("3", "{ __typename }")).await;
    assert_eq!(client.next().await["id"], "3");
    let mut stream = Stream::open(&app, &address, app.hr().token(), CHANGES).await;
    assert_eq!(stream.said().await, Some(Said::Comment));
    let answer = send(&app, &address, None, json!({ "query": "{ __typename }" })).await;
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn health_and_what_is_measured_need_no_turn() {
    let app = TestApp::start().await;
    let mut held = Vec::new();
    for _ in 0..app.app.http.limits.operations {
        held.push(app.app.turns.take("http").await.unwrap());
    }
    for (path, status) in [
        ("/healthz", 204),
        ("/readyz", 200),
        ("/metrics", 200),
        ("/graphiql", 200),
    ] {
        let answer = app.client().get(app.url(path)).send().await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
    }
}
