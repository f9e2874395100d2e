//! Invitations in the database.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use entity::{CompanyId, Id, InvitationId, InvitationKind, PersonId, company, invitation, person};
use sea_orm::sea_query::{Expr, ExprTrait, LockType, SelectStatement};
use sea_orm::{
    ActiveEnum, ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect,
};

use super::types::Invitation;
use crate::access::permission::Permission;
use crate::database::{Database, among};
use crate::error::Result;
use crate::graphql::connection::{Page, WantedOf};
use crate::graphql::node::read_page;
use crate::scope::{Scope, Scoped};
use crate::writes::Writes;

/// Invitations to accounts for those who manage accounts, invitations to memberships for those who invite alumni.
impl Scoped for invitation::Entity {
    fn visible(scope: &Scope, rows: &mut SelectStatement) {
        let kind =
            |kind: InvitationKind| Expr::col((Self, invitation::Column::Kind)).eq(kind.to_value());
        let mut seen = Condition::any().add(Expr::cust("1 = 0"));
        if scope.may(Permission::AccountsManage) {
            seen = seen.add(kind(InvitationKind::Account));
        }
        if scope.may(Permission::AlumniWrite) && scope.may(Permission::AlumniRead) {
            seen = seen.add(kind(InvitationKind::Membership));
        }
        rows.cond_where(seen);
    }
}

/// Refuses a viewer who may see no invitation at all.
pub fn require(scope: &Scope) -> Result<()> {
    if scope.may(Permission::AlumniWrite) && scope.may(Permission::AlumniRead) {
        return Ok(());
    }
    scope.require(Permission::AccountsManage)
}

/// The company's invitations as far as the viewer may see them. Requires `accounts:manage`, or `alumni:write` and `alumni:read`.
pub async fn list(scope: &Scope, wanted: &WantedOf<Invitation>) -> Result<Page<Invitation>> {
    require(scope)?;
    read_page(scope, scope.rows::<invitation::Entity>(), wanted).await
}

/// An invitation's row, locked until the transaction ends; not found if it does not exist for the viewer.
pub async fn get_for_update(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    id: InvitationId,
) -> Result<invitation::Model> {
    scope
        .get_for_update::<invitation::Entity>(transaction, invitation::Column::Id, id.0)
        .await
}

/// An invitation by the id in a link, whichever company it belongs to, with that company.
#[expect(
    clippy::disallowed_methods,
    reason = "the link says which row, and its holder has no scope in the company yet"
)]
pub async fn linked_without_scope(
    database: &Database,
    id: InvitationId,
) -> Result<Option<(invitation::Model, Option<company::Model>)>> {
    let connection = database.reader();
    let Some(found) = invitation::Entity::find_by_id(id).one(&connection).await? else {
        return Ok(None);
    };
    let company = match found.company_id {
        Some(company) => {
            company::Entity::find_by_id(company)
                .one(&connection)
                .await?
        }
        None => None,
    };
    Ok(Some((found, company)))
}

/// The same row, locked until the transaction ends.
#[expect(
    clippy::disallowed_methods,
    reason = "the link says which row, and its holder has no scope in the company yet"
)]
pub async fn linked_for_update(
    transaction: &impl ConnectionTrait,
    id: InvitationId,
) -> Result<Option<invitation::Model>> {
    let mut rows = invitation::Entity::find_by_id(id);
    if transaction.get_database_backend() == DbBackend::Postgres {
        rows = rows.lock(LockType::Update);
    }
    Ok(rows.one(transaction).await?)
}

/// The open or expired invitations of people to memberships, locked in the order of their ids.
#[expect(
    clippy::disallowed_methods,
    reason = "invitations of people in hand, visible to the viewer or not"
)]
pub async fn unanswered_for_update(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    company: CompanyId,
    people: &[PersonId],
) -> Result<Vec<invitation::Model>> {
    let ids: Vec<uuid::Uuid> = people.iter().map(|person| person.0).collect();
    let mut rows = invitation::Entity::find()
        .filter(invitation::Column::CompanyId.eq(company))
        .filter(invitation::Column::Kind.eq(InvitationKind::Membership))
        .filter(invitation::Column::AcceptedAt.is_null())
        .filter(invitation::Column::RevokedAt.is_null())
        .filter(among(
            scope.backend(),
            Expr::col(invitation::Column::PersonId),
            ids,
        ))
        .order_by_asc(invitation::Column::Id);
    if scope.backend() == DbBackend::Postgres {
        rows = rows.lock(LockType::Update);
    }
    Ok(rows.all(transaction).await?)
}

