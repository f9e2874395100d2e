//! Whose time has come by the rules of keeping.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    CompanyId, DataRequestId, DataRequestKind, DataRequestState, PersonId, Standing, data_request,
    membership, person,
};
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{ActiveEnum, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::error::Result;
use crate::scope::Scope;

/// Erasures whose rest the law keeps no longer, by the end of the day before.
pub async fn no_longer_kept(
    scope: &Scope,
    company: CompanyId,
    today: NaiveDate,
) -> Result<Vec<DataRequestId>> {
    use data_request::{Column, Entity};
    let rows = Query::select()
        .column(Column::Id)
        .from(Entity)
        .and_where(Expr::col(Column::CompanyId).eq(company))
        .and_where(Expr::col(Column::KeptUntil).lt(today))
        .order_by(Column::KeptUntil, Order::Asc)
        .to_owned();
    ids(scope, &rows).await
}

/// People who left before a day, never joined, and are not restricted.
pub async fn never_joined(
    scope: &Scope,
    company: CompanyId,
    before: NaiveDate,
    most: u64,
) -> Result<Vec<PersonId>> {
    use person::Column;
    let standings = [Standing::Candidate, Standing::Invited].map(|standing| standing.to_value());
    let rows = Query::select()
        .column(Column::Id)
        .from(person::Entity)
        .and_where(Expr::col(Column::CompanyId).eq(company))
        .and_where(Expr::col(Column::Standing).is_in(standings))
        .and_where(Expr::col(Column::LeftOn).lt(before))
        .and_where(Expr::col(Column::RestrictedAt).is_null())
        .order_by(Column::Id, Order::Asc)
        .limit(most)
        .to_owned();
    ids(scope, &rows).await
}

/// People whose membership ended before an instant, and who are not restricted.
pub async fn ended_members(
    scope: &Scope,
    company: CompanyId,
    before: DateTime<Utc>,
    most: u64,
) -> Result<Vec<PersonId>> {
    let person = |column| Expr::col((person::Entity, column));
    let member = |column| Expr::col((membership::Entity, column));
    let standings = [Standing::Expired, Standing::Withdrawn].map(|standing| standing.to_value());
    let rows = Query::select()
        .column((person::Entity, person::Column::Id))
        .from(person::Entity)
        .inner_join(
            membership::Entity,
            member(membership::Column::CompanyId)
                .equals((person::Entity, person::Column::CompanyId))
                .and(
                    member(membership::Column::PersonId)
                        .equals((person::Entity, person::Column::Id)),
                ),
        )
        .and_where(person(person::Column::CompanyId).eq(company))
        .and_where(person(person::Column::Standing).is_in(standings))
        .and_where(person(person::Column::RestrictedAt).is_null())
        .and_where(member(membership::Column::EndedAt).lt(before))
        .order_by((person::Entity, person::Column::Id), Order::Asc)
        .limit(most)
        .to_owned();
    ids(scope, &rows).await
}

async fn ids<I: sea_orm::TryGetable>(scope: &Scope, rows: &SelectStatement) -> Result<Vec<I>> {
    let rows = scope.database().reader().query_all(rows).await?;
    Ok(rows
        .iter()
        .map(|row| row.try_get_by_index(0))
        .collect::<Result<_, _>>()?)
}

/// Takes requests away that ended before an instant and keep nothing; and links that have run out. Says how many requests went.
pub async fn drop_requests(
    scope: &Scope,
    company: CompanyId,
    before: DateTime<Utc>,
) -> Result<u64> {
    use data_request::{Column, Entity};
    let writer = scope.database().writer();
    Entity::update_many()
        .col_expr(Column::LinkHash, Expr::value(None::<Vec<u8>>))
        .col_expr(Column::LinkAccountId, Expr::value(None::<uuid::Uuid>))
        .col_expr(Column::LinkExpiresAt, Expr::value(None::<DateTime<Utc>>))
        .filter(Column::CompanyId.eq(company))
        .filter(Column::LinkExpiresAt.lte(scope.now()))
        .exec(writer)
        .await?;
    let gone = Entity::delete_many()
        .filter(Column::CompanyId.eq(company))
        .filter(Column::ClosedAt.lt(before))
        // an erasure whose rest went later is over since then
        .filter(Column::UpdatedAt.lt(before))
        .filter(Column::KeptUntil.is_null())
        // a restriction in force is no past matter
        .filter(
            Column::Kind
                .ne(DataRequestKind::Restriction)
                .or(Column::State.ne(DataRequestState::Fulfilled)),
        )
        .exec(writer)
        .await?;
    Ok(gone.rows_affected)
}
