//! What an action writes: gathered while it decides, sent when it has decided. PostgreSQL takes all of it as one
//! statement (a `WITH` that modifies, whose foreign keys are checked at its end), however many rows there are; SQLite, to
//! which the way is short, takes one statement after the other, in the order given.
//!
//! Nothing gathered is stored yet, so do not look for it there. And no row is written twice in one go: on PostgreSQL
//! neither write would see the other.

use chrono::SecondsFormat;
use sea_orm::sea_query::{
    Alias, CommonTableExpression, Expr, ExprTrait, Func, FunctionCall, InsertStatement, IntoIden,
    OnConflict, Query, SubQueryStatement, TableRef, UpdateStatement, WithClause,
    sea_value_to_json_value,
};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbBackend, DbErr, EntityName, EntityTrait, ExecResult,
    IdenStatic, IntoActiveModel, Iterable, ModelTrait, QueryTrait, Update, Value,
};
use serde_json::Value as Json;

/// Values a statement binds on SQLite, at most: few enough that the texts a connection keeps prepared stay small.
const VALUES: usize = 8_000;

/// What is to be written in one go.
#[derive(Debug)]
pub struct Writes {
    backend: DbBackend,
    statements: Vec<SubQueryStatement>,
}

impl Writes {
    /// Nothing yet.
    #[must_use]
    pub fn on(backend: DbBackend) -> Self {
        Self {
            backend,
            statements: Vec::new(),
        }
    }

    /// Inserts rows in their order. All set the same columns.
    pub fn insert<A: ActiveModelTrait>(&mut self, rows: Vec<impl IntoActiveModel<A>>) {
        self.insert_or(rows, None);
    }

    /// Edits stored rows, each given as it was read and as it is to be. Columns that differ in none of them are not written.
    pub fn edit<M>(&mut self, rows: Vec<(M, M)>, key: <M::Entity as EntityTrait>::Column)
    where
        M: ModelTrait + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel>,
        M::Entity: EntityTrait<Model = M>,
    {
        let columns: Vec<_> = <M::Entity as EntityTrait>::Column::iter()
            .filter(|column| {
                rows.iter()
                    .any(|(was, is)| was.get(*column) != is.get(*column))
            })
            .collect();
        if columns.is_empty() {
            return;
        }
        let rows = rows.into_iter().map(|(_, row)| row.into_active_model());
        if self.backend == DbBackend::Postgres {
            self.also(edit_from_json(&rows.collect::<Vec<_>>(), key, &columns));
        } else {
            // it has no array of rows to bind, and an insert that finds its key stored is its update of many
            let found = OnConflict::column(key).update_columns(columns).to_owned();
            self.insert_or(rows.collect(), Some(found));
        }
    }

    /// Stores a row as it is now.
    pub fn save<M>(&mut self, row: M) -> Result<(), DbErr>
    where
        M: ModelTrait + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel>,
    {
        let row = row.into_active_model().reset_all();
        self.also(Update::one(row).validate()?.into_query());
        Ok(())
    }

    /// Another update, or a deletion.
    pub fn also(&mut self, statement: impl Into<SubQueryStatement>) {
        self.statements.push(statement.into());
    }

    /// Writes it.
    pub async fn send(self, connection: &impl ConnectionTrait) -> Result<(), DbErr> {
        let mut statements = self.statements;
        if self.backend == DbBackend::Postgres && statements.len() > 1 {
            let last = statements.split_off(statements.len() - 1);
            let mut with = WithClause::new();
            for (number, statement) in statements.into_iter().enumerate() {
                let name = Alias::new(format!("write_{number}"));
                with.cte(
                    CommonTableExpression::new()
                        .query(statement)
                        .table_name(name)
                        .to_owned(),
                );
            }
            statements = last
                .into_iter()
                .map(|last| with.clone().query(last).into())
                .collect();
        }
        for statement in &statements {
            execute(connection, statement).await?;
        }
        Ok(())
    }

