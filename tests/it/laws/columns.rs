//! A statement reads the columns that are selected: whatever else is selected beside it, a field answers the same.

use alumni_api::seed::{self, SeedSettings};
use serde_json::Value;

use crate::support::{Actor, ISSUER, TestApp};

/// Where rows of each noun are listed, `…` standing for what is selected of a row.
const LISTS: [(&str, &str); 6] = [
    ("Alumnus", "{ alumni(first: 100) { nodes { … } } }"),
    ("Employee", "{ employees(first: 100) { nodes { … } } }"),
    (
        "EngagementEvent",
        "{ engagementEvents(first: 100) { nodes { … } } }",
    ),
    (
        "Participation",
        "{ engagementEvents(first: 10) { nodes { participations(first: 50) { nodes { … } } } } }",
    ),
    (
        "Opportunity",
        "{ opportunities(first: 100) { nodes { … } } }",
    ),
    ("Referral", "{ referrals(first: 100) { nodes { … } } }"),
];

/// A type's fields that take no arguments and have no fields below.
async fn leaves(actor: &Actor<'_>, name: &str) -> Vec<String> {
    let query = "query($name: String!) { __type(name: $name) { fields { name args { name } type { kind ofType { kind ofType { kind ofType { kind } } } } } } }";
    let reply = actor.run(query, serde_json::json!({ "name": name })).await;
    let fields = reply.at("/__type/fields").as_array().unwrap().clone();
    let is_leaf = |field: &&Value| {
        let mut kind = &field["type"];
        while kind["ofType"].is_object() {
            kind = &kind["ofType"];
        }
        ["SCALAR", "ENUM"].contains(&kind["kind"].as_str().unwrap())
            && field["args"].as_array().unwrap().is_empty()
    };
    let names = fields
        .iter()
        .filter(is_leaf)
        .map(|field| field["name"].as_str().unwrap().to_owned());
    names.collect()
}

/// What the rows of an answer hold of a field, in their order.
fn values(answer: &Value, field: &str) -> Vec<Value> {
    match answer {
        Value::Array(items) => items.iter().flat_map(|item| values(item, field)).collect(),
        Value::Object(fields) => match fields.get(field) {
            Some(value) => vec![value.clone()],
            None => fields
                .values()
                .flat_map(|value| values(value, field))
                .collect(),
        },
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn a_field_answers_the_same_whatever_is_selected_beside_it() {
    let app = TestApp::start_empty().await;
    let settings = SeedSettings {
        alumni: None,
        random_seed: 1,
        issuer: ISSUER.into(),
        demo_api_keys: false,
    };
    seed::run(&app.app.database, &app.clock, &settings)
        .await
        .unwrap();
    let hr = app.with_token(&app.token(&seed::subject(entity::Role::Hr, seed::COMPANIES[0])));
    let mut never_told = Vec::new();
    for (noun, list) in LISTS {
        let leaves = leaves(&hr, noun).await;
        let whole = hr.ask(&list.replace('…', &leaves.join(" "))).await;
        for field in leaves {
            let among = values(whole.data(), &field);
            let alone = values(hr.ask(&list.replace('…', &field)).await.data(), &field);
            assert_eq!(alone, among, "{noun}.{field}");
            if among
                .iter()
                .all(|value| value.is_null() || *value == Value::Array(Vec::new()))
            {
                never_told.push(format!("{noun}.{field}"));
            }
        }
    }
    // nothing is compared where the demo data tells nothing: no employee of its has another name
    assert_eq!(never_told, ["Employee.otherName"]);
}
