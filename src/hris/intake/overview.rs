//! What is known about a file: its format, and what becomes of each column.

use serde::Serialize;

use crate::hris::mapping::{Plan, Preset, Role};

/// What is known about a file, complete once it has been read to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    /// CSV, JSON or JSONL.
    pub format: &'static str,
    /// The encoding found; ASCII if nothing else occurred.
    pub encoding: &'static str,
    pub delimiter: Option<char>,
    /// The line of the column names, in a table.
    pub header_line: Option<u64>,
    pub preset: Option<&'static str>,
    /// What the preset is, and when its columns were checked.
    pub preset_title: Option<String>,
    /// The columns that are read, with their fields.
    pub columns: Vec<Column>,
    /// Columns never read, with the reason.
    pub dropped: Vec<(String, String)>,
    /// Columns whose meaning is not known.
    pub unmapped: Vec<String>,
    /// Columns whose name came before.
    pub repeated: Vec<String>,
    /// Columns the mapping file names and the file does not have.
    pub missing: Vec<String>,
}

/// A column that is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Column {
    pub name: String,
    pub fields: Vec<&'static str>,
    /// Whether it is recognised and nothing of it is stored.
    pub is_only_recognised: bool,
    /// The first values, up to three; empty if the file was not surveyed.
    pub samples: Vec<String>,
}

impl Overview {
    pub(super) fn of(
        plan: &Plan,
        (format, encoding, delimiter): (&'static str, &'static str, Option<char>),
        header_line: Option<u64>,
    ) -> Self {
        let named = |wanted: fn(&Role) -> bool| {
            let columns = plan.columns().iter().filter(|(_, role)| wanted(role));
            columns.map(|(name, _)| name.clone()).collect()
        };
        let dropped = |(name, role): &(String, Role)| match role {
            Role::Dropped(category) => Some((name.clone(), category.to_string())),
            _ => None,
        };
        let preset = plan.mapping.preset;
        Self {
            format,
            encoding,
            delimiter,
            header_line,
            preset: preset.map(|preset: &'static Preset| preset.name.as_str()),
            preset_title: preset.map(Preset::about),
            columns: plan.columns().iter().filter_map(Column::of).collect(),
            dropped: plan.columns().iter().filter_map(dropped).collect(),
            unmapped: named(|role| *role == Role::Unmapped),
            repeated: named(|role| *role == Role::Repeated),
            missing: plan.missing(),
        }
    }
}

impl Column {
    fn of((name, role): &(String, Role)) -> Option<Self> {
        let Role::Feeds(fields) = role else {
            return None;
        };
        Some(Self {
            name: name.clone(),
            fields: fields.iter().map(|(field, _)| field.name()).collect(),
            is_only_recognised: fields.iter().all(|(field, _)| field.is_only_recognised()),
            samples: Vec::new(),
        })
    }
}
