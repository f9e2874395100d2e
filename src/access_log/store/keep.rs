//! Bulk insert and deletion of entries.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use entity::{CompanyId, PersonId, ReferralId, access_log_entry, person, referral};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Statement, Value,
};
use uuid::Uuid;

use crate::access_log::record::{Entry, Record, Whom};
use crate::access_log::rules;
use crate::database::Database;
use crate::error::{Error, Result};

/// Entries that one statement inserts on PostgreSQL.
const ENTRIES: usize = 20_000;
/// Entries that one transaction inserts on SQLite: few enough that other writers wait for some 50 ms.
const ENTRIES_SQLITE: usize = 5_000;
/// Rows of one statement on SQLite. Few sizes, so that each statement is prepared once.
const ROWS: [usize; 4] = [512, 64, 8, 1];
/// Columns of an entry.
const COLUMNS: &str = "company_id, id, person_id, referral_id, reader_kind, reader_role, reader_id, fields, operation_name, request_id, at";
/// Rows per query for companies, well below SQLite's limit of bound parameters.
const ASKED: usize = 1_000;
/// Entries one statement takes away: few enough for its time limit.
const GOING: u64 = 20_000;

/// All of them as one array a column: a third of what rows as JSON cost, and no more than `COPY` does.
const INSERT: &str = "INSERT INTO access_log_entry (company_id, id, person_id, referral_id, reader_kind, reader_role, reader_id, fields, operation_name, request_id, at)
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::uuid[], $8::bigint[], $9::text[], $10::text[], $11::timestamptz[])";
/// Used only if some entries may already exist: the check costs a quarter of the whole insert.
const INSERT_MISSING: &str = "INSERT INTO access_log_entry (company_id, id, person_id, referral_id, reader_kind, reader_role, reader_id, fields, operation_name, request_id, at)
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::uuid[], $8::bigint[], $9::text[], $10::text[], $11::timestamptz[])
    ON CONFLICT DO NOTHING";

/// Inserts records and returns the number of entries. With `again`, entries that already exist are skipped.
pub async fn keep(database: &Database, records: &[Record], again: bool) -> Result<u64> {
    let companies = companies(database, records).await?;
    let mut entries: Vec<Entry<'_>> = records
        .iter()
        .flat_map(|record| record.entries(|whom| companies.get(&whom).copied()))
        .collect();
    let count = entries.len() as u64;
    let postgres = database.backend() == DbBackend::Postgres;
    let size = if postgres { ENTRIES } else { ENTRIES_SQLITE };
    for some in entries.chunks_mut(size) {
        // the index by person is then walked along once, and not jumped about in
        some.sort_unstable_by_key(|entry| entry.whom);
        let some = &*some;
        if postgres {
            insert_columns(database, some, again).await?;
        } else {
            insert_rows(database, some, again).await?;
        }
    }
    Ok(count)
}

