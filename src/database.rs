//! The connections: for what answers reads, for searches, and for everything else. `DATABASE_URL` alone chooses SQLite or PostgreSQL.
//! SQLite has one writer, so its write pool holds one connection and its transactions take the write lock at their begin.

mod among;
mod answers;
mod replica;
mod sessions;
mod standing;
mod unit;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use sea_orm::sea_query::SelectStatement;
use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, DatabaseConnection, DatabaseExecutor,
    DatabaseTransaction, DbBackend, DbErr, IsolationLevel, QueryResult, RuntimeErr,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use secrecy::{ExposeSecret, SecretString};
use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout_at;
use tokio_util::task::TaskTracker;

pub use self::among::among;
use self::answers::Answers;
pub use self::replica::Aside;
use self::replica::{Replica, Watch};
use self::sessions::{postgres, postgres_session, sqlite};
pub use self::standing::Standing;
use self::unit::Unit;
pub use self::unit::UnitOfWork;
use crate::telemetry::{names, statement::Statement, within};

/// For what answers reads; on SQLite for every read.
const READS: &str = "reads";
/// For what answers searches.
const SEARCHES: &str = "searches";
/// For everything else.
const WRITES: &str = "writes";
/// For what the replica answers: reads, and searches.
const REPLICA_READS: &str = "replica_reads";
const REPLICA_SEARCHES: &str = "replica_searches";

/// Where the data lies.
#[derive(Clone, Debug)]
pub struct DatabaseSettings {
    /// `sqlite://FILE` or `postgres://…`; may carry a password.
    pub url: SecretString,
    /// Most connections to hold: on PostgreSQL so many for reads, a third as many for searches, and so many for everything else.
    pub max_connections: u32,
    /// Longest time a statement that reads for an answer may take, then the database stops it; zero: as long as it takes.
    pub read_timeout: Duration,
    /// The same of any other; on SQLite of a whole transaction that writes, for others wait for it.
    pub write_timeout: Duration,
    /// PostgreSQL's replica that answers queries, where there is one.
    pub replica: Option<ReplicaSettings>,
}

/// A replica that answers queries.
#[derive(Clone, Debug)]
pub struct ReplicaSettings {
    /// `postgres://…`, of one server; may carry a password.
    pub url: SecretString,
    /// How long ago what it lacks may have been committed; then it is not asked.
    pub max_lag: Duration,
}

/// What is said of a statement that nobody waits for any more.
const LATE: &str = "the operation's time is up";
/// How long whoever asks waits for a connection.
const PATIENCE: Duration = Duration::from_secs(30);
/// The same for one to the replica, before the primary is asked instead.
const REPLICA_PATIENCE: Duration = Duration::from_secs(1);

/// How PostgreSQL plans a statement. SQLite plans each one once, with what it knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Planning {
    /// Once, for whatever values: right where an index is walked whichever they are. Planning anew costs more than such a walk does.
    #[default]
    Once,
    /// Anew each time: where the best way depends on the values, as a search's does on how many find.
    ByValue,
}

impl Planning {
    /// Once, where the condition is one that an index serves whatever its values are.
    #[must_use]
    pub fn once_if(steady: bool) -> Self {
        if steady { Self::Once } else { Self::ByValue }
    }
}

/// The pools, and a count of what they ran. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Database {
    pools: Arc<Pools>,
    /// The unit of work that everything is part of; null where each action stands for itself.
    unit: Option<Arc<Unit>>,
    /// Whether what answers queries may come from the replica.
    queries: bool,
    /// When whoever asks for an answer stops waiting for it; null: never.
    until: Option<Instant>,
}

#[derive(Debug)]
struct Pools {
    read: DatabaseConnection,
    write: DatabaseConnection,
    /// PostgreSQL's for what answers reads, and for what answers searches.
    answers: Option<[Answers; 2]>,
    replica: Option<Replica>,
    bulk: Semaphore,
    units: Arc<Semaphore>,
    statements: Arc<AtomicU64>,
}

