//! The seed's own SQL. It bypasses the scope: the seed makes companies, so there is none to be in yet.
//! PostgreSQL takes rows by `COPY`, SQLite by inserts of many rows; a batch is one transaction on both.

use std::fmt::Write as _;

use entity::company;
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, EntityTrait, IdenStatic, IntoActiveModel, Iterable,
    ModelTrait, QueryTrait, SqlErr, Statement, Value,
};
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Executor as _};

use super::rows::Rows;
use crate::database::Database;
use crate::error::{Error, Result};

/// Below the parameters SQLite binds to one statement.
const PARAMETERS: usize = 30_000;

/// The database is not empty.
const THERE: Error = Error::Conflict(
    "This database already holds a company. Demo data is written to an empty database only.",
);

/// Rows in the form in which a database takes them. Made without the database, so that it can be made while that is busy.
pub(super) enum Batch {
    Sqlite(Vec<Statement>),
    Postgres(Vec<Copy>),
}

/// Rows of one table as `COPY` reads them.
pub(super) struct Copy {
    statement: String,
    text: String,
}

impl Batch {
    /// Rows for the given kind of database.
    pub fn of(backend: DbBackend, rows: Rows) -> Self {
        let mut batch = match backend {
            DbBackend::Postgres => Self::Postgres(vec![]),
            _ => Self::Sqlite(vec![]),
        };
        rows.into_batch(&mut batch);
        batch
    }

    /// Adds a table's rows.
    pub fn add<E>(&mut self, rows: Vec<E::Model>)
    where
        E: EntityTrait,
        E::Model: IntoActiveModel<E::ActiveModel>,
    {
        let columns: Vec<E::Column> = E::Column::iter().collect();
        match self {
            _ if rows.is_empty() => {}
            Self::Sqlite(statements) => {
                let mut rows = rows
                    .into_iter()
                    .map(IntoActiveModel::into_active_model)
                    .peekable();
                while rows.peek().is_some() {
                    let some = rows.by_ref().take(PARAMETERS / columns.len());
                    statements.push(E::insert_many(some).build(DbBackend::Sqlite));
                }
            }
            Self::Postgres(copies) => copies.push(Copy {
                statement: copy_statement::<E>(&columns),
                text: copy_text(&rows, &columns),
            }),
        }
    }

    /// Writes all of it or nothing.
    pub async fn write(self, database: &Database) -> Result<()> {
        match self {
            Self::Sqlite(statements) => insert(database, statements).await.map_err(refused),
            Self::Postgres(copies) => copy(database, copies).await.map_err(|error| match &error {
                sqlx::Error::Database(cause) if cause.is_unique_violation() => THERE,
                _ => Error::internal(error),
            }),
        }
    }
}

fn refused(error: DbErr) -> Error {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => THERE,
        _ => error.into(),
    }
}

async fn insert(database: &Database, statements: Vec<Statement>) -> Result<(), DbErr> {
    let transaction = database.begin().await?;
    for statement in statements {
        transaction.execute_raw(statement).await?;
    }
    transaction.commit().await
}

/// A batch that is lost in a crash is lost whole, so it need not wait for the disk.
const COPY_SETTINGS: &str = "SET LOCAL synchronous_commit = off; SET LOCAL statement_timeout = 0;
    SET LOCAL work_mem = '64MB'; SET LOCAL gin_pending_list_limit = '32MB'";

async fn copy(database: &Database, copies: Vec<Copy>) -> Result<(), sqlx::Error> {
    let mut transaction = database
        .writer()
        .get_postgres_connection_pool()
        .begin()
        .await?;
    let connection: &mut PgConnection = &mut transaction;
    connection.execute(COPY_SETTINGS).await?;
    for rows in copies {
        let mut copying = connection.copy_in_raw(&rows.statement).await?;
        copying.send(rows.text.into_bytes()).await?;
        copying.finish().await?;
    }
    transaction.commit().await
}

fn copy_statement<E: EntityTrait>(columns: &[E::Column]) -> String {
    let names: Vec<String> = columns
        .iter()
        .map(|column| format!("\"{}\"", column.as_str()))
        .collect();
    format!(
        "COPY \"{}\" ({}) FROM STDIN",
        E::default().table_name(),
        names.join(", ")
    )
}

/// A line a row, a tab between columns.
fn copy_text<M: ModelTrait>(rows: &[M], columns: &[<M::Entity as EntityTrait>::Column]) -> String {
    let mut text = String::new();
    for row in rows {
        for (place, column) in columns.iter().enumerate() {
            if place > 0 {
                text.push('\t');
            }
            copy_value(&mut text, &row.get(*column));
        }
        text.push('\n');
    }
    text
}

fn copy_value(text: &mut String, value: &Value) {
    let written = match value {
        Value::String(Some(value)) => {
            copy_escaped(text, value);
            Ok(())
        }
        Value::Json(Some(value)) => {
            copy_escaped(text, &value.to_string());
            Ok(())
        }
        Value::Uuid(Some(value)) => write!(text, "{value}"),
        Value::ChronoDate(Some(value)) => write!(text, "{value}"),
        Value::ChronoDateTimeUtc(Some(value)) => write!(text, "{}", value.format("%FT%T%.6fZ")),
        Value::Int(Some(value)) => write!(text, "{value}"),
        Value::BigInt(Some(value)) => write!(text, "{value}"),
        Value::Bool(Some(value)) => write!(text, "{value}"),
        Value::Bytes(Some(value)) => {
            text.push_str("\\\\x");
            value.iter().try_for_each(|byte| write!(text, "{byte:02x}"))
        }
        _ => {
            text.push_str("\\N");
            Ok(())
        }
    };
    debug_assert!(written.is_ok(), "a string takes everything");
}

fn copy_escaped(text: &mut String, value: &str) {
    for letter in value.chars() {
        match letter {
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            _ => text.push(letter),
        }
    }
}

/// Refuses a database that holds a company: demo data and its public logins never stand beside a company's own data.
pub(super) async fn refuse_existing(database: &Database) -> Result<()> {
    if is_empty(database).await? {
        Ok(())
    } else {
        Err(THERE)
    }
}

/// Whether there is no company.
pub(super) async fn is_empty(database: &Database) -> Result<bool> {
    let found = Query::select()
        .expr(Expr::val(1))
        .from(company::Entity)
        .limit(1)
        .to_owned();
    Ok(database.reader().query_one(&found).await?.is_none())
}

/// Has PostgreSQL look at the tables that others point into. A session keeps the plans of its foreign key checks,
/// and those made while the tables were empty would read them whole for every row, until it has looked.
pub(super) async fn look(database: &Database) -> Result<()> {
    if database.backend() == DbBackend::Postgres {
        let tables = "ANALYZE person, department, skill, engagement_event, opportunity, referral";
        database.writer().execute_unprepared(tables).await?;
    }
    Ok(())
}

/// Has the database look at what it now holds, so that it plans well from the first query on.
pub(super) async fn analyze(database: &Database) -> Result<()> {
    if database.backend() == DbBackend::Postgres {
        return vacuum(database).await.map_err(Error::internal);
    }
    database.writer().execute_unprepared("ANALYZE").await?;
    Ok(())
}

/// Outside a transaction, and longer than a request may take: on a connection that is thrown away afterwards.
async fn vacuum(database: &Database) -> Result<(), sqlx::Error> {
    let pool = database.writer().get_postgres_connection_pool();
    let mut connection = pool.acquire().await?.detach();
    connection.execute("SET statement_timeout = 0").await?;
    connection.execute("VACUUM (ANALYZE)").await?;
    connection.close().await
}
