//! Looks for values wherever a database can hold them: every column of every table, every index, and the files.

use alumni_api::privacy;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::support::TestApp;

/// Where a value lies. Nowhere, after an erasure.
pub async fn places_of(app: &TestApp, value: &str) -> Vec<String> {
    let mut places = in_tables(app, value).await;
    places.extend(in_files(app, value).await);
    places
}

/// Columns that hold the value: `table.column`.
pub async fn in_tables(app: &TestApp, value: &str) -> Vec<String> {
    let postgres = app.app.database.backend() == DbBackend::Postgres;
    let columns = if postgres {
        "SELECT table_schema || '.' || table_name, column_name::text FROM information_schema.columns
            WHERE table_schema = 'public' OR (table_schema = 'pg_catalog' AND table_name = 'pg_stats')"
    } else {
        "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'"
    };
    let mut places = Vec::new();
    for row in all(app, columns).await {
        let table: String = row.try_get_by_index(0).unwrap();
        let column: String = row.try_get_by_index(1).unwrap();
        let asked = if postgres {
            format!(
                "SELECT 1 AS found FROM {table} WHERE position('{value}' in \"{column}\"::text) > 0 LIMIT 1"
            )
        } else {
            // text inside of what is binary is found as well
            format!(
                "SELECT 1 AS found FROM \"{table}\" WHERE instr(CAST(\"{column}\" AS BLOB), CAST('{value}' AS BLOB)) > 0 LIMIT 1"
            )
        };
        if !all(app, &asked).await.is_empty() {
            places.push(format!("{table}.{column}"));
        }
    }
    places
}

/// Files that hold the value, once they were written anew.
async fn in_files(app: &TestApp, value: &str) -> Vec<String> {
    if app.app.database.backend() == DbBackend::Postgres {
        let asked = format!(
            "SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'i', 't', 'm') AND pg_relation_filepath(oid) IS NOT NULL
                AND position(convert_to('{value}', 'UTF8') in pg_read_binary_file(pg_relation_filepath(oid))) > 0"
        );
        let rows = all(app, &asked).await;
        return rows
            .iter()
            .map(|row| format!("file of {}", row.try_get_by_index::<String>(0).unwrap()))
            .collect();
    }
    let url = app.database_url();
    let path = url.strip_prefix("sqlite://").unwrap();
    let path = path.split('?').next().unwrap();
    ["", "-wal", "-shm", "-journal"]
        .iter()
        .filter(|ending| {
            let bytes = std::fs::read(format!("{path}{ending}")).unwrap_or_default();
            let value = value.as_bytes();
            bytes.windows(value.len()).any(|window| window == value)
        })
        .map(|ending| format!("file{ending}"))
        .collect()
}

/// Writes the files anew and all of it to the disk.
pub async fn scrub(app: &TestApp) {
    privacy::scrub(&app.app.database).await.unwrap();
    if app.app.database.backend() == DbBackend::Postgres {
        app.connection()
            .execute_unprepared("CHECKPOINT")
            .await
            .unwrap();
    }
}

async fn all(app: &TestApp, text: &str) -> Vec<sea_orm::QueryResult> {
    let backend = app.app.database.backend();
    app.connection()
        .query_all_raw(Statement::from_string(backend, text.to_owned()))
        .await
        .unwrap()
}
