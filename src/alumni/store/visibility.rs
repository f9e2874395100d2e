//! Writes of who sees what where people chose nothing.

use entity::{company, person};
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel,
    QueryFilter,
};

use crate::error::{Error, Result};
use crate::scope::Scope;

/// The scope's company.
pub async fn company(scope: &Scope, transaction: &impl ConnectionTrait) -> Result<company::Model> {
    let mut rows = scope.rows::<company::Entity>();
    rows.and_where(Expr::col((company::Entity, company::Column::Id)).eq(scope.company()?));
    let row = transaction.query_one(&rows).await?.ok_or(Error::NotFound)?;
    Ok(company::Model::from_query_result(&row, "")?)
}

/// The scope's company, locked until the transaction ends.
pub async fn company_for_update(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
) -> Result<company::Model> {
    let id = scope.company()?;
    scope
        .get_for_update::<company::Entity>(transaction, company::Column::Id, id.0)
        .await
}

/// Writes a company's row, and what follows from it to each person as far as they chose nothing.
pub async fn write_defaults(transaction: &impl ConnectionTrait, row: company::Model) -> Result<()> {
    use person::Column::{CompanyId, SeenByAlumni, SeenByEmployees, SeenByHr, VisibilityChosen};
    let chosen = || Expr::col(VisibilityChosen);
    let own = |seen| Expr::col(seen).bit_and(chosen());
    // SQL's complement binds differently in the two databases; what is left of the company's bits without the chosen ones does not
    let rest = |bits: i32| Expr::val(bits).sub(Expr::val(bits).bit_and(chosen()));
    let with = |seen: person::Column, bits: i32| -> SimpleExpr { own(seen).bit_or(rest(bits)) };
    person::Entity::update_many()
        .col_expr(SeenByHr, with(SeenByHr, row.seen_by_hr))
        .col_expr(
            SeenByEmployees,
            with(SeenByEmployees, row.seen_by_employees),
        )
        .col_expr(SeenByAlumni, with(SeenByAlumni, row.seen_by_alumni))
        .filter(CompanyId.eq(row.id))
        .exec(transaction)
        .await?;
    row.into_active_model()
        .reset_all()
        .update(transaction)
        .await?;
    Ok(())
}
