//! Every table that holds a company's rows, as the entities say what is in it, read and written without knowing which table it is.
//! A law holds the list against the tables of the database.

use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement, SimpleExpr};
use sea_orm::{
    ColumnTrait, ColumnType, DbErr, EntityTrait, IdenStatic, Iterable, PrimaryKeyToColumn,
    QueryResult,
};
use serde_json::Value as Json;
use uuid::Uuid;

/// A column.
#[derive(Clone, Debug)]
pub struct Column {
    /// Name.
    pub name: &'static str,
    kind: ColumnType,
    nullable: bool,
}

/// A table.
#[derive(Clone, Debug)]
pub struct Table {
    /// Name.
    pub name: &'static str,
    /// The column that says whose a row is.
    pub company: &'static str,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Those of its key.
    pub key: Vec<&'static str>,
}

impl Table {
    fn of<E: EntityTrait>(company: &E::Column) -> Self {
        Self {
            name: E::default().table_name(),
            company: company.as_str(),
            columns: E::Column::iter()
                .map(|column| Column {
                    name: column.as_str(),
                    kind: column.def().get_column_type().clone(),
                    nullable: column.def().is_null(),
                })
                .collect(),
            key: E::PrimaryKey::iter()
                .map(|key| key.into_column().as_str())
                .collect(),
        }
    }

    /// Its name inside a statement.
    #[must_use]
    pub fn alias(&self) -> Alias {
        Alias::new(self.name)
    }

    /// A column inside a statement.
    #[must_use]
    pub fn col(&self, column: &'static str) -> SimpleExpr {
        Expr::col((self.alias(), Alias::new(column)))
    }

    /// Whether it has a column.
    #[must_use]
    pub fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|each| each.name == column)
    }

    /// A company's rows, all their columns, in the order of the key.
    #[must_use]
    pub fn rows_of(&self, company: Uuid) -> SelectStatement {
        let mut rows = Query::select()
            .columns(
                self.columns
                    .iter()
                    .map(|column| (self.alias(), Alias::new(column.name))),
            )
            .from(self.alias())
            .and_where(self.col(self.company).eq(company))
            .to_owned();
        for key in &self.key {
            rows.order_by((self.alias(), Alias::new(*key)), sea_orm::Order::Asc);
        }
        rows
    }
}

impl Column {
    /// Nothing, as far as the column takes it: null, zero, or an empty text or list.
    #[must_use]
    pub fn nothing(&self) -> SimpleExpr {
        match &self.kind {
            _ if self.nullable => Expr::cust("NULL"),
            ColumnType::Json | ColumnType::JsonBinary => Expr::cust("'[]'"),
            ColumnType::Integer | ColumnType::BigInteger => Expr::cust("0"),
            _ => Expr::cust("''"),
        }
    }

    /// Whether it holds ids.
    #[must_use]
    pub fn is_id(&self) -> bool {
        matches!(self.kind, ColumnType::Uuid)
    }

    /// Whether a company's file tells it of the table's rows.
    #[must_use]
    pub fn is_the_companys(&self, table: &Table) -> bool {
        !NOT_YET_THE_COMPANYS.contains(&(table.name, self.name))
    }

    /// What JSON writes where nothing is.
    #[must_use]
    pub fn none(&self) -> Json {
        match &self.kind {
            ColumnType::Json | ColumnType::JsonBinary if !self.nullable => Json::Array(Vec::new()),
            _ => Json::Null,
        }
    }

    /// A row's value, as JSON writes it: ids and bytes as texts, instants in UTC.
    pub fn read(&self, row: &QueryResult) -> Result<Json, DbErr> {
        let name = self.name;
        let text = |text: Option<String>| text.map_or(Json::Null, Json::String);
        Ok(match &self.kind {
            ColumnType::Uuid => text(
                row.try_get::<Option<Uuid>>("", name)?
                    .map(|id| id.to_string()),
            ),
            ColumnType::Json | ColumnType::JsonBinary => {
                row.try_get::<Option<Json>>("", name)?.unwrap_or_default()
            }
            ColumnType::Integer => row.try_get::<Option<i32>>("", name)?.into(),
            ColumnType::BigInteger => row.try_get::<Option<i64>>("", name)?.into(),
            ColumnType::Boolean => row.try_get::<Option<bool>>("", name)?.into(),
            ColumnType::Date => text(
                row.try_get::<Option<NaiveDate>>("", name)?
                    .map(|day| day.to_string()),
            ),
            ColumnType::TimestampWithTimeZone => text(
                row.try_get::<Option<DateTime<Utc>>>("", name)?
                    .map(|at| at.to_rfc3339_opts(SecondsFormat::Micros, true)),
            ),
            ColumnType::Binary(_) | ColumnType::VarBinary(_) | ColumnType::Blob => text(
                row.try_get::<Option<Vec<u8>>>("", name)?
                    .map(|bytes| bytes.iter().map(|byte| format!("{byte:02x}")).collect()),
            ),
            _ => text(row.try_get::<Option<String>>("", name)?),
        })
    }
}

macro_rules! tables {
    ($($name:ident: $company:ident),* $(,)?) => {
        vec![$(Table::of::<entity::$name::Entity>(&entity::$name::Column::$company)),*]
    };
}

/// All of them; what points at another comes after it.
#[must_use]
pub fn tables() -> &'static [Table] {
    static TABLES: LazyLock<Vec<Table>> = LazyLock::new(|| {
        tables![
            company: Id,
            department: CompanyId,
            person: CompanyId,
            external_identity: CompanyId,
            employment: CompanyId,
            membership: CompanyId,
            skill: CompanyId,
            person_skill: CompanyId,
            person_intent: CompanyId,
            account: CompanyId,
            api_key: CompanyId,
            invitation: CompanyId,
            membership_application: CompanyId,
            block: CompanyId,
            engagement_event: CompanyId,
            participation: CompanyId,
            opportunity: CompanyId,
            referral: CompanyId,
            referral_step: CompanyId,
            notice: CompanyId,
            notice_text: CompanyId,
            candidate_invitation: CompanyId,
            data_request: CompanyId,
            retention_policy: CompanyId,
            tombstone: CompanyId,
            change: CompanyId,
            seal: CompanyId,
            access_log_entry: CompanyId,
            consent: CompanyId,
            identity_provider: CompanyId,
            delivery: CompanyId,
            delivery_attempt: CompanyId,
        ]
    });
    &TABLES
}

/// What is in no company's file: who is asked whether they want to be recommended is not the company's before they say yes.
const NOT_YET_THE_COMPANYS: [(&str, &str); 4] = [
    ("candidate_invitation", "candidate_name"),
    ("candidate_invitation", "candidate_email"),
    ("candidate_invitation", "candidate_key"),
    ("candidate_invitation", "recommendation"),
];

/// The table of a name, which is in the list.
pub fn table(name: &str) -> Option<&'static Table> {
    tables().iter().find(|table| table.name == name)
}
