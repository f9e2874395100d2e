//! What an action writes: gathered while it decides, sent when it has decided. PostgreSQL takes all of it as one
//! statement (a `WITH` that modifies, whose foreign keys are checked at its end), however many rows there are; SQLite, to
//! which the way is short, takes one statement after the other, in the order given.
//!
//! Nothing gathered is stored yet, so do not look for it there. And no row is written twice in one go: on PostgreSQL
//! neither write would see the other.

use chrono::SecondsFormat;
use sea_orm::sea_query::{
    Alias, CommonTableExpression, Expr, ExprTrait, Func, FunctionCall, InsertStatement, IntoIden,
    OnConflict, Query, SimpleExpr, SubQueryStatement, TableRef, ValueTuple, WithClause, WithQuery,
    sea_value_to_json_value,
};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbBackend, DbErr, EntityName, EntityTrait, ExecResult,
    IdenStatic, IntoActiveModel, Iterable, ModelTrait, QueryTrait, Update, Value,
};

/// Values a statement binds on SQLite, at most: few enough that the texts a connection keeps prepared stay small.
const VALUES: usize = 8_000;

/// A row to write.
pub trait Row {
    /// Its table.
    type Entity: EntityTrait;
    /// What is written into a column; null where nothing is.
    fn value(&self, column: Column<Self>) -> Option<Value>;
}

/// A column of a row's table.
pub type Column<R> = <<R as Row>::Entity as EntityTrait>::Column;

impl<A: ActiveModelTrait> Row for A {
    type Entity = A::Entity;

