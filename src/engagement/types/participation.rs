//! An answer to an engagement event as a client sees one.

use async_graphql::{Context, Object, Result};
use chrono::{DateTime, Utc};
use entity::{EngagementEventId, ParticipationId, ParticipationState, PersonId, participation};

use super::{EngagementEvent, EngagementEventWants};
use crate::access::Permission;
use crate::alumni::{Person, PersonWants};
use crate::engagement::filter::{ParticipationFilter, ParticipationOrder};
use crate::engagement::store;
use crate::graphql::ahead::Ahead;
use crate::graphql::columns::{Columns, Told};
use crate::graphql::id::Gid;
use crate::graphql::level::{Child, Edge, Level};
use crate::graphql::node::{Listed, Node, Tree};
use crate::graphql::shown::{Held, Shown};
use crate::graphql::{loader, scope};
use crate::row;
use crate::scope::Scope;

row!(
    /// One person's answer to one event.
    Participation of participation {
        id: ParticipationId = Id,
        event_id: Option<EngagementEventId> = EventId if "event" unless event,
        person_id: Option<PersonId> = PersonId unless person,
        state: ParticipationState = State,
        note: Option<String> = Note if "note",
        responded_at: Told<DateTime<Utc>> = RespondedAt if "respondedAt",
        waiting_since: Option<DateTime<Utc>> = WaitingSince if "waitingSince",
        promoted_at: Option<DateTime<Utc>> = PromotedAt if "promotedAt",
        checked_in_at: Option<DateTime<Utc>> = CheckedInAt if "checkedInAt",
        released_at: Option<DateTime<Utc>> = ReleasedAt if "releasedAt",
        release_reason: Option<String> = ReleaseReason if "releaseReason",
        version: Told<i32> = Version if "version",
    } holds {
        event: Option<Box<EngagementEvent>>,
        person: Option<Vec<Person>>,
        waiting_position: Option<i64>,
    }
);

/// Which children of a participation are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ParticipationWants {
    columns: Columns,
    event: Option<Box<EngagementEventWants>>,
    person: Option<Box<PersonWants>>,
    waiting_position: bool,
}

impl Tree for Participation {
    type Wants = ParticipationWants;

    fn ahead(look: &Ahead<'_>) -> ParticipationWants {
        ParticipationWants {
            columns: look.columns::<Self>(),
            event: look.wants::<EngagementEvent>("event").map(Box::new),
            person: look.wants::<Person>("person").map(Box::new),
            waiting_position: look.has("waitingPosition"),
        }
    }

    fn columns(wants: &ParticipationWants) -> Columns {
        wants.columns
    }

    fn edges(wants: &ParticipationWants, at: Level<'_>) -> Vec<Edge> {
        use participation::Relation;
        vec![
            at.to::<EngagementEvent>(Relation::Event, wants.event.as_deref()),
            at.list::<Person>(Relation::Person, wants.person.as_deref(), |_| {}),
            wants
                .waiting_position
                .then(|| Child::Row(store::place_in_queue(&at.alias()))),
        ]
    }
}

impl Node for Participation {
    type Id = ParticipationId;
    const ID: participation::Column = participation::Column::Id;

    fn id(&self) -> ParticipationId {
        self.id
    }
}

impl Shown for Participation {}

impl Listed for Participation {
    type Filter = ParticipationFilter;
    type Order = ParticipationOrder;

    fn sort_values(&self, _: ParticipationOrder) -> Vec<String> {
        vec![]
    }
}

impl Participation {
    /// Whether it is the viewer's own. Everyone sees themselves, so that either the key was read or the person.
    fn is_of(&self, scope: &Scope) -> bool {
        let person = self.person.iter().flatten().next();
        let person = self.person_id.or(person.map(Node::id));
        person.is_some() && person == scope.viewer().person()
    }
}

/// One person's answer to, and presence at, one engagement event. `events:write` sees every one; others see their own, and
/// of people they may see those with a place.
#[Object]
impl Participation {
    /// The id.
    pub async fn id(&self) -> Gid<ParticipationId> {
        Gid(self.id)
    }

    /// The event.
    async fn event(&self, ctx: &Context<'_>) -> Result<Held<'_, EngagementEvent>> {
        let event = loader::one(ctx, self.event.as_deref(), self.event_id).await?;
        event.ok_or_else(|| crate::error::Error::NotFound.into())
    }

    /// Who answered; null where you may not see them.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Held<'_, Person>>> {
        super::person(ctx, self.person.as_ref(), self.person_id).await
    }

    /// Where it stands.
    async fn state(&self) -> ParticipationState {
        self.state
    }

    /// What the person told the organisers; null where nothing, and for everyone but the person and `events:write`.
    async fn note(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        let scope = scope(ctx)?;
        let told = scope.may(Permission::EventsWrite) || self.is_of(scope);
        Ok(self.note.as_deref().filter(|_| told))
    }

    /// When the person last answered.
    async fn responded_at(&self) -> DateTime<Utc> {
        *self.responded_at
    }

    /// Since when the person waits for a place; null where they do not.
    async fn waiting_since(&self) -> Option<DateTime<Utc>> {
        self.waiting_since
    }

    /// The place in the queue for a place, the next one being 1; null where the person does not wait.
    async fn waiting_position(&self, ctx: &Context<'_>) -> Result<Option<i64>> {
        if self.state != ParticipationState::Waiting || self.waiting_position.is_some() {
            return Ok(self.waiting_position.filter(|position| *position > 0));
        }
        let wants = ParticipationWants {
            waiting_position: true,
            ..Default::default()
        };
        let found = loader::rest::<Self>(ctx, self.id, wants).await?;
        Ok(found
            .and_then(|found| found.waiting_position)
            .filter(|position| *position > 0))
    }

    /// When the person moved up from waiting to a place, or an organiser gave them one; null where they did not, or gave the place up since.
    async fn promoted_at(&self) -> Option<DateTime<Utc>> {
        self.promoted_at
    }

    /// When the person was seen at the event, its end if that was entered afterwards; null if not, or not yet.
    async fn checked_in_at(&self) -> Option<DateTime<Utc>> {
        self.checked_in_at
    }

    /// When a place or a wait ended without an answer of the person: by an organiser, or because the person may no longer hold it. Null otherwise. The next
    /// answer clears it.
    async fn released_at(&self) -> Option<DateTime<Utc>> {
        self.released_at
    }

    /// The organiser's reason for the release; null if there was none, and for everyone but the person and `events:write`.
    async fn release_reason(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        let scope = scope(ctx)?;
        let shown = scope.may(Permission::EventsWrite) || self.is_of(scope);
        Ok(self.release_reason.as_deref().filter(|_| shown))
    }

    /// Grows by one with each change.
    async fn version(&self) -> i32 {
        *self.version
    }
}
