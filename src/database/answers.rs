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
use sea_orm::{ConnAcquireErr, DbErr, QueryResult, RuntimeErr};
use sea_query_sqlx::SqlxValues;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// How long a connection is unused before it may have gone.
const UNUSED: Duration = Duration::from_secs(30);
/// How long the database may take to say that it is there, and to end what nobody waits for any more; then another connection is made.
const ANSWERED: Duration = Duration::from_millis(100);
/// How old a connection gets, for what the database keeps for it only grows.
const OLDEST: Duration = Duration::from_mins(30);

/// Connections, made as they are needed.
#[derive(Debug)]
pub struct Answers(Pool<Opening>);

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
            connection: PgConnection::connect_with(&self.0).await?,
            within: false,
        })
    }

    async fn recycle(&self, opened: &mut Opened, metrics: &Metrics) -> RecycleResult<sqlx::Error> {
        if metrics.age() > OLDEST {
            return Err(RecycleError::message("it is old"));
        }
        if opened.within || metrics.last_used() > UNUSED {
            // reads all that was answered before
            opened.connection.ping().await?;
            opened.within = false;
        }
        Ok(())
    }
}

impl Answers {
    /// At most so many; whoever asks waits so long for one.
    pub fn open(
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
        Ok(Self(
            pool.map_err(|error| DbErr::Custom(error.to_string()))?,
        ))
    }

    /// The one row of a statement.
    pub async fn answer(&self, statement: &SelectStatement) -> Result<QueryResult, DbErr> {
        ask(self.0.get().await.map_err(not_had)?, statement).await
    }

    /// The same by a connection that was made before an instant; null where there is none free.
    pub async fn answer_by(
        &self,
        made_before: Instant,
        statement: &SelectStatement,
    ) -> Result<Option<QueryResult>, DbErr> {
        let opened = self.0.get().await.map_err(not_had)?;
        if Object::metrics(&opened).created >= made_before {
            return Ok(None);
        }
        ask(opened, statement).await.map(Some)
    }

    /// Ends those that nobody uses; no more are made.
    pub fn close(&self) {
        self.0.close();
    }
}

async fn ask(
    mut opened: Object<Opening>,
    statement: &SelectStatement,
) -> Result<QueryResult, DbErr> {
    let (sql, values) = statement.build(PostgresQueryBuilder);
    let told =
        tracing::enabled!(target: "alumni_api::sql", tracing::Level::DEBUG).then(|| sql.clone());
    let begun = Instant::now();
    opened.within = true;
    let row = sqlx::query_with(AssertSqlSafe(sql), SqlxValues(values))
        .fetch_one(&mut opened.connection)
        .await;
    opened.within = row.is_err();
    if let Some(sql) = told {
        super::tell(begun.elapsed(), row.is_err(), &sql);
    }
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
