//! The two connections by which a replica is watched.

use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::Aside;

/// How long an answer to a look may take; then another connection is made.
const ANSWERED: Duration = Duration::from_millis(500);
/// How long a connection may take to be made.
const CONNECTED: Duration = Duration::from_secs(5);
/// How long after a connection to the replica came to nothing another is tried.
const AGAIN: Duration = Duration::from_millis(500);

/// The lock that whoever reads from a replica shares.
const CLASS: i32 = 1_634_498_925;
const READING: i32 = 1;

const PRIMARY: &str = "SELECT pg_wal_lsn_diff(
    CASE current_setting('synchronous_commit') WHEN 'off' THEN pg_current_wal_insert_lsn() ELSE pg_current_wal_flush_lsn() END,
    '0/0')::bigint";
const READ_BY_OTHERS: &str = "SELECT EXISTS (SELECT FROM pg_locks
    WHERE locktype = 'advisory' AND classid::bigint = $1 AND objid::bigint = $2 AND objsubid = 2 AND pid <> pg_backend_pid()
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))";
/// Null where it is no replica.
const REPLICA: &str = "SELECT CASE WHEN pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint END";
const CLUSTER: &str = "SELECT system_identifier FROM pg_control_system()";

/// The connection to the primary, which holds the lock.
#[derive(Debug)]
pub struct Primary {
    options: PgConnectOptions,
    connection: Option<PgConnection>,
    cluster: Option<i64>,
    /// Since when others can see that this instance reads from the replica.
    announced: Option<Instant>,
}

/// What was found of it.
pub struct Found {
    /// How far its log of writes is on disk.
    pub place: i64,
    /// Whether another instance reads from a replica; not told where this one does.
    pub read_by_others: bool,
}

impl Primary {
    pub fn new(options: PgConnectOptions) -> Self {
        Self {
            options,
            connection: None,
            cluster: None,
            announced: None,
        }
    }

    pub fn announced(&self) -> Option<Instant> {
        self.announced
    }

    pub async fn look(&mut self) -> Option<Found> {
        let looked = timeout(ANSWERED, self.ask()).await;
        self.or_lost(looked.map_err(|_| sqlx::Error::PoolTimedOut).flatten())
    }

    async fn ask(&mut self) -> Result<Found, sqlx::Error> {
        if self.connection.is_none() {
            let mut connection = PgConnection::connect_with(&self.options).await?;
            let cluster = sqlx::query_scalar(CLUSTER).fetch_one(&mut connection);
            self.cluster = Some(cluster.await?);
            self.connection = Some(connection);
        }
        let Some(connection) = &mut self.connection else {
            return Err(sqlx::Error::PoolClosed);
        };
        let place = sqlx::query_scalar(PRIMARY)
            .fetch_one(&mut *connection)
            .await?;
        let read_by_others = if self.announced.is_none() {
            sqlx::query_scalar(READ_BY_OTHERS)
                .bind(i64::from(CLASS))
                .bind(i64::from(READING))
                .fetch_one(connection)
                .await?
        } else {
            false
        };
        Ok(Found {
            place,
            read_by_others,
        })
    }

    /// Lets others see that this instance will read from the replica.
    pub async fn announce(&mut self) {
        if self.lock("SELECT pg_advisory_lock_shared($1, $2)").await {
            self.announced = Some(Instant::now());
        }
    }

    /// Lets others see that it no longer does.
    pub async fn withdraw(&mut self) {
        if self.announced.take().is_some() {
            self.lock("SELECT pg_advisory_unlock_shared($1, $2)").await;
        }
    }

    async fn lock(&mut self, statement: &'static str) -> bool {
        let Some(connection) = &mut self.connection else {
            return false;
        };
        let statement = sqlx::query(statement).bind(CLASS).bind(READING);
        let done = timeout(ANSWERED, statement.execute(connection)).await;
        let done = done.map_err(|_| sqlx::Error::PoolTimedOut).flatten();
        self.or_lost(done).is_some()
    }

    /// With the connection the lock is lost.
    fn or_lost<T>(&mut self, outcome: Result<T, sqlx::Error>) -> Option<T> {
        match outcome {
            Ok(found) => Some(found),
            Err(error) => {
                tracing::debug!(%error, "the primary cannot be looked at");
                (self.connection, self.announced) = (None, None);
                None
            }
        }
    }

    pub fn cluster(&self) -> Option<i64> {
        self.cluster
    }
}

/// The connection to the replica. It is made beside, for one that does not answer must not keep the primary from being looked at.
#[derive(Debug)]
pub struct Standby {
    options: PgConnectOptions,
    connection: Option<PgConnection>,
    connecting: Option<JoinHandle<Result<(PgConnection, i64), sqlx::Error>>>,
    cluster: Option<i64>,
    again: Instant,
}

impl Standby {
    pub fn new(options: PgConnectOptions) -> Self {
        Self {
            options,
            connection: None,
            connecting: None,
            cluster: None,
            again: Instant::now(),
        }
    }

    /// How far it is; of the cluster that is meant.
    pub async fn look(&mut self, cluster: Option<i64>) -> Result<i64, Aside> {
        if self.connection.is_none() {
            self.connect().await;
        }
        let Some(connection) = &mut self.connection else {
            return Err(Aside::Silent);
        };
        let place = sqlx::query_scalar(REPLICA).fetch_one(connection);
        match timeout(ANSWERED, place).await {
            Ok(Ok(Some(place))) if self.cluster == cluster => Ok(place),
            Ok(Ok(_)) => Err(Aside::Foreign),
            Ok(Err(_)) | Err(_) => {
                self.connection = None;
                Err(Aside::Silent)
            }
        }
    }

    async fn connect(&mut self) {
        let Some(connecting) = self
            .connecting
            .take_if(|connecting| connecting.is_finished())
        else {
            if self.connecting.is_none() && Instant::now() >= self.again {
                self.connecting = Some(tokio::spawn(opened(self.options.clone())));
            }
            return;
        };
        if let Ok(Ok((connection, cluster))) = connecting.await {
            (self.connection, self.cluster) = (Some(connection), Some(cluster));
        }
        self.again = Instant::now() + AGAIN;
    }
}

async fn opened(options: PgConnectOptions) -> Result<(PgConnection, i64), sqlx::Error> {
    let opening = async {
        let mut connection = PgConnection::connect_with(&options).await?;
        let cluster = sqlx::query_scalar(CLUSTER)
            .fetch_one(&mut connection)
            .await?;
        Ok((connection, cluster))
    };
    timeout(CONNECTED, opening)
        .await
        .map_err(|_| sqlx::Error::PoolTimedOut)
        .flatten()
}
