//! What an operation would cost, told before it is sent.

use serde_json::{Value, json};

use crate::support::{Actor, Reply, TestApp};

const COST: &str = "query($document: String!, $variables: JSON, $operationName: String) {
    queryCost(document: $document, variables: $variables, operationName: $operationName) {
        requested maximum exceeds { name value maximum } pageSizeThatFits paths { path cost pageSize } } }";

async fn cost(actor: &Actor<'_>, document: &str, variables: Value) -> Reply {
    let asked = json!({ "document": document, "variables": variables });
    actor.run(COST, asked).await
}

#[tokio::test]
async fn the_price_is_told_path_by_path_with_the_values_given() {
    let app = TestApp::start().await;
    let document = "query($n: Int = 3) { all: alumni(first: $n) { totalCount nodes { id skills { name } ...Stints } } viewer { kind } }
        fragment Stints on Alumnus { employments { department { name } } }";
    let told = cost(&app.hr(), document, json!({})).await;
    assert_eq!(
        told.at("/queryCost"),
        &json!({ "requested": 24, "maximum": 5000, "exceeds": [], "pageSizeThatFits": null, "paths": [
            { "path": "all", "cost": 23, "pageSize": 3 },
            { "path": "all.nodes", "cost": 12, "pageSize": null },
            { "path": "all.totalCount", "cost": 10, "pageSize": null },
            { "path": "all.nodes.employments", "cost": 6, "pageSize": null },
            { "path": "all.nodes.skills", "cost": 3, "pageSize": null },
            { "path": "all.nodes.employments.department", "cost": 3, "pageSize": null },
            { "path": "viewer", "cost": 1, "pageSize": null } ] })
    );
    let told = cost(&app.hr(), document, json!({ "n": 100 })).await;
    assert_eq!(told.at("/queryCost/requested"), 412);
}

#[tokio::test]
async fn what_is_told_is_what_is_charged() {
    let app = TestApp::start().await;
    let document = "query($n: Int, $m: Int) { engagementEvents(first: $n) { nodes { participations(first: $m) { nodes { id person { id displayName } } } } } }";
    let hr = app.hr();
    for (n, m) in [(1, 1), (20, 20), (49, 49), (49, 50), (51, 50), (100, 100)] {
        let variables = json!({ "n": n, "m": m });
        let told = cost(&hr, document, variables.clone()).await;
        let told = told.at("/queryCost");
        let sent = hr.run(document, variables).await;
        let charged = &sent.body["errors"][0]["extensions"]["limit"];
        if charged.is_null() {
            assert_eq!(told["exceeds"], json!([]), "{n} {m}");
        } else {
            assert_eq!(&told["exceeds"], &json!([charged]), "{n} {m}");
            assert_eq!(told["requested"], charged["value"]);
            // the page size that is told fits, and the next one does not
            let size = told["pageSizeThatFits"].as_i64().unwrap();
            let fits = |size: i64| json!({ "n": size.min(n), "m": size.min(m) });
            let codes = |reply: &Reply| reply.codes().len();
            assert_eq!(codes(&hr.run(document, fits(size)).await), 0);
            assert_eq!(codes(&hr.run(document, fits(size + 1)).await), 1);
        }
    }
}

#[tokio::test]
async fn every_limit_it_goes_beyond_is_told_at_once() {
    let app = TestApp::start().await;
    let fields: String = (0..31)
        .map(|n| format!("a{n}: viewer {{ kind }} "))
        .collect();
    let told = cost(&app.hr(), &format!("{{ {fields} }}"), Value::Null).await;
    assert_eq!(
        told.at("/queryCost/exceeds"),
        &json!([{ "name": "aliases", "value": 31, "maximum": 30 }, { "name": "rootFields", "value": 31, "maximum": 20 }])
    );
    assert_eq!(told.at("/queryCost/pageSizeThatFits"), &Value::Null);
}

#[tokio::test]
async fn what_cannot_be_priced_is_said_and_nobody_at_all_is_told_nothing() {
    let app = TestApp::start().await;
    for (document, variables) in [
        ("{ alumni", Value::Null),
        (
            "query A { viewer { kind } } query B { viewer { kind } }",
            Value::Null,
        ),
        ("{ ...A } fragment A on Query { ...A }", Value::Null),
        ("{ viewer { kind } }", json!([1])),
        (&"#".repeat(100_001), Value::Null),
    ] {
        let reply = cost(&app.hr(), document, variables).await;
        assert_eq!(reply.codes(), ["BAD_USER_INPUT"], "{document:.40}");
    }
    let reply = cost(&app.anonymous(), "{ viewer { kind } }", Value::Null).await;
    assert_eq!(reply.codes(), ["UNAUTHENTICATED"]);
}

#[tokio::test]
async fn nothing_of_what_is_priced_is_run() {
    let app = TestApp::start().await;
    let document =
        "mutation { apiKeyCreate(input: { name: \"x\", scopes: [ALUMNI_READ] }) { secret } }";
    let told = cost(&app.admin(), document, Value::Null).await;
    assert_eq!(told.at("/queryCost/requested"), 10);
    assert_eq!(app.change_kinds().await, Vec::<String>::new());
    let sync = "mutation($workers: [WorkerSyncInput!]!) { workersSync(input: { source: \"hr\", workers: $workers }) { userErrors { code } } }";
    let workers =
        json!({ "workers": [{ "externalId": "1" }, { "externalId": "2" }, { "externalId": "3" }] });
    let told = cost(&app.admin(), sync, workers).await;
    assert_eq!(told.at("/queryCost/requested"), 10 + 3 + 1);
    let path = json!({ "path": "workersSync", "cost": 14, "pageSize": null });
    assert_eq!(told.at("/queryCost/paths/0"), &path);
}
