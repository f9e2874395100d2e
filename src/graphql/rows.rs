//! Rows: input objects of which many come in one list, and of which a bad one must not cost the others. The type is marked by the tag
//! [`ROW`]. Its variables are read field by field: a value that the field's type does not read is taken out of the row and noted under
//! [`FAULTS`], a name that no client can send. Literals of a document are held against the type as a whole, like all others.

use std::collections::HashMap;

use async_graphql::{Name, Value, indexmap::IndexMap};
use serde::Deserialize;

use super::inputs::{Input, InputTypes};

/// The tag of an input object that is read as a row.
pub const ROW: &str = "row";

/// Where the faults of a row are noted. An input object reads them into a field that is not in the schema.
pub const FAULTS: &str = "$faults";

/// The longest value that is repeated in a reason, in characters.
const LONGEST: usize = 80;

/// A value of a row that its type does not read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct BadValue {
    /// The field; empty if the row is no object.
    pub field: String,
    /// What is wrong, with the value and what is accepted.
    pub reason: String,
    /// The value as a text.
    pub value: String,
}

/// Leaves of a row what its fields read, and notes the rest.
pub(super) fn read(
    types: &InputTypes,
    kind: &str,
    fields: &HashMap<String, Input>,
    row: &mut Value,
) {
    let mut faults = Vec::new();
    let Value::Object(given) = row else {
        let reason = format!(
            "{} is not accepted; send an object of type {kind}",
            shown(row)
        );
        faults.push(fault("", reason, row));
        *row = Value::Object(IndexMap::from([noted(faults)]));
        return;
    };
    let mut bad = Vec::new();
    for (name, value) in given.iter_mut() {
        let reason = match fields.get(name.as_str()) {
            None => format!("there is no such field in {kind}; leave it out"),
            Some(field) => match types.accepts(&field.kind, value) {
                Ok(()) => continue,
                Err(accepted) => format!("{} is not accepted; send {accepted}", shown(value)),
            },
        };
        faults.push(fault(name, reason, value));
        bad.push(name.clone());
    }
    let missing = fields
        .iter()
        .filter(|(name, field)| field.required() && !given.contains_key(name.as_str()));
    for (name, _) in missing {
        faults.push(fault(name, "is required".to_owned(), &Value::Null));
    }
    for name in bad {
        given.swap_remove(&name);
    }
    if !faults.is_empty() {
        given.extend([noted(faults)]);
    }
}

fn noted(faults: Vec<Value>) -> (Name, Value) {
    (Name::new(FAULTS), Value::List(faults))
}

fn fault(field: &str, reason: String, value: &Value) -> Value {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let parts = [
        ("field", field.to_owned()),
        ("reason", reason),
        ("value", text),
    ];
    let parts = parts.map(|(name, text)| (Name::new(name), Value::String(text)));
    Value::Object(IndexMap::from(parts))
}

/// A value as JSON, cut when long.
fn shown(value: &Value) -> String {
    let text = serde_json::to_string(value).unwrap_or_default();
    match text.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text,
    }
}