async fn insert_rows(database: &Database, entries: &[Entry<'_>], again: bool) -> Result<()> {
    let transaction = database.begin().await?;
    let mut rest = entries;
    while !rest.is_empty() {
        let size = ROWS.into_iter().find(|size| *size <= rest.len());
        let (rows, behind) = rest.split_at(size.unwrap_or(1));
        let values: Vec<Value> = rows.iter().flat_map(values).collect();
        let row = format!("({})", vec!["?"; values.len() / rows.len()].join(", "));
        let rows = vec![row; rows.len()].join(", ");
        let conflict = if again { " ON CONFLICT DO NOTHING" } else { "" };
        let text = format!("INSERT INTO access_log_entry ({COLUMNS}) VALUES {rows}{conflict}");
        let statement = Statement::from_sql_and_values(DbBackend::Sqlite, text, values);
        transaction.execute_raw(statement).await?;
        rest = behind;
    }
    transaction.commit().await?;
    Ok(())
}

/// The values of an entry, in the order of [`COLUMNS`].
fn values(entry: &Entry<'_>) -> [Value; 11] {
    let record = entry.record;
    [
        entry.company.into(),
        entry.id.into(),
        entry.whom.person().into(),
        entry.whom.referral().into(),
        record.reader_kind.word().into(),
        record.reader_role.map(entity::Role::word).into(),
        record.reader_id.into(),
        entry.fields.into(),
        record.operation_name.clone().into(),
        record.request_id.as_ref().into(),
        record.at.into(),
    ]
}

async fn insert_columns(database: &Database, entries: &[Entry<'_>], again: bool) -> Result<()> {
    let column = |read: fn(&Entry<'_>) -> Uuid| entries.iter().map(read).collect::<Vec<_>>();
    let people = entries.iter().map(|entry| entry.whom.person());
    let referrals = entries.iter().map(|entry| entry.whom.referral());
    let kinds = entries.iter().map(|entry| entry.record.reader_kind.word());
    let roles = entries.iter().map(|entry| entry.record.reader_role);
    let names = entries
        .iter()
        .map(|entry| entry.record.operation_name.as_deref());
    let requests = entries.iter().map(|entry| &*entry.record.request_id);
    sqlx::query(if again { INSERT_MISSING } else { INSERT })
        .bind(column(|entry| entry.company.0))
        .bind(column(|entry| entry.id))
        .bind(
            people
                .map(|id| id.map(|id: PersonId| id.0))
                .collect::<Vec<_>>(),
        )
        .bind(
            referrals
                .map(|id| id.map(|id: ReferralId| id.0))
                .collect::<Vec<_>>(),
        )
        .bind(kinds.collect::<Vec<_>>())
        .bind(
            roles
                .map(|role| role.map(entity::Role::word))
                .collect::<Vec<_>>(),
        )
        .bind(column(|entry| entry.record.reader_id))
        .bind(entries.iter().map(|entry| entry.fields).collect::<Vec<_>>())
        .bind(names.collect::<Vec<_>>())
        .bind(requests.collect::<Vec<_>>())
        .bind(
            entries
                .iter()
                .map(|entry| entry.record.at)
                .collect::<Vec<_>>(),
        )
        .execute(database.writer().get_postgres_connection_pool())
        .await
        .map_err(Error::internal)?;
    Ok(())
}

/// Companies of the people that operators read; operators belong to no company.
#[expect(
    clippy::disallowed_methods,
    reason = "what is brought in was read under a scope that is gone"
)]
async fn companies(database: &Database, records: &[Record]) -> Result<HashMap<Whom, CompanyId>> {
    let of_operators = records.iter().filter(|record| record.company.is_none());
    let (mut people, mut referrals) = (Vec::new(), Vec::new());
    for (whom, _) in of_operators.flat_map(Record::read) {
        people.extend(whom.person());
        referrals.extend(whom.referral());
    }
    people.sort_unstable();
    people.dedup();
    referrals.sort_unstable();
    referrals.dedup();
    let mut companies = HashMap::with_capacity(people.len() + referrals.len());
    for some in people.chunks(ASKED) {
        let rows = person::Entity::find()
            .select_only()
            .columns([person::Column::Id, person::Column::CompanyId])
            .filter(person::Column::Id.is_in(some.iter().copied()));
        let rows: Vec<(PersonId, CompanyId)> = rows.into_tuple().all(&database.reader()).await?;
        companies.extend(
            rows.into_iter()
                .map(|(id, company)| (Whom::Person(id), company)),
        );
    }
    for some in referrals.chunks(ASKED) {
        let rows = referral::Entity::find()
            .select_only()
            .columns([referral::Column::Id, referral::Column::CompanyId])
            .filter(referral::Column::Id.is_in(some.iter().copied()));
        let rows: Vec<(ReferralId, CompanyId)> = rows.into_tuple().all(&database.reader()).await?;
        companies.extend(
            rows.into_iter()
                .map(|(id, company)| (Whom::Outsider(id), company)),
        );
    }
    Ok(companies)
}

/// Takes a company's entries away that are older than an instant; how many that were.
#[expect(
    clippy::disallowed_methods,
    reason = "the company is the first condition"
)]
pub async fn forget_before(
    database: &Database,
    company: CompanyId,
    instant: DateTime<Utc>,
) -> Result<u64> {
    use access_log_entry::Column;
    let mut count = 0;
    loop {
        let oldest = access_log_entry::Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::CompanyId.eq(company))
            .filter(Column::Id.lt(rules::first_id(instant)))
            .order_by_asc(Column::Id)
            .limit(GOING);
        let gone = access_log_entry::Entity::delete_many()
            .filter(Column::CompanyId.eq(company))
            .filter(Column::Id.in_subquery(oldest.into_query()))
            .exec(database.writer())
            .await?;
        count += gone.rows_affected;
        if gone.rows_affected < GOING {
            return Ok(count);
        }
    }
}
