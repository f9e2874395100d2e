//! Everything held of one person, read and erased by the list of holdings. Bound to the company and the person, and not narrowed to
//! what a viewer sees: a person's data is theirs wherever it lies.

use entity::{CompanyId, PersonId, person};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, Query, SelectStatement, SimpleExpr};
use sea_orm::sea_query::{Asterisk, UpdateStatement};
use sea_orm::{ConnectionTrait, DbErr};

use super::tables::{Table, table};
use crate::error::{Error, Result};
use crate::privacy::rules::holdings::{Erasure, Holding, Section, Way};

/// Whose data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whose {
    /// The company.
    pub company: CompanyId,
    /// The person.
    pub person: PersonId,
}

/// The table of a holding.
pub fn table_of(holding: &Holding) -> Result<&'static Table> {
    table(holding.table).ok_or_else(|| Error::internal("a holding without a table"))
}

/// The rows of a section, with the names of what they point at.
pub fn section_rows(whose: Whose, holding: &Holding, section: &Section) -> Result<SelectStatement> {
    let table = table_of(holding)?;
    let mut rows = table.rows_of(whose.company.0);
    rows.and_where(theirs(whose, table, holding.way));
    for [column, other, name, told] in section.names {
        let of_other = |column: &'static str| Expr::col((Alias::new(*other), Alias::new(column)));
        let named = Query::select()
            .expr(of_other(name))
            .from(Alias::new(*other))
            .and_where(of_other("company_id").eq(whose.company))
            .and_where(of_other("id").eq(table.col(column)))
            .to_owned();
        rows.expr_as(
            SimpleExpr::SubQuery(None, Box::new(named.into())),
            Alias::new(*told),
        );
    }
    Ok(rows)
}

/// A row is the person's.
fn theirs(whose: Whose, table: &Table, way: Way) -> SimpleExpr {
    let of = |table: &'static str, column: &'static str| {
        Expr::col((Alias::new(table), Alias::new(column)))
    };
    let through = |named: &'static str, person: &'static str| {
        Query::select()
            .expr(of(named, "id"))
            .from(Alias::new(named))
            .and_where(of(named, "company_id").eq(whose.company))
            .and_where(of(named, person).eq(whose.person))
            .to_owned()
    };
    match way {
        Way::Column(column) => table.col(column).eq(whose.person),
        Way::Login(column) => table
            .col(column)
            .in_subquery(through("account", "person_id")),
        Way::Through {
            column,
            table: other,
            person,
        } => table.col(column).in_subquery(through(other, person)),
    }
}

/// What of a person's profile is shown to staff, a bit a field (`access::visibility`).
pub async fn seen_by_hr(connection: &impl ConnectionTrait, whose: Whose) -> Result<i32> {
    use person::{Column, Entity};
    let rows = Query::select()
        .column(Column::SeenByHr)
        .from(Entity)
        .and_where(Expr::col(Column::CompanyId).eq(whose.company))
        .and_where(Expr::col(Column::Id).eq(whose.person))
        .to_owned();
    let row = connection.query_one(&rows).await?.ok_or(Error::NotFound)?;
    Ok(row.try_get_by_index(0)?)
}

/// How many rows of a holding there are.
pub async fn count(
    connection: &impl ConnectionTrait,
    whose: Whose,
    holding: &Holding,
) -> Result<i64> {
    let table = table_of(holding)?;
    let rows = Query::select()
        .expr(Func::count(Expr::col(Asterisk)))
        .from(table.alias())
        .and_where(table.col(table.company).eq(whose.company))
        .and_where(theirs(whose, table, holding.way))
        .to_owned();
    let row = connection.query_one(&rows).await?;
    let count = row.map(|row| row.try_get_by_index(0)).transpose()?;
    Ok(count.unwrap_or_default())
}

/// What became of the rows of a holding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Deleted.
    pub deleted: i64,
    /// Emptied of what they said of the person.
    pub blanked: i64,
    /// Left as they are.
    pub kept: i64,
}

/// Erases a holding; with `duty` leaves what the law keeps of employments.
pub async fn erase(
    transaction: &impl ConnectionTrait,
    whose: Whose,
    holding: &Holding,
    duty: bool,
) -> Result<Done> {
    let table = table_of(holding)?;
    if matches!(holding.erasure, Erasure::Stay(_)) || (duty && holding.erasure == Erasure::Duty) {
        return Ok(Done {
            kept: count(transaction, whose, holding).await?,
            ..Done::default()
        });
    }
    Ok(match holding.erasure {
        Erasure::Stay(_) => Done::default(),
        Erasure::Delete | Erasure::Duty => Done {
            deleted: delete(transaction, whose, table, holding.way).await?,
            ..Done::default()
        },
        Erasure::Empty(columns) => Done {
            blanked: empty(transaction, whose, table, holding.way, |column| {
                columns.contains(&column)
            })
            .await?,
            ..Done::default()
        },
        Erasure::Blank { keep, duty: kept } => {
            let stays = |column: &str| keep.contains(&column) || (duty && kept.contains(&column));
            let goes = |column: &str| !stays(column);
            Done {
                blanked: empty(transaction, whose, table, holding.way, goes).await?,
                ..Done::default()
            }
        }
    })
}

async fn delete(
    transaction: &impl ConnectionTrait,
    whose: Whose,
    table: &Table,
    way: Way,
) -> Result<i64> {
    let delete = Query::delete()
        .from_table(table.alias())
        .and_where(table.col(table.company).eq(whose.company))
        .and_where(theirs(whose, table, way))
        .to_owned();
    let done = transaction.execute(&delete).await?;
    Ok(done.rows_affected().try_into().unwrap_or(i64::MAX))
}

async fn empty(
    transaction: &impl ConnectionTrait,
    whose: Whose,
    table: &Table,
    way: Way,
    which: impl Fn(&str) -> bool,
) -> Result<i64> {
    let mut update: UpdateStatement = Query::update()
        .table(table.alias())
        .and_where(table.col(table.company).eq(whose.company))
        .and_where(theirs(whose, table, way))
        .to_owned();
    for column in table.columns.iter().filter(|column| which(column.name)) {
        update.value(Alias::new(column.name), column.nothing());
    }
    if table.has("version") {
        let version = Alias::new("version");
        update.value(version.clone(), Expr::col(version).add(1));
    }
    let done: Result<_, DbErr> = transaction.execute(&update).await;
    Ok(done?.rows_affected().try_into().unwrap_or(i64::MAX))
}
