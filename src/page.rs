//! Keyset pages: which rows follow a given row in a given order. Page 5,000 costs what page 1 costs, and rows that
//! come or go meanwhile neither repeat nor hide others. Never OFFSET.
//!
//! The argument rules are those of the Relay cursor connections specification.

use async_graphql::InputObject;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::{
    Alias, ColumnType, Expr, ExprTrait, Order as Direction, SelectStatement, SimpleExpr,
};
use sea_orm::{ColumnTrait, EntityName, EntityTrait, Value};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::graphql::range::is_known;
use crate::scope::{Scope, Scoped};

/// Rows of a page when nothing is said.
pub const DEFAULT_SIZE: i32 = 20;
/// Most rows of a page.
pub const MAX_SIZE: i32 = 100;
/// Up to here a count is exact.
pub const MAX_COUNT: i64 = 25_000;

/// The four arguments of every connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct PageArgs {
    /// Rows from the start.
    pub first: Option<i32>,
    /// Returns the elements after this cursor.
    pub after: Option<String>,
    /// Rows from the end.
    pub last: Option<i32>,
    /// Returns the elements before this cursor.
    pub before: Option<String>,
}

/// An order of a noun's rows; the id breaks ties.
pub trait Sort:
    Copy + Default + PartialEq + Eq + std::hash::Hash + std::fmt::Debug + Send + Sync + 'static
{
    /// The table it orders.
    type Table: Scoped;
    /// Its name inside a cursor, so that a cursor of another order is refused.
    fn name(self) -> &'static str;
    /// The columns, most significant first, without the id. An index contains them and the id.
    fn columns(self) -> Vec<<Self::Table as EntityTrait>::Column>;
    /// The table's id.
    fn id() -> <Self::Table as EntityTrait>::Column;
    /// Whether the largest comes first.
    fn descending(self) -> bool;
    /// The sort key of a column; never null.
    fn key(self, scope: &Scope, column: <Self::Table as EntityTrait>::Column) -> SimpleExpr {
        let name = Alias::new(Self::Table::default().table_name());
        Self::Table::value(scope, &name, column)
    }
}

/// The requested slice of an ordered list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    size: u64,
    backwards: bool,
    /// Exclusive lower bound: the sort values of a row as text, the id last.
    after: Option<Vec<String>>,
    /// Those of the row before which it ends.
    before: Option<Vec<String>>,
}

impl Window {
    /// Checks the arguments against an order. Both bounds may be given; a page between them is read from the start unless `last` says otherwise.
    pub fn new<S: Sort>(args: &PageArgs, order: S) -> Result<Self> {
        let (size, field, backwards) = match (args.first, args.last) {
            (Some(_), Some(_)) => {
                return Err(Error::bad_input("last", "give `first` or `last`, not both"));
            }
            (Some(first), None) => (first, "first", false),
            (None, Some(last)) => (last, "last", true),
            (None, None) => {
                let backwards = args.before.is_some() && args.after.is_none();
                (DEFAULT_SIZE, "first", backwards)
            }
        };
        let size = u64::try_from(size)
            .ok()
            .filter(|_| size <= MAX_SIZE)
            .ok_or_else(|| {
                Error::bad_input(
                    field,
                    format!("must be between 0 and {MAX_SIZE}, is {size}"),
                )
            })?;
        let bound = |cursor: Option<&String>| cursor.map(|text| decode(text, order)).transpose();
        Ok(Self {
            size,
            backwards,
            after: bound(args.after.as_ref())?,
            before: bound(args.before.as_ref())?,
        })
    }

    /// Requested number of rows.
    #[must_use]
    pub fn size(&self) -> usize {
        usize::try_from(self.size).unwrap_or(usize::MAX)
    }

    /// Whether the page is read from the end, so that its rows arrive in reverse.
    #[must_use]
    pub fn backwards(&self) -> bool {
        self.backwards
    }

    /// Whether the end from which the page is read has a cursor, so that there are rows beyond it.
    #[must_use]
    pub fn bounded(&self) -> bool {
        let bound = if self.backwards {
            &self.before
        } else {
            &self.after
        };
        bound.is_some()
    }

    /// Adds the bounds of the page to a list's rows.
    pub fn begin<S: Sort>(&self, scope: &Scope, order: S, rows: &mut SelectStatement) {
        let columns = columns(order);
        for (bound, later) in [(&self.after, true), (&self.before, false)] {
            let Some(bound) = bound else { continue };
            let left = Expr::tuple(columns.iter().map(|column| order.key(scope, *column)));
            let right = Expr::tuple(columns.iter().zip(bound).map(|(column, text)| {
                Expr::val(value(*column, text).unwrap_or(Value::Bool(None)))
            }));
            rows.and_where(if later == order.descending() {
                left.lt(right)
            } else {
                left.gt(right)
            });
        }
    }

    /// Adds the order and the limit of the page to a list's rows; one extra row shows whether there are more.
    pub fn cut<S: Sort>(&self, scope: &Scope, order: S, rows: &mut SelectStatement) {
        for column in columns(order) {
            rows.order_by_expr(order.key(scope, column), self.direction(order));
        }
        rows.limit(self.size + 1);
    }

    fn direction<S: Sort>(&self, order: S) -> Direction {
        if order.descending() == self.backwards {
            Direction::Asc
        } else {
            Direction::Desc
        }
    }
}

/// An order's columns, the id that breaks ties last.
fn columns<S: Sort>(order: S) -> Vec<<S::Table as EntityTrait>::Column> {
    order.columns().into_iter().chain([S::id()]).collect()
}

/// The cursor of a row with the given values of its order, its id last.
#[must_use]
pub fn cursor<S: Sort>(order: S, values: &[String], id: Uuid) -> String {
    let id = id.to_string();
    let parts: Vec<&str> = std::iter::once(order.name())
        .chain(values.iter().map(String::as_str))
        .chain([id.as_str()])
        .collect();
    BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(&parts).unwrap_or_default())
}

fn decode<S: Sort>(text: &str, order: S) -> Result<Vec<String>> {
    let refuse = || {
        Error::bad_input(
            "cursor",
            "is no cursor of this list in this order; take `pageInfo.endCursor` or an edge's `cursor` as it was given",
        )
    };
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| refuse())?;
    let mut parts: Vec<String> = serde_json::from_slice(&bytes).map_err(|_| refuse())?;
    let columns = columns(order);
    if parts.len() != columns.len() + 1 || parts.remove(0) != order.name() {
        return Err(refuse());
    }
    let fits = columns
        .iter()
        .zip(&parts)
        .all(|(column, text)| value(*column, text).is_some() && !text.contains('\0'));
    fits.then_some(parts).ok_or_else(refuse)
}

/// A cursor's text as a value of the column's type.
fn value<C: ColumnTrait>(column: C, text: &str) -> Option<Value> {
    Some(match column.def().get_column_type() {
        ColumnType::Uuid => text.parse::<Uuid>().ok()?.into(),
        ColumnType::Date => {
            let day = text.parse::<NaiveDate>().ok()?;
            is_known(day).then_some(day)?.into()
        }
        ColumnType::TimestampWithTimeZone => {
            let instant = text.parse::<DateTime<Utc>>().ok()?;
            is_known(instant.date_naive()).then_some(instant)?.into()
        }
        ColumnType::Integer | ColumnType::BigInteger => text.parse::<i64>().ok()?.into(),
        _ => text.into(),
    })
}
