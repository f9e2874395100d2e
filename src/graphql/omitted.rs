//! Absent variables without a default: their arguments are absent, not null (GraphQL specification, September 2025, sections 3.10 and 6.4.1). async-
//! graphql treats them as null, which would clear a field that an edit does not mention.

use std::collections::HashSet;
use std::convert::Infallible;

use async_graphql::parser::types::{Field, OperationDefinition};
use async_graphql::{Name, Value, Variables};

use super::definitions::Arguments;

/// Stands in a constant where a variable without a value does; no enum has a value of this name.
const OMITTED: &str = "$";

/// The variables of an operation that came without a value and have no default.
pub(super) fn omitted<'a>(
    operation: &'a OperationDefinition,
    variables: &Variables,
) -> HashSet<&'a str> {
    let defined = operation.variable_definitions.iter();
    defined
        .map(|defined| &defined.node)
        .filter(|defined| {
            defined.default_value.is_none() && !variables.contains_key(&defined.name.node)
        })
        .map(|defined| defined.name.node.as_str())
        .collect()
}

/// Whether a field's arguments differ where a variable is omitted from where it is null. As an argument of its own, without a default,
/// it does not.
pub(super) fn matters(field: &Field, defined: Option<&Arguments>) -> bool {
    field.arguments.iter().any(|(name, value)| {
        let defined = defined.and_then(|defined| defined.get(name.node.as_str()));
        let Ok(value) = value.node.clone().into_const_with(mark);
        match value {
            Value::Enum(_) => is_omitted(&value) && defined.is_some_and(|input| input.defaulted),
            value => within_object(&value),
        }
    })
}

/// Takes omitted variables out of a field's arguments.
pub(super) fn omit(
    field: &mut Field,
    omitted: &HashSet<&str>,
    given: impl Fn(&Name) -> Option<Value>,
) {
    field.arguments.retain_mut(|(_, value)| {
        let mut touched = false;
        let Ok(constant) = value.node.clone().into_const_with(|name| {
            if omitted.contains(name.as_str()) {
                touched = true;
                return mark(name);
            }
            Ok(given(&name).unwrap_or_default())
        });
        if !touched {
            return true;
        }
        let kept = without(constant);
        if let Some(kept) = kept {
            value.node = kept.into_value();
            return true;
        }
        false
    });
}

#[expect(clippy::unnecessary_wraps, reason = "what the library calls may fail")]
fn mark(_: Name) -> Result<Value, Infallible> {
    Ok(Value::Enum(Name::new(OMITTED)))
}

fn is_omitted(value: &Value) -> bool {
    matches!(value, Value::Enum(name) if name == OMITTED)
}

fn within_object(value: &Value) -> bool {
    match value {
        Value::List(items) => items.iter().any(within_object),
        Value::Object(fields) => fields
            .values()
            .any(|value| is_omitted(value) || within_object(value)),
        _ => false,
    }
}

fn without(value: Value) -> Option<Value> {
    Some(match value {
        value if is_omitted(&value) => return None,
        Value::List(items) => {
            let items = items.into_iter();
            Value::List(
                items
                    .map(|item| without(item).unwrap_or_default())
                    .collect(),
            )
        }
        Value::Object(fields) => {
            let fields = fields.into_iter();
            let kept = fields.filter_map(|(name, value)| Some((name, without(value)?)));
            Value::Object(kept.collect())
        }
        value => value,
    })
}
