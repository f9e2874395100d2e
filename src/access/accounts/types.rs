//! An account as a client sees one.

use async_graphql::{Context, Enum, Object, Result};
use chrono::{DateTime, Utc};
use entity::{AccountId, PersonId, Role, Roles, Standing, account};

use super::filter::{AccountFilter, AccountOrder};
use super::rules::{self, Facts};
use super::store;
use crate::alumni::{Person, PersonWants};
use crate::graphql::ahead::Ahead;
use crate::graphql::id::Gid;
use crate::graphql::level::{Child, Edge, Level};
use crate::graphql::node::{Listed, Node, Tree};
use crate::graphql::shown::{Held, Shown};
use crate::graphql::{loader, scope};
use crate::row;

row!(
    Account of account {
        id: AccountId = Id,
        person_id: Option<PersonId> = PersonId,
        issuer: String = Issuer,
        subject: String = Subject,
        roles: Roles = Roles,
        name: Option<String> = Name,
        email: Option<String> = Email,
        external: bool = External,
        expires_at: Option<DateTime<Utc>> = ExpiresAt,
        disabled_at: Option<DateTime<Utc>> = DisabledAt,
        created_at: DateTime<Utc> = CreatedAt,
        updated_at: DateTime<Utc> = UpdatedAt,
        version: i32 = Version,
    } holds {
        person: Option<Box<Person>>,
        standing: Option<Standing>,
    }
);

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct AccountWants {
    person: Option<Box<PersonWants>>,
    standing: bool,
}

impl Tree for Account {
    type Wants = AccountWants;

    fn ahead(look: &Ahead<'_>) -> AccountWants {
        AccountWants {
            person: look.wants::<Person>("person").map(Box::new),
            standing: look.has("state") || look.has("effectiveRoles"),
        }
    }

    fn edges(wants: &AccountWants, at: Level<'_>) -> Vec<Edge> {
        vec![
            at.to::<Person>(account::Relation::Person, wants.person.as_deref()),
            wants
                .standing
                .then(|| Child::Row(store::standing_of(&at.alias()))),
        ]
    }
}

impl Node for Account {
    type Id = AccountId;
    const ID: account::Column = account::Column::Id;

    fn id(&self) -> AccountId {
        self.id
    }
}

impl Shown for Account {}

impl Listed for Account {
    type Filter = AccountFilter;
    type Order = AccountOrder;

    fn sort_values(&self, _: AccountOrder) -> Vec<String> {
        vec![]
    }
}

/// State of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
pub enum AccountState {
    /// The granted roles are effective.
    Active,
    /// The granted roles are not effective, because the person has no current employment. A rehire makes them effective again.
    Suspended,
    /// The granted roles ended at `expiresAt`.
    Expired,
    /// The account cannot sign in.
    Disabled,
}

impl From<rules::AccountState> for AccountState {
    fn from(state: rules::AccountState) -> Self {
        match state {
            rules::AccountState::Active => Self::Active,
            rules::AccountState::Suspended => Self::Suspended,
            rules::AccountState::Expired => Self::Expired,
            rules::AccountState::Disabled => Self::Disabled,
        }
    }
}

impl Account {
    /// The person's standing, from the account's row if selected, otherwise loaded.
    async fn standing(&self, ctx: &Context<'_>) -> Result<Option<Standing>> {
        if self.standing.is_some() || self.person_id.is_none() {
            return Ok(self.standing);
        }
        let wants = AccountWants {
            standing: true,
            ..Default::default()
        };
        let found = loader::rest::<Self>(ctx, self.id, wants).await?;
        Ok(found.and_then(|found| found.standing))
    }

    fn facts(&self, standing: Option<Standing>, now: DateTime<Utc>) -> Facts<'_> {
        Facts {
            granted: &self.roles.0,
            standing,
            external: self.external,
            expires_at: self.expires_at,
            disabled_at: self.disabled_at,
            now,
        }
    }
}

/// A login of a company: issuer and subject of an identity provider, granted roles, and an optional person. Requires `accounts:manage`.
#[Object]
impl Account {
    /// Id.
    pub async fn id(&self) -> Gid<AccountId> {
        Gid(self.id)
    }

    /// Person who signs in. Null for an account without a person.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Held<'_, Person>>> {
        Ok(loader::one(ctx, self.person.as_deref(), self.person_id).await?)
    }

    /// `iss` of the identity provider.
    async fn issuer(&self) -> &str {
        &self.issuer
    }

    /// `sub` at the identity provider. Unique per issuer and company.
    async fn subject(&self) -> &str {
        &self.subject
    }

    /// Granted roles. `EMPLOYEE` and `ALUMNUS` are not listed: they follow from the person.
    async fn roles(&self) -> &[Role] {
        &self.roles.0
    }

    /// Roles that are effective now, except roles from the identity provider's groups. Empty for a disabled account.
    async fn effective_roles(&self, ctx: &Context<'_>) -> Result<Vec<Role>> {
        let standing = self.standing(ctx).await?;
        Ok(self.facts(standing, scope(ctx)?.now()).roles(&[]))
    }

    /// Current state.
    async fn state(&self, ctx: &Context<'_>) -> Result<AccountState> {
        let standing = self.standing(ctx).await?;
        Ok(self.facts(standing, scope(ctx)?.now()).state().into())
    }

    /// Display name of an account without a person. Null if not given.
    async fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// E-mail address verified by the identity provider at the first sign-in. Null if it verified none.
    async fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }

    /// Whether the account keeps its roles without a current employment.
    async fn external(&self) -> bool {
        self.external
    }

    /// End of the granted roles of an external account. Null if they have no end or the account is not external.
    async fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.expires_at
    }

    /// When the account was disabled. Null if it is enabled.
    async fn disabled_at(&self) -> Option<DateTime<Utc>> {
        self.disabled_at
    }

    /// Time of creation.
    async fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }

    /// Time of the last change.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }

    /// Increases by one with each change. Pass it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.version
    }
}
