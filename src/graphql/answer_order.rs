//! Puts an answer's fields into the order in which they were selected, as the specification asks (September 2025, section 7.2.2).
//! async-graphql 7 answers the fields of one object in the order they complete, so two that wait may swap. `answer_nulls` puts right what
//! failed, by the same tree.

use async_graphql::parser::types::{BaseType, Type};
use async_graphql::{Name, Value};

use super::limits::weight::Weight;

/// Response key of an added `__typename`, for objects without other fields. No client can write this key.
pub const MARK: &str = "?";

/// The response keys of a selection in their order, each with what is selected below it.
#[derive(Clone, Debug, Default)]
pub struct Selected {
    pub(super) keys: Vec<Key>,
    /// Whether [`MARK`] is among them.
    marked: bool,
}

/// One response key.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub name: Name,
    pub nullable: Nullable,
    pub weight: Weight,
    pub below: Selected,
}

/// Whether a field may be null, and the items of each list in it, from the outermost in: a bit each.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Nullable(u32);

impl Nullable {
    fn of(kind: &Type) -> Self {
        let items = match &kind.base {
            BaseType::List(item) => Self::of(item).0 << 1,
            BaseType::Named(_) => 0,
        };
        Self(items | u32::from(kind.nullable))
    }

    /// At so many lists in.
    pub fn at(self, lists: u32) -> bool {
        self.0.checked_shr(lists).unwrap_or_default() & 1 == 1
    }
}

impl Selected {
    /// Adds a key behind the others, or what is selected below one that is there. Without a type it is never null.
    pub fn add(&mut self, name: &Name, kind: Option<&Type>, weight: Weight, below: Self) {
        if let Some(known) = self.keys.iter_mut().find(|key| key.name == *name) {
            known.below.join(below);
            return;
        }
        self.keys.push(Key {
            name: name.clone(),
            nullable: kind.map(Nullable::of).unwrap_or_default(),
            weight,
            below,
        });
    }

    /// The response keys of an operation's own fields.
    #[must_use]
    pub fn roots(&self) -> impl ExactSizeIterator<Item = &Name> {
        self.keys.iter().map(|key| &key.name)
    }

    /// Says that [`MARK`] is selected.
    pub fn marked(&mut self) {
        self.marked = true;
    }

    fn join(&mut self, other: Self) {
        self.marked |= other.marked;
        for key in other.keys {
            match self.keys.iter_mut().find(|known| known.name == key.name) {
                Some(known) => known.below.join(key.below),
                None => self.keys.push(key),
            }
        }
    }

    /// Sorts the fields of a response.
    pub fn arrange(&self, data: &mut Value) {
        match data {
            Value::List(items) => items.iter_mut().for_each(|item| self.arrange(item)),
            Value::Object(fields) => {
                if self.marked {
                    fields.shift_remove(MARK);
                }
                let mut expected = self.keys.iter();
                let in_order = fields
                    .keys()
                    .all(|name| expected.any(|key| key.name == *name));
                if !in_order {
                    let place = |name: &Name| self.keys.iter().position(|key| key.name == *name);
                    fields.sort_by(|one, _, other, _| place(one).cmp(&place(other)));
                }
                let mut keys = self.keys.iter();
                for (name, value) in fields {
                    if let Some(key) = keys.find(|key| key.name == *name)
                        && (key.below.marked || !key.below.keys.is_empty())
                    {
                        key.below.arrange(value);
                    }
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn below(keys: impl IntoIterator<Item = (&'static str, Selected)>) -> Selected {
        let mut selected = Selected::default();
        for (name, held) in keys {
            selected.add(&Name::new(name), None, Weight::default(), held);
        }
        selected
    }

    fn leaf() -> Selected {
        Selected::default()
    }

    fn arranged(selected: &Selected, data: Json) -> String {
        let mut data = Value::from_json(data).unwrap();
        selected.arrange(&mut data);
        data.to_string()
    }

    #[test]
    fn fields_stand_as_they_were_selected_at_every_depth() {
        let mut selected = below([("b", leaf()), ("c", leaf()), ("a", below([("n", leaf())]))]);
        let twice = below([("m", leaf()), ("n", leaf())]);
        selected.add(&Name::new("a"), None, Weight::default(), twice);
        let data = json!({ "a": [{ "m": 1, "n": 2 }, null], "b": 1, "c": 2 });
        assert_eq!(
            arranged(&selected, data),
            "{b: 1, c: 2, a: [{n: 2, m: 1}, null]}"
        );
    }

    #[test]
    fn the_mark_is_taken_out_wherever_it_is() {
        let mut marked = below([("m", leaf())]);
        marked.marked();
        let selected = below([("a", marked)]);
        let data = json!({ "a": [{ "?": "T", "m": 1 }, { "?": "T" }, null] });
        assert_eq!(arranged(&selected, data), "{a: [{m: 1}, {}, null]}");
    }
}
