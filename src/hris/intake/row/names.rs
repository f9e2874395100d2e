//! The names of a row: in columns of their own or one cell to be taken apart.

use super::Row;
use crate::hris::{
    mapping::Field,
    values::{
        name::{self, Parts},
        text::quoted,
    },
    worker::Told,
};

impl Row<'_> {
    pub(super) fn names(&mut self) -> (Told<String>, Told<String>) {
        let [family, given, full] =
            [Field::FamilyName, Field::GivenName, Field::FullName].map(|field| self.name(field));
        match (&family, &given, full) {
            (Told::Value(family_name), Told::Absent, Told::Value(full)) => {
                let rest = full
                    .strip_prefix(family_name.as_str())
                    .unwrap_or(&full)
                    .trim();
                let given = if rest.is_empty() || rest.contains([' ', ',']) {
                    Told::Absent
                } else {
                    Told::Value(rest.to_owned())
                };
                (family, given)
            }
            (Told::Value(_), _, _) | (_, Told::Value(_), _) => (family, given),
            (_, _, Told::Value(full)) => self.split(&full),
            (Told::Absent, Told::Absent, Told::Absent) => (Told::Absent, Told::Absent),
            _ => {
                let field = [Field::FamilyName, Field::GivenName]
                    .into_iter()
                    .find(|field| self.best[*field as usize].is_some())
                    .unwrap_or(Field::FullName);
                self.fault(field, "the name is empty".to_owned());
                (Told::Absent, Told::Absent)
            }
        }
    }

    fn split(&mut self, full: &str) -> (Told<String>, Told<String>) {
        match name::split(full, self.plan.mapping.order_of_names()) {
            Ok((family, Some(given))) => (Told::Value(family), Told::Value(given)),
            Ok((family, None)) => {
                self.remark(
                    Field::FullName,
                    "the name is one word; it was taken for the family name".to_owned(),
                );
                (Told::Value(family), Told::Empty)
            }
            Err(reason) => {
                self.fault(Field::FullName, format!("{} {reason}", quoted(full)));
                (Told::Absent, Told::Absent)
            }
        }
    }

    /// Family and given part of a reading, from their own columns or from one that holds both.
    pub(super) fn reading(
        &mut self,
        [family, given, full]: [Field; 3],
        even: fn(&str) -> String,
    ) -> (Told<String>, Told<String>) {
        let order = self.plan.mapping.order_of_names();
        let [family, given, full] =
            [family, given, full].map(|field| self.text(field).map(|text| even(&text)));
        if family.value().is_some() || given.value().is_some() || !full.is_told() {
            return (family, given);
        }
        match full.map(|full| name::split(&full, order).unwrap_or_else(|_| words(&full))) {
            Told::Value((family, given)) => {
                (Told::Value(family), given.map_or(Told::Empty, Told::Value))
            }
            _ => (Told::Empty, Told::Empty),
        }
    }

    pub(super) fn other_name(&mut self) -> Told<String> {
        let whole = self.name(Field::OtherName);
        let [family, given] =
            [Field::OtherFamilyName, Field::OtherGivenName].map(|field| self.name(field));
        if whole.value().is_some() || !(family.is_told() || given.is_told()) {
            return whole;
        }
        let part = |part: &Told<String>| part.value().cloned().unwrap_or_default();
        let joined = name::joined(&part(&family), &part(&given));
        if joined.is_empty() {
            Told::Empty
        } else {
            Told::Value(joined)
        }
    }
}

fn words(full: &str) -> Parts {
    match full.split_once(' ') {
        Some((family, given)) => (family.to_owned(), Some(given.to_owned())),
        None => (full.to_owned(), None),
    }
}
