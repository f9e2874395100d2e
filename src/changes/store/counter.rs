//! The transaction counter of PostgreSQL after a restore. The order of changes is the order of their transaction ids. A dump contains these ids
//! but not the counter of its cluster. On another cluster the counter may be lower: new changes would then get lower ids than restored ones,
//! followers would not receive them, and no seal would cover them.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use crate::database::Database;
use crate::error::Result;

/// Transactions that one statement starts.
const STEP: i64 = 100_000;

const RECENT: &str = "SELECT transaction_id FROM change ORDER BY seq DESC LIMIT 1000";
const ALL: &str = "SELECT transaction_id FROM change";

/// By how many transactions the counter is behind the latest changes; 0 on SQLite, which has no such counter.
pub async fn counter_behind(database: &Database) -> Result<i64> {
    behind(database, RECENT).await
}

/// Advances the counter beyond all changes, by starting empty transactions. Returns by how many.
pub async fn advance_counter(database: &Database) -> Result<i64> {
    let missing = behind(database, ALL).await?;
    let mut left = missing;
    while left > 0 {
        let step = left.min(STEP);
        let text = format!(
            "DO $$ BEGIN FOR number IN 1..{step} LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$"
        );
        database.writer().execute_unprepared(&text).await?;
        left = behind(database, ALL).await?;
        tracing::info!(left, "the transaction counter advances");
    }
    Ok(missing)
}

async fn behind(database: &Database, changes: &str) -> Result<i64> {
    let backend = database.backend();
    if backend != DbBackend::Postgres {
        return Ok(0);
    }
    let text = format!(
        "SELECT greatest(0, coalesce(max(transaction_id), 0) + 1 - pg_snapshot_xmax(pg_current_snapshot())::text::bigint) FROM ({changes}) AS changes"
    );
    let statement = Statement::from_string(backend, text);
    let row = database.writer().query_one_raw(statement).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("one value".to_owned()))?;
    Ok(row.try_get_by_index(0)?)
}
