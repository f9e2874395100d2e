//! Visibility of referrals and steps, their lists, and the context of a new referral.

pub mod invitations;

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    CompanyId, ConsentPurpose, OpportunityId, OpportunityState, PersonId, ReferralId, Standing,
    Tenant, company, opportunity, person, referral, referral_step,
};
use sea_orm::sea_query::{
    Alias, Asterisk, CaseStatement, Expr, ExprTrait, JoinType, LockType, Order, Query,
    SelectStatement, SimpleExpr,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityName, EntityTrait, FromQueryResult,
    QueryFilter, SqlErr,
};

use crate::access::Permission;
use crate::alumni::{consent_to, own, unrestricted};
use crate::error::Result;
use crate::graphql::connection::{Page, WantedOf};
use crate::graphql::node::read_page;
use crate::referrals::types::Referral;
use crate::scope::{Scope, Scoped};

/// Recruiters see all of them, everyone those they made or are the candidate of.
impl Scoped for referral::Entity {
    fn visible(scope: &Scope, rows: &mut SelectStatement) {
        if !sees_all(scope) {
            rows.and_where(mine(scope));
        }
    }

    fn value(scope: &Scope, row: &Alias, column: Self::Column) -> SimpleExpr {
        use referral::Column::{CandidateId, Recommendation};
        let value = Expr::col((row.clone(), column));
        match candidate_told(scope, row) {
            Some(told) if matches!(column, CandidateId | Recommendation) => {
                CaseStatement::new().case(told, value).into()
            }
            _ => value,
        }
    }
}

/// Whether the viewer may know the candidate of a row: it is the viewer's own referral, the viewer is the candidate, or the alumnus consents. Null:
/// always.
fn candidate_told(scope: &Scope, row: &Alias) -> Option<SimpleExpr> {
    use referral::Column::{CandidateId, CompanyId, ReferrerId};
    if scope.may(Permission::AlumniRead) {
        return None;
    }
    let of_row = |column| Expr::col((row.clone(), column));
    let candidate = Alias::new("consenting");
    let of_candidate = |column| Expr::col((candidate.clone(), column));
    let consenting = Query::select()
        .expr(Expr::cust("1"))
        .from_as(person::Entity, candidate.clone())
        .and_where(of_candidate(person::Column::CompanyId).eq(of_row(CompanyId)))
        .and_where(of_candidate(person::Column::Id).eq(of_row(CandidateId)))
        .and_where(consent_to(
            &candidate,
            &[ConsentPurpose::ReferralAsCandidate],
        ))
        .to_owned();
    let told = of_row(CandidateId).is_null().or(Expr::exists(consenting));
    Some(match scope.viewer().person() {
        Some(own) => told
            .or(of_row(ReferrerId).eq(own))
            .or(of_row(CandidateId).eq(own)),
        None => told,
    })
}

/// The same of the table's rows.
#[must_use]
pub fn candidate_shown(scope: &Scope) -> Option<SimpleExpr> {
    candidate_told(scope, &Alias::new(referral::Entity.table_name()))
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

/// A referral's row, locked until the transaction ends; not found if the viewer sees no such referral.
pub async fn get_for_update(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    id: ReferralId,
) -> Result<referral::Model> {
    scope
        .get_for_update::<referral::Entity>(transaction, referral::Column::Id, id.0)
        .await
}

/// The context of a new referral.
#[derive(Debug, FromQueryResult)]
pub struct Ground {
    /// Company of the opportunity.
    pub company_id: CompanyId,
    /// Time zone of the company.
    pub time_zone: String,
    /// State of the opportunity.
    pub state: OpportunityState,
    /// Its last day for referrals.
    pub closes_on: Option<NaiveDate>,
    /// Null if the company does not know the referrer.
    pub referrer_standing: Option<Standing>,
    /// The referrer's own address.
    pub referrer_personal_email: Option<String>,
    /// The referrer's address at work.
    pub referrer_work_email: Option<String>,
    /// Null if the viewer sees no such alumnus.
    pub candidate_standing: Option<Standing>,
    /// The existing referral of the candidate, regardless of referrer and viewer.
    pub first_id: Option<ReferralId>,
}

/// The input that determines the context of a new referral.
#[derive(Clone, Debug)]
pub struct Asked {
    pub opportunity: OpportunityId,
    pub referrer: PersonId,
    /// The recommended alumnus; null for an external candidate.
    pub alumnus: Option<PersonId>,
    /// Identity of the candidate; null if earlier referrals must not be revealed.
    pub candidate_key: Option<String>,
}

/// The context of a new referral for an opportunity. The opportunity cannot be closed or edited before the transaction ends; concurrent referrals are
/// possible. Null if the viewer sees no such opportunity.
pub async fn ground(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    asked: Asked,
) -> Result<Option<Ground>> {
    let Asked {
        opportunity,
        referrer,
        alumnus,
        candidate_key,
    } = asked;
    let of = |table: &'static str, column| Expr::col((Alias::new(table), column));
    let person = |id: Option<PersonId>| {
        let mut rows = scope.rows::<person::Entity>();
        // whose data is only kept neither recommends nor is recommended, whoever sees them
        rows.and_where(unrestricted((person::Entity, person::Column::RestrictedAt)));
        rows.and_where(Expr::col((person::Entity, person::Column::Id)).eq(id));
        rows
    };
    let same_company = |table| {
        of(table, person::Column::CompanyId)
            .equals((opportunity::Entity, opportunity::Column::CompanyId))
    };
    let stands = {
        use referral::Column;
        let of_first = |column| Expr::col((Alias::new("first"), column));
        of_first(Column::CompanyId)
            .equals((opportunity::Entity, opportunity::Column::CompanyId))
            .and(
                of_first(Column::OpportunityId)
                    .equals((opportunity::Entity, opportunity::Column::Id)),
            )
            .and(of_first(Column::CandidateKey).eq(candidate_key))
            .and(Expr::cust(
                "\"first\".\"stage\" NOT IN ('DUPLICATE', 'WITHDRAWN')",
            ))
    };
    let mut rows = scope.rows::<opportunity::Entity>();
    rows.and_where(Expr::col((opportunity::Entity, opportunity::Column::Id)).eq(opportunity))
        .clear_selects()
        .columns(
            [
                opportunity::Column::CompanyId,
                opportunity::Column::State,
                opportunity::Column::ClosesOn,
            ]
            .map(|column| (opportunity::Entity, column)),
        )
        .column((company::Entity, company::Column::TimeZone))
        .expr_as(
            of("referrer", person::Column::Standing),
            "referrer_standing",
        )
        .expr_as(
            of("referrer", person::Column::PersonalEmail),
            "referrer_personal_email",
        )
        .expr_as(
            of("referrer", person::Column::WorkEmail),
            "referrer_work_email",
        )
        .expr_as(
            of("candidate", person::Column::Standing),
            "candidate_standing",
        )
        .expr_as(
            Expr::col((Alias::new("first"), referral::Column::Id)),
            "first_id",
        )
        .inner_join(
            company::Entity,
            Expr::col((company::Entity, company::Column::Id))
                .equals((opportunity::Entity, opportunity::Column::CompanyId)),
        )
        .join_subquery(
            JoinType::LeftJoin,
            person(Some(referrer)),
            Alias::new("referrer"),
            same_company("referrer"),
        )
        .join_subquery(
            JoinType::LeftJoin,
            person(alumnus),
            Alias::new("candidate"),
            same_company("candidate"),
        )
        .join_as(
            JoinType::LeftJoin,
            referral::Entity,
            Alias::new("first"),
            stands,
        )
        .lock_with_tables(LockType::Share, [opportunity::Entity]);
    let row = transaction.query_one(&rows).await?;
    Ok(row
        .map(|row| Ground::from_query_result(&row, ""))
        .transpose()?)
}

/// Whether a write failed because the candidate was referred for the opportunity concurrently. The unique index waits for the other transaction.
pub fn another_was_first(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(index)) if index.contains("referral_once"))
}

