//! Deleted rows lie in a database's files until their place is used again. Here the files are written anew, without them.

use sea_orm::{ConnectionTrait, DbBackend};

use super::tables::tables;
use crate::database::Database;
use crate::error::Result;

/// Writes the database's files anew, so that nothing deleted is left in them; copies of them, and PostgreSQL's log of writes, are for who
/// keeps those. Holds up whoever uses the tables meanwhile. What the planner remembers of values is made anew as well.
pub async fn scrub(database: &Database) -> Result<()> {
    let connection = database.writer();
    let statements: Vec<String> = match database.backend() {
        DbBackend::Postgres => tables()
            .iter()
            .map(|table| format!("VACUUM (FULL, ANALYZE) \"{}\"", table.name))
            .chain(["VACUUM FULL pg_catalog.pg_statistic".to_owned()])
            .collect(),
        _ => vec![
            "VACUUM".to_owned(),
            "PRAGMA wal_checkpoint(TRUNCATE)".to_owned(),
        ],
    };
    for statement in statements {
        connection.execute_unprepared(&statement).await?;
    }
    Ok(())
}
