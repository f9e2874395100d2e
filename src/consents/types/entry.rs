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
    /// One entry.
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

/// What somebody said of a purpose, once: never changed and never dropped, but for the erasure of the person. With it the company demonstrates the consent (GDPR Article 7(1)). Seen by whom it is of and with `alumni:read`.
#[Object]
impl ConsentEntry {
    /// The id.
    pub async fn id(&self) -> Gid<ConsentId> {
        Gid(self.id)
    }

    /// Counts the person's entries, from 1 and without a gap.
    async fn number(&self) -> i32 {
        self.number
    }

    /// Of what.
    async fn purpose(&self) -> ConsentPurpose {
        self.purpose
    }

    /// Yes or no.
    async fn decision(&self) -> ConsentDecision {
        self.decision
    }

    /// The notice that was shown; null for a no, and where it is not known what was shown (who joined before consents were kept).
    async fn notice(&self, ctx: &Context<'_>) -> Result<Option<ConsentNotice>> {
        match (self.notice_id, self.notice_version) {
            (Some(id), _) => notice::by_id(ctx, id).await,
            (None, Some(_)) if self.text_hash.as_deref() != Some("") => {
                Ok(Some(ConsentNotice::built_in(self.purpose)))
            }
            _ => Ok(None),
        }
    }

    /// The language in which it was shown, as a BCP 47 tag, `und` where that is not known; null for a no.
    async fn language(&self) -> Option<&str> {
        self.language.as_deref()
    }

    /// SHA-256 of the text that was shown, as `ConsentNoticeText.hash`, empty where that is not known; null for a no.
    async fn text_hash(&self) -> Option<&str> {
        self.text_hash.as_deref()
    }

    /// How it reached the company.
    async fn channel(&self) -> ConsentChannel {
        self.channel
    }

    /// Where the proof is kept, as whoever wrote the entry says; null where not said.
    async fn proof(&self) -> Option<&str> {
        self.proof.as_deref()
    }

    /// What kind of hand wrote it.
    async fn actor_kind(&self) -> ActorKind {
        self.actor_kind
    }

    /// When it was written.
    async fn at(&self) -> DateTime<Utc> {
        self.at
    }
}
