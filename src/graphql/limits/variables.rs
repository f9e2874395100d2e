//! What no variable may hold, whatever the schema.

use async_graphql::{Pos, Value, Variables, parser::types::OperationDefinition};

use super::Refusal;

/// Refuses U+0000 anywhere.
pub(super) fn check(operation: &OperationDefinition, variables: &Variables) -> Result<(), Refusal> {
    match variables
        .iter()
        .find(|(_, value)| holds_null_character(value))
    {
        Some((name, _)) => {
            let at = operation
                .variable_definitions
                .iter()
                .find(|definition| definition.node.name.node == *name)
                .map(|found| found.pos);
            Err(null_character(at))
        }
        None => Ok(()),
    }
}

/// One of the databases cannot store it, and no text needs it.
pub(super) fn null_character(at: Option<Pos>) -> Refusal {
    Refusal::Value {
        message: "The character U+0000 is not accepted.".to_owned(),
        at,
    }
}

fn holds_null_character(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::List(values) => values.iter().any(holds_null_character),
        Value::Object(fields) => fields
            .iter()
            .any(|(name, value)| name.contains('\0') || holds_null_character(value)),
        _ => false,
    }
}
