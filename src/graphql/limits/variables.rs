//! Variables a document declares against the values that came with it, as far as this can be told without the schema. The library's
//! own validation looks at values where they are used and so misses one that is missing.

use async_graphql::{Pos, Value, Variables, parser::types::OperationDefinition};

use super::Refusal;

/// Refuses a required variable without a value, and U+0000 anywhere.
pub(super) fn check(operation: &OperationDefinition, variables: &Variables) -> Result<(), Refusal> {
    for definition in &operation.variable_definitions {
        let variable = &definition.node;
        let required = !variable.var_type.node.nullable;
        let fault = match variables.get(&variable.name.node) {
            None if required && variable.default_value.is_none() => "was not provided",
            Some(Value::Null) if required => "must not be null",
            _ => continue,
        };
        let message = format!(
            "Variable \"${}\" of required type \"{}\" {fault}.",
            variable.name.node, variable.var_type.node
        );
        return Err(Refusal::Value {
            message,
            at: Some(definition.pos),
        });
    }
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
