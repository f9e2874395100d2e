//! Ranges of days, of instants and of texts in filters.

use async_graphql::InputObject;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use sea_orm::Condition;
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};

/// A range of days, both ends within it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, InputObject)]
pub struct DayRange {
    /// This day or later; null: no begin.
    pub from: Option<NaiveDate>,
    /// This day or earlier; null: no end.
    pub to: Option<NaiveDate>,
}

impl DayRange {
    /// As a condition on a column.
    #[must_use]
    pub fn condition(&self, column: &SimpleExpr) -> Condition {
        Condition::all()
            .add_option(self.from.map(|from| column.clone().gte(from)))
            .add_option(self.to.map(|to| column.clone().lte(to)))
    }
}

/// A range of instants: its begin lies within, its end does not, so that ranges can follow each other.
#[derive(Clone, Debug, PartialEq, Eq, Hash, InputObject)]
pub struct InstantRange {
    /// At this instant or later; null: no begin.
    pub from: Option<DateTime<Utc>>,
    /// Earlier than this instant; null: no end.
    pub before: Option<DateTime<Utc>>,
}

impl InstantRange {
    /// As a condition on a column.
    #[must_use]
    pub fn condition(&self, column: &SimpleExpr) -> Condition {
        Condition::all()
            .add_option(self.from.map(|from| column.clone().gte(from)))
            .add_option(self.before.map(|before| column.clone().lt(before)))
    }
}

/// A column of folded text, ordered by code point, begins with a text as it was folded: a range, which an index in that order holds.
/// Where nothing is left of the text but its signs, no row does.
#[must_use]
pub fn begins(column: &SimpleExpr, text: &str, folded: &str) -> SimpleExpr {
    if folded.is_empty() && !text.trim().is_empty() {
        return Expr::cust("1 = 0");
    }
    let after = format!("{folded}\u{10ffff}");
    column.clone().gte(folded).and(column.clone().lt(after))
}

/// Whether both databases know a day, order it and write it alike. Nothing else is let in: a row that holds one could be stored on
/// PostgreSQL and then not be read again, nor any list it is in.
#[must_use]
pub fn is_known(day: NaiveDate) -> bool {
    (1..=9999).contains(&day.year())
}
