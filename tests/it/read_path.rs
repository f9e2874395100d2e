//! One statement an operation, and right answers where an operation cannot be foreseen.

use entity::ParticipationState;
use serde_json::{Value, json};

use crate::support::{AOZORA, Reply, TestApp};

async fn app_with(names: &[&str]) -> TestApp {
    let app = TestApp::start().await;
    for name in names {
        app.new_alumnus(name, "").skills(&["Rust"]).insert().await;
    }
    // the login, the company, its departments and skills are remembered after this, and are no statements of what follows
    app.hr().ask("{ company { alumni { nodes { company { name } skills { name } employments { department { name } } } } } }").await;
    app
}

#[tokio::test]
async fn a_page_below_a_node_comes_with_the_node() {
    let app = app_with(&["b", "c"]).await;
    let query = "{ company { name departments { nodes { name } } alumni(first: 2) { totalCount nodes { familyName skills { name } } } } }";
    let (statements, reply) = app.statements(app.hr().ask(query)).await;
    assert_eq!(
        reply.texts("/company/alumni/nodes", "familyName"),
        ["alumnus", "b"]
    );
    assert_eq!(reply.at("/company/alumni/totalCount"), 3);
    assert_eq!(statements, 1);
}

#[tokio::test]
async fn two_questions_under_aliases_are_two_statements_more_and_the_right_rows() {
    let app = app_with(&["b", "c"]).await;
    let query = "{ company { one: alumni(first: 1) { nodes { familyName } } two: alumni(last: 2) { nodes { familyName } } } }";
    let (statements, reply) = app.statements(app.hr().ask(query)).await;
    assert_eq!(reply.texts("/company/one/nodes", "familyName"), ["alumnus"]);
    assert_eq!(reply.texts("/company/two/nodes", "familyName"), ["b", "c"]);
    assert_eq!(statements, 3);
}

#[tokio::test]
async fn the_same_question_under_two_names_is_foreseen() {
    let app = app_with(&["b"]).await;
    let query = "query($n: Int = 1) { company { one: alumni(first: $n) { nodes { familyName } } two: alumni(first: 1) { edges { node { skills { name } } } } } }";
    let (statements, reply) = app.statements(app.hr().ask(query)).await;
    assert_eq!(reply.texts("/company/one/nodes", "familyName"), ["alumnus"]);
    assert_eq!(reply.at("/company/two/edges/0/node/skills"), &json!([]));
    assert_eq!(statements, 1);
}

#[tokio::test]
async fn both_ways_into_a_connection_and_fragments_are_merged() {
    let app = app_with(&["b"]).await;
    let query = "query { alumni(last: 1) { nodes { ...Names } edges { cursor node { ... on Alumnus { skills { skill { name } } } } } } }
        fragment Names on Alumnus { familyName employments { department { name } } }";
    let (statements, reply) = app.statements(app.hr().ask(query)).await;
    assert_eq!(
        reply.at("/alumni/nodes/0"),
        &json!({ "familyName": "b", "employments": [{ "department": { "name": "開発部" } }] })
    );
    assert_eq!(reply.at("/alumni/edges/0/node/skills/0/skill/name"), "Rust");
    assert_eq!(statements, 1);
}

#[tokio::test]
async fn what_is_skipped_is_neither_read_nor_answered() {
    let app = app_with(&["b"]).await;
    let query = "query($deep: Boolean!) { alumni(last: 1) { nodes { familyName skills @include(if: $deep) { name } } } }";
    let reply = app.hr().run(query, json!({ "deep": false })).await;
    assert_eq!(reply.at("/alumni/nodes/0"), &json!({ "familyName": "b" }));
    let reply = app.hr().run(query, json!({ "deep": true })).await;
    assert_eq!(
        reply.at("/alumni/nodes/0/skills"),
        &json!([{ "name": "Rust" }])
    );
}

#[tokio::test]
async fn an_unset_variable_is_as_if_the_argument_were_not_there() {
    let app = app_with(&["b"]).await;
    let query = "query($first: Int, $filter: AlumnusFilter) { company { alumni(first: $first, filter: $filter) { nodes { familyName } } } }";
    let (statements, reply) = app.statements(app.hr().run(query, json!({}))).await;
    assert_eq!(
        reply.texts("/company/alumni/nodes", "familyName"),
        ["alumnus", "b"]
    );
    assert_eq!(statements, 1);
}

