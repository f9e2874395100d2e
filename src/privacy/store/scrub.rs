//! Deleted rows lie in a database's files until their place is used again. Here the files are written anew, without them.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use super::tables::tables;
use crate::database::Database;
use crate::error::{Error, Result};

/// How often a table is written anew at most, until nobody can see any more what was deleted from it; and how long is waited between.
const TRIES: u32 = 120;
const BETWEEN: Duration = Duration::from_millis(500);

/// Writes the database's files anew, so that nothing deleted is left in them; copies of them, and PostgreSQL's log of writes, are for who
/// keeps those. Holds up whoever uses the tables meanwhile. What the planner remembers of values is made anew as well. Fails where somebody
/// holds a transaction open that began before, for a minute: what they may still see cannot go.
pub async fn scrub(database: &Database) -> Result<()> {
    let connection = database.writer();
    if database.backend() == DbBackend::Postgres {
        let erased = transaction_id(connection).await?;
        for table in tables() {
            anew(connection, table.name, "FULL, ANALYZE", &erased).await?;
        }
        // ANALYZE has just replaced the statistics, in transactions of its own
        let analyzed = transaction_id(connection).await?;
        return anew(connection, "pg_statistic", "FULL", &analyzed).await;
    }
    for statement in ["VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"] {
        connection.execute_unprepared(statement).await?;
    }
    Ok(())
}

/// Writes a table anew until none of its rows is one that was deleted before a transaction. PostgreSQL keeps those that an older snapshot may
/// see, also one of a connection just being made, and writes down up to where it kept none: `relfrozenxid`.
async fn anew(
    connection: &impl ConnectionTrait,
    table: &str,
    how: &str,
    before: &str,
) -> Result<()> {
    let vacuum = format!("VACUUM ({how}) \"{table}\"");
    let done = format!(
        "SELECT age(relfrozenxid) <= age('{before}'::xid) FROM pg_class WHERE oid = '{table}'::regclass"
    );
    for _ in 0..TRIES {
        connection.execute_unprepared(&vacuum).await?;
        if one(connection, &done).await? {
            return Ok(());
        }
        tokio::time::sleep(BETWEEN).await;
    }
    Err(Error::Conflict(
        "A transaction that began before still sees what was deleted: end it, and scrub again.",
    ))
}

async fn transaction_id(connection: &impl ConnectionTrait) -> Result<String> {
    one(connection, "SELECT pg_current_xact_id()::xid::text").await
}

/// The one value of a statement.
async fn one<T: sea_orm::TryGetable>(
    connection: &impl ConnectionTrait,
    statement: &str,
) -> Result<T> {
    let statement = Statement::from_string(connection.get_database_backend(), statement);
    let row = connection.query_one_raw(statement).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("one value".to_owned()))?;
    Ok(row.try_get_by_index(0)?)
}