impl Database {
    /// Opens the pools; a SQLite file that does not exist is created.
    pub async fn connect(settings: &DatabaseSettings) -> Result<Self, DbErr> {
        let statements = Arc::new(AtomicU64::new(0));
        let url = settings.url.expose_secret();
        if url.starts_with("sqlite:") {
            let url = if url.contains('?') {
                url.to_owned()
            } else {
                format!("{url}?mode=rwc")
            };
            let (read_timeout, write_timeout) = (settings.read_timeout, settings.write_timeout);
            let write = Self::open(WRITES, sqlite(&url, 1, write_timeout), &statements).await?;
            let options = sqlite(&url, settings.max_connections, read_timeout);
            let read = Self::open(READS, options, &statements).await?;
            return Ok(Self::of(Pools {
                read,
                write,
                answers: None,
                replica: None,
                bulk: Semaphore::new(1),
                units: Arc::new(Semaphore::new(1)),
                statements,
            }));
        }
        let most = settings.max_connections;
        let session = |url: &str, planning| {
            let options: PgConnectOptions = url.parse().map_err(unread)?;
            let options = options.disable_statement_logging();
            Ok::<_, DbErr>(postgres_session(options, planning, settings.read_timeout))
        };
        // searches take the database longer, and must not take it from the rest
        let answers = |url: &str, [reads, searches]: [&'static str; 2], patience| {
            let once = session(url, Planning::Once)?;
            let by_value = session(url, Planning::ByValue)?;
            Ok::<_, DbErr>([
                Answers::open(reads, once, most, patience)?,
                Answers::open(searches, by_value, part(most), patience)?,
            ])
        };
        let replica = |settings: &ReplicaSettings| {
            let replica = settings.url.expose_secret();
            let watch = Watch::new(
                session(url, Planning::Once)?,
                session(replica, Planning::Once)?,
            );
            let answers = answers(replica, [REPLICA_READS, REPLICA_SEARCHES], REPLICA_PATIENCE)?;
            Ok::<_, DbErr>(Replica::open(watch, answers, settings.max_lag))
        };
        let replica = settings.replica.as_ref().map(replica).transpose()?;
        let answers = answers(url, [READS, SEARCHES], PATIENCE)?;
        let options = postgres(url, most, settings.write_timeout);
        let pool = Self::open(WRITES, options, &statements).await?;
        Ok(Self::of(Pools {
            read: pool.clone(),
            write: pool,
            answers: Some(answers),
            replica,
            bulk: Semaphore::new(part(most) as usize),
            units: Arc::new(Semaphore::new(part(most) as usize)),
            statements,
        }))
    }

    fn of(pools: Pools) -> Self {
        Self {
            pools: Arc::new(pools),
            unit: None,
            queries: false,
            until: None,
        }
    }

    /// The same connections for work that must have its answers by then. A statement that comes too late is given up, and
    /// [`took_too_long`].
    #[must_use]
    pub fn until(&self, end: Instant) -> Self {
        Self {
            until: Some(end),
            ..self.clone()
        }
    }

    /// The same connections for a query, whose answer may come from the replica.
    #[must_use]
    pub fn for_queries(&self) -> Self {
        Self {
            queries: true,
            ..self.clone()
        }
    }

    /// Waits until whatever is committed is seen by every read that begins from now on, on every instance. Before anybody is told of it.
    pub async fn settled(&self) {
        if let Some(replica) = &self.pools.replica {
            replica.settled().await;
        }
    }

    /// Why nothing is read from the replica; null where it is, or there is none.
    #[must_use]
    pub fn replica_aside(&self) -> Option<Aside> {
        self.pools.replica.as_ref().and_then(Replica::aside)
    }

    async fn open(
        pool: &'static str,
        options: ConnectOptions,
        statements: &Arc<AtomicU64>,
    ) -> Result<DatabaseConnection, DbErr> {
        let mut connection = sea_orm::Database::connect(options).await?;
        let statements = Arc::clone(statements);
        connection.set_metric_callback(move |info| {
            statements.fetch_add(1, Ordering::Relaxed);
            let statement = Statement {
                backend: info.statement.db_backend,
                sql: &info.statement.sql,
                elapsed: info.elapsed,
                failed: info.failed,
            };
            tell(pool, &statement);
        });
        Ok(connection)
    }