#[tokio::test]
async fn root_fields_answer_in_the_order_they_were_asked() {
    let app = app_with(&["b"]).await;
    let reply = app.hr().ask("{ z: alumni(first: 1) { totalCount } a: company { name } m: employees { totalCount } }").await;
    let text = &reply.text;
    let place = |key: &str| text.find(&format!("\"{key}\":{{")).unwrap();
    assert!(place("z") < place("a") && place("a") < place("m"), "{text}");
}

#[tokio::test]
async fn a_fault_in_a_pages_arguments_is_the_callers_and_names_the_argument() {
    let app = app_with(&[]).await;
    for (arguments, field) in [
        ("first: 101", "first"),
        ("first: -1", "first"),
        ("last: 101", "last"),
        ("first: 1, last: 1", "last"),
        ("after: \"x\"", "cursor"),
        ("before: \"\"", "cursor"),
    ] {
        for query in [
            format!("{{ alumni({arguments}) {{ nodes {{ id }} }} }}"),
            format!("{{ company {{ alumni({arguments}) {{ nodes {{ id }} }} }} }}"),
        ] {
            let reply = app.hr().ask(&query).await;
            assert_eq!(reply.codes(), ["BAD_USER_INPUT"], "{query}");
            assert_eq!(
                reply.body["errors"][0]["extensions"]["field"], field,
                "{query}"
            );
        }
    }
}

#[tokio::test]
async fn a_filter_of_too_many_values_never_reaches_the_database() {
    let app = app_with(&[]).await;
    let query = "query($filter: AlumnusFilter) { alumni(filter: $filter) { totalCount } company { alumni(filter: $filter) { totalCount } } }";
    let branches = |leaf: Value| json!({ "and": vec![json!({ "or": vec![leaf; 20] }); 20] });
    for filter in [
        json!({ "membershipStates": vec!["ACTIVE"; 300] }),
        json!({ "intents": vec!["REHIRE"; 40_000] }),
        branches(json!({})),
        branches(json!({ "search": "a" })),
    ] {
        let (statements, reply) = app
            .statements(app.hr().run(query, json!({ "filter": filter })))
            .await;
        assert_eq!(reply.codes(), ["BAD_USER_INPUT"]);
        let limit = &reply.body["errors"][0]["extensions"]["limit"];
        assert_eq!(
            (&limit["name"], &limit["maximum"]),
            (&json!("filterValues"), &json!(300))
        );
        assert_eq!(statements, 0);
    }
    let most = json!({ "filter": { "membershipStates": vec!["ACTIVE"; 299] } });
    assert_eq!(app.hr().run(query, most).await.at("/alumni/totalCount"), 1);
}

#[tokio::test]
async fn a_cursor_of_another_order_is_refused() {
    let app = app_with(&["b"]).await;
    let reply = app
        .hr()
        .ask("{ alumni(first: 1) { pageInfo { endCursor } } }")
        .await;
    let cursor = reply.at("/alumni/pageInfo/endCursor");
    let query =
        "query($after: String) { alumni(orderBy: LEFT_ON, after: $after) { nodes { id } } }";
    assert_eq!(
        app.hr()
            .run(query, json!({ "after": cursor }))
            .await
            .codes(),
        ["BAD_USER_INPUT"]
    );
}

