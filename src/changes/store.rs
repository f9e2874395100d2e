//! Gap-free reads of the outbox.

mod counter;

pub use counter::{advance_counter, counter_behind};

use entity::change;
use sea_orm::sea_query::{Expr, ExprTrait, Order, SelectStatement};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};

use super::types::{Change, Place};
use crate::access::{Permission, Viewer};
use crate::database::Database;
use crate::error::Result;
use crate::graphql::connection::{Page, WantedOf};
use crate::graphql::node::read_page;
use crate::outbox::{Lag, PRIVATE};
use crate::scope::{Scope, Scoped};

/// For those who follow or audit the company's changes; what is private, for the login that made it. The service itself proves all of them.
impl Scoped for change::Entity {
    fn visible(scope: &Scope, rows: &mut SelectStatement) {
        if matches!(scope.viewer(), Viewer::System(_)) {
            return;
        }
        if !scope.may(Permission::ChangesRead) && !scope.may(Permission::AuditRead) {
            rows.and_where(Expr::cust("1 = 0"));
            return;
        }
        let told = Expr::col((Self, change::Column::Kind)).is_not_in(PRIVATE);
        rows.and_where(match scope.viewer() {
            Viewer::Member(member) => {
                told.or(Expr::col((Self, change::Column::ActorId)).eq(member.account))
            }
            _ => told,
        });
    }
}

/// Rows of one read.
const BATCH: u64 = 200;

/// The next changes after a position, oldest first. On PostgreSQL it stops before transactions that may still write an earlier position, so that no
/// change is skipped. Requires `changes:read`.
pub async fn after(scope: &Scope, place: Place) -> Result<Vec<change::Model>> {
    scope.require(Permission::ChangesRead)?;
    let mut rows = scope.rows::<change::Entity>();
    let key = Expr::tuple([change::Column::TransactionId, change::Column::Seq].map(Expr::col));
    rows.and_where(key.gt(Expr::tuple([
        Expr::val(place.transaction_id),
        Expr::val(place.seq),
    ])));
    settled(scope, &mut rows);
    rows.order_by(change::Column::TransactionId, Order::Asc)
        .order_by(change::Column::Seq, Order::Asc)
        .limit(BATCH);
    let rows = scope.database().reader().query_all(&rows).await?;
    Ok(rows
        .iter()
        .map(|row| change::Model::from_query_result(row, ""))
        .collect::<Result<_, _>>()?)
}

/// Excludes changes before which an open transaction may still write: the remaining ones are complete and their order is final.
pub fn settled(scope: &Scope, rows: &mut SelectStatement) {
    if scope.backend() == DbBackend::Postgres {
        rows.and_where(Expr::cust(
            "transaction_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint",
        ));
    }
}

/// How many of the last thousand changes of all companies are not yet delivered, because a transaction that may write an earlier position is open. Always
/// 0 on SQLite, where writes are serial.
pub async fn held_back(database: &Database) -> Result<Lag> {
    let backend = database.backend();
    if backend != DbBackend::Postgres {
        return Ok(Lag::default());
    }
    let text = "SELECT count(*) AS changes, min(at) AS oldest
FROM (SELECT transaction_id, at FROM change ORDER BY seq DESC LIMIT 1000) AS recent
WHERE transaction_id >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint";
    let asked = Lag::find_by_statement(Statement::from_string(backend, text));
    Ok(asked.one(&database.reader()).await?.unwrap_or_default())
}

/// Changes in the company, as far as they are visible to the viewer. Requires `audit:read`.
pub async fn list(scope: &Scope, wanted: &WantedOf<Change>) -> Result<Page<Change>> {
    scope.require(Permission::AuditRead)?;
    read_page(scope, scope.rows::<change::Entity>(), wanted).await
}

/// The current end of the changes.
pub async fn latest(scope: &Scope) -> Result<Place> {
    scope.require(Permission::ChangesRead)?;
    let mut rows = scope.rows::<change::Entity>();
    settled(scope, &mut rows);
    rows.order_by(change::Column::TransactionId, Order::Desc)
        .order_by(change::Column::Seq, Order::Desc)
        .limit(1);
    let row = scope.database().reader().query_one(&rows).await?;
    let model = row
        .map(|row| change::Model::from_query_result(&row, ""))
        .transpose()?;
    Ok(model.as_ref().map_or(Place::BEGIN, Place::from))
}
