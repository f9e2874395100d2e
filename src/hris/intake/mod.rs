//! A file of any size and dialect in, workers out, row by row. Nothing is loaded whole; a bad row is told with its line, column and
//! reason, and the next one is read. Knows no database and refuses only what holds no workers at all.

mod closing;
mod decode;
mod delimited;
mod encoding;
mod flatten;
mod header;
mod json;
mod keyed;
mod lines;
mod open;
mod overview;
mod row;
#[cfg(test)]
mod samples;
mod survey;

pub use open::Intake;
pub use overview::Overview;
pub use survey::{ColumnOrder, Survey};

use std::fmt;

use serde::Serialize;

use self::closing::NOT_A_WORKER;
use super::mapping::Field;
use super::values::day_order::DayOrder;
use super::values::text::cut;
use super::worker::Worker;

/// What is wrong in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The column as the file calls it; none when the row as a whole is wrong.
    pub column: Option<String>,
    #[serde(skip)]
    pub field: Option<Field>,
    /// A phrase; the value in it is cut when long.
    pub reason: String,
}

impl Fault {
    /// A fault of the whole row.
    pub fn of_row(reason: impl Into<String>) -> Self {
        Self {
            column: None,
            field: None,
            reason: reason.into(),
        }
    }

    /// Whether the row is no worker at all: a total, a closing line, the column names again.
    pub fn is_no_worker(&self) -> bool {
        self.column.is_none() && [NOT_A_WORKER, HEADER_AGAIN].contains(&self.reason.as_str())
    }
}

/// What a row with the column names is called.
const HEADER_AGAIN: &str = "the column names again, not a worker";

/// A row that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub line: u64,
    pub faults: Vec<Fault>,
}

impl Problem {
    fn of_row(line: u64, reason: &str) -> Self {
        Self {
            line,
            faults: vec![Fault::of_row(reason)],
        }
    }
}

/// Something worth knowing about a row that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remark {
    pub column: Option<String>,
    pub text: String,
}

/// Where a row is, and of which worker.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The line it begins in, counted from 1.
    pub line: u64,
    /// Its number in a JSON list, counted from 1.
    pub entry: Option<u64>,
    /// The id in it, as far as it could be read.
    pub id: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "line {}", self.line)?;
        if let Some(entry) = self.entry {
            write!(out, ", entry {entry}")?;
        }
        match &self.id {
            Some(id) => write!(out, " (id {})", cut(id)),
            None => Ok(()),
        }
    }
}

/// One row of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub place: Place,
    /// The worker once per employment that the row knows of, the earliest first.
    pub outcome: Result<Vec<Worker>, Vec<Fault>>,
    pub remarks: Vec<Remark>,
}

/// Why a file could not be read at all.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    #[error("the file cannot be read: {0}")]
    Broken(#[from] std::io::Error),
    #[error("the file is empty")]
    Empty,
    #[error(
        "no line in the first {lines} holds column names that the mapping knows; the first line has: {columns}"
    )]
    NoHeader { lines: usize, columns: String },
    #[error("no column tells the workers apart (such as an employee number); the columns are: {0}")]
    NoKey(String),
    #[error("the JSON holds no list of objects")]
    NoList,
    #[error(
        "{what} states that days are read {stated}, and {contrary} of them exist only {other}, the first in line {line}: “{text}”; \
         only {agreeing} exist only {stated}. Nothing was stored. Correct date_order, or the file"
    )]
    Contradicted {
        /// The mapping, or the name of the column.
        what: String,
        stated: DayOrder,
        other: DayOrder,
        contrary: u64,
        agreeing: u64,
        line: u64,
        text: String,
    },
}
