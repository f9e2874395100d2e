//! A change as a client sees one.

use async_graphql::{Context, ID, Object, Result};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use entity::{
    AccountId, ActorKind, ApiKeyId, CandidateInvitationId, CompanyId, ConsentId, DataRequestId,
    DeliveryId, DepartmentId, EngagementEventId, Fields, IdentityProviderId, InvitationId,
    MembershipApplicationId, MembershipId, NoticeId, OpportunityId, ParticipationId, PersonId,
    ReferralId, SkillId, SubjectId, SubjectKind, SyncRunId, change,
};
use uuid::Uuid;

use super::filter::{ChangeFilter, ChangeOrder};
use crate::alumni::Person;
use crate::error::Error;
use crate::graphql::ahead::Ahead;
use crate::graphql::level::{Edge, Level};
use crate::graphql::node::{self, Listed, Node, Tree};
use crate::graphql::shown::{Held, One, Shown};
use crate::row;

row!(
    /// A change, from the outbox.
    Change of change {
        seq: i64 = Seq,
        transaction_id: i64 = TransactionId,
        kind: String = Kind,
        subject_kind: SubjectKind = SubjectKind,
        subject_id: SubjectId = SubjectId,
        person_id: Option<PersonId> = PersonId,
        actor_kind: ActorKind = ActorKind,
        actor_id: Option<Uuid> = ActorId,
        fields: Fields = Fields,
        request_id: Option<String> = RequestId,
        at: DateTime<Utc> = At,
    }
);

impl Tree for Change {
    type Wants = ();

    fn ahead(_: &Ahead<'_>) {}

    fn edges((): &(), _: Level<'_>) -> Vec<Edge> {
        vec![]
    }
}

/// The place orders it; what it is about only has the form that an id needs.
impl Node for Change {
    type Id = SubjectId;
    const ID: change::Column = change::Column::SubjectId;

    fn id(&self) -> SubjectId {
        self.subject_id
    }
}

impl Shown for Change {}

impl Listed for Change {
    type Filter = ChangeFilter;
    type Order = ChangeOrder;

    fn sort_values(&self, _: ChangeOrder) -> Vec<String> {
        vec![self.transaction_id.to_string(), self.seq.to_string()]
    }
}

impl Change {
    /// Where it stands.
    #[must_use]
    pub fn place(&self) -> Place {
        Place {
            transaction_id: self.transaction_id,
            seq: self.seq,
        }
    }
}

/// Where a reader stands in the outbox: transaction and row. Later transactions may have begun earlier, so rows alone would skip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The writing transaction.
    pub transaction_id: i64,
    /// The row.
    pub seq: i64,
}

impl Place {
    /// Before everything.
    pub const BEGIN: Self = Self {
        transaction_id: i64::MIN,
        seq: i64::MIN,
    };

    /// The text a client keeps.
    #[must_use]
    pub fn cursor(self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(format!("{}.{}", self.transaction_id, self.seq))
    }

    /// Reads a client's text.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let place = || {
            let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
            let (transaction_id, seq) = text.split_once('.')?;
            Some(Self {
                transaction_id: transaction_id.parse().ok()?,
                seq: seq.parse().ok()?,
            })
        };
        place().ok_or_else(|| {
            Error::bad_input(
                "after",
                "is no cursor of a change; take `Change.cursor` as it was given",
            )
        })
    }
}

impl From<&change::Model> for Place {
    fn from(model: &change::Model) -> Self {
        Self {
            transaction_id: model.transaction_id,
            seq: model.seq,
        }
    }
}

/// What happened to one thing, by whom. Holds no personal data: read the thing itself, as far as you may see it. Requires `changes:read` or `audit:read`.
#[Object]
impl Change {
    /// The place in the company's changes; give the last one you handled as `after` to go on without a gap.
    async fn cursor(&self) -> String {
        self.place().cursor()
    }

    /// What happened: the subject's word and a verb, as `referral.advanced`.
    async fn kind(&self) -> &str {
        &self.kind
    }

    /// What kind of thing it happened to.
    async fn subject_kind(&self) -> SubjectKind {
        self.subject_kind
    }

    /// The id of what it happened to, for `node(id:)`. What it names may no longer exist, or not for you.
    async fn subject_id(&self) -> ID {
        let id = self.subject_id.0;
        ID(match self.subject_kind {
            SubjectKind::Company => CompanyId(id).to_string(),
            SubjectKind::Department => DepartmentId(id).to_string(),
            SubjectKind::Person => PersonId(id).to_string(),
            SubjectKind::Membership => MembershipId(id).to_string(),
            SubjectKind::EngagementEvent => EngagementEventId(id).to_string(),
            SubjectKind::Participation => ParticipationId(id).to_string(),
            SubjectKind::Opportunity => OpportunityId(id).to_string(),
            SubjectKind::Referral => ReferralId(id).to_string(),
            SubjectKind::Skill => SkillId(id).to_string(),
            SubjectKind::ApiKey => ApiKeyId(id).to_string(),
            SubjectKind::DataRequest => DataRequestId(id).to_string(),
            SubjectKind::Consent => ConsentId(id).to_string(),
            SubjectKind::ConsentNotice => NoticeId(id).to_string(),
            SubjectKind::CandidateInvitation => CandidateInvitationId(id).to_string(),
            SubjectKind::Account => AccountId(id).to_string(),
            SubjectKind::Invitation => InvitationId(id).to_string(),
            SubjectKind::IdentityProvider => IdentityProviderId(id).to_string(),
            SubjectKind::Delivery => DeliveryId(id).to_string(),
            SubjectKind::MembershipApplication => MembershipApplicationId(id).to_string(),
            SubjectKind::SyncRun => SyncRunId(id).to_string(),
        })
    }

    /// The person it concerns, as they are now; null where it concerns none, or none you may see.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Held<'static, Person>>> {
        match self.person_id {
            Some(id) => Ok(node::find(ctx, id).await?.map(One::owned)),
            None => Ok(None),
        }
    }

    /// What kind of hand did it.
    async fn actor_kind(&self) -> ActorKind {
        self.actor_kind
    }

    /// Whose: the account's or the API key's id; null for the service itself.
    async fn actor_id(&self) -> Option<ID> {
        let id = self.actor_id?;
        Some(ID(match self.actor_kind {
            ActorKind::ApiKey => ApiKeyId(id).to_string(),
            _ => AccountId(id).to_string(),
        }))
    }

    /// Names of the fields touched, as the schema writes them; empty where the change is no edit.
    async fn fields(&self) -> &[String] {
        &self.fields.0
    }

    /// The request that did it, as `extensions.requestId` of its answer; null for what the service did by itself.
    async fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// When it happened.
    async fn at(&self) -> DateTime<Utc> {
        self.at
    }
}
