//! What an answer holds, by the specification's chapters on execution and response: every selected field once and in its place, null
//! where something failed, and nothing for what was not given.

use serde_json::{Value, json};

use crate::socket::client::{Client, subscribe};
use crate::support::{AOZORA, Reply, TestApp};

/// Codes and places of what failed, and the data.
fn failed(reply: &Reply) -> (Vec<String>, &Value) {
    let errors = reply.body["errors"].as_array().unwrap().iter();
    let place = |error: &Value| {
        let path = error["path"].as_array().unwrap().iter();
        let path: Vec<_> = path.map(|step| step.to_string().replace('"', "")).collect();
        let code = error["extensions"]["code"].as_str().unwrap();
        format!("{code} {}", path.join("."))
    };
    (errors.map(place).collect(), &reply.body["data"])
}

/// Each document is asked twice: the second time it is remembered.
async fn answers(app: &TestApp, query: &str, variables: Value, expected: &str) {
    for _ in 0..2 {
        let reply = app.hr().run(query, variables.clone()).await;
        let expected = format!("{{\"data\":{expected}}}");
        assert_eq!(reply.text, expected, "{query} {variables}");
    }
}

#[tokio::test]
async fn a_mutation_selected_twice_under_one_name_runs_once() {
    let app = TestApp::start().await;
    for (number, selections) in [
        "apiKeyCreate(input: $input) { apiKey { id } } apiKeyCreate(input: $input) { secret }",
        "apiKeyCreate(input: $input) { apiKey { id } } ... { ... on Mutation { apiKeyCreate(input: $input) { secret } } }",
        "...F apiKeyCreate(input: $input) { secret } ...F",
        "k: apiKeyCreate(input: $input) { apiKey { id } } k: apiKeyCreate(input: $input) @include(if: $yes) { secret }",
        "apiKeyCreate(input: $input) @skip(if: $yes) { apiKey { name } } ... @include(if: $yes) { apiKeyCreate(input: $input) { apiKey { id } } ...F }",
    ]
    .into_iter()
    .enumerate()
    {
        let uses = if selections.contains("$yes") { ", $yes: Boolean = true" } else { "" };
        let fragment = if selections.contains("...F") {
            "fragment F on Mutation { apiKeyCreate(input: $input) { apiKey { id } secret } }"
        } else {
            ""
        };
        let query = format!(
            "mutation($input: ApiKeyCreateInput!{uses}) {{ {selections} }} {fragment}"
        );
        let input = json!({ "name": format!("key {number}"), "scopes": ["CHANGES_READ"] });
        let made = app.admin().run(&query, json!({ "input": input })).await;
        let made = made.data().as_object().unwrap();
        let payload = made.values().next().unwrap();
        assert!(payload["secret"].is_string() && payload["apiKey"]["id"].is_string(), "{query}");
        let keys = app.admin().ask("{ apiKeys { totalCount } }").await;
        assert_eq!(keys.at("/apiKeys/totalCount"), number + 1, "{query}");
    }
}

#[tokio::test]
async fn what_is_selected_twice_is_answered_where_either_selection_holds() {
    let app = TestApp::start().await;
    let query = "query($a: Boolean!, $b: Boolean = true) {
        viewer @include(if: $a) { kind } ...B @include(if: $b) viewer @skip(if: true) { company { id } } }
        fragment B on Query { viewer { roles kind @skip(if: $a) } __typename }";
    for (variables, expected) in [
        (
            json!({ "a": true }),
            r#"{"viewer":{"kind":"MEMBER","roles":["HR","EMPLOYEE"]},"__typename":"Query"}"#,
        ),
        (
            json!({ "a": false }),
            r#"{"viewer":{"roles":["HR","EMPLOYEE"],"kind":"MEMBER"},"__typename":"Query"}"#,
        ),
        (
            json!({ "a": true, "b": false }),
            r#"{"viewer":{"kind":"MEMBER"}}"#,
        ),
        (json!({ "a": false, "b": false }), "{}"),
    ] {
        answers(&app, query, variables, expected).await;
    }
}

