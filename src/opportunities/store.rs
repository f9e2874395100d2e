//! Visibility of opportunities, their lists, and lookups for actions.

use chrono::NaiveDate;
use entity::{CompanyId, OpportunityId, company, opportunity};
use sea_orm::sea_query::{Expr, ExprTrait, SelectStatement};
use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use super::types::Opportunity;
use crate::access::{Permission, Viewer};
use crate::error::{Error, Result};
use crate::graphql::connection::{Page, WantedOf};
use crate::graphql::node::read_page;
use crate::scope::{Scope, Scoped};

/// Who prepares opportunities sees all of them, and so does a system that reads them; others see what was opened once.
impl Scoped for opportunity::Entity {
    fn visible(scope: &Scope, rows: &mut SelectStatement) {
        let reads = scope.may(Permission::OpportunitiesRead);
        let system = matches!(scope.viewer(), Viewer::Service(_));
        if scope.may(Permission::OpportunitiesWrite) || (reads && system) {
            return;
        }
        rows.and_where(Expr::cust(if reads {
            "\"opportunity\".\"state\" <> 'DRAFT'"
        } else {
            "1 = 0"
        }));
    }
}

/// The company's opportunities. Requires `opportunities:read`.
pub async fn list(scope: &Scope, wanted: &WantedOf<Opportunity>) -> Result<Page<Opportunity>> {
    scope.require(Permission::OpportunitiesRead)?;
    read_page(scope, scope.rows::<opportunity::Entity>(), wanted).await
}

/// An opportunity's row, locked until the transaction ends; not found if the viewer sees no such opportunity.
pub async fn get_for_update(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    id: OpportunityId,
) -> Result<opportunity::Model> {
    scope
        .get_for_update::<opportunity::Entity>(transaction, opportunity::Column::Id, id.0)
        .await
}

/// Whether a row of the given company exists for the viewer.
pub async fn exists<E: Scoped>(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    company: CompanyId,
    id: E::Column,
    value: Uuid,
) -> Result<bool> {
    let mut rows = scope.rows_within::<E>(company);
    rows.and_where(Expr::col((E::default(), id)).eq(value));
    Ok(connection.query_one(&rows).await?.is_some())
}

/// The current date in the company's time zone.
pub async fn today(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    company: CompanyId,
) -> Result<NaiveDate> {
    let mut rows = scope.rows::<company::Entity>();
    rows.and_where(Expr::col((company::Entity, company::Column::Id)).eq(company));
    let row = connection.query_one(&rows).await?.ok_or(Error::NotFound)?;
    let company = company::Model::from_query_result(&row, "")?;
    Ok(scope.today(&company.time_zone))
}
