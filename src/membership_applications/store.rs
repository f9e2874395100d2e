//! Applications in the database. Those who review them read through the scope; the applicant's own are found by the login.

use chrono::{DateTime, Utc};
use entity::{
    CompanyId, MembershipApplicationId, MembershipApplicationState as State, PersonId, account,
    company, membership_application,
};
use sea_orm::sea_query::{Expr, ExprTrait, LockType, Query, SelectStatement};
use sea_orm::{
    ActiveEnum, ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult,
    QueryFilter, QueryOrder, QuerySelect,
};

use super::types::MembershipApplication;
use crate::access::{Identity, Permission};
use crate::error::{Error, Result};
use crate::graphql::connection::{Page, WantedOf};
use crate::graphql::node::read_page;
use crate::scope::{Scope, Scoped};

/// Most of an applicant's own applications that are returned.
const MOST_OWN: u64 = 100;

/// For those who invite alumni.
impl Scoped for membership_application::Entity {
    fn visible(scope: &Scope, rows: &mut SelectStatement) {
        if !(scope.may(Permission::AlumniWrite) && scope.may(Permission::AlumniRead)) {
            rows.and_where(Expr::cust("1 = 0"));
        }
    }
}

/// Refuses a viewer who may not review applications.
pub fn require(scope: &Scope) -> Result<()> {
    scope.require(Permission::AlumniWrite)?;
    scope.require(Permission::AlumniRead)
}

/// The company's applications. Requires `alumni:write` and `alumni:read`.
pub async fn list(
    scope: &Scope,
    wanted: &WantedOf<MembershipApplication>,
) -> Result<Page<MembershipApplication>> {
    require(scope)?;
    let rows = scope.rows::<membership_application::Entity>();
    read_page(scope, rows, wanted).await
}

/// An application's row; not found if it does not exist for the viewer.
pub async fn get(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    id: MembershipApplicationId,
) -> Result<membership_application::Model> {
    use membership_application::{Column, Entity, Model};
    let mut rows = scope.rows::<Entity>();
    rows.and_where(Expr::col((Entity, Column::Id)).eq(id));
    let row = connection.query_one(&rows).await?.ok_or(Error::NotFound)?;
    Ok(Model::from_query_result(&row, "")?)
}

/// The same, locked until the transaction ends.
pub async fn get_for_update(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    id: MembershipApplicationId,
) -> Result<membership_application::Model> {
    use membership_application::{Column, Entity};
    scope
        .get_for_update::<Entity>(transaction, Column::Id, id.0)
        .await
}

/// An applicant's own application, locked until the transaction ends; not found if it is another login's.
#[expect(
    clippy::disallowed_methods,
    reason = "an applicant has no scope in the company"
)]
pub async fn own_for_update(
    transaction: &impl ConnectionTrait,
    id: MembershipApplicationId,
    login: &Identity,
) -> Result<membership_application::Model> {
    use membership_application::{Column, Entity};
    let mut rows = Entity::find_by_id(id)
        .filter(Column::Issuer.eq(login.issuer.as_str()))
        .filter(Column::Subject.eq(login.subject.as_str()));
    if transaction.get_database_backend() == DbBackend::Postgres {
        rows = rows.lock(LockType::Update);
    }
    let found = rows.one(transaction).await?;
    found
        .filter(|row| login.binding.allows(Some(row.company_id)))
        .ok_or(Error::NotFound)
}

/// An applicant's own applications with their companies, newest first: to one company, or to every company that accepts the login.
#[expect(
    clippy::disallowed_methods,
    reason = "an applicant has no scope in the company"
)]
pub async fn own(
    connection: &impl ConnectionTrait,
    company: Option<CompanyId>,
    login: &Identity,
) -> Result<Vec<(membership_application::Model, company::Model)>> {
    use membership_application::{Column, Entity};
    let rows = Entity::find()
        .filter(Column::Issuer.eq(login.issuer.as_str()))
        .filter(Column::Subject.eq(login.subject.as_str()))
        .filter(Condition::all().add_option(company.map(|company| Column::CompanyId.eq(company))))
        .order_by_desc(Column::Id)
        .limit(MOST_OWN)
        .all(connection)
        .await?;
    let companies = company::Entity::find()
        .filter(company::Column::Id.is_in(rows.iter().map(|row| row.company_id)))
        .all(connection)
        .await?;
    let with_company = |row: membership_application::Model| {
        if !login.binding.allows(Some(row.company_id)) {
            return None;
        }
        let company = companies
            .iter()
            .find(|company| company.id == row.company_id)?;
        Some((row, company.clone()))
    };
    Ok(rows.into_iter().filter_map(with_company).collect())
}

/// The ids of rejected and withdrawn applications of the company that last changed before an instant; at most so many.
#[expect(
    clippy::disallowed_methods,
    reason = "the service's own work in one company"
)]
pub async fn ended_before(
    connection: &impl ConnectionTrait,
    company: CompanyId,
    instant: DateTime<Utc>,
    most: u64,
) -> Result<Vec<membership_application::Model>> {
    use membership_application::{Column, Entity};
    let ended = [State::Rejected, State::Withdrawn].map(|state| format!("'{}'", state.to_value()));
    Ok(Entity::find()
        .filter(Column::CompanyId.eq(company))
        .filter(Column::UpdatedAt.lte(instant))
        // as the partial index has it
        .filter(Expr::cust(format!(
            "\"membership_application\".\"state\" IN ({})",
            ended.join(", ")
        )))
        .order_by_asc(Column::UpdatedAt)
        .limit(most)
        .all(connection)
        .await?)
}

/// Every application that was approved for a person, or made by one of the person's logins.
#[expect(
    clippy::disallowed_methods,
    reason = "a person's applications are theirs, visible to the viewer or not"
)]
pub async fn of_person(
    connection: &impl ConnectionTrait,
    company: CompanyId,
    person: PersonId,
) -> Result<Vec<membership_application::Model>> {
    use membership_application::{Column, Entity};
    let own = |column: Column| Expr::col((Entity, column));
    let login = Query::select()
        .expr(Expr::cust("1"))
        .from(account::Entity)
        .and_where(Expr::col((account::Entity, account::Column::CompanyId)).eq(company))
        .and_where(Expr::col((account::Entity, account::Column::PersonId)).eq(person))
        .and_where(Expr::col((account::Entity, account::Column::Issuer)).eq(own(Column::Issuer)))
        .and_where(Expr::col((account::Entity, account::Column::Subject)).eq(own(Column::Subject)))
        .to_owned();
    Ok(Entity::find()
        .filter(Column::CompanyId.eq(company))
        .filter(
            Condition::any()
                .add(Column::PersonId.eq(person))
                .add(Expr::exists(login)),
        )
        .all(connection)
        .await?)
}

/// Deletes applications.
pub fn deletion(
    company: CompanyId,
    ids: &[MembershipApplicationId],
) -> sea_orm::sea_query::DeleteStatement {
    use membership_application::{Column, Entity};
    Query::delete()
        .from_table(Entity)
        .and_where(Expr::col(Column::CompanyId).eq(company))
        .and_where(Expr::col(Column::Id).is_in(ids.iter().copied()))
        .to_owned()
}
