//! Stored responses.

use chrono::{DateTime, Utc};
use entity::{CompanyId, idempotency_key};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, QueryFilter, Statement,
};

use super::{Fingerprint, KEPT, Slot};
use crate::database::Database;
use crate::error::{Error, Result};

/// State of a key.
#[derive(Debug)]
pub enum Found {
    /// Unused. The caller executes the mutation; the key is locked until the transaction ends.
    Unused,
    /// Another request is executing it.
    UnderWay,
    /// It was done, for another request.
    OfAnotherRequest,
    /// Executed, with its response; null if the response is no longer stored.
    Done(Option<Vec<u8>>),
}

/// Looks a key up and locks it until the transaction ends.
#[expect(
    clippy::disallowed_methods,
    reason = "a key is its viewer's own: the hash is of both, and nobody else can make it"
)]
pub async fn find(
    transaction: &impl ConnectionTrait,
    slot: &Slot,
    request: &Fingerprint,
    now: DateTime<Utc>,
) -> Result<Found> {
    // SQLite's transaction is the only one that writes. The row is looked for by a statement of its own: one that takes the lock as well
    // sees what was there before it, and not what another instance committed while letting go of the lock.
    if transaction.get_database_backend() == DbBackend::Postgres && !hold(transaction, slot).await?
    {
        return Ok(Found::UnderWay);
    }
    let row = idempotency_key::Entity::find_by_id(slot.hash.to_vec())
        .filter(idempotency_key::Column::ExpiresAt.gt(now))
        .one(transaction)
        .await?;
    Ok(match row {
        None => Found::Unused,
        Some(row) if row.request_hash != request.0 => Found::OfAnotherRequest,
        Some(row) => Found::Done(row.answer),
    })
}

async fn hold(transaction: &impl ConnectionTrait, slot: &Slot) -> Result<bool> {
    let mut number = [0; 8];
    number.copy_from_slice(&slot.hash[..8]);
    let lock = Statement::from_sql_and_values(
        DbBackend::Postgres,
        "SELECT pg_try_advisory_xact_lock($1)",
        [i64::from_be_bytes(number).into()],
    );
    let row = transaction.query_one_raw(lock).await?;
    let row = row.ok_or_else(|| Error::internal("a function without a result"))?;
    Ok(row.try_get_by_index(0)?)
}

/// Stores a response.
pub async fn put(
    transaction: &impl ConnectionTrait,
    slot: &Slot,
    request: &Fingerprint,
    answer: Vec<u8>,
    now: DateTime<Utc>,
) -> Result<()> {
    use idempotency_key::Column as C;
    let row = idempotency_key::Model {
        hash: slot.hash.to_vec(),
        company_id: slot.company,
        request_hash: request.0.to_vec(),
        answer: Some(answer),
        expires_at: now + KEPT,
    };
    // one that has ended may still lie there
    let again = OnConflict::column(C::Hash)
        .update_columns([C::CompanyId, C::RequestHash, C::Answer, C::ExpiresAt])
        .to_owned();
    idempotency_key::Entity::insert(row.into_active_model())
        .on_conflict(again)
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

/// Deletes the responses to a company's viewers and to viewers without a company; their keys remain used.
pub async fn forget_answers(transaction: &impl ConnectionTrait, company: CompanyId) -> Result<()> {
    use idempotency_key::Column as C;
    let whose = C::CompanyId.eq(company).or(C::CompanyId.is_null());
    idempotency_key::Entity::update_many()
        .col_expr(C::Answer, Expr::value(Option::<Vec<u8>>::None))
        .filter(whose)
        .filter(C::Answer.is_not_null())
        .exec(transaction)
        .await?;
    Ok(())
}

/// Takes out the keys that have ended, whosever they were.
pub async fn expire(database: &Database, now: DateTime<Utc>) -> Result<()> {
    idempotency_key::Entity::delete_many()
        .filter(idempotency_key::Column::ExpiresAt.lte(now))
        .exec(database.writer())
        .await?;
    Ok(())
}