#[tokio::test]
async fn every_order_pages_through_everyone_once_both_ways() {
    let app = app_with(&["b", "c", "d", "e"]).await;
    for order in ["NAME", "NAME_DESC", "LEFT_ON", "LEFT_ON_DESC", "NEWEST"] {
        let whole = app
            .hr()
            .run(
                "query($o: AlumnusOrder) { alumni(orderBy: $o) { nodes { id } } }",
                json!({ "o": order }),
            )
            .await;
        let whole = whole.texts("/alumni/nodes", "id");
        assert_eq!(whole.len(), 5);
        for (size, cursor, end) in [
            ("first", "after", "endCursor"),
            ("last", "before", "startCursor"),
        ] {
            let query = format!(
                "query($o: AlumnusOrder, $c: String) {{ alumni(orderBy: $o, {size}: 2, {cursor}: $c) {{ nodes {{ id }} pageInfo {{ {end} }} }} }}"
            );
            let (mut seen, mut from) = (Vec::new(), json!(null));
            loop {
                let page = app.hr().run(&query, json!({ "o": order, "c": from })).await;
                let rows = page.texts("/alumni/nodes", "id");
                if rows.is_empty() {
                    break;
                }
                from = page.at(&format!("/alumni/pageInfo/{end}")).clone();
                seen = if size == "first" {
                    [seen, rows].concat()
                } else {
                    [rows, seen].concat()
                };
            }
            assert_eq!(seen, whole, "{order} {size}");
        }
    }
}

#[tokio::test]
async fn a_page_may_lie_between_two_cursors() {
    let app = app_with(&["b", "c", "d", "e"]).await;
    for order in ["NAME", "NAME_DESC"] {
        let edges = format!(
            "{{ alumni(orderBy: {order}) {{ edges {{ cursor node {{ familyName }} }} }} }}"
        );
        let all = app.hr().ask(&edges).await;
        let cursor = |place: usize| all.at(&format!("/alumni/edges/{place}/cursor")).clone();
        let name = |place: usize| all.at(&format!("/alumni/edges/{place}/node/familyName"));
        for (page, from, to, places, next, previous) in [
            ("first: 2", Some(0), Some(4), 1..3, true, true),
            ("first: 3", Some(0), Some(4), 1..4, false, true),
            ("last: 2", Some(0), Some(4), 2..4, true, true),
            ("last: 3", Some(0), Some(4), 1..4, true, false),
            ("", Some(1), Some(4), 2..4, false, true),
            ("first: 2", None, Some(3), 0..2, true, false),
            ("last: 2", Some(1), None, 3..5, false, true),
            ("first: 2", Some(3), Some(1), 0..0, false, true),
            ("first: 0", Some(0), Some(4), 0..0, true, true),
        ] {
            let query = format!("query($after: String, $before: String) {{ alumni(orderBy: {order}, after: $after, before: $before {page}) {{
                nodes {{ familyName }} pageInfo {{ hasNextPage hasPreviousPage }} }} }}");
            let variables = json!({ "after": from.map(cursor), "before": to.map(cursor) });
            let reply = app.hr().run(&query, variables).await;
            let expected: Vec<_> = places.map(|place| name(place).as_str().unwrap()).collect();
            assert_eq!(
                reply.texts("/alumni/nodes", "familyName"),
                expected,
                "{page}"
            );
            let around = json!({ "hasNextPage": next, "hasPreviousPage": previous });
            assert_eq!(
                reply.at("/alumni/pageInfo"),
                &around,
                "{page} {from:?} {to:?}"
            );
        }
    }
}

#[tokio::test]
async fn rows_that_come_meanwhile_neither_repeat_nor_hide_others() {
    let app = app_with(&["b", "d", "f"]).await;
    let page = app
        .hr()
        .ask("{ alumni(first: 2) { nodes { familyName } pageInfo { endCursor } } }")
        .await;
    assert_eq!(page.texts("/alumni/nodes", "familyName"), ["alumnus", "b"]);
    app.new_alumnus("a", "").insert().await;
    app.new_alumnus("c", "").insert().await;
    let query =
        "query($after: String) { alumni(first: 3, after: $after) { nodes { familyName } } }";
    let next = app
        .hr()
        .run(
            query,
            json!({ "after": page.at("/alumni/pageInfo/endCursor") }),
        )
        .await;
    assert_eq!(next.texts("/alumni/nodes", "familyName"), ["c", "d", "f"]);
}

