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
    /// The link can be used.
    Open,
    /// The link was used.
    Accepted,
    /// The invitation was revoked before the link was used.
    Revoked,
    /// The link expired before it was used. `invitationResend` creates a new link.
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

/// A one-time link that creates an account for a login, or adds a person to the programme. Requires `accounts:manage` for accounts,
/// `alumni:write` and `alumni:read` for memberships.
#[Object]
impl Invitation {
    /// Id.
    pub async fn id(&self) -> Gid<InvitationId> {
        Gid(self.id)
    }

    /// What accepting the invitation creates.
    async fn kind(&self) -> InvitationKind {
        self.kind
    }

    /// Current state.
    async fn state(&self, ctx: &Context<'_>) -> Result<InvitationState> {
        let now = scope(ctx)?.now();
        Ok(rules::state(self.accepted_at, self.revoked_at, self.expires_at, now).into())
    }

    /// Invited person. Null for an external account.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Held<'_, Person>>> {
        Ok(loader::one(ctx, self.person.as_deref(), self.person_id).await?)
    }

    /// Roles granted to the account. Empty for a membership.
    async fn roles(&self) -> &[Role] {
        &self.roles.0
    }

    /// Display name of an external account. Null if not given.
    async fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// E-mail address that received the link. Null if the link was not sent by e-mail.
    async fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }

    /// Whether the account keeps its roles without a current employment.
    async fn external(&self) -> bool {
        self.external
    }

    /// End of the roles of an external account. Null if they have no end or the account is not external.
    async fn account_expires_at(&self) -> Option<DateTime<Utc>> {
        self.account_expires_at
    }

    /// When the current link was created.
    async fn sent_at(&self) -> DateTime<Utc> {
        self.sent_at
    }

    /// Number of links created so far, including the first one.
    async fn sent_count(&self) -> i32 {
        self.sent_count
    }

    /// When the link expires.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.expires_at
    }

    /// When the invitation was accepted. Null if it was not.
    async fn accepted_at(&self) -> Option<DateTime<Utc>> {
        self.accepted_at
    }

    /// When the invitation was revoked. Null if it was not.
    async fn revoked_at(&self) -> Option<DateTime<Utc>> {
        self.revoked_at
    }

    /// Time of creation.
    async fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }

    /// Increases by one with each change.
    async fn version(&self) -> i32 {
        self.version
    }
}

/// The part of an invitation that is visible to anyone with its open link.
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

/// Data about an open invitation for a page shown before sign-in: company, language, notices and consents.
#[Object]
impl InvitationPreview {
    /// What accepting creates: `ACCOUNT` by `accountClaim`, `MEMBERSHIP` by `membershipJoin`.
    async fn kind(&self) -> InvitationKind {
        self.invitation.kind
    }

    /// Name of the company. Null for an operator's account.
    async fn company_name(&self) -> Option<&str> {
        self.company.as_ref().map(|company| company.name.as_str())
    }

    /// Slug of the company, for the header `Alumni-Company`. Null for an operator's account.
    async fn company_slug(&self) -> Option<&str> {
        self.company.as_ref().map(|company| company.slug.as_str())
    }

    /// BCP 47 language tag for addressing the invited person. The person's first language, otherwise the company's.
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

    /// Roles granted to the account. Empty for a membership.
    async fn roles(&self) -> &[Role] {
        &self.invitation.roles.0
    }

    /// When the link expires.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.invitation.expires_at
    }

    /// For a membership: consent notices, one per purpose. Joining grants `MEMBERSHIP`. Empty for an account.
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