#[tokio::test]
async fn fragments_of_what_a_node_turns_out_to_be_are_merged_and_no_others() {
    let app = TestApp::start().await;
    let company = AOZORA.id().to_string();
    let query = "query($id: ID!) { node(id: $id) {
        ... on Company { slug } ... on Node { id ... on Company { departments(first: 1) { nodes { name } } } } ...D ...C } }
        fragment C on Company { departments(first: 1) { totalCount } slug ... on Node { n: id } }
        fragment D on Department { name }";
    let expected = format!(
        r#"{{"node":{{"slug":"aozora","id":"{company}","departments":{{"nodes":[{{"name":"開発部"}}],"totalCount":1}},"n":"{company}"}}}}"#
    );
    let id = json!({ "id": company });
    answers(&app, query, id.clone(), &expected).await;
    let only = "query($id: ID!) { node(id: $id) { ... on Department { name } } }";
    answers(&app, only, id, r#"{"node":{}}"#).await;
    let nobody = json!({ "id": "person_01h455vb4pex5vsknk084sn02q" });
    answers(&app, only, nobody, r#"{"node":null}"#).await;
}

#[tokio::test]
async fn nothing_selected_is_an_empty_object_and_not_null() {
    let app = TestApp::start().await;
    for (query, expected) in [
        ("{ viewer { kind @skip(if: true) } }", r#"{"viewer":{}}"#),
        ("{ __typename @skip(if: true) }", "{}"),
        (
            "{ ...F @include(if: false) } fragment F on Query { __typename }",
            "{}",
        ),
        (
            "query($no: Boolean = false) { alumni { nodes { id @include(if: $no) } } viewer { company { ... @include(if: $no) { id } } } }",
            r#"{"alumni":{"nodes":[{}]},"viewer":{"company":{}}}"#,
        ),
        (
            "{ alumnus(id: \"person_01h455vb4pex5vsknk084sn02q\") { id @skip(if: true) } }",
            r#"{"alumnus":null}"#,
        ),
        ("mutation { __typename @skip(if: true) }", "{}"),
    ] {
        answers(&app, query, json!({}), expected).await;
    }
}

#[tokio::test]
async fn what_fails_and_may_not_be_null_takes_what_holds_it_along() {
    let app = TestApp::start().await;
    let anonymous = app
        .anonymous()
        .ask("{ viewer { kind } ...F } fragment F on Query { a: alumni { totalCount } }")
        .await;
    assert_eq!(
        failed(&anonymous),
        (vec!["UNAUTHENTICATED a".to_owned()], &Value::Null)
    );
    let below = app
        .hr()
        .ask("{ viewer { kind company { id departments(first: 101) { totalCount } } } }")
        .await;
    let place = "BAD_USER_INPUT viewer.company.departments".to_owned();
    let expected = json!({ "viewer": { "kind": "MEMBER", "company": null } });
    assert_eq!(failed(&below), (vec![place], &expected));
}

#[tokio::test]
async fn a_mutation_behind_one_that_leaves_nothing_does_not_run() {
    let app = TestApp::start().await;
    let key =
        |name: &str| format!("apiKeyCreate(input: {{ name: \"{name}\", scopes: [CHANGES_READ] }})");
    let forbidden = "companyCreate(input: { slug: \"x\", name: \"x\", locale: \"ja\", timeZone: \"UTC\", currency: \"JPY\" })";
    let rename = |name: &str, rest: &str| {
        let id = AOZORA.id();
        format!("companyUpdate(input: {{ id: \"{id}\", name: \"{name}\" }}) {{ {rest} }}")
    };
    let (before, behind) = (key("before"), key("behind"));
    let query = format!(
        "mutation {{ a: {before} {{ secret }} {forbidden} {{ company {{ id }} }} b: {behind} {{ secret }} }}"
    );
    let reply = app.admin().run(&query, json!({})).await;
    let refused = vec!["FORBIDDEN companyCreate".to_owned()];
    assert_eq!(failed(&reply), (refused, &Value::Null));

    let page = "company { departments(first: 101) { totalCount } }";
    let (one, other) = (rename("one", page), rename("other", "company { name }"));
    let query = format!("mutation {{ a: {one} b: {other} c: __typename }}");
    let reply = app.admin().run(&query, json!({})).await;
    let expected = json!({ "a": { "company": null }, "b": { "company": { "name": "other" } }, "c": "Mutation" });
    let refused = vec!["BAD_USER_INPUT a.company.departments".to_owned()];
    assert_eq!(failed(&reply), (refused, &expected));

    let reply = app.admin().ask("{ apiKeys { nodes { name } } }").await;
    assert_eq!(reply.texts("/apiKeys/nodes", "name"), ["before"]);
}

#[tokio::test]
async fn an_item_that_may_be_null_is_null_alone() {
    let app = TestApp::start().await;
    let (company, person) = (
        AOZORA.id().to_string(),
        AOZORA.person("alumnus").to_string(),
    );
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Alumnus { participations(first: 101) { totalCount } } } }";
    let ids = json!({ "ids": [company, person, "nonsense"] });
    let reply = app.hr().run(query, ids).await;
    let expected = json!({ "nodes": [{ "id": company }, null, null] });
    let place = "BAD_USER_INPUT nodes.1.participations".to_owned();
    assert_eq!(failed(&reply), (vec![place], &expected));
    let all = app
        .hr()
        .ask(
            "{ viewer { kind } alumni { nodes { id participations(first: 101) { totalCount } } } }",
        )
        .await;
    let place = "BAD_USER_INPUT alumni.nodes.0.participations".to_owned();
    assert_eq!(failed(&all), (vec![place], &Value::Null));
}

