//! What an HR system says about one worker, whatever file or call it came in. Pure data: nothing here knows a database,
//! a file format or GraphQL. Days stay days, and what was not said is never taken for "nothing".

use chrono::{DateTime, NaiveDate, Utc};
use entity::{EmploymentType, LeaveType};
use serde::Deserialize;

use crate::graphql::rows::BadValue;

/// A field as an HR system told it: not mentioned, said to be empty, or a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Told<T> {
    /// The system did not mention the field; what is stored stays.
    #[default]
    Absent,
    /// The system says there is none; what is stored is cleared.
    Empty,
    /// The system says this.
    Value(T),
}

impl<T> Told<T> {
    /// The value, when there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Empty => None,
        }
    }

    /// Whether the field was mentioned at all.
    pub fn is_told(&self) -> bool {
        !matches!(self, Self::Absent)
    }

    /// Turns the value into another, keeping absence and emptiness.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Told<U> {
        match self {
            Self::Absent => Told::Absent,
            Self::Empty => Told::Empty,
            Self::Value(value) => Told::Value(change(value)),
        }
    }
}

/// Employment status in the HR system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, async_graphql::Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WorkerStatus {
    /// Employed and at work, or starting soon.
    Active,
    /// Employed, away for a while (休職).
    OnLeave,
    /// No longer employed.
    Left,
}

/// Everything an HR system said about one worker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Worker {
    /// The key of the worker in the source system.
    pub external_id: String,
    /// Values that no field reads.
    pub unread: Vec<BadValue>,
    /// When the worker last changed in the source system.
    pub source_updated_at: Told<DateTime<Utc>>,
    pub employee_number: Told<String>,
    pub family_name: Told<String>,
    pub given_name: Told<String>,
    /// Reading in full-width katakana.
    pub family_name_kana: Told<String>,
    /// Reading in full-width katakana.
    pub given_name_kana: Told<String>,
    pub family_name_romaji: Told<String>,
    pub given_name_romaji: Told<String>,
    /// The name worked under, or an earlier one.
    pub other_name: Told<String>,
    pub personal_email: Told<String>,
    pub work_email: Told<String>,
    pub phone: Told<String>,
    pub location: Told<String>,
    /// The department by its name.
    pub department: Told<String>,
    pub position: Told<String>,
    pub employment_type: Told<EmploymentType>,
    /// The source's own id of the employment.
    pub employment_id: Told<String>,
    pub started_on: Told<NaiveDate>,
    /// The stored first day that `started_on` corrects.
    pub corrects_started_on: Told<NaiveDate>,
    pub last_working_day: Told<NaiveDate>,
    pub leave_type: Told<LeaveType>,
    /// The reason as HR wrote it; never one that speaks of health, family, belief, union or crime.
    pub leave_reason: Told<String>,
    pub status: Told<WorkerStatus>,
}
