//! What is done to API keys. The key itself leaves by the answer to its making and is written down nowhere.

use chrono::{DateTime, SubsecRound, Utc};
use entity::{ApiKeyId, Scopes, SubjectKind, api_key};

use super::api_key::{ApiKeySecret, ServiceScope};
use super::permission::Permission;
use super::store;
use crate::checks::Checks;
use crate::error::{Error, Result, UserErrorCode};
use crate::outbox::Change;
use crate::scope::Scope;

/// A key to be.
#[derive(Clone, Debug)]
pub struct NewApiKey {
    /// What it is for.
    pub name: String,
    /// What it may do; at least one.
    pub scopes: Vec<ServiceScope>,
    /// Until when it works; null: no end.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Makes a key, and shows it this once. Requires `api-keys:manage`.
pub async fn create(scope: &Scope, new: NewApiKey) -> Result<(api_key::Model, ApiKeySecret)> {
    scope.require(Permission::ApiKeysManage)?;
    let now = scope.now();
    let mut checks = Checks::default();
    let name = checks.line("name", &new.name, 100);
    let mut scopes = new.scopes;
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.is_empty() {
        checks.refuse(UserErrorCode::Required, "scopes", "must name at least one");
    }
    // both databases keep microseconds
    let expires_at = new.expires_at.map(|at| at.trunc_subsecs(6));
    if expires_at.is_some_and(|at| at <= now) {
        checks.refuse(
            UserErrorCode::Invalid,
            "expiresAt",
            "must lie in the future",
        );
    }
    checks.done()?;
    let secret = ApiKeySecret::generate().map_err(Error::internal)?;
    let model = api_key::Model {
        id: scope.new_id(),
        company_id: scope.company()?,
        name,
        lookup: secret.lookup().to_owned(),
        hash: secret.hash().to_vec(),
        scopes: Scopes(scopes.iter().map(ToString::to_string).collect()),
        expires_at,
        revoked_at: None,
        created_at: now,
    };
    let transaction = scope.begin().await?;
    store::insert(&*transaction, model.clone()).await?;
    transaction
        .record(vec![change(&model, "api_key.created")])
        .await?;
    transaction.commit().await?;
    Ok((model, secret))
}

/// Revokes a key; one that is revoked stays as it is. Requires `api-keys:manage`.
pub async fn revoke(scope: &Scope, id: ApiKeyId) -> Result<api_key::Model> {
    scope.require(Permission::ApiKeysManage)?;
    let transaction = scope.begin().await?;
    let found = store::get_for_update(scope, &*transaction, id).await?;
    if found.revoked_at.is_some() {
        return Ok(found);
    }
    let revoked = api_key::Model {
        revoked_at: Some(scope.now()),
        ..found
    };
    let revoked = store::write(&*transaction, revoked).await?;
    transaction
        .record(vec![change(&revoked, "api_key.revoked")])
        .await?;
    transaction.commit().await?;
    Ok(revoked)
}

fn change(key: &api_key::Model, kind: &'static str) -> Change {
    Change {
        company: key.company_id,
        kind,
        subject: SubjectKind::ApiKey,
        id: key.id.0,
        person: None,
        fields: vec![],
    }
}
