//! What must not be kept: columns that are never read, and texts that are left out. The words are in `terms.toml`, with their sources.

mod columns;
mod text;

use std::fmt;
use std::sync::LazyLock;

use serde::Deserialize;

pub use self::columns::category;
pub use self::text::in_text;

/// What a column or a text reveals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    Pay,
    Bank,
    NationalId,
    Origin,
    Belief,
    Health,
    Gender,
    Union,
    Family,
    BirthDate,
    CriminalRecord,
    Biometrics,
}

impl Category {
    /// In a sentence: "the reason speaks of health".
    pub fn subject(self) -> &'static str {
        match self {
            Self::Pay => "pay",
            Self::Bank => "bank details",
            Self::NationalId => "national identifiers",
            Self::Origin => "origin",
            Self::Belief => "religion or politics",
            Self::Health => "health",
            Self::Gender => "gender or orientation",
            Self::Union => "union membership",
            Self::Family => "family",
            Self::BirthDate => "age",
            Self::CriminalRecord => "a criminal record",
            Self::Biometrics => "biometrics",
        }
    }
}

impl fmt::Display for Category {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Pay => "pay",
            Self::Bank => "bank details",
            Self::NationalId => "national identifiers and permits",
            Self::Origin => "race, ethnicity or nationality",
            Self::Belief => "religion or politics",
            Self::Health => "health or disability",
            Self::Gender => "sex, gender or orientation",
            Self::Union => "union membership",
            Self::Family => "family and dependants",
            Self::BirthDate => "birth date or age",
            Self::CriminalRecord => "criminal record",
            Self::Biometrics => "biometrics",
        })
    }
}

/// The file of words.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Terms {
    columns: columns::Terms,
    texts: text::Terms,
}

/// Words of one category.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    category: Category,
    /// The language of the words, for readers of the file.
    #[serde(default, rename = "language")]
    _language: String,
    terms: Vec<String>,
}

fn terms() -> &'static Terms {
    static TERMS: LazyLock<Terms> =
        LazyLock::new(|| toml::from_str(include_str!("terms.toml")).expect("a built-in file"));
    &TERMS
}
