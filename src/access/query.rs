//! What the viewer learns about themselves.

use async_graphql::{Context, Enum, Object, Result};
use chrono::{DateTime, Utc};
use entity::Role;

use super::api_key::ServiceScope;
use super::permission::Permission;
use super::viewer::Viewer;
use crate::alumni::Person;
use crate::companies::Company;
use crate::graphql::{node, scope};

/// Root reads about the viewer.
#[derive(Default)]
pub struct AccessQuery;

#[Object]
impl AccessQuery {
    /// Who you are to this service. Needs no login.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Asking> {
        Ok(Asking(scope(ctx)?.viewer().clone()))
    }
}

/// What kind of viewer asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ViewerKind {
    /// Nobody is logged in.
    Anonymous,
    /// A person's login.
    Member,
    /// A system with an API key.
    Service,
}

/// The viewer, as shown to themselves.
pub struct Asking(Viewer);

/// Whoever sends the request: nobody, a login, or a system with an API key.
#[Object(name = "Viewer")]
impl Asking {
    /// What kind of viewer you are.
    async fn kind(&self) -> ViewerKind {
        match &self.0 {
            Viewer::Anonymous => ViewerKind::Anonymous,
            Viewer::Member(_) => ViewerKind::Member,
            Viewer::Service(_) | Viewer::System(_) => ViewerKind::Service,
        }
    }

    /// What your account may do; empty unless you are a member.
    async fn roles(&self) -> Vec<Role> {
        match &self.0 {
            Viewer::Member(member) => member.roles.clone(),
            _ => Vec::new(),
        }
    }

    /// What your API key may do; empty unless you are a service.
    async fn scopes(&self) -> Vec<ServiceScope> {
        match &self.0 {
            Viewer::Service(service) => service.scopes.clone(),
            _ => Vec::new(),
        }
    }

    /// The permissions you hold by your roles or scopes, as descriptions write them (`alumni:read`).
    async fn permissions(&self) -> Vec<&'static str> {
        Permission::ALL
            .into_iter()
            .filter(|permission| self.0.may(*permission))
            .map(Permission::name)
            .collect()
    }

    /// When your token or key ends; null: never, or nobody is logged in.
    async fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.0.expires_at()
    }

    /// Your company; null for an operator and for nobody.
    async fn company(&self, ctx: &Context<'_>) -> Result<Option<Company>> {
        match self.0.company() {
            Some(id) => Ok(node::find(ctx, id).await?),
            None => Ok(None),
        }
    }

    /// Yourself as the company knows you; null for a login without a person, a service and nobody.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        match self.0.person() {
            Some(id) => Ok(node::find(ctx, id).await?),
            None => Ok(None),
        }
    }
}