/// The open invitation to a membership of the company that only this login may use; the latest if there are several.
#[expect(
    clippy::disallowed_methods,
    reason = "the login has no scope in the company yet"
)]
pub async fn open_of_login(
    connection: &impl ConnectionTrait,
    company: CompanyId,
    (issuer, subject): (&str, &str),
    now: DateTime<Utc>,
) -> Result<Option<invitation::Model>> {
    Ok(invitation::Entity::find()
        .filter(invitation::Column::CompanyId.eq(company))
        .filter(invitation::Column::Kind.eq(InvitationKind::Membership))
        .filter(invitation::Column::Issuer.eq(issuer))
        .filter(invitation::Column::Subject.eq(subject))
        .filter(invitation::Column::AcceptedAt.is_null())
        .filter(invitation::Column::RevokedAt.is_null())
        .filter(invitation::Column::ExpiresAt.gt(now))
        .order_by_desc(invitation::Column::Id)
        .one(connection)
        .await?)
}

/// Adds to the writes what a new link changes of invitations; all of them are locked.
pub fn put_renewed(writes: &mut Writes, rows: Vec<invitation::Model>) {
    use invitation::Column as C;
    let rows: Vec<invitation::ActiveModel> = rows.into_iter().map(Into::into).collect();
    let changed = [
        C::Email,
        C::Issuer,
        C::Subject,
        C::LinkHash,
        C::SentAt,
        C::SentCount,
        C::ExpiresAt,
        C::UpdatedAt,
        C::Version,
    ];
    writes.edit(&rows, C::Id, &changed, &[]);
}

/// A person's row of the scope's company, visible to the viewer or not.
pub async fn person(
    connection: &impl ConnectionTrait,
    company: CompanyId,
    id: PersonId,
) -> Result<Option<person::Model>> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the invitation names the person, visible to the viewer or not"
    )]
    let found = person::Entity::find_by_id(id)
        .filter(person::Column::CompanyId.eq(company))
        .one(connection)
        .await?;
    Ok(found)
}

/// People of the company by their ids, visible to the viewer or not.
#[expect(
    clippy::disallowed_methods,
    reason = "the invitations name the people, visible to the viewer or not"
)]
pub async fn people(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    company: CompanyId,
    ids: &[PersonId],
) -> Result<HashMap<PersonId, person::Model>> {
    let ids = ids.iter().map(|person| person.0).collect();
    let found = person::Entity::find()
        .filter(person::Column::CompanyId.eq(company))
        .filter(among(scope.backend(), Expr::col(person::Column::Id), ids));
    let found = found.all(connection).await?.into_iter();
    Ok(found.map(|person| (person.id, person)).collect())
}

/// A company by its id, for an action that has it already.
#[expect(
    clippy::disallowed_methods,
    reason = "the invitation names the company, and an operator has no scope in it"
)]
pub async fn company(
    connection: &impl ConnectionTrait,
    id: CompanyId,
) -> Result<Option<company::Model>> {
    Ok(company::Entity::find_by_id(id).one(connection).await?)
}

/// A company by its slug or id, for the command line and for a login that names one.
#[expect(
    clippy::disallowed_methods,
    reason = "there is no scope before the company is known"
)]
pub async fn company_named(
    connection: &impl ConnectionTrait,
    named: &str,
) -> Result<Option<company::Model>> {
    let condition = match CompanyId::parse(named) {
        Some(id) => company::Column::Id.eq(id),
        None => company::Column::Slug.eq(named),
    };
    let found = company::Entity::find().filter(condition);
    Ok(found.one(connection).await?)
}
