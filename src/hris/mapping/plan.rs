//! The plan for one file's columns: what each holds, which are dropped, which nobody knows. It grows as a JSON file shows new keys.

use std::collections::HashMap;

use super::{
    field::Field,
    fold::fold,
    settings::{Mapping, fed_by},
};
use crate::hris::sensitive::{self, Category};
use crate::hris::values::{day::DayRules, day_order::DayOrder};

/// A file with more distinct columns is not a table; what comes after is left unread.
const MOST_COLUMNS: usize = 2_000;

/// What becomes of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// Read into these fields; the number is its rank within the field, the lowest the best.
    Feeds(Vec<(Field, usize)>),
    /// Never read, because of what it holds.
    Dropped(Category),
    /// The mapping says to leave it.
    Ignored,
    /// Nobody says what it is.
    Unmapped,
    /// A column of the same name came before.
    Repeated,
    /// A column without a name: the mark of a trailing separator.
    Nameless,
}

/// The columns of one file, numbered in the order they were met.
#[derive(Debug)]
pub struct Plan {
    pub mapping: Mapping,
    feeds: HashMap<String, Vec<(Field, usize)>>,
    columns: Vec<(String, Role)>,
    numbers: HashMap<String, usize>,
    orders: HashMap<String, DayOrder>,
}

impl Plan {
    pub fn new(mapping: Mapping) -> Self {
        let feeds = mapping.feeds();
        Self {
            mapping,
            feeds,
            columns: Vec::new(),
            numbers: HashMap::new(),
            orders: HashMap::new(),
        }
    }

    /// The order of day and month in each column, by its name.
    pub fn set_day_orders(&mut self, orders: HashMap<String, DayOrder>) {
        self.orders = orders;
    }

    /// How the days of a column are read.
    pub fn days(&self, column: usize) -> DayRules {
        let shown = self
            .columns
            .get(column)
            .and_then(|(name, _)| self.orders.get(name))
            .copied();
        DayRules {
            shown,
            ..self.mapping.days
        }
    }

    /// How many of these columns the mapping knows, and how many it knows to be sensitive.
    pub fn recognised<'n>(&self, names: impl Iterator<Item = &'n str>) -> usize {
        let mut fields: Vec<Field> = Vec::new();
        let mut sensitive = 0;
        for name in names {
            match self.judge(name) {
                Role::Feeds(fed) => fields.extend(fed.first().map(|(field, _)| *field)),
                Role::Dropped(_) => sensitive += 1,
                _ => {}
            }
        }
        fields.sort_unstable();
        fields.dedup();
        if fields.is_empty() {
            0
        } else {
            fields.len() * 2 + sensitive
        }
    }

    /// Takes over the header of a table.
    pub fn set_header(&mut self, names: &[String]) {
        self.columns.clear();
        self.numbers.clear();
        for name in names {
            let name = name.trim();
            let folded = fold(name);
            let role = match self.judge(name) {
                _ if folded.is_empty() => Role::Nameless,
                role @ (Role::Feeds(_) | Role::Unmapped | Role::Ignored)
                    if self.numbers.contains_key(&folded) =>
                {
                    if role == Role::Ignored {
                        role
                    } else {
                        Role::Repeated
                    }
                }
                role => role,
            };
            let number = self.columns.len();
            self.numbers.entry(folded).or_insert(number);
            self.columns.push((name.to_owned(), role));
        }
    }

    /// The number of a column of a keyed file; none when there are too many.
    pub fn column(&mut self, name: &str) -> Option<usize> {
        if let Some(number) = self.numbers.get(name) {
            return Some(*number);
        }
        if self.columns.len() >= MOST_COLUMNS {
            return None;
        }
        let number = self.columns.len();
        self.columns.push((name.to_owned(), self.judge(name)));
        self.numbers.insert(name.to_owned(), number);
        Some(number)
    }

    /// Notes a key whose whole content is dropped, and says so. Other keys with content of their own leave no trace.
    pub fn drops(&mut self, name: &str) -> bool {
        if !self.numbers.contains_key(name) && sensitive::category(name).is_none() {
            return false;
        }
        self.column(name)
            .is_some_and(|number| matches!(self.columns[number].1, Role::Dropped(_)))
    }

    /// The columns so far: name and what becomes of it.
    pub fn columns(&self) -> &[(String, Role)] {
        &self.columns
    }

    /// Whether anything tells workers apart.
    pub fn has_key(&self) -> bool {
        self.columns.iter().any(|(_, role)| matches!(role, Role::Feeds(fields) if fields.iter().any(|(field, _)| matches!(field, Field::ExternalId | Field::EmployeeNumber))))
    }

    /// Columns the mapping file names and the file does not have.
    pub fn missing(&self) -> Vec<String> {
        let has = |name: &str| {
            self.columns
                .iter()
                .any(|(column, _)| fold(column) == fold(name))
        };
        self.mapping
            .columns
            .iter()
            .filter(|(name, field)| field.is_some() && !has(name))
            .map(|(name, _)| name.clone())
            .collect()
    }

    fn judge(&self, name: &str) -> Role {
        if let Some(category) = sensitive::category(name) {
            return Role::Dropped(category);
        }
        match fed_by(&self.feeds, name) {
            None => Role::Unmapped,
            Some([]) => Role::Ignored,
            Some(fields) => Role::Feeds(fields.to_vec()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles(mapping: Mapping, header: &[&str]) -> Vec<Role> {
        let mut plan = Plan::new(mapping);
        plan.set_header(
            &header
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<Vec<_>>(),
        );
        plan.columns()
            .iter()
            .map(|(_, role)| role.clone())
            .collect()
    }

    #[test]
    fn a_sensitive_column_is_dropped_even_when_a_mapping_names_it() {
        let mapping =
            Mapping::parse("[columns]\n\"Salary\" = \"position\"\n\"ID\" = \"external_id\"")
                .expect("a mapping");
        assert_eq!(
            roles(mapping, &["ID", "Salary"]),
            [
                Role::Feeds(vec![(Field::ExternalId, 0)]),
                Role::Dropped(Category::Pay)
            ]
        );
    }

    #[test]
    fn repeated_nameless_and_unknown_columns_are_told_apart() {
        let mapping = Mapping::preset("hr-en").expect("a preset");
        let roles = roles(mapping, &["Department", "DEPARTMENT", "", "Locker"]);
        assert!(matches!(&roles[0], Role::Feeds(fields) if fields[0].0 == Field::Department));
        assert_eq!(roles[1..], [Role::Repeated, Role::Nameless, Role::Unmapped]);
    }

    #[test]
    fn each_preset_recognises_its_own_exports_best() {
        let count = |preset: &str, header: &[&str]| {
            Plan::new(Mapping::preset(preset).expect("a preset")).recognised(header.iter().copied())
        };
        let japanese = ["社員番号", "姓", "名", "姓（カナ）", "入社年月日", "給与"];
        let english = [
            "Employee ID",
            "Name",
            "Hire Date",
            "Termination Date",
            "Salary",
        ];
        assert!(count("smarthr-ja", &japanese) > count("hr-en", &japanese));
        assert!(count("hr-en", &english) > count("smarthr-ja", &english));
        assert_eq!(count("hr-en", &["Total", "1,234"]), 0);
    }
}
