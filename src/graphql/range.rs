//! Ranges of dates, times and text prefixes in filters.

use async_graphql::InputObject;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use sea_orm::Condition;
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};

/// A range of dates. Both ends are included.
#[derive(Clone, Debug, PartialEq, Eq, Hash, InputObject)]
pub struct DayRange {
    /// On or after this date. Null for no lower bound.
    pub from: Option<NaiveDate>,
    /// On or before this date. Null for no upper bound.
    pub to: Option<NaiveDate>,
}

impl DayRange {
    #[must_use]
    pub fn condition(&self, column: &SimpleExpr) -> Condition {
        Condition::all()
            .add_option(self.from.map(|from| column.clone().gte(from)))
            .add_option(self.to.map(|to| column.clone().lte(to)))
    }
}

/// A range of times. `from` is included, `before` is excluded.
#[derive(Clone, Debug, PartialEq, Eq, Hash, InputObject)]
pub struct InstantRange {
    /// At or after this time. Null for no lower bound.
    pub from: Option<DateTime<Utc>>,
    /// Before this time. Null for no upper bound.
    pub before: Option<DateTime<Utc>>,
}

impl InstantRange {
    #[must_use]
    pub fn condition(&self, column: &SimpleExpr) -> Condition {
        Condition::all()
            .add_option(self.from.map(|from| column.clone().gte(from)))
            .add_option(self.before.map(|before| column.clone().lt(before)))
    }
}

/// Prefix condition on a column of folded text, as a range that an index by code point can serve. A text without letters or digits matches nothing.
#[must_use]
pub fn begins(column: &SimpleExpr, text: &str, folded: &str) -> SimpleExpr {
    if folded.is_empty() && !text.trim().is_empty() {
        return Expr::cust("1 = 0");
    }
    let after = format!("{folded}\u{10ffff}");
    column.clone().gte(folded).and(column.clone().lt(after))
}

/// Whether both databases can store the date, and order and format it alike. Others are rejected: PostgreSQL could store some of them and then not return
/// them.
#[must_use]
pub fn is_known(day: NaiveDate) -> bool {
    (1..=9999).contains(&day.year())
}
