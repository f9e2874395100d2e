//! The limits on what one document may ask for, at the endpoint. What counts how is covered beside `graphql::limits`; here it is seen that
//! every way in passes them, that a refusal says its numbers, and that the service is none the worse for it.

use std::fmt::Write;

use alumni_api::graphql::limits::Limit;
use serde_json::{Value, json};

use crate::http::served_with;
use crate::support::{Reply, TestApp};

/// Each fragment but the last spreads the next twice.
fn bomb(fragments: usize) -> String {
    let mut text = "query Bomb { ...F0 }".to_owned();
    for number in 1..fragments {
        write!(
            text,
            "fragment F{} on Query{{a:node(id:1){{...F{number}}}b:node(id:1){{...F{number}}}}}",
            number - 1
        )
        .unwrap();
    }
    text + &format!("fragment F{} on Query{{__typename}}", fragments - 1)
}

fn limit(reply: &Reply) -> (&str, u64, u64) {
    assert_eq!(reply.codes(), ["GRAPHQL_VALIDATION_FAILED"]);
    assert!(reply.body.get("data").is_none());
    let limit = &reply.body["errors"][0]["extensions"]["limit"];
    (
        limit["name"].as_str().unwrap(),
        limit["value"].as_u64().unwrap(),
        limit["maximum"].as_u64().unwrap(),
    )
}

#[tokio::test]
async fn what_goes_beyond_a_limit_is_refused_with_its_numbers_and_the_next_request_is_served() {
    let app = TestApp::start().await;
    let repeated = |text: &str, count: usize| format!("{{ {} }}", text.repeat(count));
    let aliases = (0..1_000).fold(String::new(), |text, number| {
        text + &format!("a{number}: __typename ")
    });
    let deep = format!(
        "{}id{}",
        "{ viewer { company ".repeat(8) + "{ ",
        "}".repeat(17)
    );
    for (document, expected) in [
        (repeated(&aliases, 1), ("aliases", 1_000, 30)),
        (repeated("viewer { kind } ", 21), ("rootFields", 21, 20)),
        (
            format!(
                "{{ viewer {{ kind {} }} }}",
                "@include(if: true) ".repeat(1_000)
            ),
            ("directives", 1_000, 50),
        ),
        (repeated("a ", 40_000), ("tokens", 40_002, 15_000)),
        (
            repeated(&"a".repeat(100_000), 1),
            ("documentBytes", 100_004, 100_000),
        ),
        (
            format!("{{ a(b: {}1{}) }}", "[".repeat(1_000), "]".repeat(1_000)),
            ("nesting", 65, 64),
        ),
        (deep, ("depth", 17, 15)),
        (
            "{ companies(first: 100) { nodes { departments(first: 100) { nodes { id } } } } }"
                .to_owned(),
            ("complexity", 10_201, 5_000),
        ),
    ] {
        let reply = app.hr().ask(&document).await;
        assert_eq!((reply.status, limit(&reply)), (200, expected));
        assert_eq!(
            app.hr().ask("{ viewer { kind } }").await.at("/viewer/kind"),
            "MEMBER"
        );
    }
}

#[tokio::test]
async fn a_small_document_that_unfolds_without_end_is_refused_before_it_is_unfolded() {
    let app = TestApp::start().await;
    for (document, operation) in [
        (bomb(30), None),
        (
            format!("query Fine {{ __typename }} {}", bomb(30)),
            Some("Fine"),
        ),
        (bomb(30).replacen("...F0", "__typename", 1), None),
    ] {
        let body = json!({ "query": document, "operationName": operation });
        let reply = app
            .client()
            .post(app.url("/graphql"))
            .json(&body)
            .send()
            .await
            .unwrap();
        let answer: Value = reply.json().await.unwrap();
        assert_eq!(
            answer["errors"][0]["extensions"]["limit"]["name"], "expandedFields",
            "{answer}"
        );
        assert!(
            answer["errors"][0]["extensions"]["limit"]["value"]
                .as_u64()
                .unwrap()
                > 1_000_000_000
        );
    }
    let circle = app
        .anonymous()
        .ask("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }")
        .await;
    assert_eq!(circle.codes(), ["GRAPHQL_VALIDATION_FAILED"]);
}

