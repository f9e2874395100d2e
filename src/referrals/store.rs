//! Which referrals and steps a viewer sees, the lists of them, and how one is written so that a candidate counts once.

use entity::{CompanyId, OpportunityId, PersonId, ReferralId, person, referral, referral_step};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query, SelectStatement, SimpleExpr};
use sea_orm::{ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel};

use super::types::Referral;
use crate::access::Permission;
use crate::alumni::own;
use crate::error::Result;
use crate::graphql::connection::{Page, WantedOf};
use crate::graphql::node::read_page;
use crate::scope::{Scope, Scoped};

/// Recruiters see all of them, everyone those they made or are the candidate of.
impl Scoped for referral::Entity {
    fn visible(scope: &Scope, rows: &mut SelectStatement) {
        if !sees_all(scope) {
            rows.and_where(mine(scope));
        }
    }
}

/// As far as the referral is seen.
impl Scoped for referral_step::Entity {
    fn visible(scope: &Scope, rows: &mut SelectStatement) {
        if sees_all(scope) {
            return;
        }
        let mut seen = scope
            .rows_within::<referral::Entity>(Expr::col((Self, referral_step::Column::CompanyId)));
        seen.clear_selects().expr(Expr::cust("1")).and_where(
            Expr::col((referral::Entity, referral::Column::Id))
                .eq(Expr::col((Self, referral_step::Column::ReferralId))),
        );
        rows.and_where(Expr::exists(seen));
    }
}

fn sees_all(scope: &Scope) -> bool {
    scope.may(Permission::ReferralsRead) || scope.may(Permission::ReferralsWrite)
}

/// The viewer made the referral or is its candidate; never null, so that `not` turns it round.
#[must_use]
pub fn mine(scope: &Scope) -> SimpleExpr {
    let candidate = (referral::Entity, referral::Column::CandidateId);
    own(scope, (referral::Entity, referral::Column::ReferrerId)).or(Expr::col(candidate)
        .is_not_null()
        .and(own(scope, candidate)))
}

/// The company's referrals as far as the viewer sees them. Requires a login that belongs to a person, or `referrals:read`.
pub async fn list(scope: &Scope, wanted: &WantedOf<Referral>) -> Result<Page<Referral>> {
    if scope.viewer().person().is_none() {
        scope.require(Permission::ReferralsRead)?;
    }
    read_page(scope, scope.rows::<referral::Entity>(), wanted).await
}

/// A referral's row, locked until the transaction ends; not found where it does not exist for the viewer.
pub async fn get_for_update(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    id: ReferralId,
) -> Result<referral::Model> {
    scope
        .get_for_update::<referral::Entity>(transaction, referral::Column::Id, id.0)
        .await
}

/// Inserts a referral; false where the candidate is already referred for the opportunity. A conflict is no error to the
/// database, for PostgreSQL ends a transaction with its first error; it waits for one that is being written.
pub async fn insert(transaction: &impl ConnectionTrait, model: referral::Model) -> Result<bool> {
    let inserted = referral::Entity::insert(model.into_active_model())
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(transaction)
        .await?;
    Ok(inserted == 1)
}

/// The referral that stands for a candidate of an opportunity, whoever made it and whether or not the viewer sees it.
pub async fn standing_whoever_made_it(
    connection: &impl ConnectionTrait,
    company: CompanyId,
    opportunity: OpportunityId,
    candidate_key: &str,
) -> Result<Option<ReferralId>> {
    use referral::{Column, Entity};
    let query = Query::select()
        .column(Column::Id)
        .from(Entity)
        .and_where(Expr::col(Column::CompanyId).eq(company))
        .and_where(Expr::col(Column::OpportunityId).eq(opportunity))
        .and_where(Expr::col(Column::CandidateKey).eq(candidate_key))
        .and_where(Expr::cust("\"stage\" NOT IN ('DUPLICATE', 'WITHDRAWN')"))
        .to_owned();
    let row = connection.query_one(&query).await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
}

/// Writes a step of a referral's way down.
pub async fn insert_step(
    transaction: &impl ConnectionTrait,
    step: referral_step::Model,
) -> Result<()> {
    referral_step::Entity::insert(step.into_active_model())
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

/// A person of the company, as far as they exist for the viewer.
pub async fn find_person(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    company: CompanyId,
    id: PersonId,
) -> Result<Option<person::Model>> {
    let mut rows = scope.rows_within::<person::Entity>(company);
    rows.and_where(Expr::col((person::Entity, person::Column::Id)).eq(id));
    let row = connection.query_one(&rows).await?;
    Ok(row
        .map(|row| person::Model::from_query_result(&row, ""))
        .transpose()?)
}
