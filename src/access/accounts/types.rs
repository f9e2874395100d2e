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
    /// A login of a company.
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

/// Which children of an account are wanted.
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

/// Whether an account can be used, and with which roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
pub enum AccountState {
    /// Its roles are effective.
    Active,
    /// Its granted roles are not effective: its person has no current employment. A rehire makes them effective again.
    Suspended,
    /// Its granted roles ended at `expiresAt`.
    Expired,
    /// It cannot sign in.
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
    /// The person's standing: read with the account, or asked for.
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

/// A login of a company: an identity provider's issuer and subject, the person if there is one, and granted roles. Requires `accounts:manage`.
#[Object]
impl Account {
    /// The id.
    pub async fn id(&self) -> Gid<AccountId> {
        Gid(self.id)
    }

    /// The person who signs in; null for an account without a person.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Held<'_, Person>>> {
        Ok(loader::one(ctx, self.person.as_deref(), self.person_id).await?)
    }

    /// The identity provider's `iss`.
    async fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The identity provider's `sub`. Unique per issuer and company.
    async fn subject(&self) -> &str {
        &self.subject
    }

    /// Granted roles. `EMPLOYEE` and `ALUMNUS` are not among them: they follow from the person's standing.
    async fn roles(&self) -> &[Role] {
        &self.roles.0
    }

    /// The roles that are effective now, without those that the identity provider's groups add at sign-in. Empty for a disabled account.
    async fn effective_roles(&self, ctx: &Context<'_>) -> Result<Vec<Role>> {
        let standing = self.standing(ctx).await?;
        Ok(self.facts(standing, scope(ctx)?.now()).roles(&[]))
    }

    /// Whether the account can be used, and whether its granted roles are effective.
    async fn state(&self, ctx: &Context<'_>) -> Result<AccountState> {
        let standing = self.standing(ctx).await?;
        Ok(self.facts(standing, scope(ctx)?.now()).state().into())
    }

    /// Display name of an account without a person; null if none was given.
    async fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The e-mail address that the identity provider verified at the first sign-in; null if it verified none.
    async fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }

    /// Whether the account needs no current employment for its roles.
    async fn external(&self) -> bool {
        self.external
    }

    /// When the granted roles of an external account end; null: no end, or not external.
    async fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.expires_at
    }

    /// When it was disabled; null while it is enabled.
    async fn disabled_at(&self) -> Option<DateTime<Utc>> {
        self.disabled_at
    }

    /// When it was created.
    async fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }

    /// Grows by one with each change; for `expectedVersion`.
    async fn version(&self) -> i32 {
        self.version
    }
}
