//! The rows of identity providers. Tokens are verified before a viewer is known, so that reads for them have no scope.

use std::collections::HashMap;

use entity::{
    CompanyId, IdentityProviderId, IdentityProviderSource, PersonId, Standing, company,
    identity_provider, person,
};
use sea_orm::sea_query::{
    DeleteStatement, Expr, ExprTrait, Func, OnConflict, Query, SelectStatement,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel,
    QueryFilter, QueryOrder, SqlErr,
};

use super::types::IdentityProvider;
use crate::access::Permission;
use crate::database::Database;
use crate::error::{Error, Result};
use crate::graphql::connection::{Page, WantedOf};
use crate::graphql::node::read_page;
use crate::scope::{Scope, Scoped};

/// Visible to those who may read identity providers.
impl Scoped for identity_provider::Entity {
    fn visible(scope: &Scope, rows: &mut SelectStatement) {
        if !scope.may(Permission::IdentityProvidersRead) {
            rows.and_where(Expr::cust("1 = 0"));
        }
    }
}

/// The company's identity providers; all of them for an operator. Requires `identity-providers:read`.
pub async fn list(
    scope: &Scope,
    wanted: &WantedOf<IdentityProvider>,
) -> Result<Page<IdentityProvider>> {
    scope.require(Permission::IdentityProvidersRead)?;
    read_page(scope, scope.rows::<identity_provider::Entity>(), wanted).await
}

/// Those that the viewer tests tokens with: the company's, or the operator's for an operator. Oldest first.
pub async fn own(
    scope: &Scope,
    connection: &impl ConnectionTrait,
) -> Result<Vec<identity_provider::Model>> {
    let mut rows = scope.rows::<identity_provider::Entity>();
    let company = Expr::col((
        identity_provider::Entity,
        identity_provider::Column::CompanyId,
    ));
    rows.and_where(match scope.only_company() {
        Some(own) => company.eq(own),
        None => company.is_null(),
    });
    rows.order_by(
        (
            identity_provider::Entity,
            identity_provider::Column::CreatedAt,
        ),
        sea_orm::Order::Asc,
    )
    .order_by(
        (identity_provider::Entity, identity_provider::Column::Id),
        sea_orm::Order::Asc,
    );
    let rows = connection.query_all(&rows).await?;
    let read = |row| identity_provider::Model::from_query_result(row, "");
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

/// A row, locked until the transaction ends.
pub async fn get_for_update(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    id: IdentityProviderId,
) -> Result<identity_provider::Model> {
    scope
        .get_for_update::<identity_provider::Entity>(
            transaction,
            identity_provider::Column::Id,
            id.0,
        )
        .await
}

/// Deletes a row.
#[must_use]
pub fn deletion(id: IdentityProviderId) -> DeleteStatement {
    Query::delete()
        .from_table(identity_provider::Entity)
        .and_where(Expr::col(identity_provider::Column::Id).eq(id))
        .take()
}

/// Whether a write failed because another provider of the company has the name.
pub fn name_is_taken(error: &sea_orm::DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

/// The claim by which a first sign-in is matched to an employee.
#[derive(Clone, Copy, Debug)]
pub enum EmployeeClaim<'c> {
    /// A verified e-mail address.
    WorkEmail(&'c str),
    /// An employee number.
    Number(&'c str),
}

/// The current employees of the scope's company that match a claim; two at most.
pub async fn employees_by(scope: &Scope, claim: &EmployeeClaim<'_>) -> Result<Vec<PersonId>> {
    let scope = scope.as_service()?;
    let col = |column| Expr::col((person::Entity, column));
    let mut rows = scope.rows::<person::Entity>();
    rows.and_where(col(person::Column::Standing).eq(Standing::Employee));
    rows.and_where(match claim {
        // an address is typed in any case
        EmployeeClaim::WorkEmail(email) => {
            Expr::expr(Func::lower(col(person::Column::WorkEmail))).eq(email.to_lowercase())
        }
        EmployeeClaim::Number(number) => col(person::Column::EmployeeNumber).eq(*number),
    });
    rows.limit(2);
    let found = scope.database().reader().query_all(&rows).await?;
    let id = |row: &sea_orm::QueryResult| row.try_get::<PersonId>("", "id");
    Ok(found.iter().map(id).collect::<Result<_, _>>()?)
}

/// The rows that were created by mutation and are not disabled, of every company.
#[expect(
    clippy::disallowed_methods,
    reason = "there is no scope before a token is verified"
)]
pub async fn enabled_without_scope(database: &Database) -> Result<Vec<identity_provider::Model>> {
    Ok(identity_provider::Entity::find()
        .filter(identity_provider::Column::Source.eq(IdentityProviderSource::Database))
        .filter(identity_provider::Column::DisabledAt.is_null())
        .order_by_asc(identity_provider::Column::Id)
        .all(&database.reader())
        .await?)
}

/// The companies with these slugs.
#[expect(
    clippy::disallowed_methods,
    reason = "there is no scope before a token is verified"
)]
pub async fn companies_without_scope(
    database: &Database,
    slugs: &[&str],
) -> Result<HashMap<String, CompanyId>> {
    if slugs.is_empty() {
        return Ok(HashMap::new());
    }
    let found = company::Entity::find()
        .filter(company::Column::Slug.is_in(slugs.iter().copied()))
        .all(&database.reader())
        .await?;
    Ok(found.into_iter().map(|row| (row.slug, row.id)).collect())
}

/// Makes the rows of the configuration file those given: they are for display, tokens are verified by the file. With `all`, others go.
#[expect(
    clippy::disallowed_methods,
    reason = "the configuration file is of no company"
)]
pub async fn publish_without_scope(
    database: &Database,
    rows: Vec<identity_provider::Model>,
    all: bool,
) -> Result<()> {
    use identity_provider::{Column, Entity, Model};
    let transaction = database.begin().await?;
    let stored: Vec<Model> = Entity::find()
        .filter(Column::Source.eq(IdentityProviderSource::Configuration))
        .all(&transaction)
        .await?;
    if all {
        let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
        let gone = stored.iter().filter(|row| !ids.contains(&row.id));
        let gone: Vec<_> = gone.map(|row| row.id).collect();
        if !gone.is_empty() {
            Entity::delete_many()
                .filter(Column::Id.is_in(gone))
                .exec(&transaction)
                .await?;
        }
    }
    for row in rows {
        match stored.iter().find(|stored| stored.id == row.id) {
            Some(stored) => {
                let now = row.updated_at;
                let mut row = Model {
                    disabled_at: match (stored.disabled_at, row.disabled_at) {
                        (Some(since), Some(_)) => Some(since),
                        (_, disabled_at) => disabled_at,
                    },
                    created_at: stored.created_at,
                    updated_at: stored.updated_at,
                    version: stored.version,
                    ..row
                };
                if row != *stored {
                    (row.updated_at, row.version) = (now, stored.version + 1);
                    let row = row.into_active_model().reset_all();
                    row.update(&transaction).await?;
                }
            }
            None => {
                // another instance may be at it
                Entity::insert(row.into_active_model())
                    .on_conflict(OnConflict::new().do_nothing().to_owned())
                    .exec_without_returning(&transaction)
                    .await?;
            }
        }
    }
    transaction.commit().await.map_err(Error::from)
}
