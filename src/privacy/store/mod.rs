//! Which data requests a viewer sees, the lists of them, and the rules and tombstones around them.

pub mod held;
mod links;
mod retention;
pub mod scrub;
pub mod tables;
mod tombstones;
pub mod whole;

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    CompanyId, DataRequestId, DataRequestKind, DataRequestState, MembershipState, PersonId,
    SkillId, Standing, WorkerSyncStatus, company, data_request, external_identity, membership,
    person, person_skill, retention_policy, skill, sync_run, sync_run_result,
};
use sea_orm::sea_query::{Expr, ExprTrait, LockType, OnConflict, Order, Query, SelectStatement};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult,
    IntoActiveModel, QueryFilter,
};

use self::held::Whose;
pub use self::links::{Linked, linked_without_scope, use_link};
pub use self::retention::{drop_requests, ended_members, never_joined, no_longer_kept};
pub use self::tombstones::{known_by, put_tombstones, suppressed_since};
use super::rules::Policy;
use super::types::DataRequest;
use crate::access::Permission;
use crate::alumni::own;
use crate::error::{Error, Result};
use crate::graphql::connection::{Page, WantedOf};
use crate::graphql::node::read_page;
use crate::scope::{Scope, Scoped};

/// For those who handle them, and one's own.
impl Scoped for data_request::Entity {
    fn visible(scope: &Scope, rows: &mut SelectStatement) {
        if !scope.may(Permission::DataRequestsManage) {
            rows.and_where(own(scope, (Self, data_request::Column::PersonId)));
        }
    }
}

/// For those who handle data requests.
impl Scoped for retention_policy::Entity {
    fn visible(scope: &Scope, rows: &mut SelectStatement) {
        if !scope.may(Permission::DataRequestsManage) {
            rows.and_where(Expr::cust("1 = 0"));
        }
    }
}

/// The company's data requests. Requires `data-requests:manage`.
pub async fn list(scope: &Scope, wanted: &WantedOf<DataRequest>) -> Result<Page<DataRequest>> {
    scope.require(Permission::DataRequestsManage)?;
    read_page(scope, scope.rows::<data_request::Entity>(), wanted).await
}

/// The viewer's own data requests; none where the viewer is no person.
pub async fn own_requests(
    scope: &Scope,
    wanted: &WantedOf<DataRequest>,
) -> Result<Page<DataRequest>> {
    if scope.viewer().person().is_none() {
        return Ok(Page::default());
    }
    let mut rows = scope.rows::<data_request::Entity>();
    rows.and_where(own(
        scope,
        (data_request::Entity, data_request::Column::PersonId),
    ));
    read_page(scope, rows, wanted).await
}

/// A request's row, locked until the transaction ends; not found where it does not exist for the viewer.
pub async fn get_for_update(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    id: DataRequestId,
) -> Result<data_request::Model> {
    scope
        .get_for_update::<data_request::Entity>(transaction, data_request::Column::Id, id.0)
        .await
}

/// A person's row, locked until the transaction ends; not found where they do not exist for the viewer.
pub async fn person_for_update(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    id: PersonId,
) -> Result<person::Model> {
    scope
        .get_for_update::<person::Entity>(transaction, person::Column::Id, id.0)
        .await
}

/// A person's latest request of a kind in a state, as the viewer sees them.
pub async fn latest(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    person: PersonId,
    kind: DataRequestKind,
    state: DataRequestState,
) -> Result<Option<data_request::Model>> {
    use data_request::{Column, Entity};
    let mut rows = scope.rows::<Entity>();
    rows.and_where(Expr::col((Entity, Column::PersonId)).eq(person))
        .and_where(Expr::col((Entity, Column::Kind)).eq(kind.to_value()))
        .and_where(Expr::col((Entity, Column::State)).eq(state.to_value()))
        .order_by((Entity, Column::Id), Order::Desc)
        .limit(1);
    let row = transaction.query_one(&rows).await?;
    Ok(row
        .map(|row| data_request::Model::from_query_result(&row, ""))
        .transpose()?)
}