    fn value(&self, column: Column<Self>) -> Option<Value> {
        self.get(column).into_value()
    }
}

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

    /// The database it is written for.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.backend
    }

    /// Inserts rows in their order. All set the same columns.
    pub fn insert<A: ActiveModelTrait>(&mut self, rows: Vec<impl IntoActiveModel<A>>) {
        let rows: Vec<A> = rows
            .into_iter()
            .map(IntoActiveModel::into_active_model)
            .collect();
        self.make(&rows, &[]);
    }

    /// Inserts rows, leaving out those whose key is stored already. All set the same columns.
    pub fn insert_new<R: Row>(&mut self, rows: &[R]) {
        for mut insert in self.inserts(rows, &[]) {
            insert.on_conflict(OnConflict::new().do_nothing().to_owned());
            self.also(insert);
        }
    }

    /// Inserts rows in their order. All set the same columns, and beside them those in which they are alike.
    pub fn make<R: Row>(&mut self, rows: &[R], alike: &[(Column<R>, Value)]) {
        for insert in self.inserts(rows, alike) {
            self.also(insert);
        }
    }

    fn inserts<R: Row>(&self, rows: &[R], alike: &[(Column<R>, Value)]) -> Vec<InsertStatement> {
        let Some(first) = rows.first() else {
            return Vec::new();
        };
        let columns: Vec<_> = Column::<R>::iter()
            .filter(|column| first.value(*column).is_some())
            .collect();
        if self.backend == DbBackend::Postgres && rows.len() > 1 {
            return vec![insert_from_json(rows, &columns, alike)];
        }
        let some = rows.chunks(VALUES / (columns.len() + alike.len()));
        some.map(|rows| {
            let mut insert = insert_into::<R>(&columns, alike);
            for row in rows {
                let own = columns.iter().map(|column| value(row, *column));
                let all = own.chain(alike.iter().map(|(_, value)| value.clone()));
                insert.values_panic(all.map(Expr::val));
            }
            insert
        })
        .collect()
    }

    /// Edits stored rows, found by a key: these columns, of which each row has a value, and beside them those in which all are alike.
    pub fn edit<R: Row>(
        &mut self,
        rows: &[R],
        key: Column<R>,
        columns: &[Column<R>],
        alike: &[(Column<R>, SimpleExpr)],
    ) {
        self.edit_within(rows, key, columns, alike, None);
    }

    /// As above, of those rows that a condition holds for: where the key is unique among them alone.
    pub fn edit_within<R: Row>(
        &mut self,
        rows: &[R],
        key: Column<R>,
        columns: &[Column<R>],
        alike: &[(Column<R>, SimpleExpr)],
        within: Option<&SimpleExpr>,
    ) {
        if rows.is_empty() {
            return;
        }
        let read: Vec<_> = [key].into_iter().chain(columns.iter().copied()).collect();
        let table = R::Entity::default();
        let statement = |from: TableRef, name: &dyn Fn(usize) -> Alias| {
            let given = |place| Expr::col((Alias::new(ROWS), name(place)));
            let own = columns.iter().enumerate();
            let own = own.map(|(place, column)| (*column, given(place + 1)));
            Query::update()
                .table(table)
                .values(own.chain(alike.iter().cloned()))
                .from(from)
                .and_where(Expr::col((table, key)).eq(given(0)))
                .and_where_option(within.cloned())
                .take()
        };
        if self.backend == DbBackend::Postgres {
            let from = TableRef::FunctionCall(recordset(rows, &read), Alias::new(ROWS).into_iden());
            self.also(statement(from, &|place| Alias::new(read[place].as_str())));
        } else {
            for rows in rows.chunks(VALUES / read.len()) {
                let tuple = |row| read.iter().map(|column| value(row, *column)).collect();
                let tuples = rows.iter().map(|row| ValueTuple::Many(tuple(row)));
                let from = TableRef::ValuesList(tuples.collect(), Alias::new(ROWS).into_iden());
                self.also(statement(from, &|place| {
                    Alias::new(format!("column{}", place + 1))
                }));
            }
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
        if self.backend == DbBackend::Postgres
            && statements.len() > 1
            && let Some(last) = statements.pop()
        {
            let mut with = WithClause::new();
            for (number, statement) in statements.into_iter().enumerate() {
                let name = Alias::new(format!("write_{number}"));
                let mut write = CommonTableExpression::new();
                write.query(statement).table_name(name);
                with.cte(write);
            }
            // what it holds is large, and to be copied as seldom as may be
            let mut all = WithQuery::new();
            all.with_clause(with).query(last);
            statements = vec![all.into()];
        }
        for statement in statements {
            execute(connection, &statement).await?;
        }
        Ok(())
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

/// What rows that are bound are called in a statement.
const ROWS: &str = "rows";

fn insert_into<R: Row>(columns: &[Column<R>], alike: &[(Column<R>, Value)]) -> InsertStatement {
    let all = columns.iter().chain(alike.iter().map(|(column, _)| column));
    Query::insert()
        .into_table(R::Entity::default())
        .columns(all.copied())
        .to_owned()
}

/// An insert whose text is the same for any number of rows: they are one value, read by the types of the table's columns.
fn insert_from_json<R: Row>(
    rows: &[R],
    columns: &[Column<R>],
    alike: &[(Column<R>, Value)],
) -> InsertStatement {
    let mut select = Query::select();
    select
        .columns(columns.iter().copied())
        .exprs(alike.iter().map(|(_, value)| Expr::val(value.clone())))
        .from_function(recordset(rows, columns), Alias::new(ROWS));
    insert_into::<R>(columns, alike)
        .select_from(select)
        .expect("it selects the columns it inserts")
        .take()
}

/// What a row that sets the column writes into it.
fn value<R: Row>(row: &R, column: Column<R>) -> Value {
    row.value(column).unwrap_or(Value::String(None))
}

/// The rows as one value that PostgreSQL reads as rows of the table.
fn recordset<R: Row>(rows: &[R], columns: &[Column<R>]) -> FunctionCall {
    let names: Vec<String> = columns
        .iter()
        .map(|column| format!("\"{}\":", column.as_str()))
        .collect();
    let mut text = vec![b'['];
    for row in rows {
        text.push(if text.len() > 1 { b',' } else { b' ' });
        for (place, (column, name)) in columns.iter().zip(&names).enumerate() {
            text.push(if place > 0 { b',' } else { b'{' });
            text.extend(name.as_bytes());
            json(&mut text, value(row, *column));
        }
        text.push(b'}');
    }
    text.push(b']');
    let text = String::from_utf8(text).expect("it is made of texts");
    let shape = Expr::cust(format!("NULL::\"{}\"", R::Entity::default().table_name()));
    Func::cust("json_populate_recordset").args([shape, Expr::val(text).cast_as("json")])
}

/// Writes a value as PostgreSQL reads it.
fn json(text: &mut Vec<u8>, value: Value) {
    let written = match value {
        Value::String(Some(value)) => serde_json::to_writer(text, &value),
        Value::Uuid(Some(id)) => serde_json::to_writer(text, &id),
        Value::ChronoDate(Some(day)) => serde_json::to_writer(text, &day),
        Value::ChronoDateTimeUtc(Some(at)) => {
            serde_json::to_writer(text, &at.to_rfc3339_opts(SecondsFormat::Micros, true))
        }
        Value::Json(Some(json)) => serde_json::to_writer(text, &json),
        Value::Bytes(Some(bytes)) => {
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            serde_json::to_writer(text, &format!("\\x{digits}"))
        }
        other => serde_json::to_writer(text, &sea_value_to_json_value(&other)),
    };
    written.expect("memory takes what is written, and no key is anything but a text");
}
