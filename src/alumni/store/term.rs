//! The memberships that end soon, a page at a time.

use chrono::NaiveDate;
use entity::{CompanyId, MembershipId, membership, person};
use sea_orm::sea_query::{Expr, ExprTrait, JoinType, Order, Query};
use sea_orm::{ConnectionTrait, DbErr};

use super::expiry::Due;
use crate::error::Result;

/// `ACTIVE` and `PAUSED` memberships whose last day is in a range, earliest first; `after` is the last day and the id of the last one read.
/// The conditions of the index are written out. Left out are people without a private e-mail address, and people whose data is restricted.
pub async fn ending_whoever_may_see_them(
    connection: &impl ConnectionTrait,
    company: CompanyId,
    (first, last): (NaiveDate, NaiveDate),
    after: Option<(NaiveDate, MembershipId)>,
    most: usize,
) -> Result<Vec<Due>> {
    use membership::{Column, Entity};
    let place = || {
        Expr::tuple([
            Expr::col((Entity, Column::ExpiresOn)),
            Expr::col((Entity, Column::Id)),
        ])
    };
    let of_person = |column| Expr::col((person::Entity, column));
    let mut rows = Query::select();
    rows.columns([
        (Entity, Column::Id),
        (Entity, Column::PersonId),
        (Entity, Column::State),
        (Entity, Column::ExpiresOn),
    ])
    .from(Entity)
    .join(
        JoinType::InnerJoin,
        person::Entity,
        of_person(person::Column::CompanyId)
            .equals((Entity, Column::CompanyId))
            .and(of_person(person::Column::Id).equals((Entity, Column::PersonId))),
    )
    .and_where(Expr::col((Entity, Column::CompanyId)).eq(company))
    .and_where(Expr::cust(
        "\"membership\".\"expires_on\" IS NOT NULL AND \"membership\".\"state\" IN ('INVITED', 'ACTIVE', 'PAUSED')",
    ))
    .and_where(Expr::cust("\"membership\".\"state\" <> 'INVITED'"))
    .and_where(Expr::col((Entity, Column::ExpiresOn)).between(first, last))
    .and_where(of_person(person::Column::RestrictedAt).is_null())
    .and_where(of_person(person::Column::PersonalEmail).is_not_null())
    .order_by((Entity, Column::ExpiresOn), Order::Asc)
    .order_by((Entity, Column::Id), Order::Asc)
    .limit(u64::try_from(most).unwrap_or(u64::MAX));
    if let Some((day, id)) = after {
        rows.and_where(place().gt(Expr::tuple([Expr::val(day), Expr::val(id)])));
    }
    let rows = connection.query_all(&rows).await?;
    Ok(rows.iter().map(Due::read).collect::<Result<_, DbErr>>()?)
}
