//! Entries of the access log: who sees them, how they come in, and how they go.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use entity::{CompanyId, PersonId, PersonalField, access_log_entry, account, api_key, person};
use sea_orm::sea_query::{Alias, Asterisk, Expr, ExprTrait, Query, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};

use super::rules;
use super::spool::Record;
use super::types::AccessLogEntry;
use crate::access::Permission;
use crate::database::Database;
use crate::error::{Error, Result};
use crate::graphql::connection::{Page, WantedOf};
use crate::graphql::node::read_page;
use crate::scope::{Scope, Scoped};
use crate::writes::Writes;

/// Entries one statement brings in.
const ENTRIES: usize = 5_000;
/// People one statement asks the companies of, well below the parameters SQLite binds.
const PEOPLE: usize = 1_000;
/// Who sees all of a company's entries.
pub const OFFICER: Permission = Permission::AuditRead;

/// Those who answer for the company's data see all, everybody what is of themselves.
impl Scoped for access_log_entry::Entity {
    fn visible(scope: &Scope, rows: &mut SelectStatement) {
        if !scope.may(OFFICER) {
            rows.and_where(own(scope));
        }
    }
}

fn own(scope: &Scope) -> SimpleExpr {
    match scope.viewer().person() {
        Some(person) => {
            Expr::col((access_log_entry::Entity, access_log_entry::Column::PersonId)).eq(person)
        }
        None => Expr::cust("1 = 0"),
    }
}

/// Who read the viewer's own fields; empty where the viewer is no person.
pub async fn list_own(
    scope: &Scope,
    wanted: &WantedOf<AccessLogEntry>,
) -> Result<Page<AccessLogEntry>> {
    if scope.viewer().person().is_none() {
        return Ok(Page::default());
    }
    let mut rows = scope.rows::<access_log_entry::Entity>();
    rows.and_where(own(scope));
    read_page(scope, rows, wanted).await
}

/// Who read whose fields. Requires `audit:read`.
pub async fn list(
    scope: &Scope,
    wanted: &WantedOf<AccessLogEntry>,
) -> Result<Page<AccessLogEntry>> {
    scope.require(OFFICER)?;
    read_page(scope, scope.rows::<access_log_entry::Entity>(), wanted).await
}

/// Any of the fields was read.
pub fn read_any(fields: &[PersonalField]) -> SimpleExpr {
    // written out, so that both databases take it for the same kind of number
    let bits = rules::bits(fields.iter().copied());
    Expr::col((access_log_entry::Entity, access_log_entry::Column::Fields))
        .bit_and(Expr::cust(bits.to_string()))
        .ne(Expr::cust("0"))
}

/// The person whose login read the entry at hand: shown to whom it read, by name and no more.
pub fn reader(row: &Alias) -> SelectStatement {
    let account = |column| Expr::col((account::Entity, column));
    let logged_in = Query::select()
        .column((account::Entity, account::Column::PersonId))
        .from(account::Entity)
        .and_where(
            account(account::Column::Id)
                .eq(Expr::col((row.clone(), access_log_entry::Column::ReaderId))),
        )
        .to_owned();
    of_company::<person::Entity>(
        row,
        person::Column::CompanyId,
        Expr::col((person::Entity, person::Column::Id)).in_subquery(logged_in),
    )
}

/// The API key that read the entry at hand.
pub fn key(row: &Alias) -> SelectStatement {
    of_company::<api_key::Entity>(
        row,
        api_key::Column::CompanyId,
        Expr::col((api_key::Entity, api_key::Column::Id))
            .eq(Expr::col((row.clone(), access_log_entry::Column::ReaderId))),
    )
}

fn of_company<E: EntityTrait>(
    row: &Alias,
    company: E::Column,
    which: SimpleExpr,
) -> SelectStatement {
    let of_row = Expr::col((row.clone(), access_log_entry::Column::CompanyId));
    Query::select()
        .column((E::default(), Asterisk))
        .from(E::default())
        .and_where(Expr::col((E::default(), company)).eq(of_row))
        .and_where(which)
        .to_owned()
}

/// Brings records in; how many entries they are. One that is there already stays as it is.
pub async fn keep(database: &Database, records: &[Record]) -> Result<u64> {
    let companies = companies(database, records).await?;
    let entries: Vec<access_log_entry::ActiveModel> = records
        .iter()
        .flat_map(|record| record.entries(|person| companies.get(&person).copied()))
        .map(IntoActiveModel::into_active_model)
        .collect();
    for some in entries.chunks(ENTRIES) {
        let mut writes = Writes::on(database.backend());
        writes.insert_new(some);
        writes.send(database.writer()).await?;
    }
    Ok(entries.len() as u64)
}

/// Of the people whom operators read, who belong to no company themselves.
#[expect(
    clippy::disallowed_methods,
    reason = "what is brought in was read under a scope that is gone"
)]
async fn companies(
    database: &Database,
    records: &[Record],
) -> Result<HashMap<PersonId, CompanyId>> {
    let of_operators = records.iter().filter(|record| record.company.is_none());
    let mut people: Vec<PersonId> = of_operators
        .flat_map(|record| record.people.iter().map(|(person, _)| *person))
        .collect();
    people.sort_unstable();
    people.dedup();
    let mut companies = HashMap::with_capacity(people.len());
    for some in people.chunks(PEOPLE) {
        let rows = person::Entity::find()
            .select_only()
            .columns([person::Column::Id, person::Column::CompanyId])
            .filter(person::Column::Id.is_in(some.iter().copied()));
        let rows: Vec<(PersonId, CompanyId)> = rows.into_tuple().all(database.reader()).await?;
        companies.extend(rows);
    }
    Ok(companies)
}

/// Takes a company's entries away that are older than an instant; how many that were.
pub async fn forget_before(
    database: &Database,
    company: CompanyId,
    instant: DateTime<Utc>,
) -> Result<u64> {
    let old = access_log_entry::Entity::delete_many()
        .filter(access_log_entry::Column::CompanyId.eq(company))
        .filter(access_log_entry::Column::Id.lt(rules::first_id(instant)))
        .exec(database.writer())
        .await
        .map_err(Error::from)?;
    Ok(old.rows_affected)
}
