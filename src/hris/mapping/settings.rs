//! A company's own mapping file, in TOML:
//!
//! ```toml
//! preset = "hr-en"                  # extend a built-in one; without it only the columns below are read
//! date_order = "day_first"          # 3/4/2024 is the 3rd of April, or month_first; otherwise found out from the days of the file
//! name_order = "given_family"       # how a full name without a comma is read: family_given or given_family
//! two_digit_years = true            # 31-Mar-24: 00 to 49 are 20xx
//! blank = "clear"                   # a blank cell clears what is stored; otherwise it changes nothing but the last working day
//! ids = "as_written"                # 1.001 and 1E5 are ids as they stand; otherwise spoiled numbers are refused
//! encoding = "windows-1252"         # otherwise found out
//! delimiter = ";"                   # otherwise found out
//! [columns]
//! "Badge" = "employee_number"
//! "Nickname" = "ignore"
//! [employment_types]
//! "E3" = "FIXED_TERM"
//! [leave_types]
//! "R07" = "VOLUNTARY"
//! [statuses]
//! "9" = "LEFT"
//! ```

use std::collections::{BTreeMap, HashMap};

use entity::{EmploymentType, LeaveType};
use serde::Deserialize;

use super::{
    field::Field,
    fold::{fold, forms},
    preset::Preset,
};
use crate::hris::{
    values::{day::DayRules, day_order::DayOrder, name::NameOrder, text::folded},
    worker::WorkerStatus,
};

/// Everything that says how one file is to be read. The default knows nothing but the presets.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    /// The preset to read by; none with `choose` set asks for the best fitting one.
    pub preset: Option<&'static Preset>,
    /// Columns of the mapping file as written, with what they hold; none is "ignore".
    pub columns: Vec<(String, Option<Field>)>,
    /// Whether a preset is chosen by the file's columns.
    pub choose: bool,
    pub days: DayRules,
    pub name_order: Option<NameOrder>,
    pub encoding: Option<&'static encoding_rs::Encoding>,
    pub delimiter: Option<u8>,
    /// Whether a blank cell clears what is stored. The last working day is cleared by one in any case: the leave is taken back.
    pub blank_clears: bool,
    /// Whether ids that look like spoiled numbers are ids as they are written.
    pub ids_as_written: bool,
    pub words: Words,
}

/// Words of this company's systems that the built-in ones do not know, folded.
#[derive(Clone, Debug, Default)]
pub struct Words {
    pub employment_types: HashMap<String, EmploymentType>,
    pub leave_types: HashMap<String, LeaveType>,
    pub statuses: HashMap<String, WorkerStatus>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    preset: Option<String>,
    date_order: Option<DayOrder>,
    name_order: Option<NameOrder>,
    #[serde(default)]
    two_digit_years: bool,
    encoding: Option<String>,
    delimiter: Option<String>,
    #[serde(default)]
    blank: Blank,
    #[serde(default)]
    ids: Ids,
    #[serde(default)]
    columns: BTreeMap<String, String>,
    #[serde(default)]
    employment_types: BTreeMap<String, EmploymentType>,
    #[serde(default)]
    leave_types: BTreeMap<String, LeaveType>,
    #[serde(default)]
    statuses: BTreeMap<String, WorkerStatus>,
}

#[derive(Default, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Blank {
    #[default]
    Keep,
    Clear,
}

#[derive(Default, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Ids {
    #[default]
    Checked,
    AsWritten,
}

impl Mapping {
    /// No preset named: the one whose columns fit best is taken.
    pub fn automatic() -> Self {
        Self {
            choose: true,
            ..Self::default()
        }
    }

    /// A built-in preset by its name.
    pub fn preset(name: &str) -> Result<Self, String> {
        Ok(Self {
            preset: Some(known_preset(name)?),
            ..Self::default()
        })
    }

    /// Reads a mapping file.
    pub fn parse(toml: &str) -> Result<Self, String> {
        let written: Written = toml::from_str(toml).map_err(|error| error.to_string())?;
        let preset = written.preset.as_deref().map(known_preset).transpose()?;
        let columns = written
            .columns
            .into_iter()
            .map(|(column, field)| known_field(&column, &field).map(|field| (column, field)))
            .collect::<Result<Vec<_>, _>>()?;
        if preset.is_none() && columns.iter().all(|(_, field)| field.is_none()) {
            return Err("the mapping file names neither a preset nor a column to read".to_owned());
        }
        let encoding = written
            .encoding
            .map(|label| {
                encoding_rs::Encoding::for_label(label.as_bytes())
                    .ok_or_else(|| format!("encoding: “{label}” is not known"))
            })
            .transpose()?;
        let delimiter = written.delimiter.map(|text| match text.as_bytes() {
            [one @ (b',' | b';' | b'\t' | b'|')] => Ok(*one),
            _ => Err(format!("delimiter: “{text}” is none of , ; | and tab")),
        });
        Ok(Self {
            preset,
            columns,
            choose: false,
            days: DayRules {
                stated: written.date_order,
                two_digit_years: written.two_digit_years,
                ..DayRules::default()
            },
            name_order: written.name_order,
            encoding,
            delimiter: delimiter.transpose()?,
            blank_clears: written.blank == Blank::Clear,
            ids_as_written: written.ids == Ids::AsWritten,
            words: Words {
                employment_types: fold_keys(written.employment_types),
                leave_types: fold_keys(written.leave_types),
                statuses: fold_keys(written.statuses),
            },
        })
    }

