//! An invitation as those who manage it see it, and as the holder of its link sees it.

use async_graphql::{Context, Enum, Object, Result};
use chrono::{DateTime, Utc};
use entity::{InvitationId, InvitationKind, PersonId, Role, Roles, company, invitation};

use super::filter::{InvitationFilter, InvitationOrder};
use super::{actions, rules};
use crate::alumni::{Person, PersonWants};
use crate::consents::{self, ConsentNotice};
use crate::graphql::ahead::Ahead;
use crate::graphql::id::Gid;
use crate::graphql::level::{Edge, Level};
use crate::graphql::node::{Listed, Node, Tree};
use crate::graphql::shown::{Held, Shown};
use crate::graphql::{loader, scope};
use crate::row;

row!(
    /// An invitation, without its link.
    Invitation of invitation {
        id: InvitationId = Id,
        kind: InvitationKind = Kind,
        person_id: Option<PersonId> = PersonId,
        roles: Roles = Roles,
        name: Option<String> = Name,
        email: Option<String> = Email,
        external: bool = External,
        account_expires_at: Option<DateTime<Utc>> = AccountExpiresAt,
        sent_at: DateTime<Utc> = SentAt,
        sent_count: i32 = SentCount,
        expires_at: DateTime<Utc> = ExpiresAt,
        accepted_at: Option<DateTime<Utc>> = AcceptedAt,
        revoked_at: Option<DateTime<Utc>> = RevokedAt,
        created_at: DateTime<Utc> = CreatedAt,
        version: i32 = Version,
    } holds {
        person: Option<Box<Person>>,
    }
);

/// Which children of an invitation are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct InvitationWants {
    person: Option<Box<PersonWants>>,
}

impl Tree for Invitation {
    type Wants = InvitationWants;

    fn ahead(look: &Ahead<'_>) -> InvitationWants {
        InvitationWants {
            person: look.wants::<Person>("person").map(Box::new),
        }
    }

    fn edges(wants: &InvitationWants, at: Level<'_>) -> Vec<Edge> {
        vec![at.to::<Person>(invitation::Relation::Person, wants.person.as_deref())]
    }
}

impl Node for Invitation {
    type Id = InvitationId;
    const ID: invitation::Column = invitation::Column::Id;

    fn id(&self) -> InvitationId {
        self.id
    }
}

impl Shown for Invitation {}

impl Listed for Invitation {
    type Filter = InvitationFilter;
    type Order = InvitationOrder;

    fn sort_values(&self, _: InvitationOrder) -> Vec<String> {
        vec![]
    }
}

/// State of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
pub enum InvitationState {
    /// Its link can be used.
    Open,
    /// Its link was used.
    Accepted,
    /// It was revoked before its link was used.
    Revoked,
    /// Its link expired before it was used. A new link opens it again.
    Expired,
}

impl From<rules::InvitationState> for InvitationState {
    fn from(state: rules::InvitationState) -> Self {
        match state {
            rules::InvitationState::Open => Self::Open,
            rules::InvitationState::Accepted => Self::Accepted,
            rules::InvitationState::Revoked => Self::Revoked,
            rules::InvitationState::Expired => Self::Expired,
        }
    }
}

/// A one-time link by which a login becomes an account, or a person joins the programme. Requires `accounts:manage` for accounts, `alumni:write` and `alumni:read` for memberships.
#[Object]
impl Invitation {
    /// The id.
    pub async fn id(&self) -> Gid<InvitationId> {
        Gid(self.id)
    }

    /// What accepting it creates.
    async fn kind(&self) -> InvitationKind {
        self.kind
    }

    /// Whether its link can be used.
    async fn state(&self, ctx: &Context<'_>) -> Result<InvitationState> {
        let now = scope(ctx)?.now();
        Ok(rules::state(self.accepted_at, self.revoked_at, self.expires_at, now).into())
    }

    /// The person it is for; null for an external account.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Held<'_, Person>>> {
        Ok(loader::one(ctx, self.person.as_deref(), self.person_id).await?)
    }

    /// The roles that the account is granted. Empty for a membership.
    async fn roles(&self) -> &[Role] {
        &self.roles.0
    }

    /// Display name of an external account; null if none was given.
    async fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The e-mail address that the link was sent to; null if it was not sent by e-mail.
    async fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }

    /// Whether the account needs no current employment for its roles.
    async fn external(&self) -> bool {
        self.external
    }

    /// When the roles of the external account end; null: no end, or not external.
    async fn account_expires_at(&self) -> Option<DateTime<Utc>> {
        self.account_expires_at
    }

    /// When the current link was made.
    async fn sent_at(&self) -> DateTime<Utc> {
        self.sent_at
    }

    /// How many links were made so far, the first one included.
    async fn sent_count(&self) -> i32 {
        self.sent_count
    }

    /// When the link expires.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.expires_at
    }

    /// When it was accepted; null if it was not.
    async fn accepted_at(&self) -> Option<DateTime<Utc>> {
        self.accepted_at
    }

    /// When it was revoked; null if it was not.
    async fn revoked_at(&self) -> Option<DateTime<Utc>> {
        self.revoked_at
    }

    /// When it was created.
    async fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }

    /// Grows by one with each change.
    async fn version(&self) -> i32 {
        self.version
    }
}

/// What the holder of an open link may know.
pub struct InvitationPreview {
    invitation: invitation::Model,
    company: Option<company::Model>,
}

impl From<actions::Opened> for InvitationPreview {
    fn from(opened: actions::Opened) -> Self {
        Self {
            invitation: opened.invitation,
            company: opened.company,
        }
    }
}

/// What a page needs to know about an open invitation before anybody has signed in: the company, the language, the notices and consents.
#[Object]
impl InvitationPreview {
    /// What accepting it creates: `ACCOUNT` by `accountClaim`, `MEMBERSHIP` by `membershipJoin`.
    async fn kind(&self) -> InvitationKind {
        self.invitation.kind
    }

    /// The company's name; null for an operator's account.
    async fn company_name(&self) -> Option<&str> {
        self.company.as_ref().map(|company| company.name.as_str())
    }

    /// The company's slug, for the header `Alumni-Company`; null for an operator's account.
    async fn company_slug(&self) -> Option<&str> {
        self.company.as_ref().map(|company| company.slug.as_str())
    }

    /// BCP 47 tag of the language to address the invited person in: the person's first language, else the company's.
    async fn language(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let Some(company) = &self.company else {
            return Ok(None);
        };
        let connection = scope(ctx)?.database().reader();
        let person = match self.invitation.person_id {
            Some(id) => super::store::person(&connection, company.id, id).await?,
            None => None,
        };
        Ok(Some(actions::language(person.as_ref(), company)))
    }

    /// The roles that the account is granted. Empty for a membership.
    async fn roles(&self) -> &[Role] {
        &self.invitation.roles.0
    }

    /// When the link expires.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.invitation.expires_at
    }

    /// For a membership: the notices under which consents are asked for, one per purpose. `MEMBERSHIP` is given by joining. Empty for an account.
    async fn notices(&self, ctx: &Context<'_>) -> Result<Vec<ConsentNotice>> {
        let Some(company) = &self.company else {
            return Ok(Vec::new());
        };
        if self.invitation.kind != InvitationKind::Membership {
            return Ok(Vec::new());
        }
        let scope = scope(ctx)?.by_link(company.id);
        let notices = consents::current_here(&scope, &scope.database().reader()).await?;
        Ok(notices.into_iter().map(ConsentNotice::from).collect())
    }
}
