//! What instances tell each other of what was spent: PostgreSQL's table, which no backup and no replica need hold.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde::Serialize;
use uuid::Uuid;

use crate::database::Database;
use crate::error::{Error, Result};

/// What one instance tells of one payer.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Told {
    /// The account or the API key.
    pub payer: Uuid,
    /// What was spent that was not told before, in millionths; negative where less was spent than told.
    pub spent: i64,
    /// What is forgiven each second.
    pub restore_rate: u32,
    /// When the first of it was spent: as if all of it had been then.
    pub at: DateTime<Utc>,
}

/// Rows are taken in one order, so that no two instances wait for each other. No more time is counted than pays for all, or a large budget
/// that rested long would be more than a number holds.
const SHARE: &str = "INSERT INTO cost_budget AS known (payer, owed, restore_rate, at)
    SELECT payer, spent, restore_rate, at FROM jsonb_to_recordset($1) AS told (payer uuid, spent bigint, restore_rate bigint, at timestamptz) ORDER BY payer
    ON CONFLICT (payer) DO UPDATE SET
        owed = greatest(0, greatest(0, known.owed - excluded.restore_rate * least(known.owed / excluded.restore_rate + 1, greatest(0, (extract(epoch FROM excluded.at - known.at) * 1000000)::bigint))) + excluded.owed),
        restore_rate = excluded.restore_rate,
        at = greatest(known.at, excluded.at)
    RETURNING payer, owed, at";

/// Adds what was spent to what is owed, and learns what that came to, in millionths, and when.
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

/// Takes out what is owed no more.
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
