//! GraphQL type of a participation.

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
    /// A participation.
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

/// Response and attendance of one person at one engagement event. With `events:write`: all are visible. Otherwise: your own, and those in state `GOING`
/// of people visible to you.
#[Object]
impl Participation {
    /// Id.
    pub async fn id(&self) -> Gid<ParticipationId> {
        Gid(self.id)
    }

    /// The event.
    async fn event(&self, ctx: &Context<'_>) -> Result<Held<'_, EngagementEvent>> {
        let event = loader::one(ctx, self.event.as_deref(), self.event_id).await?;
        event.ok_or_else(|| crate::error::Error::NotFound.into())
    }

    /// The person. Null if you may not see the person.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Held<'_, Person>>> {
        super::person(ctx, self.person.as_ref(), self.person_id).await
    }

    /// Current state.
    async fn state(&self) -> ParticipationState {
        self.state
    }

    /// The person's note to the organisers. Null if there is none. Visible only to the person and with `events:write`.
    async fn note(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        let scope = scope(ctx)?;
        let told = scope.may(Permission::EventsWrite) || self.is_of(scope);
        Ok(self.note.as_deref().filter(|_| told))
    }

    /// Time of the person's last response.
    async fn responded_at(&self) -> DateTime<Utc> {
        *self.responded_at
    }

    /// Start of the wait for a place. Null unless the state is `WAITING`.
    async fn waiting_since(&self) -> Option<DateTime<Utc>> {
        self.waiting_since
    }

    /// Position on the waiting list, starting at 1. Null unless the state is `WAITING`.
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

    /// When the person moved up from the waiting list, or an organiser gave the person a place. Null if neither happened, or if the place was given up
    /// since.
    async fn promoted_at(&self) -> Option<DateTime<Utc>> {
        self.promoted_at
    }

    /// Check-in time. For a check-in entered after the event, the end of the event. Null if the person is not checked in.
    async fn checked_in_at(&self) -> Option<DateTime<Utc>> {
        self.checked_in_at
    }

    /// When a place or a wait ended without a response of the person: by an organiser, or because the person is no longer eligible. Null otherwise. The
    /// next response clears it.
    async fn released_at(&self) -> Option<DateTime<Utc>> {
        self.released_at
    }

    /// The organiser's reason for the release. Null if there is none. Visible only to the person and with `events:write`.
    async fn release_reason(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        let scope = scope(ctx)?;
        let shown = scope.may(Permission::EventsWrite) || self.is_of(scope);
        Ok(self.release_reason.as_deref().filter(|_| shown))
    }

    /// Increases by one with each change.
    async fn version(&self) -> i32 {
        *self.version
    }
}