/// How many of a person's requests are open, as the viewer sees them.
pub async fn count_open(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    person: PersonId,
) -> Result<usize> {
    use data_request::{Column, Entity};
    let mut rows = scope.rows::<Entity>();
    rows.clear_selects()
        .column((Entity, Column::Id))
        .and_where(Expr::col((Entity, Column::PersonId)).eq(person))
        .and_where(Expr::col((Entity, Column::ClosedAt)).is_null());
    Ok(transaction.query_all(&rows).await?.len())
}

/// The scope's company.
pub async fn company(scope: &Scope, connection: &impl ConnectionTrait) -> Result<company::Model> {
    let mut rows = scope.rows::<company::Entity>();
    rows.and_where(Expr::col((company::Entity, company::Column::Id)).eq(scope.company()?));
    let row = connection.query_one(&rows).await?.ok_or(Error::NotFound)?;
    Ok(company::Model::from_query_result(&row, "")?)
}

/// A company's rules as they are stored, regardless of the viewer; null where it has said nothing.
#[expect(
    clippy::disallowed_methods,
    reason = "the rules hold for whatever is done, also by those who are not told of them"
)]
pub async fn policy_whoever_asks(
    connection: &impl ConnectionTrait,
    company: CompanyId,
) -> Result<Option<retention_policy::Model>> {
    Ok(retention_policy::Entity::find_by_id(company)
        .one(connection)
        .await?)
}

/// A company's rules, locked; made with the usual where it has said nothing yet.
pub async fn policy_for_update(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    company: CompanyId,
    salt: Vec<u8>,
) -> Result<retention_policy::Model> {
    let usual = Policy::default();
    let row = retention_policy::Model {
        company_id: company,
        employment_record_years: usual.employment_record_years,
        never_joined_months: usual.never_joined_months,
        ended_months: usual.ended_months,
        outside_candidate_months: usual.outside_candidate_months,
        data_request_months: usual.data_request_months,
        access_log_months: usual.access_log_months,
        salt,
        created_at: scope.now(),
        updated_at: scope.now(),
        version: usual.version,
    };
    retention_policy::Entity::insert(row.into_active_model())
        .on_conflict(
            OnConflict::column(retention_policy::Column::CompanyId)
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(transaction)
        .await?;
    let mut rows = Query::select()
        .column(sea_orm::sea_query::Asterisk)
        .from(retention_policy::Entity)
        .and_where(Expr::col(retention_policy::Column::CompanyId).eq(company))
        .to_owned();
    if scope.backend() == DbBackend::Postgres {
        rows.lock(LockType::Update);
    }
    let row = transaction.query_one(&rows).await?.ok_or(Error::NotFound)?;
    Ok(retention_policy::Model::from_query_result(&row, "")?)
}

/// Begins or ends a person's data being only kept.
pub async fn restrict(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    person: &person::Model,
    since: Option<DateTime<Utc>>,
) -> Result<()> {
    use person::Column;
    person::Entity::update_many()
        .col_expr(Column::RestrictedAt, Expr::value(since))
        .col_expr(Column::UpdatedAt, Expr::value(scope.now()))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::CompanyId.eq(person.company_id))
        .filter(Column::Id.eq(person.id))
        .exec(transaction)
        .await?;
    Ok(())
}

/// The scope's company, held so that no sync of it runs meanwhile.
pub async fn hold_company(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
) -> Result<company::Model> {
    let mut rows = scope.rows::<company::Entity>();
    rows.and_where(Expr::col((company::Entity, company::Column::Id)).eq(scope.company()?));
    if scope.backend() == DbBackend::Postgres {
        rows.lock(LockType::NoKeyUpdate);
    }
    let row = transaction.query_one(&rows).await?.ok_or(Error::NotFound)?;
    Ok(company::Model::from_query_result(&row, "")?)
}