#[tokio::test]
async fn nodes_of_many_kinds_cost_one_statement_a_kind() {
    let app = app_with(&["b", "c"]).await;
    let listed = app
        .hr()
        .ask("{ company { id departments { nodes { id } } alumni { nodes { id } } } }")
        .await;
    let ids = [
        vec![listed.at("/company/id").as_str().unwrap().to_owned()],
        listed.texts("/company/departments/nodes", "id"),
        listed.texts("/company/alumni/nodes", "id"),
    ]
    .concat();
    let asked: Vec<&str> = ids
        .iter()
        .rev()
        .map(String::as_str)
        .chain(["person_01h455vb4pex5vsknk084sn02q", "nonsense"])
        .collect();
    let (statements, reply) = app
        .statements(app.hr().run(
            "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Alumnus { skills { name } } } }",
            json!({ "ids": asked }),
        ))
        .await;
    let got: Vec<&str> = reply
        .at("/nodes")
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["id"].as_str().unwrap_or("null"))
        .collect();
    let expected: Vec<&str> = ids
        .iter()
        .rev()
        .map(String::as_str)
        .chain(["null", "null"])
        .collect();
    assert_eq!(got, expected);
    assert_eq!(statements, 3);
}

#[tokio::test]
async fn reference_rows_are_asked_for_once_and_kept() {
    let app = TestApp::start().await;
    app.new_alumnus("b", "")
        .skills(&["Rust", "SQL"])
        .insert()
        .await;
    app.hr().ask("{ viewer { kind } }").await;
    let query = "{ alumni(last: 1) { nodes { company { name } skills { name } employments { department { name } } } } }";
    let (first, cold) = app.statements(app.hr().ask(query)).await;
    let (second, warm) = app.statements(app.hr().ask(query)).await;
    assert_eq!((first, second), (4, 1));
    assert_eq!(cold.data(), warm.data());
}

#[tokio::test]
async fn a_change_of_a_reference_row_is_seen_by_every_instance_at_once() {
    let app = app_with(&["b"]).await;
    let other = app.another_instance().await;
    let query = "{ alumni(last: 1) { nodes { company { name timeZone } } } }";
    let named = |reply: &Reply| reply.at("/alumni/nodes/0/company/name").clone();
    assert_eq!(
        named(&other.hr().ask(query).await),
        named(&app.hr().ask(query).await)
    );
    for name in ["Aozora", "あおぞら"] {
        let rename = "mutation($input: CompanyUpdateInput!) { companyUpdate(input: $input) { company { name } userErrors { code } } }";
        let input = json!({ "input": { "id": AOZORA.id().to_string(), "name": name } });
        app.admin().run(rename, input).await.data();
        assert_eq!(named(&app.hr().ask(query).await), name);
        assert_eq!(named(&other.hr().ask(query).await), name);
    }
    let (statements, _) = other.statements(other.hr().ask(query)).await;
    assert_eq!(statements, 1);
}

#[tokio::test]
async fn a_reference_row_with_a_page_below_comes_with_the_statement() {
    let app = app_with(&["b"]).await;
    let query = "{ alumni(last: 1) { nodes { company { name alumni(first: 1) { nodes { familyName } } } } } }";
    let (statements, reply) = app.statements(app.hr().ask(query)).await;
    assert_eq!(
        reply.texts("/alumni/nodes/0/company/alumni/nodes", "familyName"),
        ["alumnus"]
    );
    assert_eq!(statements, 1);
}

#[tokio::test]
async fn a_page_answers_whatever_of_it_is_selected_alone() {
    let app = app_with(&["b"]).await;
    let event = app.new_event("Meetup").insert().await;
    app.answered(&event, AOZORA.person("alumnus"), ParticipationState::Going)
        .await;
    let opportunity = app.new_opportunity("Engineer").insert().await;
    app.new_referral(&opportunity).insert().await;
    for list in [
        "alumni",
        "alumni(orderBy: LEFT_ON)",
        "alumni(last: 1)",
        "employees",
        "engagementEvents",
        "opportunities",
        "referrals",
        "skills",
    ] {
        for of_it in [
            "pageInfo { endCursor }",
            "pageInfo { hasNextPage }",
            "edges { cursor }",
            "edges { node { id } }",
            "edges { __typename }",
            "nodes { id }",
            "nodes { __typename }",
            "totalCount",
            "__typename",
        ] {
            for (around, behind) in [("{", "}"), ("{ company {", "} }")] {
                let query = format!("{around} {list} {{ {of_it} }} {behind}");
                let reply = app.hr().ask(&query).await;
                assert!(reply.codes().is_empty(), "{query}: {}", reply.text);
            }
        }
    }
}
