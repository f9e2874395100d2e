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

/// An API key to make.
#[derive(InputObject)]
pub struct ApiKeyCreateInput {
    /// What it is for, as the company calls it. At most 100 characters.
    name: String,
    /// What it may do. At least one; none includes another.
    scopes: Vec<ServiceScope>,
    /// From when on it no longer works, in the future; null: no end.
    expires_at: Option<DateTime<Utc>>,
}

/// An API key to revoke.
#[derive(InputObject)]
pub struct ApiKeyRevokeInput {
    /// Which key.
    id: Gid<ApiKeyId>,
}

/// What `apiKeyCreate` came to.
#[derive(SimpleObject)]
pub struct ApiKeyCreatePayload {
    /// The key made; null where the input was refused.
    api_key: Option<ApiKey>,
    /// The key itself, for `Authorization: Bearer …`. Shown this once: only its hash is kept. Null where the input was refused.
    secret: Option<String>,
    /// Why the input was refused, one entry a fault; empty where it was done. Where it is not empty nothing was changed.
    user_errors: Vec<Refusal>,
}

payload!(
    /// What `apiKeyRevoke` came to.
    ApiKeyRevokePayload {
        /// The key as it is now; null where the input was refused.
        api_key: ApiKey,
    }
);

/// Root writes of API keys.
#[derive(Default)]
pub struct AccessMutation;

#[Object]
impl AccessMutation {
    /// Makes an API key, with which another system asks in the company's name. Requires `api-keys:manage`.
    async fn api_key_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The key to make.")] input: ApiKeyCreateInput,
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

    /// Revokes an API key: at once in the process that is asked, within ten seconds everywhere. A revoked one stays as it is. Requires `api-keys:manage`.
    async fn api_key_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which key.")] input: ApiKeyRevokeInput,
    ) -> Result<ApiKeyRevokePayload> {
        ApiKeyRevokePayload::of(actions::revoke(scope(ctx)?, input.id.0).await)
    }
}
