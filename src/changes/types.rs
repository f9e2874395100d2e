//! GraphQL type of a change.

use async_graphql::{Context, ID, Object, Result};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use entity::{
    AccountId, ActorKind, ApiKeyId, CandidateInvitationId, CompanyId, ConsentId, DataRequestId,
    DeliveryId, DepartmentId, EngagementEventId, Fields, IdentityProviderId, InvitationId,
    MembershipApplicationId, MembershipId, NoticeId, OpportunityId, ParticipationId, PersonId,
    ReferralId, SkillId, SubjectId, SubjectKind, change,
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
    #[must_use]
    pub fn place(&self) -> Place {
        Place {
            transaction_id: self.transaction_id,
            seq: self.seq,
        }
    }
}

/// Position of a reader in the outbox: transaction and row. Transactions commit out of order, so the row number alone would skip changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The writing transaction.
    pub transaction_id: i64,
    pub seq: i64,
}

impl Place {
    /// Before all changes.
    pub const BEGIN: Self = Self {
        transaction_id: i64::MIN,
        seq: i64::MIN,
    };

    /// The cursor that clients receive.
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

/// A change of one object, with its actor. It contains no personal data: read the object itself, if it is visible to you. Requires `changes:read` or
/// `audit:read`.
#[Object]
impl Change {
    /// Position in the sequence of the company's changes. Pass the last one you processed as `after` to continue without a gap.
    async fn cursor(&self) -> String {
        self.place().cursor()
    }

    /// What happened: kind of the object and a verb, for example `referral.advanced`.
    async fn kind(&self) -> &str {
        &self.kind
    }

    /// Kind of the changed object.
    async fn subject_kind(&self) -> SubjectKind {
        self.subject_kind
    }

    /// Id of the changed object, for `node(id:)`. The object may no longer exist, or not be visible to you.
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
        })
    }

    /// The person concerned, in the current state. Null if there is none, or if you may not see the person.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Held<'static, Person>>> {
        match self.person_id {
            Some(id) => Ok(node::find(ctx, id).await?.map(One::owned)),
            None => Ok(None),
        }
    }

    /// Kind of actor.
    async fn actor_kind(&self) -> ActorKind {
        self.actor_kind
    }

    /// Id of the account or API key that made the change. Null for the service itself.
    async fn actor_id(&self) -> Option<ID> {
        let id = self.actor_id?;
        Some(ID(match self.actor_kind {
            ActorKind::ApiKey => ApiKeyId(id).to_string(),
            _ => AccountId(id).to_string(),
        }))
    }

    /// Names of the changed fields, as in the schema. Empty if the change is not an edit.
    async fn fields(&self) -> &[String] {
        &self.fields.0
    }

    /// Id of the request, equal to `extensions.requestId` of its response. Null for changes by the service itself.
    async fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Time of the change.
    async fn at(&self) -> DateTime<Utc> {
        self.at
    }
}
