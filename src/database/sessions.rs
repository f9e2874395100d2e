//! What holds on each connection.

use std::time::{Duration, Instant};

use sea_orm::ConnectOptions;
use sqlx::Connection as _;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnection;

use super::Planning;

/// Between two looks at the time: well under a millisecond.
const STEPS: i32 = 10_000;

/// SQLite's connections: each statement, or transaction, may have so long; zero: as long as it takes.
pub fn sqlite(url: &str, connections: u32, timeout: Duration) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .sqlx_logging(false)
        .test_before_acquire(false)
        .map_sqlx_sqlite_opts(|options| {
            options
                .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
                .synchronous(sqlx::sqlite::SqliteSynchronous::Normal)
                .busy_timeout(Duration::from_secs(5))
                .foreign_keys(true)
                // read where it lies: a page that has to be fetched costs a call of its own
                .pragma("mmap_size", "268435456")
                .statement_cache_capacity(500)
        });
    if timeout > Duration::ZERO {
        options.map_sqlx_sqlite_pool_opts(move |options| {
            options
                .after_connect(move |connection, _| Box::pin(interrupted(connection, timeout)))
                .before_acquire(move |connection, _| {
                    let interrupted = interrupted(connection, timeout);
                    Box::pin(async { interrupted.await.map(|()| true) })
                })
        });
    }
    options
}

/// Has SQLite look at the time every so many steps of its machine, and interrupt what runs once it is up.
async fn interrupted(
    connection: &mut SqliteConnection,
    timeout: Duration,
) -> Result<(), sqlx::Error> {
    let end = Instant::now() + timeout;
    let mut handle = connection.lock_handle().await?;
    handle.set_progress_handler(STEPS, move || Instant::now() < end);
    Ok(())
}

/// PostgreSQL's, of sqlx's own pool.
pub fn postgres(url: &str, connections: u32, timeout: Duration) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .sqlx_logging(false)
        .test_before_acquire_if_idle_for(Duration::from_secs(30))
        .map_sqlx_postgres_opts(move |options| postgres_session(options, Planning::Once, timeout))
        .map_sqlx_postgres_pool_opts(|options| {
            options.after_release(|connection, _| {
                // what a sync writes is a megabyte, and each connection would keep room for it
                connection.shrink_buffers();
                Box::pin(async { Ok(true) })
            })
        });
    options
}

/// What holds on a connection to PostgreSQL.
pub fn postgres_session(
    options: PgConnectOptions,
    planning: Planning,
    timeout: Duration,
) -> PgConnectOptions {
    let timeout = timeout.as_millis().to_string();
    let plan = match planning {
        Planning::Once => "force_generic_plan",
        Planning::ByValue => "force_custom_plan",
    };
    options
        .statement_cache_capacity(500)
        .application_name("alumni-api")
        .options([
            ("plan_cache_mode", plan),
            ("statement_timeout", timeout.as_str()),
            ("TimeZone", "UTC"),
            ("DateStyle", "ISO"),
            // a plan for whatever values costs more on paper than it does, and compiling it much more than running it
            ("jit", "off"),
            ("idle_in_transaction_session_timeout", "60000"),
        ])
}
