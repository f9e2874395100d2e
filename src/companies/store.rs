//! Which companies and departments a viewer sees.

use entity::{CompanyId, company, department};
use sea_orm::sea_query::{Expr, SelectStatement};
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, QueryOrder, QuerySelect, SqlErr};

use super::types::{Company, Department};
use crate::access::Permission;
use crate::database::Database;
use crate::error::Result;
use crate::graphql::connection::{Page, WantedOf};
use crate::graphql::node::read_page;
use crate::graphql::reference::Reference;
use crate::scope::{Scope, Scoped};

/// One's own; every one for an operator.
impl Scoped for company::Entity {
    fn visible(_: &Scope, _: &mut SelectStatement) {}
}

/// All or none of them.
impl Scoped for department::Entity {
    fn visible(scope: &Scope, rows: &mut SelectStatement) {
        if !Department::shown_to(scope) {
            rows.and_where(Expr::cust("1 = 0"));
        }
    }
}

/// Every company. Requires `companies:manage`.
pub async fn list(scope: &Scope, wanted: &WantedOf<Company>) -> Result<Page<Company>> {
    scope.require(Permission::CompaniesManage)?;
    read_page(scope, scope.rows::<company::Entity>(), wanted).await
}

/// The ids of every company, for the service's own work, which is nobody's request.
#[expect(
    clippy::disallowed_methods,
    reason = "the service's own work goes through the companies, and has a scope for each only then"
)]
pub async fn all_without_scope(database: &Database) -> Result<Vec<CompanyId>> {
    Ok(company::Entity::find()
        .select_only()
        .column(company::Column::Id)
        .order_by_asc(company::Column::Id)
        .into_tuple()
        .all(&database.reader())
        .await?)
}

/// Every company, for the command line.
#[expect(
    clippy::disallowed_methods,
    reason = "the command line has the whole database"
)]
pub async fn list_by_command(database: &Database) -> Result<Vec<company::Model>> {
    Ok(company::Entity::find()
        .order_by_asc(company::Column::Slug)
        .all(&database.reader())
        .await?)
}

/// Inserts a company; false where its slug is taken.
pub async fn insert(transaction: &impl ConnectionTrait, model: company::Model) -> Result<bool> {
    match company::Entity::insert(model.into_active_model())
        .exec_without_returning(transaction)
        .await
    {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

/// A company's row, locked until the transaction ends; not found where it is not the viewer's.
pub async fn get_for_update(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    id: CompanyId,
) -> Result<company::Model> {
    scope
        .get_for_update::<company::Entity>(transaction, company::Column::Id, id.0)
        .await
}
