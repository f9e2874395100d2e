//! Spending shared between instances: a PostgreSQL table that needs no backup and no replica.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde::Serialize;
use uuid::Uuid;

use crate::database::Database;
use crate::error::{Error, Result};

/// Spending of one rate-limit key, as shared.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Told {
    pub payer: Uuid,
    /// Spending since the last call, in millionths; negative after a refund.
    pub spent: i64,
    /// Restored cost per second.
    pub restore_rate: u32,
    /// Time of the first spending. All of it counts from this time.
    pub at: DateTime<Utc>,
}

/// Rows are locked in one order to prevent deadlocks. The elapsed time is capped at what restores the whole bucket, to prevent an overflow.
const SHARE: &str = "INSERT INTO cost_budget AS known (payer, owed, restore_rate, at)
    SELECT payer, spent, restore_rate, at FROM jsonb_to_recordset($1) AS told (payer uuid, spent bigint, restore_rate bigint, at timestamptz) ORDER BY payer
    ON CONFLICT (payer) DO UPDATE SET
        owed = greatest(0, greatest(0, known.owed - excluded.restore_rate * least(known.owed / excluded.restore_rate + 1, greatest(0, (extract(epoch FROM excluded.at - known.at) * 1000000)::bigint))) + excluded.owed),
        restore_rate = excluded.restore_rate,
        at = greatest(known.at, excluded.at)
    RETURNING payer, owed, at";

/// Adds spending to the shared deficits. Returns the new deficits in millionths, with their time.
pub async fn share(
    database: &Database,
    told: &[Told],
) -> Result<HashMap<Uuid, (i64, DateTime<Utc>)>> {
    let told = serde_json::to_value(told).map_err(Error::internal)?;
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, SHARE, [told.into()]);
    let rows = database.writer().query_all_raw(statement).await?;
    let owed = rows.iter().map(|row| {
        let known = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
        Ok((row.try_get_by_index(0)?, known))
    });
    owed.collect()
}

/// Deletes deficits that are fully restored.
pub async fn expire(database: &Database, now: DateTime<Utc>) -> Result<()> {
    let statement = Statement::from_sql_and_values(
        database.backend(),
        match database.backend() {
            DbBackend::Postgres => {
                "DELETE FROM cost_budget WHERE owed / restore_rate <= (extract(epoch FROM $1 - at) * 1000000)::bigint"
            }
            // one process has what it needs in its memory
            _ => return Ok(()),
        },
        [now.into()],
    );
    database.writer().execute_raw(statement).await?;
    Ok(())
}
