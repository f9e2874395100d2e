//! What an answer holds where something failed (GraphQL specification, September 2025, section 6.4.4): null where that may be, else
//! null in the first thing around it that may be null, at last in the whole. async-graphql 7 leaves the failed field out of its object, and
//! the object too where nothing else was selected of it.

use std::collections::HashSet;

use async_graphql::indexmap::IndexMap;
use async_graphql::{PathSegment, ServerError, Value};

use super::answer_order::{Key, Selected};

impl Selected {
    /// Sets null at the position of each error, and keeps one error per position.
    pub fn settle(&self, data: &mut Value, errors: &mut Vec<ServerError>) {
        if errors.is_empty() {
            return;
        }
        let mut places = HashSet::new();
        errors.retain(|error| error.path.is_empty() || places.insert(format!("{:?}", error.path)));
        // all objects first, then what is null in them: after that an object that was left out cannot be told from one that failed
        for error in &*errors {
            self.open(data, &error.path);
        }
        for error in &*errors {
            if self.fail(data, &error.path) {
                *data = Value::Null;
            }
        }
    }

    /// Makes the objects along a path that were left out for having no other field.
    fn open(&self, value: &mut Value, path: &[PathSegment]) {
        match (path.split_first(), value) {
            (Some((PathSegment::Field(name), rest)), value) => {
                if *value == Value::Null {
                    *value = Value::Object(IndexMap::new());
                }
                if let (Value::Object(fields), Some(key)) = (value, self.key(name))
                    && let (Some(value), false) = (fields.get_mut(name.as_str()), rest.is_empty())
                {
                    key.below.open(value, rest);
                }
            }
            (Some((PathSegment::Index(index), rest)), Value::List(items)) => {
                if let Some(item) = items.get_mut(*index) {
                    self.open(item, rest);
                }
            }
            _ => {}
        }
    }

    /// Sets null at the end of a path. Returns whether this object must be null instead.
    fn fail(&self, object: &mut Value, path: &[PathSegment]) -> bool {
        let (Some((PathSegment::Field(name), rest)), Value::Object(fields)) =
            (path.split_first(), object)
        else {
            return false;
        };
        let Some(key) = self.key(name) else {
            return false;
        };
        let value = fields.entry(key.name.clone()).or_default();
        key.fail(value, 0, rest)
    }

    fn key(&self, name: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.name == name)
    }
}

impl Key {
    /// Sets null at the end of a path inside nested lists. Returns whether the parent of this value must be null instead.
    fn fail(&self, value: &mut Value, lists: u32, path: &[PathSegment]) -> bool {
        let failed = match (path.split_first(), &mut *value) {
            (Some((PathSegment::Index(index), rest)), Value::List(items)) => items
                .get_mut(*index)
                .is_none_or(|item| self.fail(item, lists + 1, rest)),
            (Some((PathSegment::Field(_), _)), Value::Object(_)) => self.below.fail(value, path),
            // here it is, or somewhere in what was left out
            _ => true,
        };
        if failed && self.nullable.at(lists) {
            *value = Value::Null;
        }
        failed && !self.nullable.at(lists)
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::Name;
    use async_graphql::parser::types::Type;
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::graphql::limits::weight::Weight;

    /// The selection `{ a b { c d { e } } }`; `a`, `b` and `c` have the given types, the others are non-null.
    fn selected(kinds: [&str; 3]) -> Selected {
        let add = |selected: &mut Selected, name: &str, kind: &str, below| {
            let weight = Weight::default();
            selected.add(&Name::new(name), Type::new(kind).as_ref(), weight, below);
        };
        let (mut whole, mut b, mut d) = Default::default();
        add(&mut d, "e", "Int!", Selected::default());
        add(&mut b, "c", kinds[2], Selected::default());
        add(&mut b, "d", "D!", d);
        add(&mut whole, "a", kinds[0], Selected::default());
        add(&mut whole, "b", kinds[1], b);
        whole
    }

    fn settled(kinds: [&str; 3], data: Json, paths: Json) -> (Json, usize) {
        let mut data = Value::from_json(data).unwrap();
        let paths: Vec<Vec<PathSegment>> = serde_json::from_value(paths).unwrap();
        let mut errors: Vec<ServerError> = paths
            .into_iter()
            .map(|path| ServerError::new("no", None).with_path(path))
            .collect();
        selected(kinds).settle(&mut data, &mut errors);
        (data.into_json().unwrap(), errors.len())
    }

    #[test]
    fn null_is_where_it_may_be_and_nearest_to_the_failure() {
        let kinds = ["Int", "B", "[[Int!]]!"];
        let gone = json!({ "a": 1, "b": null });
        for (data, path, expected) in [
            (json!({}), json!(["a"]), json!({ "a": null })),
            (json!(null), json!(["a"]), json!({ "a": null })),
            (json!({ "a": 1 }), json!(["b"]), gone.clone()),
            (json!({ "a": 1, "b": {} }), json!(["b", "c"]), gone.clone()),
            (json!({ "a": 1, "b": null }), json!(["b", "d", "e"]), gone),
            (
                json!({ "b": { "c": [[1], [2, 3]], "d": { "e": 1 } } }),
                json!(["b", "c", 1, 0]),
                json!({ "b": { "c": [[1], null], "d": { "e": 1 } } }),
            ),
            (
                json!({ "b": { "d": { "e": 1 } } }),
                json!(["b", "c", 1, 0]),
                json!({ "b": null }),
            ),
        ] {
            assert_eq!(settled(kinds, data, json!([path])).0, expected, "{path}");
        }
        let never = ["Int!", "B!", "[[Int!]!]!"];
        for path in [
            json!(["a"]),
            json!(["b", "d", "e"]),
            json!(["b", "c", 0, 0]),
        ] {
            let data = json!({ "b": { "c": [[1]], "d": {} } });
            assert_eq!(settled(never, data, json!([path])).0, json!(null), "{path}");
        }
    }

    #[test]
    fn each_place_has_one_error_and_what_did_not_fail_stays() {
        let kinds = ["Int", "B", "[[Int!]]"];
        let paths = json!([["a"], ["a"], ["b", "c"], ["b", "c", 0]]);
        let data = json!({ "b": { "d": { "e": 1 } } });
        let expected = json!({ "a": null, "b": { "c": null, "d": { "e": 1 } } });
        assert_eq!(settled(kinds, data, paths), (expected, 3));
        let all = json!([["b", "d", "e"], ["b", "c"], ["a"]]);
        let expected = json!({ "a": null, "b": null });
        assert_eq!(settled(kinds, json!(null), all), (expected, 3));
    }
}
