//! Rows of many invited people at once.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{CompanyId, MembershipState, PersonId, Standing, membership, person};
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{ActiveEnum, ConnectionTrait, DbBackend, FromQueryResult};

use crate::alumni::filter::AlumnusFilter;
use crate::alumni::types::Alumnus;
use crate::database::among;
use crate::error::Result;
use crate::graphql::node::{Filter, Tree};
use crate::scope::Scope;
use crate::writes::Writes;

/// The alumni that a filter matches, as the viewer sees them, in the order of their ids; at most so many.
pub async fn matching(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    filter: &AlumnusFilter,
    most: usize,
) -> Result<Vec<PersonId>> {
    #[derive(FromQueryResult)]
    struct Id {
        id: PersonId,
    }
    let mut rows = scope.rows::<person::Entity>();
    Alumnus::narrow(&mut rows);
    super::not_only_kept(scope, &mut rows);
    rows.cond_where(filter.condition(scope))
        .clear_selects()
        .column((person::Entity, person::Column::Id))
        .order_by((person::Entity, person::Column::Id), Order::Asc)
        .limit(most as u64);
    let rows = connection.query_all(&rows).await?;
    let id = |row| Ok(Id::from_query_result(row, "")?.id);
    rows.iter().map(id).collect()
}

/// Has PostgreSQL plan the statements of the transaction by their values. A plan for any values compares each row of the company with each value
/// of a list if it does not know how many rows there are: for a company whose people were just imported, half a minute for 12,000.
pub async fn plan_by_values(scope: &Scope, transaction: &impl ConnectionTrait) -> Result<()> {
    if scope.backend() == DbBackend::Postgres {
        let by_values = "SET LOCAL plan_cache_mode = force_custom_plan";
        transaction.execute_unprepared(by_values).await?;
    }
    Ok(())
}

/// Adds to the writes that memberships became `INVITED`, and their people with them; all of them are locked.
pub fn put_invited(
    scope: &Scope,
    writes: &mut Writes,
    company: CompanyId,
    moved: &[membership::Model],
) {
    use membership::Column as M;
    let now = scope.now();
    if moved.is_empty() {
        return;
    }
    let ids = moved.iter().map(|row| row.id.0).collect();
    writes.also(
        Query::update()
            .table(membership::Entity)
            .values([
                (M::State, MembershipState::Invited.to_value().into()),
                (M::InvitedAt, now.into()),
                (M::PausedAt, Expr::value(None::<DateTime<Utc>>)),
                (M::EndedAt, Expr::value(None::<DateTime<Utc>>)),
                (M::ExpiresOn, Expr::value(None::<NaiveDate>)),
                (M::UpdatedAt, now.into()),
                (M::Version, Expr::col(M::Version).add(1)),
            ])
            .and_where(Expr::col(M::CompanyId).eq(company))
            .and_where(among(scope.backend(), Expr::col(M::Id), ids))
            .to_owned(),
    );
    let people = moved.iter().map(|row| row.person_id.0).collect();
    writes.also(
        Query::update()
            .table(person::Entity)
            .value(person::Column::Standing, Standing::Invited.to_value())
            .and_where(Expr::col(person::Column::CompanyId).eq(company))
            .and_where(among(
                scope.backend(),
                Expr::col(person::Column::Id),
                people,
            ))
            .to_owned(),
    );
}
