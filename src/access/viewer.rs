//! Who asks: nobody, someone who is logged in, or a system with a key.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::{AccountId, ApiKeyId, Audience, CompanyId, PersonId, Role};

use super::accounts::GRANTABLE;
use super::api_key::ServiceScope;
use super::identity::Identity;
use super::permission::Permission;

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// Nobody we know.
    Anonymous,
    /// A verified login that has no account in the company, or several accounts and named no company: it may claim an invitation, join, or apply.
    Login(Arc<Login>),
    /// A person's login.
    Member(Member),
    /// A system with an API key.
    Service(Service),
    /// The service's own hand: the command line and jobs, for one company.
    System(CompanyId),
    /// Nobody in particular of an audience, as whom a person looks at their own profile. It only ever reads.
    Preview {
        /// The company.
        company: CompanyId,
        /// The audience.
        audience: Audience,
    },
}

/// A person's login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The login.
    pub account: AccountId,
    /// The company; null for an operator.
    pub company: Option<CompanyId>,
    /// The person who logs in, where it is one the company knows.
    pub person: Option<PersonId>,
    /// The roles that are effective now.
    pub roles: Vec<Role>,
    /// Until when the token holds.
    pub expires_at: DateTime<Utc>,
    /// The login behind the account.
    pub login: Arc<Login>,
}

impl Member {
    /// The roles by which settings address the member: granted ones, or, without any, the one that follows from the standing.
    pub fn leading_roles(&self) -> impl Iterator<Item = Role> {
        let granted = |role: &Role| GRANTABLE.contains(role) || *role == Role::Operator;
        let any = self.roles.iter().any(granted);
        self.roles
            .iter()
            .copied()
            .filter(move |role| !any || granted(role))
    }
}

/// A verified login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// What the token proves.
    pub identity: Identity,
    /// The company that the request names, or the only one that accepts the identity provider; null otherwise.
    pub company: Option<CompanyId>,
}

/// A system with an API key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// The key.
    pub key: ApiKeyId,
    /// The company.
    pub company: CompanyId,
    /// What the key may do.
    pub scopes: Vec<ServiceScope>,
    /// Until when the key holds; null: no end.
    pub expires_at: Option<DateTime<Utc>>,
}

impl Viewer {
    /// Whether somebody we know asks.
    #[must_use]
    pub fn known(&self) -> bool {
        !matches!(self, Self::Anonymous | Self::Login(_))
    }

    /// The login that sends the request; null for anonymous callers, API keys and the service itself.
    #[must_use]
    pub fn login(&self) -> Option<&Login> {
        match self {
            Self::Login(login) => Some(login),
            Self::Member(member) => Some(&member.login),
            _ => None,
        }
    }

    /// Whether the viewer sees every company.
    #[must_use]
    pub fn operates(&self) -> bool {
        matches!(self, Self::Member(member) if member.roles.contains(&Role::Operator))
    }

    /// The one company the viewer belongs to; null for an operator and for nobody.
    #[must_use]
    pub fn company(&self) -> Option<CompanyId> {
        match self {
            Self::Anonymous | Self::Login(_) => None,
            Self::Member(member) => member.company,
            Self::Service(service) => Some(service.company),
            Self::System(company) | Self::Preview { company, .. } => Some(*company),
        }
    }

    /// The person the viewer is, where it is one.
    #[must_use]
    pub fn person(&self) -> Option<PersonId> {
        match self {
            Self::Member(member) => member.person,
            _ => None,
        }
    }

    /// When the token or key ends; null: never.
    #[must_use]
    pub fn expires_at(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Login(login) => Some(login.identity.expires_at),
            Self::Member(member) => Some(member.expires_at),
            Self::Service(service) => service.expires_at,
            _ => None,
        }
    }

    /// Whether the permission table lets the viewer do it.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        match self {
            Self::Anonymous | Self::Login(_) => false,
            Self::Member(member) => member
                .roles
                .iter()
                .any(|role| permission.roles().contains(role)),
            Self::Service(service) => permission
                .scope()
                .is_some_and(|scope| service.scopes.contains(&scope)),
            Self::System(_) => true,
            Self::Preview { audience, .. } => permission.roles().contains(match audience {
                Audience::Hr => &Role::Hr,
                Audience::Employees => &Role::Employee,
                // what all members see, alumni see; of fields they see no more than employees do
                Audience::OnlyMe | Audience::Alumni | Audience::Members => &Role::Alumnus,
            }),
        }
    }
}
