//! An API key as a client sees one: everything but the key itself and its hash.

use async_graphql::Object;
use chrono::{DateTime, Utc};
use entity::{ApiKeyId, Scopes, api_key};

use super::api_key::ServiceScope;
use super::filter::{ApiKeyFilter, ApiKeyOrder};
use crate::graphql::ahead::Ahead;
use crate::graphql::id::Gid;
use crate::graphql::level::{Edge, Level};
use crate::graphql::node::{Listed, Node, Tree};
use crate::graphql::shown::Shown;
use crate::row;

row!(
    ApiKey of api_key {
        id: ApiKeyId = Id,
        name: String = Name,
        lookup: String = Lookup,
        scopes: Scopes = Scopes,
        expires_at: Option<DateTime<Utc>> = ExpiresAt,
        revoked_at: Option<DateTime<Utc>> = RevokedAt,
        created_at: DateTime<Utc> = CreatedAt,
    }
);

impl Tree for ApiKey {
    type Wants = ();

    fn ahead(_: &Ahead<'_>) {}

    fn edges((): &(), _: Level<'_>) -> Vec<Edge> {
        vec![]
    }
}

impl Node for ApiKey {
    type Id = ApiKeyId;
    const ID: api_key::Column = api_key::Column::Id;

    fn id(&self) -> ApiKeyId {
        self.id
    }
}

impl Shown for ApiKey {}

impl Listed for ApiKey {
    type Filter = ApiKeyFilter;
    type Order = ApiKeyOrder;

    fn sort_values(&self, _: ApiKeyOrder) -> Vec<String> {
        vec![]
    }
}

/// An API key of another system that acts for the company. The key itself is returned once, on creation, and never stored. Requires `api-keys:manage`.
#[Object]
impl ApiKey {
    /// Id.
    pub async fn id(&self) -> Gid<ApiKeyId> {
        Gid(self.id)
    }

    /// Name of the key.
    async fn name(&self) -> &str {
        &self.name
    }

    /// First characters of the key, to identify it. Not secret.
    async fn prefix(&self) -> String {
        format!("ak_{}", self.lookup)
    }

    /// Scopes of the key.
    async fn scopes(&self) -> Vec<ServiceScope> {
        let scopes = self.scopes.0.iter();
        scopes.filter_map(|scope| scope.parse().ok()).collect()
    }

    /// When the key expires. Null: never.
    async fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.expires_at
    }

    /// When the key was revoked. Null if it is not revoked.
    async fn revoked_at(&self) -> Option<DateTime<Utc>> {
        self.revoked_at
    }

    /// Time of creation.
    async fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }
}