    /// The mappings to try on a file with these columns: this one, or itself with each preset that may be of the file.
    pub fn candidates<'n>(&self, columns: impl Iterator<Item = &'n str> + Clone) -> Vec<Self> {
        if !self.choose {
            return vec![self.clone()];
        }
        let mut presets: Vec<&'static Preset> = Preset::all()
            .iter()
            .filter(|preset| preset.may_be_of(columns.clone()))
            .collect();
        // Of equals the first wins: a system's own preset goes before a general one.
        presets.sort_by_key(|preset| preset.is_general());
        presets
            .into_iter()
            .map(|preset| Self {
                preset: Some(preset),
                choose: false,
                ..self.clone()
            })
            .collect()
    }

    /// How a full name without a comma is read.
    pub fn order_of_names(&self) -> NameOrder {
        self.name_order
            .or(self.preset.map(|preset| preset.name_order))
            .unwrap_or_default()
    }

    /// Folded column names with the fields they feed, the best of a field at the lowest rank. The mapping file's own columns go before the
    /// preset's; a column it names is the preset's no more.
    pub(super) fn feeds(&self) -> HashMap<String, Vec<(Field, usize)>> {
        let mut feeds: HashMap<String, Vec<(Field, usize)>> = HashMap::new();
        for (column, field) in &self.columns {
            feeds.insert(
                fold(column),
                field.iter().map(|field| (*field, 0)).collect(),
            );
        }
        let own: Vec<String> = feeds.keys().cloned().collect();
        let columns = self.preset.map(Preset::columns).unwrap_or_default();
        for (rank, (field, name)) in columns.into_iter().enumerate() {
            let name = fold(name);
            if own.contains(&name) {
                continue;
            }
            let fields = feeds.entry(name).or_default();
            if !fields.iter().any(|(known, _)| *known == field) {
                fields.push((field, rank + 1));
            }
        }
        feeds
    }
}

/// What a column feeds, by the most exact of its forms that is known.
pub(super) fn fed_by<'f>(
    feeds: &'f HashMap<String, Vec<(Field, usize)>>,
    column: &str,
) -> Option<&'f [(Field, usize)]> {
    forms(column)
        .iter()
        .find_map(|form| feeds.get(form))
        .map(Vec::as_slice)
}

fn known_preset(name: &str) -> Result<&'static Preset, String> {
    let known: Vec<&str> = Preset::all()
        .iter()
        .map(|preset| preset.name.as_str())
        .collect();
    Preset::named(name).ok_or_else(|| format!("preset: “{name}” is none of {}", known.join(", ")))
}

fn known_field(column: &str, field: &str) -> Result<Option<Field>, String> {
    if field == "ignore" {
        return Ok(None);
    }
    let known: Vec<&str> = Field::ALL.iter().map(|field| field.name()).collect();
    Field::named(field).map(Some).ok_or_else(|| {
        format!(
            "columns.“{column}”: “{field}” is neither ignore nor one of {}",
            known.join(", ")
        )
    })
}

fn fold_keys<T>(words: BTreeMap<String, T>) -> HashMap<String, T> {
    words
        .into_iter()
        .map(|(word, meaning)| (folded(&word), meaning))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hris::sensitive;

    #[test]
    fn no_name_of_a_preset_is_sensitive() {
        for (field, name) in Preset::all().iter().flat_map(Preset::columns) {
            assert_eq!(sensitive::category(name), None, "{name} for {field:?}");
        }
    }

    #[test]
    fn a_mapping_file_extends_a_preset_and_goes_before_it() {
        let mapping = Mapping::parse("preset = \"hr-en\"\ndate_order = \"day_first\"\n[columns]\n\"Badge\" = \"employee_number\"\n\"Nickname\" = \"ignore\"\n[leave_types]\n\"R07\" = \"VOLUNTARY\"").expect("a mapping");
        let feeds = mapping.feeds();
        assert_eq!(
            fed_by(&feeds, "BADGE"),
            Some(&[(Field::EmployeeNumber, 0)][..])
        );
        assert_eq!(fed_by(&feeds, "Nickname"), Some(&[][..]));
        assert!(fed_by(&feeds, "Hire Date").is_some_and(|fields| fields[0].0 == Field::StartedOn));
        assert_eq!(mapping.days.stated, Some(DayOrder::DayFirst));
        assert_eq!(
            mapping.words.leave_types.get("r07"),
            Some(&LeaveType::Voluntary)
        );
    }

    #[test]
    fn a_wrong_mapping_file_is_refused_with_its_key() {
        let reason = |toml: &str| Mapping::parse(toml).expect_err("refused");
        assert!(
            reason("preset = \"payday\"")
                .starts_with("preset: “payday” is none of hr-en, smarthr-ja")
        );
        assert!(
            reason("[columns]\n\"Pay\" = \"salary\"")
                .starts_with("columns.“Pay”: “salary” is neither ignore nor one of external_id")
        );
        assert!(reason("colums = 1").contains("colums"));
        assert!(reason("encoding = \"klingon\"\npreset = \"hr-en\"").starts_with("encoding"));
        assert!(reason("").starts_with("the mapping file names neither"));
    }
}
