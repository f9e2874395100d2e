//! Who blocks whom: what it hides, one's own list of it, and its writes. Whom a person blocks is told to nobody else, staff and the
//! blocked included.

use entity::{CompanyId, PersonId, block, person};
use sea_orm::sea_query::{
    Alias, Asterisk, Expr, ExprTrait, Func, Query, SelectStatement, UnionType,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter};

use super::own;
use crate::alumni::types::Block;
use crate::error::Result;
use crate::graphql::connection::{Page, WantedOf};
use crate::graphql::node::read_page;
use crate::scope::{Scope, Scoped};

/// One's own.
impl Scoped for block::Entity {
    fn visible(scope: &Scope, rows: &mut SelectStatement) {
        rows.and_where(own(scope, (Self, block::Column::BlockerId)));
    }
}

/// The people who are kept apart from the viewer, in whichever direction; null where the viewer is no person. It names nothing
/// of the statement around, so that the database makes it once, however many rows are held against it.
pub fn kept_apart(scope: &Scope) -> Option<SelectStatement> {
    use block::{Column, Entity};
    let viewer = scope.viewer();
    let (company, person) = viewer.company().zip(viewer.person())?;
    let side = |other, own| {
        Query::select()
            .column((Entity, other))
            .from(Entity)
            .and_where(Expr::col((Entity, Column::CompanyId)).eq(company))
            .and_where(Expr::col((Entity, own)).eq(person))
            .to_owned()
    };
    let mut both = side(Column::BlockedId, Column::BlockerId);
    both.union(UnionType::All, side(Column::BlockerId, Column::BlockedId));
    Some(both)
}

/// The person of a block's row at hand, who is not seen as long as it stands: who blocks is shown whom.
pub fn blocked_person(row: &Alias) -> SelectStatement {
    let at_hand = |column| Expr::col((row.clone(), column));
    let person = |column| Expr::col((person::Entity, column));
    Query::select()
        .column((person::Entity, Asterisk))
        .from(person::Entity)
        .and_where(person(person::Column::CompanyId).eq(at_hand(block::Column::CompanyId)))
        .and_where(person(person::Column::Id).eq(at_hand(block::Column::BlockedId)))
        .to_owned()
}

/// Whom the viewer blocks; nobody where the viewer is no person.
pub async fn blocked(scope: &Scope, wanted: &WantedOf<Block>) -> Result<Page<Block>> {
    if scope.viewer().person().is_none() {
        return Ok(Page::default());
    }
    read_page(scope, scope.rows::<block::Entity>(), wanted).await
}

/// The viewer's block of a person; null where they do not block them.
pub async fn find_block(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    blocked: PersonId,
) -> Result<Option<block::Model>> {
    let mut rows = scope.rows::<block::Entity>();
    rows.and_where(Expr::col((block::Entity, block::Column::BlockedId)).eq(blocked));
    let row = transaction.query_one(&rows).await?;
    Ok(row
        .map(|row| block::Model::from_query_result(&row, ""))
        .transpose()?)
}

/// How many people the viewer blocks.
pub async fn count_blocks(scope: &Scope, transaction: &impl ConnectionTrait) -> Result<i64> {
    let mut rows = scope.rows::<block::Entity>();
    rows.clear_selects().expr(Func::count(Expr::col(Asterisk)));
    let row = transaction.query_one(&rows).await?;
    Ok(row
        .map(|row| row.try_get_by_index(0))
        .transpose()?
        .unwrap_or_default())
}

/// Takes a block away; false where there was none.
pub async fn drop_block(
    transaction: &impl ConnectionTrait,
    company: CompanyId,
    blocker: PersonId,
    blocked: PersonId,
) -> Result<bool> {
    let gone = block::Entity::delete_many()
        .filter(block::Column::CompanyId.eq(company))
        .filter(block::Column::BlockerId.eq(blocker))
        .filter(block::Column::BlockedId.eq(blocked))
        .exec(transaction)
        .await?;
    Ok(gone.rows_affected == 1)
}
