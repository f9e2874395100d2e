//! What an answer holds where something failed (GraphQL specification, September 2025, section 6.4.4): null where that may be, else
//! null in the first thing around it that may be null, at last in the whole. async-graphql 7 leaves the failed field out of its object, and
//! the object too where nothing else was selected of it.

use std::collections::HashSet;

use async_graphql::indexmap::IndexMap;
use async_graphql::{PathSegment, ServerError, Value};

use super::answer_order::{Key, Selected};

impl Selected {
    /// Puts nulls where the errors are, and tells one error of each place.
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

    /// Puts null where a path ends; whether this object must be null instead.
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
    /// Puts null where a path ends, so many lists in; whether what holds this value must be null instead.
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
