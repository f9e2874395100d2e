//! An entry of the ledger as a client sees one.

use async_graphql::{Context, ContextSelectionSet, Object, Result, Value};
use chrono::{DateTime, Utc};
use entity::{
    ActorKind, ConsentChannel, ConsentDecision, ConsentId, ConsentPurpose, NoticeId, PersonId,
    PersonalField, consent,
};

use super::notice::{self, ConsentNotice};
use crate::access_log;
use crate::consents::filter::{ConsentEntryFilter, ConsentEntryOrder};
use crate::graphql::ahead::Ahead;
use crate::graphql::id::Gid;
use crate::graphql::level::{Edge, Level};
use crate::graphql::node::{Listed, Node, Tree};
use crate::graphql::shown::Shown;
use crate::row;

row!(
    ConsentEntry of consent {
        id: ConsentId = Id,
        person_id: PersonId = PersonId,
        number: i32 = Number,
        purpose: ConsentPurpose = Purpose,
        decision: ConsentDecision = Decision,
        notice_id: Option<NoticeId> = NoticeId,
        notice_version: Option<i32> = NoticeVersion,
        language: Option<String> = Language,
        text_hash: Option<String> = TextHash,
        channel: ConsentChannel = Channel,
        proof: Option<String> = Proof,
        actor_kind: ActorKind = ActorKind,
        at: DateTime<Utc> = At,
    }
);

impl Tree for ConsentEntry {
    type Wants = ();

    fn ahead(_: &Ahead<'_>) {}

    fn edges((): &(), _: Level<'_>) -> Vec<Edge> {
        vec![]
    }
}

impl Node for ConsentEntry {
    type Id = ConsentId;
    const ID: consent::Column = consent::Column::Id;

    fn id(&self) -> ConsentId {
        self.id
    }
}

impl Shown for ConsentEntry {
    fn answered<'f>(
        &self,
        ctx: &ContextSelectionSet<'_>,
        _: impl Iterator<Item = (&'f str, &'f Value)>,
    ) {
        access_log::touched(ctx, self.person_id, PersonalField::Consents);
    }
}

impl Listed for ConsentEntry {
    type Filter = ConsentEntryFilter;
    type Order = ConsentEntryOrder;

    fn sort_values(&self, _: ConsentEntryOrder) -> Vec<String> {
        vec![self.number.to_string()]
    }
}

/// One consent decision of a person. Entries are never changed, and deleted only when the person is erased. They demonstrate the consent
/// (GDPR Article 7(1)). Visible to the person and with `alumni:read`.
#[Object]
impl ConsentEntry {
    /// Id.
    pub async fn id(&self) -> Gid<ConsentId> {
        Gid(self.id)
    }

    /// Sequence number of the entry within the person's ledger, from 1 without gaps.
    async fn number(&self) -> i32 {
        self.number
    }

    /// Purpose.
    async fn purpose(&self) -> ConsentPurpose {
        self.purpose
    }

    /// Granted or withdrawn.
    async fn decision(&self) -> ConsentDecision {
        self.decision
    }

    /// Notice that was shown. Null for a withdrawal, or if unknown because the person joined before consents were recorded.
    async fn notice(&self, ctx: &Context<'_>) -> Result<Option<ConsentNotice>> {
        match (self.notice_id, self.notice_version) {
            (Some(id), _) => notice::by_id(ctx, id).await,
            (None, Some(_)) if self.text_hash.as_deref() != Some("") => {
                Ok(Some(ConsentNotice::built_in(self.purpose)))
            }
            _ => Ok(None),
        }
    }

    /// Language of the notice that was shown, as a BCP 47 language tag; `und` if unknown. Null for a withdrawal.
    async fn language(&self) -> Option<&str> {
        self.language.as_deref()
    }

    /// SHA-256 of the text that was shown, as in `ConsentNoticeText.hash`; empty if unknown. Null for a withdrawal.
    async fn text_hash(&self) -> Option<&str> {
        self.text_hash.as_deref()
    }

    /// Channel by which the decision reached the company.
    async fn channel(&self) -> ConsentChannel {
        self.channel
    }

    /// Reference to the stored proof. Null if not given.
    async fn proof(&self) -> Option<&str> {
        self.proof.as_deref()
    }

    /// Kind of actor that recorded the entry.
    async fn actor_kind(&self) -> ActorKind {
        self.actor_kind
    }

    /// When the entry was recorded.
    async fn at(&self) -> DateTime<Utc> {
        self.at
    }
}
