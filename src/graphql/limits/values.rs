//! Size of the values of an operation. A variable is sent once but may be used in ten thousand places, and each use copies it.

use std::collections::HashMap;

use async_graphql::parser::types::VariableDefinition;
use async_graphql::{Positioned, Value, Variables};

/// Bytes per value in addition to its text.
const OVERHEAD: u64 = 16;

/// Size of values.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Size {
    /// Number of values: objects included, lists and nulls not.
    pub values: u64,
    /// Approximate bytes.
    pub bytes: u64,
    /// Number of objects in lists: the rows of a bulk mutation.
    pub rows: u64,
}

impl Size {
    pub fn of(value: &Value) -> Self {
        let one = |bytes: usize| Self {
            values: 1,
            bytes: OVERHEAD + bytes as u64,
            rows: 0,
        };
        match value {
            Value::Null => Self {
                values: 0,
                bytes: OVERHEAD,
                rows: 0,
            },
            Value::Number(_) | Value::Boolean(_) => one(0),
            Value::String(text) => one(text.len()),
            Value::Enum(name) => one(name.len()),
            Value::Binary(bytes) => one(bytes.len()),
            Value::List(items) => {
                let items = items.iter().map(|item| {
                    Self {
                        rows: u64::from(matches!(item, Value::Object(_))),
                        ..Self::default()
                    }
                    .beside(Self::of(item))
                });
                items.fold(Self::of(&Value::Null), Self::beside)
            }
            Value::Object(fields) => fields
                .iter()
                .map(|(name, value)| {
                    Self::of(value).beside(Self {
                        values: 0,
                        bytes: name.len() as u64,
                        rows: 0,
                    })
                })
                .fold(one(0), Self::beside),
        }
    }

    pub fn beside(self, other: Self) -> Self {
        Self {
            values: self.values.saturating_add(other.values),
            bytes: self.bytes.saturating_add(other.bytes),
            rows: self.rows.saturating_add(other.rows),
        }
    }
}

/// Sizes of an operation's variables, each computed once.
pub(super) fn sizes<'a>(
    definitions: &'a [Positioned<VariableDefinition>],
    variables: &Variables,
) -> HashMap<&'a str, Size> {
    let size = |variable: &'a VariableDefinition| {
        let default = || variable.default_value.as_ref().map(|value| &value.node);
        let name = &variable.name.node;
        let value = variables.get(name).or_else(default);
        (name.as_str(), value.map(Size::of).unwrap_or_default())
    };
    definitions
        .iter()
        .map(|variable| size(&variable.node))
        .collect()
}
