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
        let [family, given] = [Field::FamilyName, Field::GivenName].map(|field| self.name(field));
        // The whole name is read only if a part is missing: its column may hold something else, as an id.
        let full = match (&family, &given) {
            (Told::Value(_), Told::Value(_) | Told::Empty) | (_, Told::Value(_)) => Told::Absent,
            _ => self.name(Field::FullName),
        };
        match (&family, &given, full) {
            (Told::Value(whole), Told::Absent, Told::Absent) if whole.contains(',') => {
                let whole = whole.clone();
                self.split(Field::FamilyName, &whole)
            }
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
            (Told::Value(_), Told::Empty, _) => (family, self.blank()),
            (Told::Value(_), _, _) | (_, Told::Value(_), _) => (family, given),
            (_, _, Told::Value(full)) => self.split(Field::FullName, &full),
            (Told::Absent, Told::Absent, Told::Absent) => self.names_at_work(),
            // Of a worker who is known a blank name changes nothing; of another it is missing.
            _ => (Told::Absent, Told::Absent),
        }
    }

    fn split(&mut self, field: Field, full: &str) -> (Told<String>, Told<String>) {
        match name::split(full, self.plan.mapping.order_of_names()) {
            Ok((family, Some(given))) => (Told::Value(family), Told::Value(given)),
            Ok((family, None)) => {
                self.remark(
                    field,
                    "the name is one word; it was taken for the family name".to_owned(),
                );
                (Told::Value(family), Told::Empty)
            }
            Err(reason) => {
                self.fault(field, format!("{} {reason}", quoted(full)));
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

    /// Of a file without legal names, the name at work, if it is whole.
    fn names_at_work(&mut self) -> (Told<String>, Told<String>) {
        let [family, given] =
            [Field::OtherFamilyName, Field::OtherGivenName].map(|field| self.name(field));
        if family.value().is_none() || given.value().is_none() {
            return (Told::Absent, Told::Absent);
        }
        self.remark(
            Field::OtherFamilyName,
            "the file has no legal name; the name at work is stored as the name".to_owned(),
        );
        (family, given)
    }

    /// The name at work, whole, before a former name: a full name, then family and given name of their own columns, then a single word, then
    /// one part completed from the legal name. None if it is the legal name.
    pub(super) fn other_name(
        &mut self,
        family_name: &Told<String>,
        given_name: &Told<String>,
    ) -> Told<String> {
        let fields = [
            Field::OtherName,
            Field::OtherFamilyName,
            Field::OtherGivenName,
            Field::FormerName,
        ];
        let told = fields.map(|field| self.name(field));
        let [whole, family, given, former] = told.each_ref().map(Told::value);
        let legal = [family_name, given_name].map(|part| part.value().map_or("", String::as_str));
        let joined = |family: Option<&String>, given: Option<&String>| {
            let family = family.map_or(legal[0], String::as_str);
            let given = given.map_or(legal[1], String::as_str);
            name::joined(family, given)
        };
        let (field, chosen) = match (whole, family, given, former) {
            (Some(whole), _, _, _) if whole.contains(' ') => (Field::OtherName, whole.clone()),
            (_, Some(_), Some(_), _) => (Field::OtherFamilyName, joined(family, given)),
            (Some(whole), _, _, _) => (Field::OtherName, whole.clone()),
            (_, Some(_), None, _) => (Field::OtherFamilyName, joined(family, given)),
            (_, None, Some(_), _) => (Field::OtherGivenName, joined(family, given)),
            (None, None, None, Some(former)) => (Field::FormerName, former.clone()),
            (None, None, None, None) => {
                return if told.iter().any(Told::is_told) {
                    self.blank()
                } else {
                    Told::Absent
                };
            }
        };
        if chosen == name::joined(legal[0], legal[1]) {
            return match former {
                Some(former) => Told::Value(former.clone()),
                None => self.blank(),
            };
        }
        if field != Field::FormerName && former.is_some() {
            let from = self.column(field).unwrap_or_default();
            let text = format!("not used: other_name is read from “{from}”");
            self.remark(Field::FormerName, text);
        }
        Told::Value(chosen)
    }
}

fn words(full: &str) -> Parts {
    match full.split_once(' ') {
        Some((family, given)) => (family.to_owned(), Some(given.to_owned())),
        None => (full.to_owned(), None),
    }
}