    fn insert_or<A: ActiveModelTrait>(
        &mut self,
        rows: Vec<impl IntoActiveModel<A>>,
        conflict: Option<OnConflict>,
    ) {
        let rows: Vec<A> = rows
            .into_iter()
            .map(IntoActiveModel::into_active_model)
            .collect();
        let inserts: Vec<InsertStatement> = if self.backend == DbBackend::Postgres && rows.len() > 1
        {
            vec![from_json(&rows)]
        } else {
            let columns = <A::Entity as EntityTrait>::Column::iter().count();
            rows.chunks(VALUES / columns)
                .map(|rows| A::Entity::insert_many(rows.to_vec()).into_query())
                .collect()
        };
        for mut insert in inserts {
            if let Some(conflict) = &conflict {
                insert.on_conflict(conflict.clone());
            }
            self.also(insert);
        }
    }
}

async fn execute(
    connection: &impl ConnectionTrait,
    statement: &SubQueryStatement,
) -> Result<ExecResult, DbErr> {
    match statement {
        SubQueryStatement::SelectStatement(select) => connection.execute(select).await,
        SubQueryStatement::InsertStatement(insert) => connection.execute(insert).await,
        SubQueryStatement::UpdateStatement(update) => connection.execute(update).await,
        SubQueryStatement::DeleteStatement(delete) => connection.execute(delete).await,
        SubQueryStatement::WithStatement(with) => connection.execute(with).await,
    }
}

/// An insert whose text is the same for any number of rows: they are one value, read by the types of the table's columns.
fn from_json<A: ActiveModelTrait>(rows: &[A]) -> InsertStatement {
    let columns: Vec<_> = <A::Entity as EntityTrait>::Column::iter()
        .filter(|column| rows.iter().any(|row| !row.get(*column).is_not_set()))
        .collect();
    let (table, alias) = (A::Entity::default(), Alias::new("rows"));
    let select = Query::select()
        .columns(columns.iter().copied())
        .from_function(recordset(rows, &columns), alias)
        .to_owned();
    Query::insert()
        .into_table(table)
        .columns(columns)
        .select_from(select)
        .expect("it selects the columns it inserts")
        .to_owned()
}

/// An update whose text is the same for any number of rows.
fn edit_from_json<A: ActiveModelTrait>(
    rows: &[A],
    key: <A::Entity as EntityTrait>::Column,
    columns: &[<A::Entity as EntityTrait>::Column],
) -> UpdateStatement {
    let (table, alias) = (A::Entity::default(), Alias::new("rows"));
    let read: Vec<_> = [key].into_iter().chain(columns.iter().copied()).collect();
    let column = |column| Expr::col((alias.clone(), column));
    Query::update()
        .table(table)
        .values(columns.iter().map(|each| (*each, column(*each))))
        .from(TableRef::FunctionCall(
            recordset(rows, &read),
            alias.clone().into_iden(),
        ))
        .and_where(Expr::col((table, key)).eq(column(key)))
        .to_owned()
}

/// The rows as one value that PostgreSQL reads as rows of the table.
fn recordset<A: ActiveModelTrait>(
    rows: &[A],
    columns: &[<A::Entity as EntityTrait>::Column],
) -> FunctionCall {
    let mut text = String::from("[");
    for row in rows {
        let values = columns.iter().filter_map(|column| {
            let value = row.get(*column).into_value()?;
            Some(format!("\"{}\":{}", column.as_str(), json(value)))
        });
        let separator = if text.len() > 1 { "," } else { "" };
        text.extend([separator, "{", &values.collect::<Vec<_>>().join(","), "}"]);
    }
    text.push(']');
    let shape = Expr::cust(format!("NULL::\"{}\"", A::Entity::default().table_name()));
    Func::cust("json_populate_recordset").args([shape, Expr::val(text).cast_as("json")])
}

/// As PostgreSQL reads it. Nothing that holds bytes is written so.
fn json(value: Value) -> Json {
    match value {
        Value::ChronoDate(Some(day)) => day.to_string().into(),
        Value::ChronoDateTimeUtc(Some(at)) => {
            at.to_rfc3339_opts(SecondsFormat::Micros, true).into()
        }
        Value::Json(Some(json)) => *json,
        other => sea_value_to_json_value(&other),
    }
}
