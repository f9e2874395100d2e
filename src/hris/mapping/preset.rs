//! The column names of well-known HR exports and the field of each, from `presets/*.toml`.
//!
//! Within a field the first name is the best one: if a row has several, the first that is not empty counts. A name may be of two fields
//! (`Employee ID` is the key if nothing better is there, and the number if there is no number).

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;

use super::field::Field;
use super::fold::fold;
use crate::hris::values::day_order::DayOrder;
use crate::hris::values::name::NameOrder;

/// A built-in mapping.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    pub name: String,
    /// The system and the export.
    title: String,
    /// The day on which its columns were compared with public documentation; null: never.
    checked: Option<String>,
    /// What they were compared with.
    #[serde(default)]
    sources: Vec<String>,
    /// The order of a full name without a comma, in other than Japanese script.
    #[serde(default)]
    pub name_order: NameOrder,
    /// The order of day and month, if the system writes days in one order only.
    pub date_order: Option<DayOrder>,
    /// The preset whose columns come behind its own.
    extends: Option<String>,
    /// Columns that only this system has; at least [`SIGNATURE`] of them let it be chosen by itself. Empty for the general ones.
    #[serde(default)]
    signature: Vec<String>,
    columns: BTreeMap<String, Vec<String>>,
}

/// How many columns of its signature choose a preset.
const SIGNATURE: usize = 2;

const FILES: [&str; 22] = [
    include_str!("presets/hr-en.toml"),
    include_str!("presets/smarthr-ja.toml"),
    include_str!("presets/hr-de.toml"),
    include_str!("presets/hr-fr.toml"),
    include_str!("presets/hr-es.toml"),
    include_str!("presets/adp.toml"),
    include_str!("presets/bamboohr.toml"),
    include_str!("presets/finch.toml"),
    include_str!("presets/frappe-hrms.toml"),
    include_str!("presets/freee-hr.toml"),
    include_str!("presets/gusto.toml"),
    include_str!("presets/hibob.toml"),
    include_str!("presets/jinjer.toml"),
    include_str!("presets/kaonavi.toml"),
    include_str!("presets/king-of-time.toml"),
    include_str!("presets/merge.toml"),
    include_str!("presets/moneyforward.toml"),
    include_str!("presets/orangehrm.toml"),
    include_str!("presets/personio.toml"),
    include_str!("presets/rippling.toml"),
    include_str!("presets/ukg.toml"),
    include_str!("presets/workday.toml"),
];

impl Preset {
    /// All of them, in the order in which they win a tie.
    pub fn all() -> &'static [Self] {
        static ALL: LazyLock<Vec<Preset>> = LazyLock::new(|| {
            FILES
                .iter()
                .map(|file| toml::from_str(file).expect("a built-in preset"))
                .collect()
        });
        &ALL
    }

    /// The preset of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::all().iter().find(|preset| preset.name == name)
    }

    /// Every column name with its field, the best of a field first.
    pub fn columns(&self) -> Vec<(Field, &str)> {
        let parent = self.extends.as_deref().and_then(Self::named);
        // A name that the system uses for one field is no other field of it.
        let own: HashMap<String, Field> = Field::ALL
            .into_iter()
            .flat_map(|field| {
                self.names(field)
                    .iter()
                    .map(move |name| (fold(name), field))
            })
            .collect();
        let is_key = |field: Field| matches!(field, Field::ExternalId | Field::EmployeeNumber);
        let is_of = |field: Field, name: &str| {
            let known = own.get(&fold(name)).copied();
            known.is_none_or(|known| known == field || is_key(known) && is_key(field))
        };
        let mut columns = Vec::new();
        for field in Field::ALL {
            let own = self.names(field).iter().map(String::as_str);
            columns.extend(own.map(|name| (field, name)));
            let inherited = parent.map(|parent| parent.names(field)).unwrap_or_default();
            let inherited = inherited.iter().map(String::as_str);
            columns.extend(
                inherited
                    .filter(|name| is_of(field, name))
                    .map(|name| (field, name)),
            );
        }
        columns
    }

    /// What it is, and when its columns were checked.
    pub fn about(&self) -> String {
        match &self.checked {
            Some(day) => format!(
                "{}; columns compared on {day} with {}",
                self.title,
                self.sources.join("; ")
            ),
            None => format!(
                "{}; columns not compared with documentation: check the dry run",
                self.title
            ),
        }
    }

    /// Whether it is of no one system.
    pub fn is_general(&self) -> bool {
        self.signature.is_empty()
    }

    /// Whether a file with these columns may be one of its system.
    pub fn may_be_of<'n>(&self, mut columns: impl Iterator<Item = &'n str>) -> bool {
        if self.is_general() {
            return true;
        }
        let signature: Vec<String> = self.signature.iter().map(|name| fold(name)).collect();
        let mut found: Vec<String> = Vec::new();
        columns.any(|column| {
            let column = fold(column);
            if signature.contains(&column) && !found.contains(&column) {
                found.push(column);
            }
            found.len() >= SIGNATURE
        })
    }

    /// The columns of its system alone.
    #[cfg(test)]
    pub fn own_names(&self) -> Vec<&str> {
        let columns = self.columns.values().flatten().chain(&self.signature);
        let mut names: Vec<&str> = columns.map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    fn names(&self, field: Field) -> &[String] {
        self.columns
            .get(field.name())
            .map(Vec::as_slice)
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preset_says_what_it_is_and_names_fields_that_exist() {
        for preset in Preset::all() {
            assert!(!preset.title.is_empty(), "{}", preset.name);
            let day = preset.checked.as_deref();
            let is_day = |day: &str| day.parse::<chrono::NaiveDate>().is_ok();
            assert!(day.is_none_or(is_day), "{}", preset.name);
            assert_eq!(day.is_none(), preset.sources.is_empty(), "{}", preset.name);
            for name in preset.columns.keys() {
                assert!(Field::named(name).is_some(), "{}: {name}", preset.name);
            }
            let parent = preset.extends.as_deref().map(Preset::named);
            assert!(
                parent.is_none_or(|parent| parent.is_some()),
                "{}",
                preset.name
            );
            let general = preset.extends.is_none();
            assert_eq!(general, preset.signature.is_empty(), "{}", preset.name);
        }
    }
}
