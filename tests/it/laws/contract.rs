//! The schema is the contract: checked in as it is served, and described down to the last enum value.

use alumni_api::graphql::engine::Roots;
use alumni_api::schema::Api;
use serde_json::Value;

use crate::support::TestApp;

#[test]
fn the_schema_that_is_checked_in_is_the_one_that_is_served() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql");
    let checked_in = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        checked_in == TestApp::sdl(),
        "schema.graphql is stale: run `cargo run -- schema > schema.graphql` and look at the difference"
    );
}

#[tokio::test]
async fn every_item_of_the_schema_is_described() {
    let query = "{ __schema { types { name kind description
        fields(includeDeprecated: true) { name description args { name description } }
        inputFields { name description } enumValues(includeDeprecated: true) { name description } } } }";
    let answer = Api::build()
        .finish()
        .execute(query)
        .await
        .into_result()
        .unwrap();
    let data = answer.data.into_json().unwrap();
    let mut silent = Vec::new();
    for kind in data["__schema"]["types"].as_array().unwrap() {
        let name = kind["name"].as_str().unwrap();
        // introspection and the scalars of the specification describe themselves
        if name.starts_with("__") || ["Boolean", "Float", "ID", "Int", "String"].contains(&name) {
            continue;
        }
        look(&mut silent, name, kind);
        for part in ["fields", "inputFields", "enumValues"] {
            for item in kind[part].as_array().into_iter().flatten() {
                let path = format!("{name}.{}", item["name"].as_str().unwrap());
                look(&mut silent, &path, item);
                for argument in item["args"].as_array().into_iter().flatten() {
                    look(
                        &mut silent,
                        &format!("{path}({})", argument["name"].as_str().unwrap()),
                        argument,
                    );
                }
            }
        }
    }
    assert!(silent.is_empty(), "without a description: {silent:#?}");
}

fn look(silent: &mut Vec<String>, path: &str, item: &Value) {
    if item["description"]
        .as_str()
        .is_none_or(|text| text.trim().is_empty())
    {
        silent.push(path.to_owned());
    }
}
