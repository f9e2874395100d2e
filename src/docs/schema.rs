//! Names and descriptions, read from the schema by introspection.

use serde_json::Value;

use crate::graphql::engine::Roots;
use crate::schema::Api;

/// Name and description of each field or enum value of a type, in the order of their declaration.
pub async fn members(type_name: &str) -> Vec<(String, String)> {
    let query = format!(
        "{{ __type(name: \"{type_name}\") {{ fields {{ name description }} enumValues {{ name description }} }} }}"
    );
    let response = Api::build().finish().execute(query).await;
    let data = response.data.into_json().unwrap_or_default();
    let text = |item: &Value, key: &str| item[key].as_str().unwrap_or_default().replace('\n', " ");
    ["fields", "enumValues"]
        .into_iter()
        .filter_map(|list| data["__type"][list].as_array().cloned())
        .flatten()
        .map(|item| (text(&item, "name"), text(&item, "description")))
        .collect()
}
