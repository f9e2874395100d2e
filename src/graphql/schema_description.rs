//! The description of the schema itself (GraphQL specification, September 2025, section 3.3.1). async-graphql 7 has none: it exports no
//! description before `schema { .. }`, and answers `__schema { description }` with a fixed sentence. This puts ours in both places.

use async_graphql::Value;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, Field, Selection};

/// Adds the description to the schema's text.
#[must_use]
pub fn add_to_sdl(sdl: &str, description: &str) -> String {
    match sdl.rfind("schema {\n") {
        Some(place) => {
            let (before, definition) = sdl.split_at(place);
            format!("{before}\"\"\"\n{description}\n\"\"\"\n{definition}")
        }
        None => sdl.to_owned(),
    }
}

/// Puts the description where an operation, with its fields collected, selects `__schema { description }`.
pub fn add_to_answer(operation: &ExecutableDocument, data: &mut Value, description: &str) {
    let (DocumentOperations::Single(operation), Value::Object(answered)) =
        (&operation.operations, data)
    else {
        return;
    };
    for root in fields(&operation.node.selection_set.node.items, "__schema") {
        let Some(Value::Object(schema)) = answered.get_mut(&root.response_key().node) else {
            continue;
        };
        for field in fields(&root.selection_set.node.items, "description") {
            if let Some(value) = schema.get_mut(&field.response_key().node) {
                *value = Value::from(description);
            }
        }
    }
}

fn fields<'a>(
    selected: &'a [async_graphql::Positioned<Selection>],
    name: &'a str,
) -> impl Iterator<Item = &'a Field> {
    selected.iter().filter_map(move |item| match &item.node {
        Selection::Field(field) if field.node.name.node == name => Some(&field.node),
        _ => None,
    })
}
