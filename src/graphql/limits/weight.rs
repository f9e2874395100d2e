//! Cost of a field: the one rule for the cost of a document, the cost of a response, and `@cost` in the schema (`limits::stated`).

use async_graphql::parser::types::Field;

/// Cost of a field with a selection set, per returned object.
pub const OBJECT: u64 = 1;
/// Cost of `totalCount`, which counts rows that are not returned.
pub const TOTAL_COUNT: u64 = 10;
/// Cost of a root field of a mutation, instead of [`OBJECT`].
pub const MUTATION: u64 = 10;

/// Cost of a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    /// Cost of the field without its sub-selections.
    pub own: u64,
    /// Whether it is multiplied by the size of its list: a page, or one entry per id. Any other list counts as one object, its most expensive one,
    /// because clients cannot choose its length.
    pub each: bool,
    /// Whether the field and its sub-selections cost nothing: introspection has its own limits.
    pub free: bool,
}

impl Weight {
    /// Weight of a field of a document.
    #[must_use]
    pub fn of(field: &Field) -> Self {
        let name = field.name.node.as_str();
        let leaf = field.selection_set.node.items.is_empty();
        Self {
            own: match leaf {
                true if name == "totalCount" => TOTAL_COUNT,
                true => 0,
                false => OBJECT,
            },
            each: holds_rows(name) || field.get_argument("ids").is_some(),
            free: matches!(name, "__schema" | "__type"),
        }
    }
}

/// Whether the field contains the elements of the enclosing page.
#[must_use]
pub fn holds_rows(name: &str) -> bool {
    matches!(name, "nodes" | "edges")
}
