//! A change as a client sees one.

use async_graphql::{Context, ID, Object, Result};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use entity::{
    ActorKind, ApiKeyId, CompanyId, DataRequestId, DepartmentId, EngagementEventId, MembershipId,
    OpportunityId, ParticipationId, PersonId, ReferralId, SkillId, SubjectKind, change,
};

use crate::alumni::Person;
use crate::error::Error;
use crate::graphql::node;

/// A change, from the outbox.
#[derive(Clone, Debug)]
pub struct Change(pub change::Model);

/// Where a reader stands in the outbox: transaction and row. Later transactions may have begun earlier, so rows alone would skip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The writing transaction.
    pub transaction_id: i64,
    /// The row.
    pub seq: i64,
}

impl Place {
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

/// What happened to one thing, by whom. Holds no personal data: read the thing itself, as far as you may see it. Requires `changes:read`.
#[Object]
impl Change {
    /// The place in the company's changes; give the last one you handled as `after` to go on without a gap.
    async fn cursor(&self) -> String {
        Place::from(&self.0).cursor()
    }

    /// What happened: the subject's word and a verb, as `referral.advanced`.
    async fn kind(&self) -> &str {
        &self.0.kind
    }

    /// What kind of thing it happened to.
    async fn subject_kind(&self) -> SubjectKind {
        self.0.subject_kind
    }

    /// The id of what it happened to, for `node(id:)`. What it names may no longer exist, or not for you.
    async fn subject_id(&self) -> ID {
        let id = self.0.subject_id;
        ID(match self.0.subject_kind {
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
        })
    }

    /// The person it concerns, as they are now; null where it concerns none, or none you may see.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        match self.0.person_id {
            Some(id) => Ok(node::find(ctx, id).await?),
            None => Ok(None),
        }
    }

    /// What kind of hand did it.
    async fn actor_kind(&self) -> ActorKind {
        self.0.actor_kind
    }

    /// Names of the fields touched, as the schema writes them; empty where the change is no edit.
    async fn fields(&self) -> &[String] {
        &self.0.fields.0
    }

    /// The request that did it, as `extensions.requestId` of its answer; null for what the service did by itself.
    async fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// When it happened.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }
}
