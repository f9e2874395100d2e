//! A company's rows, table by table, for the command line, where nobody is logged in. There is no scope here: the company is named.

use entity::{CompanyId, company, operator_act};
use sea_orm::sea_query::{Asterisk, Expr, ExprTrait, Func, LockType, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, Statement};

use super::tables::Table;
use crate::database::Database;
use crate::error::Result;

/// The company of a slug.
#[expect(
    clippy::disallowed_methods,
    reason = "the command line begins with a slug, and has no scope before it"
)]
pub async fn by_slug_without_scope(
    database: &Database,
    slug: &str,
) -> Result<Option<company::Model>> {
    Ok(company::Entity::find()
        .filter(company::Column::Slug.eq(slug))
        .one(&database.reader())
        .await?)
}

/// Locks a company until the transaction ends: nothing new can point at it.
pub async fn hold(transaction: &impl ConnectionTrait, company: CompanyId) -> Result<()> {
    let mut rows = Query::select()
        .column(company::Column::Id)
        .from(company::Entity)
        .and_where(Expr::col(company::Column::Id).eq(company))
        .to_owned();
    if transaction.get_database_backend() == DbBackend::Postgres {
        rows.lock(LockType::Update);
    }
    transaction.query_one(&rows).await?;
    Ok(())
}

/// How many rows of a table are a company's.
pub async fn count(
    transaction: &impl ConnectionTrait,
    table: &Table,
    company: CompanyId,
) -> Result<u64> {
    let rows = Query::select()
        .expr(Func::count(Expr::col(Asterisk)))
        .from(table.alias())
        .and_where(table.col(table.company).eq(company))
        .to_owned();
    let row = transaction.query_one(&rows).await?;
    let count: Option<i64> = row.map(|row| row.try_get_by_index(0)).transpose()?;
    Ok(count.unwrap_or_default().unsigned_abs())
}

/// Takes a company's rows out of a table.
pub async fn delete(
    transaction: &impl ConnectionTrait,
    table: &Table,
    company: CompanyId,
) -> Result<()> {
    let rows = Query::delete()
        .from_table(table.alias())
        .and_where(table.col(table.company).eq(company))
        .to_owned();
    transaction.execute(&rows).await?;
    Ok(())
}

/// Writes down what an operator did.
pub async fn write_down(
    connection: &impl ConnectionTrait,
    act: operator_act::ActiveModel,
) -> Result<()> {
    operator_act::Entity::insert(act)
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

/// Triggers that keep rows from being deleted, and how each is put back.
#[derive(Debug)]
pub struct Guards(Vec<String>);

/// Lets rows be deleted that triggers keep, until the transaction ends or they are put back. Others wait meanwhile.
pub async fn lift_guards(transaction: &impl ConnectionTrait) -> Result<Guards> {
    let backend = transaction.get_database_backend();
    let postgres = backend == DbBackend::Postgres;
    // 8 is the bit of those that see deletions
    let asked = if postgres {
        "SELECT format('ALTER TABLE %s DISABLE TRIGGER %I', tgrelid::regclass, tgname), format('ALTER TABLE %s ENABLE TRIGGER %I', tgrelid::regclass, tgname)
            FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE NOT tgisinternal AND (tgtype & 8) <> 0 AND relnamespace = 'public'::regnamespace"
    } else {
        "SELECT 'DROP TRIGGER \"' || name || '\"', sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%BEFORE DELETE%' AND sql LIKE '%RAISE(ABORT%'"
    };
    let found = transaction
        .query_all_raw(Statement::from_string(backend, asked.to_owned()))
        .await?;
    let mut guards = Vec::new();
    for row in found {
        let (lift, restore): (String, String) =
            (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        transaction.execute_unprepared(&lift).await?;
        guards.push(restore);
    }
    Ok(Guards(guards))
}

/// Puts back what was lifted.
pub async fn restore_guards(transaction: &impl ConnectionTrait, guards: Guards) -> Result<()> {
    for restore in guards.0 {
        transaction.execute_unprepared(&restore).await?;
    }
    Ok(())
}
