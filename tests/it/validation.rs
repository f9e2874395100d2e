//! Which documents are valid, by the specification's chapter on validation, where that takes more than the library: at the endpoint,
//! where a refused one has the status 400 and no data, and did not run.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use serde_json::{Value, json};

use crate::support::TestApp;

async fn sent(app: &TestApp, query: &str) -> (u16, Value) {
    let request = app
        .client()
        .post(app.url("/graphql"))
        .bearer_auth(app.admin().token().unwrap())
        .header(ACCEPT, "application/graphql-response+json")
        .header(CONTENT_TYPE, "application/json");
    let body = json!({ "query": query }).to_string();
    let response = request.body(body).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

/// Refused for what it is, again when it is asked again; the first message.
async fn refused(app: &TestApp, query: &str) -> String {
    let mut message = String::new();
    for _ in 0..2 {
        let (status, answer) = sent(app, query).await;
        let error = &answer["errors"][0];
        let code = error["extensions"]["code"].as_str().unwrap();
        assert_eq!(
            (status, answer.get("data")),
            (400, None),
            "{query}: {answer}"
        );
        assert!(
            ["GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED"].contains(&code),
            "{query}: {answer}"
        );
        error["message"].as_str().unwrap().clone_into(&mut message);
    }
    message
}

/// Valid: what became of it then is another matter.
async fn taken(app: &TestApp, queries: &[&str]) {
    for query in queries {
        let (_, answer) = sent(app, query).await;
        let text = answer.to_string();
        assert!(!text.contains("GRAPHQL_"), "{query}: {text}");
    }
}

async fn each_refused(app: &TestApp, refusals: &[(&str, &str)]) {
    for (query, message) in refusals {
        assert_eq!(refused(app, query).await, *message, "{query}");
    }
}

#[tokio::test]
async fn a_variable_stands_only_where_its_type_is_allowed() {
    let app = TestApp::start().await;
    let misplaced = |name: &str, kind: &str, place: &str| {
        format!(
            "Variable \"${name}\" of type \"{kind}\" used in position expecting type \"{place}\"."
        )
    };
    for (query, kind, place) in [
        (
            "query($a: String) { alumni(first: $a) { totalCount } }",
            "String",
            "Int",
        ),
        (
            "query($a: [Int]) { alumni(first: $a) { totalCount } }",
            "[Int]",
            "Int",
        ),
        ("query($a: ID) { node(id: $a) { id } }", "ID", "ID!"),
        ("query($a: ID = null) { node(id: $a) { id } }", "ID", "ID!"),
        (
            "query($a: ID! = \"x\") { nodes(ids: $a) { id } }",
            "ID!",
            "[ID!]!",
        ),
        (
            "query($a: [ID]! = [\"x\"]) { nodes(ids: $a) { id } }",
            "[ID]!",
            "[ID!]!",
        ),
        (
            "query($a: ID) { nodes(ids: [\"x\", $a]) { id } }",
            "ID",
            "ID!",
        ),
        (
            "query($a: Int) { alumni(filter: { not: { search: $a } }) { totalCount } }",
            "Int",
            "String",
        ),
        (
            "query($a: Intent) { alumni(filter: { and: [{ intents: [$a] }] }) { totalCount } }",
            "Intent",
            "Intent!",
        ),
        (
            "query($a: Boolean) { viewer { kind @include(if: $a) } }",
            "Boolean",
            "Boolean!",
        ),
        (
            "query($a: String! = \"x\") { ... @skip(if: $a) { __typename } }",
            "String!",
            "Boolean!",
        ),
        (
            "query($a: Boolean) { __typename @skip(if: $a) }",
            "Boolean",
            "Boolean!",
        ),
        (
            "query($a: String) { ...F } fragment F on Query { ...G } fragment G on Query { alumni(first: $a) { totalCount } }",
            "String",
            "Int",
        ),
        (
            "mutation($a: CompanyUpdateInput) { companyUpdate(input: $a) { userErrors { code } } }",
            "CompanyUpdateInput",
            "CompanyUpdateInput!",
        ),
        (
            "query($a: Int) { __type(name: $a) { name } }",
            "Int",
            "String!",
        ),
    ] {
        assert_eq!(
            refused(&app, query).await,
            misplaced("a", kind, place),
            "{query}"
        );
    }
    taken(
        &app,
        &[
            "query($a: Int!) { alumni(first: $a) { totalCount } }",
            "query($a: ID = \"x\") { node(id: $a) { id } }",
            "query($a: ID!) { nodes(ids: [$a]) { id } }",
            "query($a: [ID!]!) { nodes(ids: $a) { id } }",
            "query($a: Boolean = true) { viewer { kind @include(if: $a) } }",
            "query($a: Boolean! = true) { __typename @include(if: $a) }",
            "mutation($a: Boolean) { workersSync(input: { source: \"a\", workers: [], dryRun: $a }) { userErrors { code } } }",
        ],
    )
    .await;
}

#[tokio::test]
async fn all_operations_of_a_document_are_judged() {
    let app = TestApp::start().await;
    let query = "query A { __typename } query B($a: String) { alumni(first: $a) { totalCount } }";
    let body = json!({ "query": query, "operationName": "A" });
    let request = app.client().post(app.url("/graphql")).json(&body);
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(
        answer["errors"][0]["extensions"]["code"],
        "GRAPHQL_VALIDATION_FAILED"
    );
}

#[tokio::test]
async fn a_literal_is_what_its_place_takes() {
    let app = TestApp::start().await;
    let argument =
        |name: &str, fault: &str| format!("Argument \"{name}\" cannot be read: {fault}.");
    for (arguments, name, fault) in [
        ("first: 2147483648", "first", "expected \"Int\""),
        ("orderBy: \"NAME\"", "orderBy", "expected \"AlumnusOrder\""),
        ("filter: \"x\"", "filter", "expected \"AlumnusFilter\""),
        ("filter: [{}]", "filter", "expected \"AlumnusFilter\""),
        (
            "filter: { intents: [\"REHIRE\"] }",
            "filter",
            "at `intents[0]`, expected \"Intent!\"",
        ),
        (
            "filter: { leftOn: \"2024-01-01\" }",
            "filter",
            "at `leftOn`, expected \"DayRange\"",
        ),
        (
            "filter: { leftOn: { from: \"2023-02-29\" } }",
            "filter",
            "at `leftOn.from`, expected \"NaiveDate\"",
        ),
        (
            "filter: { leftOn: { from: \"2024-2-9\" } }",
            "filter",
            "at `leftOn.from`, expected \"NaiveDate\"",
        ),
        (
            "filter: { leftOn: { from: YESTERDAY } }",
            "filter",
            "at `leftOn.from`, expected \"NaiveDate\"",
        ),
    ] {
        let query = format!("{{ alumni({arguments}) {{ totalCount }} }}");
        assert_eq!(
            refused(&app, &query).await,
            argument(name, fault),
            "{query}"
        );
    }
    let default = |kind: &str, default: &str, place: &str| {
        format!("query($a: {kind} = {default}) {{ alumni({place}: $a) {{ totalCount }} }}")
    };
    for (query, fault) in [
        (default("Int", "2147483648", "first"), "expected \"Int\""),
        (
            default("AlumnusOrder", "\"NAME\"", "orderBy"),
            "expected \"AlumnusOrder\"",
        ),
        (
            default(
                "AlumnusFilter",
                "{ leftOn: { from: \"2023-02-29\" } }",
                "filter",
            ),
            "at `leftOn.from`, expected \"NaiveDate\"",
        ),
    ] {
        let message = format!("The default of variable \"$a\" cannot be read: {fault}.");
        assert_eq!(refused(&app, &query).await, message, "{query}");
    }
    for query in [
        "{ alumni(first: 1.0) { totalCount } }",
        "{ alumni(filter: { nothing: 1 }) { totalCount } }",
        "{ alumni(filter: { search: \"a\", search: \"b\" }) { totalCount } }",
        "{ engagementEvents(filter: { startsAt: { from: {} } }) { totalCount } }",
        "mutation { companyUpdate(input: {}) { userErrors { code } } }",
        "mutation { workersSync(input: { source: \"a\", workers: [{}] }) { userErrors { code } } }",
    ] {
        refused(&app, query).await;
    }
    taken(
        &app,
        &[
            "{ node(id: 1) { id } nodes(ids: \"x\") { id } }",
            "{ alumni(filter: { intents: REHIRE, and: { search: \"a\" }, leftOn: { from: \"2024-02-29\" } }) { totalCount } }",
        ],
    )
    .await;
}

#[tokio::test]
async fn what_is_selected_under_one_name_is_one_thing_at_every_depth() {
    let app = TestApp::start().await;
    let conflict = |name: &str, reason: &str| {
        format!(
            "Fields \"{name}\" conflict because {reason}. Use different aliases on the fields to fetch both if this was intentional."
        )
    };
    for (query, name, reason) in [
        (
            "{ viewer { company { id } } viewer { company { id: name } } }",
            "id",
            "they return conflicting types \"ID!\" and \"String!\"",
        ),
        (
            "{ viewer { company { x: name } } ...F } fragment F on Query { viewer { company { x: slug } } }",
            "x",
            "\"name\" and \"slug\" are different fields",
        ),
        (
            "{ viewer { company { alumni(first: 1) { totalCount } } } viewer { ... { company { alumni { totalCount } } } } }",
            "alumni",
            "they have differing arguments",
        ),
        (
            "{ node(id: \"x\") { ... on Alumnus { x: displayName } ... on Company { x: version } } }",
            "x",
            "they return conflicting types \"String!\" and \"Int!\"",
        ),
        (
            "{ node(id: \"x\") { ... on Alumnus { x: headline } ... on Employee { x: displayName } } }",
            "x",
            "they return conflicting types \"String\" and \"String!\"",
        ),
        (
            "{ node(id: \"x\") { ... on Alumnus { x: skills { name } } ... on Employee { x: version } } }",
            "x",
            "they return conflicting types \"[PersonSkill!]!\" and \"Int!\"",
        ),
        (
            "{ node(id: \"x\") { x: id ... on Alumnus { x: __typename } } }",
            "x",
            "they return conflicting types \"ID!\" and \"String!\"",
        ),
    ] {
        assert_eq!(
            refused(&app, query).await,
            conflict(name, reason),
            "{query}"
        );
    }
    taken(
        &app,
        &[
            "{ node(id: \"x\") { ... on Alumnus { x: displayName } ... on Skill { x: name } } }",
            "{ node(id: \"x\") { ... on Alumnus { x: participations(first: 1) { totalCount } } ... on Employee { x: participations(first: 2) { totalCount } } } }",
            "{ viewer { company { a: alumni(first: 1, last: null) { totalCount } } } viewer { company { a: alumni(last: null, first: 1) { totalCount } } } }",
        ],
    )
    .await;
}

#[tokio::test]
async fn directives_are_judged_on_every_typename_and_behind_every_variable() {
    let app = TestApp::start().await;
    for query in [
        "{ __typename @skip }",
        "{ __typename @skip(if: 1) }",
        "{ __typename @skip(if: null) }",
        "{ __typename @skip(if: true, a: 1) }",
        "{ __typename @skip(if: false) @skip(if: false) }",
        "{ viewer { __typename @nothing kind } }",
        "{ ...F } fragment F on Query { a: __typename @deprecated }",
    ] {
        refused(&app, query).await;
    }
    each_refused(
        &app,
        &[
            (
                "query { __typename @include(if: $a) }",
                "Variable \"$a\" is not defined",
            ),
            (
                "query($a: Int @nothing) { alumni(first: $a) { totalCount } }",
                "Unknown directive \"nothing\"",
            ),
            (
                "query($a: Int @include(if: true)) { alumni(first: $a) { totalCount } }",
                "Directive \"include\" may not be used on a variable.",
            ),
        ],
    )
    .await;
    taken(
        &app,
        &["{ __typename @include(if: true) @skip(if: false) }"],
    )
    .await;
}

#[tokio::test]
async fn a_subscription_has_one_root_field_that_nothing_leaves_out() {
    let app = TestApp::start().await;
    let one = "A subscription must select one root field only.";
    let conditional = "The root field of a subscription takes neither @skip nor @include.";
    each_refused(
        &app,
        &[
            ("subscription { changes { kind } other: changes { kind } }", one),
            ("subscription { ...F other: changes { kind } } fragment F on Subscription { changes { kind } }", one),
            ("subscription { changes @include(if: true) { kind } }", conditional),
            ("subscription { ... @skip(if: false) { changes { kind } } }", conditional),
        ],
    )
    .await;
    taken(
        &app,
        &["subscription { changes { kind @skip(if: true) } ... { changes { kind } } }"],
    )
    .await;
}

#[tokio::test]
async fn introspection_may_be_asked_for_what_is_deprecated_by_null() {
    let app = TestApp::start().await;
    let asked = async |flag: &str| {
        let query = format!(
            "{{ __type(name: \"Query\") {{ fields{flag} {{ name args(includeDeprecated: null) {{ name }} }} }} }}"
        );
        let (status, answer) = sent(&app, &query).await;
        assert_eq!(status, 200, "{answer}");
        answer["data"].clone()
    };
    assert_eq!(asked("(includeDeprecated: null)").await, asked("").await);
    refused(&app, "{ viewer(includeDeprecated: null) { kind } }").await;
    refused(
        &app,
        "{ __type(name: \"Query\") { name(includeDeprecated: null) { a } } }",
    )
    .await;
}

#[tokio::test]
async fn a_day_in_a_variable_is_written_in_full() {
    let app = TestApp::start().await;
    let query =
        "query($from: NaiveDate) { alumni(filter: { leftOn: { from: $from } }) { totalCount } }";
    for day in [
        "2024-2-9",
        "2024-02-9",
        "+2024-02-09",
        "20240-2-09",
        "2024-02-30",
        "２024-02-09",
    ] {
        let reply = app.hr().run(query, json!({ "from": day })).await;
        assert_eq!(reply.codes(), ["BAD_USER_INPUT"], "{day}");
        assert!(reply.body.get("data").is_none());
    }
    app.hr()
        .run(query, json!({ "from": "2024-02-09" }))
        .await
        .data();
}

#[tokio::test]
async fn a_day_beyond_the_calendar_is_neither_stored_nor_looked_for() {
    let app = TestApp::start().await;
    let opportunity = |day: &str| {
        format!(
            "mutation {{ opportunityCreate(input: {{ kind: REHIRE, title: \"x\", closesOn: \"{day}\" }}) {{ userErrors {{ message }} }} }}"
        )
    };
    let key = |instant: &str| {
        format!(
            "mutation {{ apiKeyCreate(input: {{ name: \"x\", scopes: [CHANGES_READ], expiresAt: \"{instant}\" }}) {{ userErrors {{ message }} }} }}"
        )
    };
    for document in [
        opportunity("0000-01-01"),
        key("+10000-01-01T00:00:00Z"),
        key("9999-12-31T23:59:59-01:00"),
        "{ alumni(filter: { leftOn: { to: \"0000-12-31\" } }) { totalCount } }".to_owned(),
    ] {
        refused(&app, &document).await;
    }
    let variables = json!({ "at": "-0001-01-01T00:00:00Z" });
    let query = "query($at: DateTime) { engagementEvents(filter: { startsAt: { from: $at } }) { totalCount } }";
    assert_eq!(
        app.admin().run(query, variables).await.codes(),
        ["BAD_USER_INPUT"]
    );
    let known = [opportunity("9999-12-31"), key("9999-12-31T23:59:59Z")];
    taken(&app, &known.each_ref().map(String::as_str)).await;

    let lists = "{ opportunities { nodes { closesOn } } apiKeys { nodes { expiresAt } } }";
    let reply = app.admin().ask(lists).await;
    assert_eq!(
        reply.texts("/opportunities/nodes", "closesOn"),
        ["9999-12-31"]
    );
    assert_eq!(
        reply.texts("/apiKeys/nodes", "expiresAt"),
        ["9999-12-31T23:59:59+00:00"]
    );

    for cursor in ["-262143-01-01", "+262142-12-31"] {
        let parts = ["left", cursor, "018c08ed-0400-7ffb-9b87-4fa9105c8331"];
        let cursor = BASE64_URL_SAFE_NO_PAD.encode(json!(parts).to_string());
        let query =
            "query($after: String) { alumni(orderBy: LEFT_ON, after: $after) { totalCount } }";
        let reply = app.admin().run(query, json!({ "after": cursor })).await;
        assert_eq!(reply.codes(), ["BAD_USER_INPUT"]);
    }
}
