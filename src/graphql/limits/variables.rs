//! The character that no string may contain.

use async_graphql::{Pos, Value};

use super::Refusal;

/// One of the databases cannot store it, and no text needs it.
pub(super) fn null_character(at: Option<Pos>) -> Refusal {
    Refusal::Value {
        message: "The character U+0000 is not accepted.".to_owned(),
        at,
    }
}

/// Whether a value contains U+0000.
pub fn has_null_character(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::List(values) => values.iter().any(has_null_character),
        Value::Object(fields) => fields
            .iter()
            .any(|(name, value)| name.contains('\0') || has_null_character(value)),
        _ => false,
    }
}