#[tokio::test]
async fn the_schema_may_be_asked_about_itself_but_not_in_circles() {
    let app = TestApp::start().await;
    let types = app.anonymous().ask("{ __schema { types { name fields { name args { name type { name ofType { name } } } } } } }").await;
    assert!(types.at("/__schema/types").as_array().unwrap().len() > 20);
    let circles = "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }";
    let reply = app.anonymous().ask(circles).await;
    assert_eq!(
        limit(&reply),
        ("introspectionComplexity", 2_444_202, 600_000)
    );
}

#[tokio::test]
async fn a_full_page_of_the_directory_is_within_the_price() {
    let app = TestApp::start().await;
    let page = "{ alumni(first: 100) { totalCount pageInfo { hasNextPage endCursor } edges { cursor } nodes { id displayName familyName givenName
        employments { startedOn lastWorkingDay position employmentType department { id name } } skills { level skill { id name } } } } }";
    assert!(
        !app.hr()
            .ask(page)
            .await
            .at("/alumni/nodes")
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn every_limit_a_refusal_can_name_is_told_by_the_service() {
    let app = TestApp::start().await;
    for limit in Limit::ALL {
        let told = app
            .anonymous()
            .ask(&format!("{{ serviceLimits {{ most: {} }} }}", limit.name()))
            .await;
        assert!(
            told.at("/serviceLimits/most").as_u64().unwrap() > 0,
            "{limit:?}"
        );
    }
}

#[tokio::test]
async fn fragments_as_deep_as_the_limit_are_still_followed() {
    let app = TestApp::start().await;
    let chain = |length: usize| {
        let link = |text: String, number: usize| {
            text + &format!("fragment F{number} on Query {{ ...F{} }} ", number + 1)
        };
        (0..length).fold("{ ...F0 } ".to_owned(), link)
            + &format!("fragment F{length} on Query {{ __typename }}")
    };
    assert_eq!(
        app.anonymous().ask(&chain(61)).await.at("/__typename"),
        "Query"
    );
    assert_eq!(
        limit(&app.anonymous().ask(&chain(63)).await),
        ("nesting", 65, 64)
    );
}

#[tokio::test]
async fn the_limits_are_those_the_service_is_set_to() {
    let app = TestApp::start().await;
    let mut settings = alumni_api::http::HttpSettings::default();
    (settings.limits.depth, settings.introspection) = (1, false);
    let address = served_with(&app, settings).await;
    let ask = async |query: &str| {
        let request = app
            .client()
            .post(format!("http://{address}/graphql"))
            .json(&json!({ "query": query }));
        request.send().await.unwrap().json::<Value>().await.unwrap()
    };
    assert_eq!(
        ask("{ viewer { kind } }").await["errors"][0]["extensions"]["limit"],
        json!({ "name": "depth", "value": 2, "maximum": 1 })
    );
    assert_eq!(
        ask("{ __schema { queryType { name } } }").await["errors"][0]["message"],
        "This service does not answer introspection."
    );
    assert_eq!(
        ask("{ __typename }").await,
        json!({ "data": { "__typename": "Query" } })
    );
}

#[tokio::test]
async fn a_value_counts_wherever_it_is_used() {
    let app = TestApp::start().await;
    let large = "x".repeat(100_000);
    let nodes = |ids: usize| {
        format!(
            "query($id: ID!) {{ nodes(ids: [{}]) {{ id }} }}",
            "$id ".repeat(ids)
        )
    };
    let refused = r#""limit":{"name":"valueBytes","value":"#;
    let in_fragment = format!(
        "query($id: ID!) {{ viewer {{ company {{ ...F }} }} company {{ ...F }} }} fragment F on Company {{ alumni(filter: {{ departmentIds: [{}] }}) {{ totalCount }} }}",
        "$id ".repeat(35)
    );
    for (document, status) in [
        (nodes(30), 200),
        (nodes(70), 400),
        (nodes(5_000), 400),
        (in_fragment, 400),
    ] {
        // known the second time, and refused all the same
        for id in ["x", &large] {
            let reply = app.hr().run(&document, json!({ "id": id })).await;
            let over = reply.text.contains(refused);
            assert_eq!(over, status == 400 && id != "x", "{}", reply.text);
        }
    }
}
