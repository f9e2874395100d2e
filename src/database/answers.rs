//! PostgreSQL's connections for the statements that answer reads, each of which is one statement and stands alone. sqlx's own pool asks the database
//! whether a connection still lives whenever one comes back, which is a second way there and back for each read; here that is asked
//! of a connection only where it may be otherwise: after a while unused, and when the last answer was not read to its end.

use std::time::{Duration, Instant};

use deadpool::Runtime;
use deadpool::managed::{
    Manager, Metrics, Object, Pool, PoolConfig, PoolError, QueueMode, RecycleError, RecycleResult,
    Timeouts,
};
use sea_orm::sea_query::{PostgresQueryBuilder, SelectStatement};
use sea_orm::{ConnAcquireErr, DbBackend, DbErr, QueryResult, RuntimeErr};
use sea_query_sqlx::SqlxValues;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::standing::Standing;
use crate::telemetry::{names, statement::Statement, within};
/// How long a connection is unused before it may have gone.
const UNUSED: Duration = Duration::from_secs(30);
/// How long the database may take to say that it is there, and to end what nobody waits for any more; then another connection is made.
const ANSWERED: Duration = Duration::from_millis(100);
/// How old a connection gets, for what the database keeps for it only grows.
const OLDEST: Duration = Duration::from_mins(30);

/// Connections, made as they are needed.
#[derive(Debug)]
pub struct Answers {
    /// What it is called in the statistics.
    pub name: &'static str,
    pool: Pool<Opening>,
}

#[derive(Debug)]
struct Opening(PgConnectOptions);

#[derive(Debug)]
struct Opened {
    connection: PgConnection,
    /// Whether something was asked, and the answer not read to its end: an error came, or nobody waited for it any more.
    within: bool,
}

impl Manager for Opening {
    type Type = Opened;
    type Error = sqlx::Error;

    async fn create(&self) -> Result<Opened, sqlx::Error> {
        Ok(Opened {
            // rare, and large: what waits for a connection would all be as large as what makes one
            connection: Box::pin(PgConnection::connect_with(&self.0)).await?,
            within: false,
        })
    }

    async fn recycle(&self, opened: &mut Opened, metrics: &Metrics) -> RecycleResult<sqlx::Error> {
        if metrics.age() > OLDEST {
            return Err(RecycleError::message("it is old"));
        }
        if opened.within || metrics.last_used() > UNUSED {
            // reads all that was answered before
            Box::pin(opened.connection.ping()).await?;
            opened.within = false;
        }
        Ok(())
    }
}

impl Answers {
    /// At most so many, under a name in the statistics; whoever asks waits so long for one.
    pub fn open(
        name: &'static str,
        options: PgConnectOptions,
        connections: u32,
        patience: Duration,
    ) -> Result<Self, DbErr> {
        let config = PoolConfig {
            max_size: connections as usize,
            timeouts: Timeouts {
                wait: Some(patience),
                create: Some(patience),
                recycle: Some(ANSWERED),
            },
            // the one used last has most at hand
            queue_mode: QueueMode::Lifo,
        };
        let pool = Pool::builder(Opening(options))
            .config(config)
            .runtime(Runtime::Tokio1)
            .build();
        let pool = pool.map_err(|error| DbErr::Custom(error.to_string()))?;
        Ok(Self { name, pool })
    }

    /// The one row of a statement.
    pub async fn answer(&self, statement: &SelectStatement) -> Result<QueryResult, DbErr> {
        let opened = self.opened().await?;
        ask(self.name, opened, statement).await
    }

    /// The same by a connection that was made before an instant; null where there is none free.
    pub async fn answer_by(
        &self,
        made_before: Instant,
        statement: &SelectStatement,
    ) -> Result<Option<QueryResult>, DbErr> {
        let opened = self.opened().await?;
        if Object::metrics(&opened).created >= made_before {
            return Ok(None);
        }
        ask(self.name, opened, statement).await.map(Some)
    }

    async fn opened(&self) -> Result<Object<Opening>, DbErr> {
        let asked = Instant::now();
        let opened = self.pool.get().await.map_err(not_had)?;
        let waited = asked.elapsed().as_secs_f64();
        names::CONNECTION_WAIT.record(waited, &[("pool", self.name)]);
        Ok(opened)
    }

    /// How it stands.
    pub fn standing(&self) -> Standing {
        let status = self.pool.status();
        // those that are being made are not there yet, and counted
        let idle = status.available.min(status.size);
        Standing {
            name: self.name,
            used: status.size - idle,
            idle,
            most: status.max_size,
        }
    }

    /// Ends those that nobody uses; no more are made.
    pub fn close(&self) {
        self.pool.close();
    }
}

async fn ask(
    pool: &'static str,
    mut opened: Object<Opening>,
    statement: &SelectStatement,
) -> Result<QueryResult, DbErr> {
    let (sql, values) = statement.build(PostgresQueryBuilder);
    let listened_to =
        tracing::enabled!(target: "alumni_api::sql", tracing::Level::DEBUG) || within::records();
    let text = listened_to.then(|| sql.clone());
    let begun = Instant::now();
    opened.within = true;
    let row = sqlx::query_with(AssertSqlSafe(sql), SqlxValues(values))
        .fetch_one(&mut opened.connection)
        .await;
    opened.within = row.is_err();
    let statement = Statement {
        backend: DbBackend::Postgres,
        sql: text.as_deref().unwrap_or_default(),
        elapsed: begun.elapsed(),
        failed: row.is_err(),
    };
    super::tell(pool, &statement);
    row.map(QueryResult::from)
        .map_err(|error| DbErr::Query(RuntimeErr::SqlxError(error.into())))
}

fn not_had(error: PoolError<sqlx::Error>) -> DbErr {
    match error {
        PoolError::Timeout(_) => DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
        PoolError::Closed => DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed),
        PoolError::Backend(error) => DbErr::Conn(RuntimeErr::SqlxError(error.into())),
        other => DbErr::Custom(other.to_string()),
    }
}
