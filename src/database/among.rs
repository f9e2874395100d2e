//! A column compared with a list of any length: one bound value on PostgreSQL, so that the statement's text stays the same.

use sea_orm::DbBackend;
use sea_orm::sea_query::extension::postgres::PgFunc;
use sea_orm::sea_query::{ExprTrait, SimpleExpr, Value};

/// Whether the column has one of the values.
pub fn among<T>(backend: DbBackend, column: impl Into<SimpleExpr>, values: Vec<T>) -> SimpleExpr
where
    T: Into<Value>,
    Vec<T>: Into<Value>,
{
    let column = column.into();
    match backend {
        DbBackend::Postgres => column.eq(PgFunc::any(values)),
        _ => column.is_in(values),
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::sea_query::{Alias, Expr, PostgresQueryBuilder, Query, SqliteQueryBuilder};

    use super::*;

    #[test]
    fn postgres_binds_the_list_as_one_value() {
        let rows = |backend| {
            Query::select()
                .column(Alias::new("a"))
                .and_where(among(
                    backend,
                    Expr::col(Alias::new("a")),
                    vec!["x".to_owned(), "y".to_owned()],
                ))
                .take()
        };
        let (text, values) = rows(DbBackend::Postgres).build(PostgresQueryBuilder);
        assert_eq!(
            (text.as_str(), values.0.len()),
            (r#"SELECT "a" WHERE "a" = ANY($1)"#, 1)
        );
        let (text, values) = rows(DbBackend::Sqlite).build(SqliteQueryBuilder);
        assert_eq!(
            (text.as_str(), values.0.len()),
            (r#"SELECT "a" WHERE "a" IN (?, ?)"#, 2)
        );
    }
}