#[tokio::test]
async fn what_fails_and_may_be_null_is_null_in_its_place() {
    let app = TestApp::start().await;
    for (query, expected) in [
        (
            "{ alumnus(id: \"nonsense\") { id } viewer { kind } }",
            r#""data":{"alumnus":null,"viewer":{"kind":"MEMBER"}}}"#,
        ),
        (
            "{ alumnus(id: \"nonsense\") { id } }",
            r#""data":{"alumnus":null}}"#,
        ),
        (
            "{ z: __typename alumnus(id: \"nonsense\") { id } a: __typename }",
            r#""data":{"z":"Query","alumnus":null,"a":"Query"}}"#,
        ),
    ] {
        let reply = app.hr().ask(query).await;
        assert_eq!(reply.codes(), ["BAD_USER_INPUT"], "{query}");
        assert!(reply.text.ends_with(expected), "{}", reply.text);
    }
}

#[tokio::test]
async fn a_variable_that_was_not_given_leaves_alone_what_it_stands_for() {
    let app = TestApp::start().await;
    let query = "mutation($id: ID!, $website: String, $description: String) {
        companyUpdate(input: { id: $id, website: $website, description: $description }) { company { website description } userErrors { code } } }";
    let id = AOZORA.id().to_string();
    let site = "https://aozora.example/";
    for (variables, website, description) in [
        (
            json!({ "id": id, "description": "Software", "website": site }),
            json!(site),
            json!("Software"),
        ),
        (
            json!({ "id": id, "website": null }),
            Value::Null,
            json!("Software"),
        ),
        (
            json!({ "id": id, "website": site }),
            json!(site),
            json!("Software"),
        ),
        (
            json!({ "id": id, "description": null }),
            json!(site),
            Value::Null,
        ),
    ] {
        let reply = app.admin().run(query, variables).await;
        let company = json!({ "website": website, "description": description });
        let payload = json!({ "company": company, "userErrors": [] });
        assert_eq!(reply.at("/companyUpdate"), &payload);
    }
    let list = "query($a: String) { alumni(filter: { search: $a }) { totalCount } }";
    let everyone = app.hr().run(list, json!({})).await;
    assert_eq!(everyone.at("/alumni/totalCount"), 1);
    let sync = "mutation($dry: Boolean) { workersSync(input: { source: \"hr\", workers: [], dryRun: $dry }) { userErrors { code } } }";
    app.admin().run(sync, json!({})).await.data();
    let null = app.admin().run(sync, json!({ "dry": null })).await;
    assert_eq!(null.codes(), ["BAD_USER_INPUT"]);
}

#[tokio::test]
async fn a_subscription_may_select_its_one_field_in_parts_and_fragments() {
    let app = TestApp::start().await;
    let token = app.hr().token().unwrap().to_owned();
    let mut client = Client::ready(app.address(), Some(&token)).await;
    let query = "subscription { ...F changes { kind } } fragment F on Subscription { changes { __typename } }";
    client.send(&subscribe("1", query)).await;
    client.send(&json!({ "type": "ping" })).await;
    assert_eq!(client.next().await, json!({ "type": "pong" }));
    let rename = "mutation($input: CompanyUpdateInput!) { companyUpdate(input: $input) { company { name } } }";
    let renaming = async {
        for number in 0.. {
            let name = format!("あおぞら{number}");
            let input = json!({ "input": { "id": AOZORA.id().to_string(), "name": name } });
            app.admin().run(rename, input).await.data();
        }
    };
    // where a subscription begins nobody tells, so something happens until it is told of
    let event = tokio::select! {
        event = client.next() => event,
        () = renaming => unreachable!("goes on until something is told"),
    };
    assert_eq!(
        event["payload"],
        json!({ "data": { "changes": { "__typename": "Change", "kind": "company.updated" } } }),
        "{event}"
    );
}
