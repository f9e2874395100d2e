//! Root writes of API keys.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::ApiKeyId;

use super::actions::{self, NewApiKey};
use super::api_key::ServiceScope;
use super::types::ApiKey;
use crate::error::{Error, Refusal};
use crate::graphql::id::Gid;
use crate::graphql::scope;
use crate::payload;

/// An API key to create.
#[derive(InputObject)]
pub struct ApiKeyCreateInput {
    /// Name of the key. At most 100 characters.
    name: String,
    /// Scopes of the key. At least one; no scope includes another.
    scopes: Vec<ServiceScope>,
    /// When the key expires, in the future. Null: never.
    expires_at: Option<DateTime<Utc>>,
}

/// An API key to revoke.
#[derive(InputObject)]
pub struct ApiKeyRevokeInput {
    /// Id of the API key.
    id: Gid<ApiKeyId>,
}

/// Result of `apiKeyCreate`.
#[derive(SimpleObject)]
pub struct ApiKeyCreatePayload {
    /// The created API key. Null if the input was rejected.
    api_key: Option<ApiKey>,
    /// The key itself, for `Authorization: Bearer …`. Returned only once; only its hash is stored. Null if the input was rejected.
    secret: Option<String>,
    /// Validation errors. Empty on success; otherwise nothing was changed.
    user_errors: Vec<Refusal>,
}

payload!(
    /// Result of `apiKeyRevoke`.
    ApiKeyRevokePayload {
        /// The API key after the change. Null if the input was rejected.
        api_key: ApiKey,
    }
);

#[derive(Default)]
pub struct AccessMutation;

#[Object]
impl AccessMutation {
    /// Creates an API key for another system that acts for the company. Requires `api-keys:manage`.
    async fn api_key_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The API key to create.")] input: ApiKeyCreateInput,
    ) -> Result<ApiKeyCreatePayload> {
        let ApiKeyCreateInput {
            name,
            scopes,
            expires_at,
        } = input;
        let new = NewApiKey {
            name,
            scopes,
            expires_at,
        };
        match actions::create(scope(ctx)?, new).await {
            Ok((key, secret)) => Ok(ApiKeyCreatePayload {
                api_key: Some(key.into()),
                secret: Some(secret.reveal().to_owned()),
                user_errors: vec![],
            }),
            Err(Error::Refused(user_errors)) => Ok(ApiKeyCreatePayload {
                api_key: None,
                secret: None,
                user_errors,
            }),
            Err(error) => Err(error.into()),
        }
    }

    /// Revokes an API key. Effective immediately on this instance and within ten seconds on others. No change if already revoked. Requires `api-keys:manage`.
    async fn api_key_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The API key to revoke.")] input: ApiKeyRevokeInput,
    ) -> Result<ApiKeyRevokePayload> {
        ApiKeyRevokePayload::of(actions::revoke(scope(ctx)?, input.id.0).await)
    }
}
