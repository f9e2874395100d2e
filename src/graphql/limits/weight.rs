//! What a field counts in the price: the one rule for what a document asks for, for what its answer came to, and for what the schema
//! states as `@cost` (`limits::stated`).

use async_graphql::parser::types::Field;

/// What a field with something selected below it counts, for each object it answers.
pub const OBJECT: u64 = 1;
/// What `totalCount` counts: rows are counted that are not answered.
pub const TOTAL_COUNT: u64 = 10;
/// What a field of a mutation counts, instead of [`OBJECT`].
pub const MUTATION: u64 = 10;

/// How a field counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    /// What it counts by itself. What it holds counts beside it.
    pub own: u64,
    /// Whether it counts for each object of its list: a page's rows, or one for each id. Any other list counts as one, with the dearest of
    /// its entries: it is as long as it is, and nobody can ask for a shorter one.
    pub each: bool,
    /// Whether neither it nor what it holds counts: introspection has limits of its own.
    pub free: bool,
}

impl Weight {
    /// How a field of a document counts.
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

/// Whether a field holds the rows of the page around it.
#[must_use]
pub fn holds_rows(name: &str) -> bool {
    matches!(name, "nodes" | "edges")
}
