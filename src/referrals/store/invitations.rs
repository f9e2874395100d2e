//! Visibility of candidate invitations. This module ensures that an external candidate is not visible to the company before the consent.

use chrono::{DateTime, Utc};
use entity::{
    CandidateInvitationId, CandidateInvitationState, CompanyId, OpportunityId, PersonId,
    candidate_invitation, company, opportunity, person,
};
use sea_orm::sea_query::{Expr, ExprTrait, SelectStatement, SimpleExpr};
use sea_orm::{ActiveEnum, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, SqlErr};

use super::{locked, sees_all};
use crate::access::Permission;
use crate::alumni::own;
use crate::database::Database;
use crate::error::{Error, Result};
use crate::graphql::connection::{Page, WantedOf};
use crate::graphql::node::read_page;
use crate::referrals::types::CandidateInvitation;
use crate::scope::{Scope, Scoped};

/// Visible to the referrer. After the consent, also visible to viewers who see all referrals.
impl Scoped for candidate_invitation::Entity {
    fn visible(scope: &Scope, rows: &mut SelectStatement) {
        let asked = own(scope, (Self, candidate_invitation::Column::ReferrerId));
        let consented = Expr::col((Self, candidate_invitation::Column::ConsentedAt)).is_not_null();
        rows.and_where(if sees_all(scope) {
            asked.or(consented)
        } else {
            asked
        });
    }
}

/// The company's invitations as far as the viewer sees them. Requires a login that belongs to a person, or `referrals:read`.
pub async fn list(
    scope: &Scope,
    wanted: &WantedOf<CandidateInvitation>,
) -> Result<Page<CandidateInvitation>> {
    if scope.viewer().person().is_none() {
        scope.require(Permission::ReferralsRead)?;
    }
    read_page(scope, scope.rows::<candidate_invitation::Entity>(), wanted).await
}

/// An invitation's row, locked until the transaction ends; not found if the viewer sees no such invitation.
pub async fn get_for_update(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    id: CandidateInvitationId,
) -> Result<candidate_invitation::Model> {
    use candidate_invitation::{Column, Entity};
    scope
        .get_for_update::<Entity>(transaction, Column::Id, id.0)
        .await
}

/// Whether the viewer has an open invitation to this candidate.
pub async fn asked_already(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    referrer: PersonId,
    opportunity: OpportunityId,
    candidate_key: &str,
) -> Result<bool> {
    use candidate_invitation::{Column, Entity};
    let mut rows = scope.rows::<Entity>();
    rows.clear_selects()
        .expr(Expr::cust("1"))
        .and_where(Expr::col((Entity, Column::ReferrerId)).eq(referrer))
        .and_where(Expr::col((Entity, Column::OpportunityId)).eq(opportunity))
        .and_where(Expr::col((Entity, Column::CandidateKey)).eq(candidate_key))
        .and_where(waiting());
    Ok(transaction.query_one(&rows).await?.is_some())
}

/// Whether a write failed because the same referrer invited the same candidate concurrently.
pub fn asked_meanwhile(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(index)) if index.contains("candidate_invitation_once"))
}

/// The invitation of a link, of any company; null if there is none.
#[expect(
    clippy::disallowed_methods,
    reason = "the link alone says whose it is; there is no scope before it is known"
)]
pub async fn linked_without_scope(
    database: &Database,
    id: CandidateInvitationId,
) -> Result<Option<candidate_invitation::Model>> {
    let found = candidate_invitation::Entity::find_by_id(id);
    Ok(found.one(&database.reader()).await?)
}

/// The same under the scope its link gives, locked until the transaction ends.
pub async fn linked_for_update(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    id: CandidateInvitationId,
) -> Result<Option<candidate_invitation::Model>> {
    use candidate_invitation::{Column, Entity};
    let this = Expr::col((Entity, Column::Id)).eq(id);
    let company = scope.company()?;
    let mut found = locked::<Entity>(scope, transaction, company, Column::Id, this).await?;
    Ok(found.pop())
}

/// The data shown with a consent request: company, opportunity and referrer.
pub async fn around(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    invitation: &candidate_invitation::Model,
) -> Result<(company::Model, opportunity::Model, person::Model)> {
    async fn one<E: Scoped>(
        scope: &Scope,
        connection: &impl ConnectionTrait,
        id: E::Column,
        value: impl Into<sea_orm::Value>,
    ) -> Result<E::Model>
    where
        E::Model: FromQueryResult,
    {
        let mut rows = scope.rows::<E>();
        rows.and_where(Expr::col((E::default(), id)).eq(Expr::val(value)));
        let row = connection.query_one(&rows).await?.ok_or(Error::NotFound)?;
        Ok(E::Model::from_query_result(&row, "")?)
    }
    let company = company::Column::Id;
    let opportunity = opportunity::Column::Id;
    let referrer = person::Column::Id;
    Ok((
        one::<company::Entity>(scope, connection, company, invitation.company_id).await?,
        one::<opportunity::Entity>(scope, connection, opportunity, invitation.opportunity_id)
            .await?,
        one::<person::Entity>(scope, connection, referrer, invitation.referrer_id).await?,
    ))
}

/// Selects the waiting invitations to end.
#[derive(Clone, Debug)]
pub enum Ending<'e> {
    /// Those that expire before this time.
    Due(DateTime<Utc>),
    /// Those a person made, and those that name a candidate by one of these keys.
    Of(PersonId, &'e [String]),
}

/// Waiting invitations to end, locked, regardless of the viewer. At most a thousand.
pub async fn ending_whoever_asks(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    company: CompanyId,
    which: Ending<'_>,
) -> Result<Vec<candidate_invitation::Model>> {
    use candidate_invitation::{Column, Entity};
    let column = |column: Column| Expr::col((Entity, column));
    let which = match which {
        Ending::Due(now) => column(Column::ExpiresAt).lte(now),
        Ending::Of(person, keys) => column(Column::ReferrerId)
            .eq(person)
            .or(column(Column::CandidateKey).is_in(keys)),
    };
    let which = which.and(waiting());
    locked::<Entity>(scope, transaction, company, Column::Id, which).await
}

/// As the partial indexes have it.
fn waiting() -> SimpleExpr {
    use candidate_invitation::{Column, Entity};
    let word = CandidateInvitationState::Waiting.to_value();
    Expr::col((Entity, Column::State)).eq(Expr::cust(format!("'{word}'")))
}
