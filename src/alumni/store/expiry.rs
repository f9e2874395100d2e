//! The rows of memberships whose last day has passed: of a company, visible to the viewer or not, a batch at a time.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    CompanyId, MembershipId, MembershipState, PersonId, Standing, company, membership, person,
};
use sea_orm::sea_query::extension::postgres::PgFunc;
use sea_orm::sea_query::{Expr, ExprTrait, JoinType, LockType, Order, Query, SimpleExpr};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter,
    QueryTrait,
};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::scope::Scope;
use crate::writes::Writes;

/// A membership that may have expired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The membership.
    pub id: MembershipId,
    /// The person.
    pub person_id: PersonId,
    /// Current state.
    pub state: MembershipState,
    /// The last day.
    pub expires_on: Option<NaiveDate>,
}

impl Due {
    /// From a row of these four columns.
    pub(super) fn read(row: &sea_orm::QueryResult) -> Result<Self, DbErr> {
        Ok(Self {
            id: row.try_get_by_index(0)?,
            person_id: row.try_get_by_index(1)?,
            state: row.try_get_by_index(2)?,
            expires_on: row.try_get_by_index(3)?,
        })
    }
}

/// The time zone of the scope's company.
pub async fn time_zone(scope: &Scope, connection: &impl ConnectionTrait) -> Result<String> {
    let mut rows = scope.rows::<company::Entity>();
    rows.clear_selects()
        .column((company::Entity, company::Column::TimeZone))
        .and_where(Expr::col((company::Entity, company::Column::Id)).eq(scope.company()?));
    let row = connection.query_one(&rows).await?.ok_or(Error::NotFound)?;
    Ok(row.try_get_by_index(0)?)
}

/// Memberships whose last day has passed, with their people, earliest first. The conditions of the index are written out. Left out are people
/// whose data is only kept: nothing is done with it.
pub async fn due_whoever_may_see_them(
    connection: &impl ConnectionTrait,
    company: CompanyId,
    today: NaiveDate,
    most: usize,
) -> Result<Vec<(MembershipId, PersonId)>> {
    use membership::{Column, Entity};
    let rows = Query::select()
        .columns([(Entity, Column::Id), (Entity, Column::PersonId)])
        .from(Entity)
        .join(
            JoinType::InnerJoin,
            person::Entity,
            Expr::col((person::Entity, person::Column::CompanyId))
                .equals((Entity, Column::CompanyId))
                .and(
                    Expr::col((person::Entity, person::Column::Id))
                        .equals((Entity, Column::PersonId)),
                ),
        )
        .and_where(Expr::col((Entity, Column::CompanyId)).eq(company))
        .and_where(Expr::cust(
            "\"membership\".\"expires_on\" IS NOT NULL AND \"membership\".\"state\" IN ('INVITED', 'ACTIVE', 'PAUSED')",
        ))
        .and_where(Expr::col((Entity, Column::ExpiresOn)).lt(today))
        .and_where(Expr::col((person::Entity, person::Column::RestrictedAt)).is_null())
        .order_by((Entity, Column::ExpiresOn), Order::Asc)
        .order_by((Entity, Column::Id), Order::Asc)
        .limit(u64::try_from(most).unwrap_or(u64::MAX))
        .to_owned();
    let rows = connection.query_all(&rows).await?;
    let read =
        |row: &sea_orm::QueryResult| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
    Ok(rows.iter().map(read).collect::<Result<_, DbErr>>()?)
}

/// Locks the people and then the memberships, each in the order of their ids, and reads the memberships again.
pub async fn lock_due(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    company: CompanyId,
    due: Vec<(MembershipId, PersonId)>,
) -> Result<Vec<Due>> {
    use membership::Column;
    let (ids, people): (Vec<Uuid>, Vec<Uuid>) = due
        .into_iter()
        .map(|(membership, person)| (membership.0, person.0))
        .unzip();
    if scope.backend() == DbBackend::Postgres {
        let people = Query::select()
            .column(person::Column::Id)
            .from(person::Entity)
            .and_where(Expr::col(person::Column::CompanyId).eq(company))
            .and_where(among(scope, person::Column::Id, people))
            .order_by(person::Column::Id, Order::Asc)
            .lock(LockType::NoKeyUpdate)
            .to_owned();
        transaction.query_all(&people).await?;
    }
    let mut rows = Query::select()
        .columns([
            Column::Id,
            Column::PersonId,
            Column::State,
            Column::ExpiresOn,
        ])
        .from(membership::Entity)
        .and_where(Expr::col(Column::CompanyId).eq(company))
        .and_where(among(scope, Column::Id, ids))
        .order_by(Column::Id, Order::Asc)
        .to_owned();
    if scope.backend() == DbBackend::Postgres {
        rows.lock(LockType::NoKeyUpdate);
    }
    let rows = transaction.query_all(&rows).await?;
    Ok(rows.iter().map(Due::read).collect::<Result<_, DbErr>>()?)
}

/// Ends locked memberships, and what their people are to the company with them.
pub fn end_memberships(
    scope: &Scope,
    writes: &mut Writes,
    company: CompanyId,
    (ids, people): (&[MembershipId], &[PersonId]),
    now: DateTime<Utc>,
) {
    use membership::Column as M;
    use person::Column as P;
    let ids = ids.iter().map(|id| id.0).collect();
    let ended = membership::Entity::update_many()
        .col_expr(M::State, Expr::value(MembershipState::Expired.to_value()))
        .col_expr(M::PausedAt, Expr::value(None::<DateTime<Utc>>))
        .col_expr(M::EndedAt, Expr::value(now))
        .col_expr(M::UpdatedAt, Expr::value(now))
        .col_expr(M::Version, Expr::col(M::Version).add(1))
        .filter(M::CompanyId.eq(company))
        .filter(among(scope, M::Id, ids));
    writes.also(ended.into_query());
    let people = people.iter().map(|id| id.0).collect();
    let standing = person::Entity::update_many()
        .col_expr(P::Standing, Expr::value(Standing::Expired.to_value()))
        .filter(P::CompanyId.eq(company))
        .filter(among(scope, P::Id, people));
    writes.also(standing.into_query());
}

fn among(scope: &Scope, column: impl ColumnTrait, values: Vec<Uuid>) -> SimpleExpr {
    match scope.backend() {
        DbBackend::Postgres => Expr::col(column).eq(PgFunc::any(values)),
        _ => Expr::col(column).is_in(values),
    }
}