/// Referrals of a person, and of external candidates with one of these keys, locked, regardless of the viewer.
pub async fn of_candidate_whoever_asks(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    company: CompanyId,
    person: PersonId,
    keys: Vec<String>,
) -> Result<Vec<referral::Model>> {
    use referral::{Column, Entity};
    let theirs = Expr::col((Entity, Column::CandidateId))
        .eq(person)
        .or(Expr::col((Entity, Column::CandidateId))
            .is_null()
            .and(Expr::col((Entity, Column::CandidateKey)).is_in(keys)));
    locked::<Entity>(scope, transaction, company, Column::Id, theirs).await
}

/// Referrals of external candidates that were closed before a time and still contain candidate data, locked, regardless of the viewer. At most a
/// thousand.
pub async fn outsiders_before_whoever_asks(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    company: CompanyId,
    before: DateTime<Utc>,
) -> Result<Vec<referral::Model>> {
    use referral::{Column, Entity};
    let told = Expr::col((Entity, Column::CandidateId))
        .is_null()
        .and(Expr::col((Entity, Column::ClosedAt)).lt(before))
        .and(Expr::col((Entity, Column::CandidateEmail)).is_not_null());
    locked::<Entity>(scope, transaction, company, Column::Id, told).await
}

/// One referral, locked, regardless of the viewer.
pub async fn one_whoever_asks(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    company: CompanyId,
    id: ReferralId,
) -> Result<Vec<referral::Model>> {
    use referral::{Column, Entity};
    let this = Expr::col((Entity, Column::Id)).eq(id);
    locked::<Entity>(scope, transaction, company, Column::Id, this).await
}

/// Rows of one company in the order of their ids, locked until the transaction ends, regardless of the viewer. At most a thousand.
async fn locked<E: Tenant>(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    company: CompanyId,
    id: E::Column,
    which: SimpleExpr,
) -> Result<Vec<E::Model>>
where
    E::Model: FromQueryResult,
{
    let mut rows = Query::select()
        .column((E::default(), Asterisk))
        .from(E::default())
        .and_where(Expr::col((E::default(), E::COMPANY)).eq(company))
        .and_where(which)
        .order_by((E::default(), id), Order::Asc)
        .limit(1_000)
        .to_owned();
    if scope.backend() == DbBackend::Postgres {
        rows.lock(LockType::Update);
    }
    let rows = transaction.query_all(&rows).await?;
    Ok(rows
        .iter()
        .map(|row| E::Model::from_query_result(row, ""))
        .collect::<Result<_, DbErr>>()?)
}

/// Empties what was noted on a referral's way.
pub async fn empty_notes(
    transaction: &impl ConnectionTrait,
    referral: &referral::Model,
) -> Result<()> {
    use referral_step::{Column, Entity};
    Entity::update_many()
        .col_expr(Column::Note, Expr::value(None::<String>))
        .filter(Column::CompanyId.eq(referral.company_id))
        .filter(Column::ReferralId.eq(referral.id))
        .exec(transaction)
        .await?;
    Ok(())
}