    /// For statements that only read.
    #[must_use]
    pub fn reader(&self) -> DatabaseExecutor<'_> {
        match &self.unit {
            Some(unit) => (&unit.transaction).into(),
            None => (&self.pools.read).into(),
        }
    }

    /// The one row of a statement that only reads, planned in a certain way.
    pub async fn answer(
        &self,
        planning: Planning,
        statement: &SelectStatement,
    ) -> Result<QueryResult, DbErr> {
        let answered = self.answered(planning, statement);
        match self.until {
            None => answered.await,
            Some(end) => match timeout_at(end.into(), answered).await {
                Ok(answered) => answered,
                Err(_) => Err(DbErr::Custom(LATE.to_owned())),
            },
        }
    }

    async fn answered(
        &self,
        planning: Planning,
        statement: &SelectStatement,
    ) -> Result<QueryResult, DbErr> {
        let (None, Some([once, by_value])) = (&self.unit, &self.pools.answers) else {
            let row = self.reader().query_one(statement).await?;
            return row.ok_or_else(|| DbErr::RecordNotFound("an answer".to_owned()));
        };
        self.pools.statements.fetch_add(1, Ordering::Relaxed);
        if let (true, Some(replica)) = (self.queries, &self.pools.replica)
            && let Some(answered) = Box::pin(replica.answer(planning, statement)).await
        {
            return answered;
        }
        let answers = match planning {
            Planning::Once => once,
            Planning::ByValue => by_value,
        };
        answers.answer(statement).await
    }

    /// For migrations and other work that brings its own transactions.
    #[must_use]
    pub fn writer(&self) -> &DatabaseConnection {
        &self.pools.write
    }

    /// Which of the two it is.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.pools.read.get_database_backend()
    }

    /// How many statements ran since the start, begins and commits left out.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.pools.statements.load(Ordering::Relaxed)
    }

    /// Begins a transaction that will write. The only way to one: on SQLite a transaction that begins by reading
    /// fails at once when another writer was first, whatever the busy timeout.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        let (unit, write) = (self.unit.clone(), self.pools.write.clone());
        let asked = Instant::now();
        let savepoint = unit.is_some();
        // A begin that is given up half-way, as when a client hangs up, would leave its connection inside a transaction nobody
        // knows of: sqlx rolls back only what has begun. So it runs to its end, and what nobody waits for any more is dropped then.
        let begun = tokio::spawn(async move {
            match unit {
                Some(unit) => unit.transaction.begin().await,
                None => write.begin_with_options(options).await,
            }
        });
        let begun = begun
            .await
            .map_err(|error| DbErr::Custom(error.to_string()))?;
        if !savepoint {
            names::CONNECTION_WAIT.record(asked.elapsed().as_secs_f64(), &[("pool", WRITES)]);
        }
        begun
    }

    /// Begins a unit of work: one transaction around all that is done and read through its connections. Each waits for its turn, for
    /// what is done within may wait long, and all of them together must not take the connections from the rest.
    pub async fn unit(&self) -> Result<UnitOfWork, DbErr> {
        let turn = Arc::clone(&self.pools.units).acquire_owned().await;
        let turn = turn.map_err(|closed| DbErr::Custom(closed.to_string()))?;
        Ok(UnitOfWork::new(self, self.begin().await?, turn))
    }

    /// Whether everything is part of a unit of work.
    #[must_use]
    pub fn within_unit(&self) -> bool {
        self.unit.is_some()
    }

    /// Who is told of tasks that keep to these connections; null where nobody waits for them.
    #[must_use]
    pub fn beside(&self) -> Option<TaskTracker> {
        self.unit.as_ref().map(|unit| unit.beside.clone())
    }

    /// Does what must follow a commit: at once, unless the commit was only a part of a unit of work.
    pub async fn after_commit(&self, work: impl Future<Output = ()> + Send + 'static) {
        match &self.unit {
            Some(unit) => unit.after(work.boxed()),
            None => work.await,
        }
    }

    /// Begins a transaction that reads much and sees one moment, however long it takes.
    pub async fn begin_reading(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = match self.backend() {
            DbBackend::Postgres => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..Default::default()
            },
            // its readers always see the moment of their first read
            _ => TransactionOptions::default(),
        };
        self.pools.read.begin_with_options(options).await
    }

    /// Waits for one's turn to write very many rows. Whoever does holds a connection long, perhaps while another one's lock is
    /// waited for: all of them together must not take the connections from the rest.
    pub async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        // it is never closed
        self.pools.bulk.acquire().await.ok()
    }

    /// Closes the pools.
    pub async fn close(self) -> Result<(), DbErr> {
        for answers in self.pools.answers.iter().flatten() {
            answers.close();
        }
        if let Some(replica) = &self.pools.replica {
            replica.close();
        }
        // of two that are the same, the second is closed already
        self.pools.write.clone().close().await?;
        self.pools.read.clone().close().await
    }
}

/// Whether a statement was stopped for the time it took, or nobody waited for it any more.
#[must_use]
pub fn took_too_long(error: &DbErr) -> bool {
    /// `query_canceled` (PostgreSQL documentation, appendix A), and `SQLITE_INTERRUPT`.
    const CANCELED: [&str; 2] = ["57014", "9"];
    if matches!(error, DbErr::Custom(text) if text == LATE) {
        return true;
    }
    let (DbErr::Query(RuntimeErr::SqlxError(cause)) | DbErr::Exec(RuntimeErr::SqlxError(cause))) =
        error
    else {
        return false;
    };
    let database = cause.as_database_error();
    let code = database.and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| CANCELED.contains(&&*code))
}

/// Tells of a statement that was run. Values are bound, so the text holds none of them.
fn tell(pool: &'static str, statement: &Statement<'_>) {
    within::statement(statement);
    let Statement {
        sql,
        elapsed,
        failed,
        ..
    } = *statement;
    names::STATEMENT_DURATION.record(elapsed.as_secs_f64(), &[("pool", pool)]);
    let elapsed_us = elapsed.as_micros();
    tracing::debug!(target: "alumni_api::sql", elapsed_us, failed, "{sql}");
}

fn unread(error: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(error.into()))
}

/// As many connections as one kind of long work may hold.
fn part(connections: u32) -> u32 {
    connections.div_ceil(3)
}

#[cfg(test)]
mod tests {
    use sea_orm::sea_query::Query;

    use super::*;

    /// Every future above holds it, a dozen of them one in the other, and each is moved about on the stack before it is put anywhere.
    #[tokio::test]
    async fn who_waits_for_an_answer_takes_little_room() {
        let settings = DatabaseSettings {
            url: "sqlite::memory:".into(),
            max_connections: 1,
            read_timeout: Duration::ZERO,
            write_timeout: Duration::ZERO,
            replica: None,
        };
        let database = Database::connect(&settings).await.unwrap();
        let statement = Query::select().expr(1).to_owned();
        let answer = database.answer(Planning::Once, &statement);
        assert!(size_of_val(&answer) <= 1_024, "{}", size_of_val(&answer));
        answer.await.unwrap();
    }
}
