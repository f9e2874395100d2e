//! What is counted of requests, operations, errors and statements.

use alumni_api::changes::Place;
use sea_orm::DbBackend;
use serde_json::json;

use super::Kept;
use crate::socket::client::{Client, subscribe};
use crate::stream::client::{Said, Stream};
use crate::support::{AOZORA, TestApp};

const PEOPLE: &str = "query People { alumni(first: 3) { nodes { displayName } } }";
const RENAME: &str =
    "mutation($input: CompanyUpdateInput!) { companyUpdate(input: $input) { company { name } } }";

/// Follows from the beginning: who follows from now on may begin after what happens next.
fn changes() -> String {
    let begin = Place {
        transaction_id: 0,
        seq: 0,
    };
    format!(
        "subscription {{ changes(after: \"{}\") {{ kind }} }}",
        begin.cursor()
    )
}

#[tokio::test]
async fn a_query_is_counted_once_with_its_price_and_its_statement() {
    let kept = Kept::begin();
    let app = TestApp::start().await;
    for _ in 0..2 {
        assert_eq!(app.hr().ask(PEOPLE).await.status, 200);
    }
    let numbers = kept.scrape(&app).await;
    assert_eq!(
        numbers.of("graphql_operations_total"),
        [(
            r#"graphql_operations_total{transport="http",type="query",outcome="ok"}"#,
            2
        )]
    );
    let took = r#"graphql_operation_duration_seconds_count{transport="http",type="query"}"#;
    assert_eq!(numbers.get(took), 2);
    // the page, and each row there may be
    let cost = r#"graphql_operation_cost_sum{type="query"}"#;
    assert_eq!(numbers.get(cost), 2 * 4);
    let statements = r#"graphql_operation_statements_sum{type="query"}"#;
    assert_eq!(numbers.get(statements), 2);
    let one = r#"graphql_operation_statements_bucket{type="query",le="1"}"#;
    assert_eq!(numbers.get(one), 2);
    let lookups = |result: &str| {
        let name = format!(r#"graphql_document_lookups_total{{cache="parsed",result="{result}"}}"#);
        numbers.get(&name)
    };
    assert_eq!((lookups("miss"), lookups("hit")), (1, 1));
    assert_eq!(numbers.get(r#"graphql_documents{cache="parsed"}"#), 1);
    let requests = r#"http_requests_total{method="POST",route="/graphql",status="200"}"#;
    assert_eq!(numbers.get(requests), 2);
    assert_eq!(numbers.of("graphql_errors_total"), []);
}

#[tokio::test]
async fn a_mutation_is_counted_with_every_statement_within_its_savepoints_once() {
    let kept = Kept::begin();
    let app = TestApp::start().await;
    let input = json!({ "id": AOZORA.id().to_string(), "name": "x" });
    let send = |key: Option<&'static str>, input: serde_json::Value| {
        let body = json!({ "query": RENAME, "variables": { "input": input } });
        let request = app.client().post(app.url("/graphql")).json(&body);
        let request = request.bearer_auth(app.admin().token().unwrap());
        let request = match key {
            Some(key) => request.header("idempotency-key", key),
            None => request,
        };
        async { request.send().await.unwrap().text().await.unwrap() }
    };
    let sum = r#"graphql_operation_statements_sum{type="mutation"}"#;
    send(None, input.clone()).await;
    let alone = kept.scrape(&app).await.get(sum);
    let input = json!({ "id": AOZORA.id().to_string(), "name": "y" });
    send(Some("one"), input).await;
    let numbers = kept.scrape(&app).await;
    // the key looked up, on PostgreSQL under a lock; the answer is stored after it is told
    let before = match app.app.database.backend() {
        DbBackend::Sqlite => 1,
        _ => 2,
    };
    assert_eq!(numbers.get(sum) - alone, alone + before);
    let done = r#"graphql_operations_total{transport="http",type="mutation",outcome="ok"}"#;
    assert_eq!(numbers.get(done), 2);
    assert_eq!(app.change_kinds().await, ["company.updated"; 2]);
}

#[tokio::test]
async fn what_the_loader_asks_counts_for_its_operation() {
    let kept = Kept::begin();
    let app = TestApp::start().await;
    let query = "query($id: ID!) { node(id: $id) { ... on Alumnus { employments { position } } }
        again: node(id: $id) { ... on Alumnus { skills { name } } } }";
    let id = AOZORA.person("alumnus").to_string();
    let hr = app.hr();
    hr.run(query, json!({ "id": id })).await;
    let sum = r#"graphql_operation_statements_sum{type="query"}"#;
    let before = kept.scrape(&app).await.get(sum);
    let (run, reply) = app.statements(hr.run(query, json!({ "id": id }))).await;
    reply.data();
    let told = kept.scrape(&app).await.get(sum) - before;
    assert_eq!(told, run);
    assert_eq!(run, 2);
}

#[tokio::test]
async fn errors_are_counted_by_their_codes_wherever_they_come_from() {
    let kept = Kept::begin();
    let app = TestApp::start().await;
    app.hr().ask("{").await;
    app.hr().ask("{ nothing }").await;
    app.anonymous().ask("{ alumni { totalCount } }").await;
    app.with_token("nonsense").ask("{ __typename }").await;
    let numbers = kept.scrape(&app).await;
    assert_eq!(
        numbers.of("graphql_errors_total"),
        [
            (r#"graphql_errors_total{code="GRAPHQL_PARSE_FAILED"}"#, 1),
            (
                r#"graphql_errors_total{code="GRAPHQL_VALIDATION_FAILED"}"#,
                1
            ),
            (r#"graphql_errors_total{code="UNAUTHENTICATED"}"#, 2),
        ]
    );
    let refused = r#"graphql_operations_total{transport="http",type="unknown",outcome="refused"}"#;
    assert_eq!(numbers.get(refused), 2);
    let partial = r#"graphql_operations_total{transport="http",type="query",outcome="partial"}"#;
    assert_eq!(numbers.get(partial), 1);
}

#[tokio::test]
async fn subscriptions_and_what_carries_them_are_counted_while_they_last() {
    let kept = Kept::begin();
    let app = TestApp::start().await;
    let mut client = Client::ready(app.address(), app.hr().token()).await;
    client.send(&subscribe("1", &changes())).await;
    client.send(&subscribe("2", "{ __typename }")).await;
    let (answer, end) = (client.next().await, client.next().await);
    assert_eq!(
        (&answer["id"], &end["type"]),
        (&json!("2"), &json!("complete"))
    );
    let mut stream = Stream::open(&app, app.address(), app.hr().token(), &changes()).await;
    assert_eq!(stream.said().await, Some(Said::Comment));
    let input = json!({ "id": AOZORA.id().to_string(), "name": "x" });
    app.admin().run(RENAME, json!({ "input": input })).await;
    assert_eq!(client.next().await["type"], "next");
    assert!(matches!(stream.said().await, Some(Said::Next(_))));
    let numbers = kept.scrape(&app).await;
    for (name, count) in [
        ("graphql_sockets", 1),
        ("graphql_streams", 1),
        ("graphql_subscriptions", 2),
        (
            r#"graphql_subscription_answers_total{transport="socket",outcome="ok"}"#,
            1,
        ),
        (
            r#"graphql_subscription_answers_total{transport="http",outcome="ok"}"#,
            1,
        ),
        (
            r#"graphql_operations_total{transport="socket",type="query",outcome="ok"}"#,
            1,
        ),
    ] {
        assert_eq!(numbers.get(name), count, "{name}");
    }
    drop((client, stream));
    kept.until("graphql_subscriptions 0").await;
    kept.until("graphql_sockets 0").await;
    kept.until("graphql_streams 0").await;
    let numbers = kept.scrape(&app).await;
    for transport in ["http", "socket"] {
        let name = format!(
            r#"graphql_operations_total{{transport="{transport}",type="subscription",outcome="ok"}}"#
        );
        assert_eq!(numbers.get(&name), 1, "{name}");
    }
    // how long one waits for something to happen is nobody's latency
    let names = numbers.of("graphql_operation_duration_seconds_count");
    assert!(names.iter().all(|(name, _)| !name.contains("subscription")));
}
