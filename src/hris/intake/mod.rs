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
mod row;
#[cfg(test)]
mod samples;

pub use open::{Intake, Overview};

use super::{mapping::Field, worker::Worker};

/// What is wrong in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The column as the file calls it; none when the row as a whole is wrong.
    pub column: Option<String>,
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
}

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    pub column: Option<String>,
    pub text: String,
}

/// One row of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line it begins in, counted from 1.
    pub line: u64,
    pub outcome: Result<Worker, Vec<Fault>>,
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
}
