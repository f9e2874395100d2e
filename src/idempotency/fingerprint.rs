//! Equality of two requests.

use async_graphql::{Value, Variables};
use sha2::{Digest, Sha256};

/// SHA-256 hash of a request: document, operation name and variables, regardless of the order of their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint(pub(super) [u8; 32]);

impl Fingerprint {
    /// Of a request as it was sent.
    #[must_use]
    pub fn of(document: &str, operation: Option<&str>, variables: &Variables) -> Self {
        let mut hash = Sha256::new();
        text(&mut hash, b'd', document.as_bytes());
        if let Some(name) = operation {
            text(&mut hash, b'o', name.as_bytes());
        }
        let mut all: Vec<_> = variables.iter().collect();
        all.sort_unstable_by_key(|(name, _)| name.as_str());
        for (name, given) in all {
            text(&mut hash, b'n', name.as_bytes());
            value(&mut hash, given);
        }
        Self(hash.finalize().into())
    }
}

/// Each part with its kind and its length before it, so that no two requests read alike.
fn text(hash: &mut Sha256, kind: u8, part: &[u8]) {
    hash.update([kind]);
    hash.update((part.len() as u64).to_be_bytes());
    hash.update(part);
}

fn value(hash: &mut Sha256, given: &Value) {
    match given {
        Value::Null => hash.update(b"0"),
        Value::Number(number) => text(hash, b'#', number.to_string().as_bytes()),
        Value::String(string) => text(hash, b's', string.as_bytes()),
        Value::Boolean(flag) => hash.update([b'b', u8::from(*flag)]),
        Value::Binary(bytes) => text(hash, b'y', bytes),
        Value::Enum(name) => text(hash, b'e', name.as_bytes()),
        Value::List(items) => {
            hash.update([b'l']);
            hash.update((items.len() as u64).to_be_bytes());
            for item in items {
                value(hash, item);
            }
        }
        Value::Object(fields) => {
            hash.update([b'm']);
            hash.update((fields.len() as u64).to_be_bytes());
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(name, _)| name.as_str());
            for (name, field) in fields {
                text(hash, b'n', name.as_bytes());
                value(hash, field);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(document: &str, variables: serde_json::Value) -> Fingerprint {
        Fingerprint::of(document, None, &Variables::from_json(variables))
    }

    #[test]
    fn names_may_stand_in_any_order() {
        let one = of(
            "m",
            json!({ "input": { "a": 1, "b": [2, null] }, "x": "y" }),
        );
        let other = of(
            "m",
            json!({ "x": "y", "input": { "b": [2, null], "a": 1 } }),
        );
        assert_eq!(one, other);
    }

    #[test]
    fn whatever_else_differs_is_another_request() {
        let first = of("m", json!({ "a": ["b", "c"] }));
        for other in [
            of("n", json!({ "a": ["b", "c"] })),
            of("m", json!({ "a": ["c", "b"] })),
            of("m", json!({ "a": ["bc"] })),
            of("m", json!({ "a": "b" })),
            of("m", json!({ "a": null })),
            of("m", json!({})),
        ] {
            assert_ne!(first, other);
        }
        let named = Fingerprint::of("m", Some("One"), &Variables::default());
        assert_ne!(named, of("m", json!({})));
    }
}