/// Deletes results of sync runs that name a person by the id in the source alone: of rows that were refused. Says how many there were.
pub async fn delete_refused_results(
    transaction: &impl ConnectionTrait,
    whose: Whose,
) -> Result<i64> {
    let result = |column| Expr::col((sync_run_result::Entity, column));
    let run = |column| Expr::col((sync_run::Entity, column));
    let identity = |column| Expr::col((external_identity::Entity, column));
    let mut identities = Query::select();
    identities
        .from(external_identity::Entity)
        .and_where(identity(external_identity::Column::CompanyId).eq(whose.company))
        .and_where(identity(external_identity::Column::PersonId).eq(whose.person));
    let sources = identities
        .clone()
        .expr(identity(external_identity::Column::Source))
        .take();
    let runs = Query::select()
        .expr(run(sync_run::Column::Id))
        .from(sync_run::Entity)
        .and_where(run(sync_run::Column::CompanyId).eq(whose.company))
        .and_where(run(sync_run::Column::Source).in_subquery(sources))
        .to_owned();
    let ids = identities
        .expr(identity(external_identity::Column::ExternalId))
        .take();
    let refused = Query::delete()
        .from_table(sync_run_result::Entity)
        .and_where(result(sync_run_result::Column::CompanyId).eq(whose.company))
        .and_where(result(sync_run_result::Column::RunId).in_subquery(runs))
        .and_where(result(sync_run_result::Column::Status).eq(WorkerSyncStatus::Invalid.to_value()))
        .and_where(result(sync_run_result::Column::ExternalId).in_subquery(ids))
        .to_owned();
    let done = transaction.execute(&refused).await?;
    Ok(done.rows_affected().try_into().unwrap_or(i64::MAX))
}

/// The skills a person holds.
#[expect(
    clippy::disallowed_methods,
    reason = "all of a person's goes, whatever of it the viewer may see"
)]
pub async fn skills_of(connection: &impl ConnectionTrait, whose: Whose) -> Result<Vec<SkillId>> {
    use person_skill::Column;
    let rows = person_skill::Entity::find()
        .filter(Column::CompanyId.eq(whose.company))
        .filter(Column::PersonId.eq(whose.person));
    let rows = rows.all(connection).await?.into_iter();
    Ok(rows.map(|row| row.skill_id).collect())
}

/// Takes those of the skills away that nobody holds any more: a rare one tells who held it. Says which went.
#[expect(
    clippy::disallowed_methods,
    reason = "whether anybody holds a skill is asked of everybody"
)]
pub async fn drop_unheld_skills(
    transaction: &impl ConnectionTrait,
    whose: Whose,
    skills: &[SkillId],
) -> Result<Vec<SkillId>> {
    let held = person_skill::Entity::find()
        .filter(person_skill::Column::CompanyId.eq(whose.company))
        .filter(person_skill::Column::SkillId.is_in(skills.iter().copied()))
        .all(transaction)
        .await?;
    let unheld: Vec<SkillId> = skills
        .iter()
        .copied()
        .filter(|skill| !held.iter().any(|row| row.skill_id == *skill))
        .collect();
    skill::Entity::delete_many()
        .filter(skill::Column::CompanyId.eq(whose.company))
        .filter(skill::Column::Id.is_in(unheld.iter().copied()))
        .exec(transaction)
        .await?;
    Ok(unheld)
}

/// What is left of a person stands for nobody, and is shown to nobody but those who answer for it.
pub async fn mark_erased(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    whose: Whose,
    standing: Standing,
    left_on: Option<NaiveDate>,
) -> Result<()> {
    use person::Column;
    person::Entity::update_many()
        .col_expr(Column::Standing, Expr::value(standing.to_value()))
        .col_expr(Column::LeftOn, Expr::value(left_on))
        .col_expr(Column::RestrictedAt, Expr::value(scope.now()))
        .col_expr(Column::UpdatedAt, Expr::value(scope.now()))
        .filter(Column::CompanyId.eq(whose.company))
        .filter(Column::Id.eq(whose.person))
        .exec(transaction)
        .await?;
    Ok(())
}

/// The membership of somebody erased says so; they may have had none.
pub async fn end_membership(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    whose: Whose,
    state: MembershipState,
) -> Result<()> {
    use membership::Column;
    membership::Entity::update_many()
        .col_expr(Column::State, Expr::value(state.to_value()))
        .col_expr(Column::EndedAt, Expr::value(scope.now()))
        .col_expr(Column::UpdatedAt, Expr::value(scope.now()))
        .filter(Column::CompanyId.eq(whose.company))
        .filter(Column::PersonId.eq(whose.person))
        .exec(transaction)
        .await?;
    Ok(())
}
