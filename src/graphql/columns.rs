//! Which columns a statement reads: those of ids and orders always, the others where a client selects the field they are shown by, and the key of a
//! row behind it only where that row is not read with it.

use std::ops::Deref;

use serde::Deserialize;

/// A column, and when it is read.
#[derive(Clone, Copy, Debug)]
pub struct Read<C> {
    pub column: C,
    /// The schema's fields that show it, or [`CURSOR`]; none: it is always read.
    pub shown: &'static [&'static str],
    /// Index of the child whose foreign key this is; the column is not read together with that child.
    pub key_of: Option<usize>,
}

/// Index of the named child, if there is one. An unknown name does not compile.
#[must_use]
pub const fn place(children: &[&str], named: &[&str]) -> Option<usize> {
    let [name] = named else { return None };
    let mut place = 0;
    while !same(children[place].as_bytes(), name.as_bytes()) {
        place += 1;
    }
    Some(place)
}

const fn same(one: &[u8], other: &[u8]) -> bool {
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

/// Marks a column that is part of a page's cursors.
pub const CURSOR: &str = "cursor";

/// The selected columns of a row, as a bit set of indexes. None by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Columns(u64);

impl Columns {
    /// Those whose fields are selected.
    pub fn selected<C>(columns: &[Read<C>], selected: impl Fn(&str) -> bool) -> Self {
        let shown = columns
            .iter()
            .map(|read| read.shown.iter().any(|field| selected(field)));
        let bits = shown
            .zip(0..u64::BITS)
            .map(|(shown, place)| u64::from(shown) << place);
        Self(bits.fold(0, |all, bit| all | bit))
    }

    /// Whether the column in this place is to be read.
    #[must_use]
    pub fn read<C>(self, place: usize, column: &Read<C>) -> bool {
        column.shown.is_empty() || (self.0 >> place) & 1 == 1
    }
}

/// A non-null column that may not have been read.
///
/// # Panics
///
/// On access if it was not read: the row declaration lacks a field that shows the column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Told<T>(Option<T>);

impl<T> From<T> for Told<T> {
    fn from(value: T) -> Self {
        Self(Some(value))
    }
}

impl<T> Deref for Told<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_ref().expect("a column that is shown was read")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_read_where_its_field_is_selected() {
        let read = |column, shown| Read {
            column,
            shown,
            key_of: None,
        };
        let columns = [
            read("id", &[][..]),
            read("headline", &["headline"]),
            read("left_on", &["leftOn", CURSOR]),
        ];
        let names = |selected: Columns| {
            let places = columns.iter().enumerate();
            places
                .filter(|(place, column)| selected.read(*place, column))
                .map(|(_, column)| column.column)
                .collect::<Vec<_>>()
        };
        assert_eq!(names(Columns::default()), ["id"]);
        assert_eq!(
            names(Columns::selected(&columns, |field| field == CURSOR)),
            ["id", "left_on"]
        );
        assert_eq!(
            names(Columns::selected(&columns, |_| true)),
            ["id", "headline", "left_on"]
        );
    }
}
