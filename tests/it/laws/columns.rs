//! A statement reads the columns that are selected: whatever else is selected beside it, a field answers the same.

use alumni_api::seed;
use serde_json::Value;

use crate::support::{Actor, TestApp};

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

/// How each of a type's fields is selected at its simplest, and its name. No field of these types needs an argument.
async fn fields(actor: &Actor<'_>, name: &str) -> Vec<(String, String)> {
    let query = "query($name: String!) { __type(name: $name) { fields { name type { kind ofType { kind ofType { kind ofType { kind } } } } } } }";
    let reply = actor.run(query, serde_json::json!({ "name": name })).await;
    let selected = |field: &Value| {
        let mut kind = &field["type"];
        while kind["ofType"].is_object() {
            kind = &kind["ofType"];
        }
        let name = field["name"].as_str().unwrap().to_owned();
        let leaf = ["SCALAR", "ENUM"].contains(&kind["kind"].as_str().unwrap());
        let below = if leaf { "" } else { " { __typename }" };
        (format!("{name}{below}"), name)
    };
    let fields = reply.at("/__type/fields").as_array().unwrap();
    fields.iter().map(selected).collect()
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
    let app = TestApp::start_with_demo().await;
    let hr = app.with_token(&app.token(&seed::subject(entity::Role::Hr, seed::COMPANIES[0])));
    let mut never_told = Vec::new();
    for (noun, list) in LISTS {
        let fields = fields(&hr, noun).await;
        let all: Vec<&str> = fields
            .iter()
            .map(|(selected, _)| selected.as_str())
            .collect();
        let whole = hr.ask(&list.replace('…', &all.join(" "))).await;
        for (selected, field) in &fields {
            let among = values(whole.data(), field);
            let alone = values(hr.ask(&list.replace('…', selected)).await.data(), field);
            assert_eq!(alone, among, "{noun}.{field}");
            if among
                .iter()
                .all(|value| value.is_null() || *value == Value::Array(Vec::new()))
            {
                never_told.push(format!("{noun}.{field}"));
            }
        }
    }
    // nothing is compared where the demo data tells HR nothing: who sees what is told to the owner, no employee has another name, and HR has answered no event
    assert_eq!(
        never_told,
        [
            "Alumnus.visibility",
            "Employee.otherName",
            "EngagementEvent.myParticipation"
        ]
    );
}
