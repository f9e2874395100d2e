//! Logins and keys: looked up before anybody is known, the only reads without a scope, and kept by those who manage keys.

use entity::{ApiKeyId, api_key};
use sea_orm::sea_query::{Expr, SelectStatement};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
};

use super::permission::Permission;
use super::types::ApiKey;
use crate::database::Database;
use crate::error::Result;
use crate::graphql::connection::{Page, WantedOf};
use crate::graphql::node::read_page;
use crate::scope::{Scope, Scoped};

/// For those who manage keys.
impl Scoped for api_key::Entity {
    fn visible(scope: &Scope, rows: &mut SelectStatement) {
        if !scope.may(Permission::ApiKeysManage) {
            rows.and_where(Expr::cust("1 = 0"));
        }
    }
}

/// The company's keys. Requires `api-keys:manage`.
pub async fn list(scope: &Scope, wanted: &WantedOf<ApiKey>) -> Result<Page<ApiKey>> {
    scope.require(Permission::ApiKeysManage)?;
    read_page(scope, scope.rows::<api_key::Entity>(), wanted).await
}

/// A key's row, locked until the transaction ends.
pub async fn get_for_update(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    id: ApiKeyId,
) -> Result<api_key::Model> {
    scope
        .get_for_update::<api_key::Entity>(transaction, api_key::Column::Id, id.0)
        .await
}

/// Keeps a new key.
pub async fn insert(transaction: &impl ConnectionTrait, model: api_key::Model) -> Result<()> {
    api_key::Entity::insert(model.into_active_model())
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

/// Writes a key's row as it is now.
pub async fn write(
    transaction: &impl ConnectionTrait,
    model: api_key::Model,
) -> Result<api_key::Model> {
    Ok(model
        .into_active_model()
        .reset_all()
        .update(transaction)
        .await?)
}

/// The API key with a public part, whichever company it belongs to.
#[expect(
    clippy::disallowed_methods,
    reason = "there is no scope before the key is known"
)]
pub async fn api_key_by_lookup(
    database: &Database,
    lookup: &str,
) -> Result<Option<api_key::Model>> {
    Ok(api_key::Entity::find()
        .filter(api_key::Column::Lookup.eq(lookup))
        .one(&database.reader())
        .await?)
}
