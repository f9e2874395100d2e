//! Reads and writes of seals and of the changes they cover, regardless of the viewer. The service verifies the changes and returns none of them.

use entity::{change, seal};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Order};
use sea_orm::{ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel, Statement};

use crate::access::Permission;
use crate::changes::{Place, settled};
use crate::database::Database;
use crate::error::Result;
use crate::outbox::Lag;
use crate::scope::{Scope, Scoped};

/// For those who audit.
impl Scoped for seal::Entity {
    fn visible(scope: &Scope, rows: &mut sea_orm::sea_query::SelectStatement) {
        if !scope.may(Permission::AuditRead) {
            rows.and_where(Expr::cust("1 = 0"));
        }
    }
}

/// The latest seal; null if there is none.
pub async fn last(scope: &Scope) -> Result<Option<seal::Model>> {
    let mut rows = scope.rows::<seal::Entity>();
    rows.order_by((seal::Entity, seal::Column::Number), Order::Desc)
        .limit(1);
    let row = scope.database().reader().query_one(&rows).await?;
    Ok(row
        .map(|row| seal::Model::from_query_result(&row, ""))
        .transpose()?)
}

/// The next seals after a number, in order.
pub async fn seals_after(scope: &Scope, number: i64, most: u64) -> Result<Vec<seal::Model>> {
    let mut rows = scope.rows::<seal::Entity>();
    rows.and_where(Expr::col((seal::Entity, seal::Column::Number)).gt(number))
        .order_by((seal::Entity, seal::Column::Number), Order::Asc)
        .limit(most);
    let rows = scope.database().reader().query_all(&rows).await?;
    Ok(rows
        .iter()
        .map(|row| seal::Model::from_query_result(row, ""))
        .collect::<Result<_, _>>()?)
}

/// Changes after a position in order, up to another position if given, otherwise all that are settled.
pub async fn changes_between(
    scope: &Scope,
    after: Place,
    until: Option<Place>,
    most: u64,
) -> Result<Vec<change::Model>> {
    let mut rows = scope.rows::<change::Entity>();
    let key = || Expr::tuple([change::Column::TransactionId, change::Column::Seq].map(Expr::col));
    let place = |place: Place| Expr::tuple([Expr::val(place.transaction_id), Expr::val(place.seq)]);
    rows.and_where(key().gt(place(after)));
    match until {
        Some(until) => {
            rows.and_where(key().lte(place(until)));
        }
        None => settled(scope, &mut rows),
    }
    rows.order_by(change::Column::TransactionId, Order::Asc)
        .order_by(change::Column::Seq, Order::Asc)
        .limit(most);
    let rows = scope.database().reader().query_all(&rows).await?;
    Ok(rows
        .iter()
        .map(|row| change::Model::from_query_result(row, ""))
        .collect::<Result<_, _>>()?)
}

/// Number of unsealed changes over all companies, at most a thousand per company. Two index scans per company; the `ORDER BY` makes the planner use the
/// index.
pub async fn unsealed(database: &Database) -> Result<Lag> {
    let text = "SELECT CAST(coalesce(sum(changes), 0) AS bigint) AS changes, min(oldest) AS oldest
FROM (SELECT
    (SELECT count(*) FROM (SELECT 1 FROM change AS waiting WHERE waiting.company_id = sealed.company_id
      AND (waiting.transaction_id, waiting.seq) > (sealed.transaction_id, sealed.seq)
      ORDER BY waiting.transaction_id, waiting.seq LIMIT 1000) AS counted) AS changes,
    (SELECT next.at FROM change AS next WHERE next.company_id = sealed.company_id
      AND (next.transaction_id, next.seq) > (sealed.transaction_id, sealed.seq)
      ORDER BY next.transaction_id, next.seq LIMIT 1) AS oldest
  FROM (SELECT company.id AS company_id,
      coalesce((SELECT transaction_id FROM seal WHERE seal.company_id = company.id ORDER BY number DESC LIMIT 1), -1) AS transaction_id,
      coalesce((SELECT seq FROM seal WHERE seal.company_id = company.id ORDER BY number DESC LIMIT 1), -1) AS seq
    FROM company) AS sealed) AS behind";
    let asked = Lag::find_by_statement(Statement::from_string(database.backend(), text));
    Ok(asked.one(&database.reader()).await?.unwrap_or_default())
}

/// Appends a seal to the chain; false if another instance was first.
pub async fn put(scope: &Scope, row: seal::Model) -> Result<bool> {
    let inserted = seal::Entity::insert(row.into_active_model())
        .on_conflict(
            OnConflict::columns([seal::Column::CompanyId, seal::Column::Number])
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(scope.database().writer())
        .await?;
    Ok(inserted == 1)
}
