//! Measures of a part of a document, and how two parts are combined. The cost has two components, because a part does not know its enclosing page:
//! what counts once, and what counts once per element of that page.

use async_graphql::parser::types::Field;

use super::{
    measure::default_page,
    weight::{MUTATION, OBJECT, Weight, holds_rows},
};

/// Measures of a part of a document. Adjacent parts are combined by sum or maximum; sums saturate.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Amount {
    pub fields: u64,
    pub aliases: u64,
    pub directives: u64,
    /// Fields at this level, not below another field.
    pub roots: u64,
    /// Those of them that return objects.
    objects: u64,
    pub depth: u64,
    pub nesting: u64,
    /// Cost of parts that occur once.
    pub once: u64,
    /// Cost of parts that occur once per element of the enclosing page.
    pub per_row: u64,
    /// Cost as introspection, if it turns out to be part of one.
    listed: u64,
    pub introspection_depth: u64,
    pub introspection_price: u64,
    pub introspects: bool,
    /// Bytes of all arguments.
    pub given: u64,
    /// Objects in lists of arguments.
    pub rows: u64,
    /// Number of values in the largest filter.
    pub filter_values: u64,
}

impl Amount {
    pub fn beside(self, other: Self) -> Self {
        Self {
            fields: self.fields.saturating_add(other.fields),
            aliases: self.aliases.saturating_add(other.aliases),
            directives: self.directives.saturating_add(other.directives),
            roots: self.roots.saturating_add(other.roots),
            objects: self.objects.saturating_add(other.objects),
            depth: self.depth.max(other.depth),
            nesting: self.nesting.max(other.nesting),
            once: self.once.saturating_add(other.once),
            per_row: self.per_row.saturating_add(other.per_row),
            listed: self.listed.saturating_add(other.listed),
            introspection_depth: self.introspection_depth.max(other.introspection_depth),
            introspection_price: self
                .introspection_price
                .saturating_add(other.introspection_price),
            introspects: self.introspects || other.introspects,
            given: self.given.saturating_add(other.given),
            rows: self.rows.saturating_add(other.rows),
            filter_values: self.filter_values.max(other.filter_values),
        }
    }

    /// The measures of a field whose selection set has these measures.
    pub fn under(self, field: &Field, page: Page) -> Self {
        let (name, weight) = (field.name.node.as_str(), Weight::of(field));
        let price = self
            .price_in(page.rows)
            .saturating_add(weight.own)
            .saturating_mul(page.entries.unwrap_or(1));
        let listed = self
            .listed
            .saturating_mul(introspection_entries(name))
            .saturating_add(1);
        let mut amount = Self {
            roots: 1,
            objects: u64::from(weight.own == OBJECT),
            depth: self.depth + 1,
            listed,
            ..self.one_deeper()
        };
        amount.fields = amount.fields.saturating_add(1);
        amount.aliases = amount
            .aliases
            .saturating_add(u64::from(field.alias.is_some()));
        amount.directives = amount
            .directives
            .saturating_add(field.directives.len() as u64);
        let holds_rows = holds_rows(name) && page.entries.is_none();
        (amount.once, amount.per_row) = if holds_rows { (0, price) } else { (price, 0) };
        if weight.free {
            amount.introspects = true;
            amount.introspection_depth = amount.introspection_depth.max(amount.depth);
            amount.introspection_price = amount.introspection_price.saturating_add(listed);
            (amount.depth, amount.once) = (1, 0);
        }
        amount
    }

    /// The measures of the root fields of a mutation, which cost more, and in addition 1 per input object.
    pub fn as_mutation(self) -> Self {
        let more = self.objects.saturating_mul(MUTATION - OBJECT);
        let more = more.saturating_add(self.rows);
        Self {
            once: self.once.saturating_add(more),
            ..self
        }
    }

    /// Cost as an operation: at least 1.
    pub fn price(&self) -> u64 {
        self.price_in(default_page()).max(1)
    }

    /// Cost in a page of this size.
    pub fn price_in(&self, rows: u64) -> u64 {
        self.once.saturating_add(self.per_row.saturating_mul(rows))
    }

    pub fn one_deeper(self) -> Self {
        Self {
            nesting: self.nesting + 1,
            ..self
        }
    }
}

/// Number of objects that a field returns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page {
    /// Page size, if it is a connection.
    pub rows: u64,
    /// Number of ids, if the field returns one entry per id.
    pub entries: Option<u64>,
}

/// Assumed size of a list of the introspection.
fn introspection_entries(name: &str) -> u64 {
    match name {
        "types" => 200,
        "fields" | "possibleTypes" | "directives" => 10,
        "args" | "inputFields" | "enumValues" | "interfaces" => 3,
        _ => 1,
    }
}
