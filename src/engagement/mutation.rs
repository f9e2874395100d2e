//! Root writes of engagement events and participations.

use async_graphql::{Context, Enum, InputObject, MaybeUndefined, Object, Result};
use chrono::{DateTime, Utc};
use entity::{EngagementEventId, EngagementEventKind, ParticipationId, PersonId};

use super::actions::{self, CheckIn};
use super::rules::{Answer, EventEdit};
use super::types::{EngagementEvent, Participation};
use crate::graphql::id::Gid;
use crate::graphql::payload::with_children;
use crate::graphql::scope;
use crate::payload;

/// An engagement event to make, as a draft.
#[derive(InputObject)]
pub struct EngagementEventCreateInput {
    /// What kind it is.
    kind: EngagementEventKind,
    /// Its name, one line. At most 200 characters.
    title: String,
    /// What it is, in short. At most 300 characters.
    summary: MaybeUndefined<String>,
    /// All that is said of it. At most 10,000 characters.
    description: MaybeUndefined<String>,
    /// When it begins; in the years 2000 to 2999, to the microsecond.
    starts_at: DateTime<Utc>,
    /// When it ends; after the begin.
    ends_at: DateTime<Utc>,
    /// Where people meet. At most 500 characters.
    venue: MaybeUndefined<String>,
    /// Where people meet online: an https address. Told only to those with a place.
    online_url: MaybeUndefined<String>,
    /// How many places there are: 1 to 1,000,000; null: no limit.
    capacity: MaybeUndefined<i32>,
    /// Who holds it: somebody you may see.
    host_id: MaybeUndefined<Gid<PersonId>>,
}

/// An edit of an engagement event. A field left out stays; null clears it where it may be empty.
#[derive(InputObject)]
pub struct EngagementEventUpdateInput {
    /// Which event.
    id: Gid<EngagementEventId>,
    /// Refuse where the stored version is another; without it the last write wins.
    expected_version: Option<i32>,
    /// What kind it is.
    kind: Option<EngagementEventKind>,
    /// Its name, one line. At most 200 characters.
    title: Option<String>,
    /// What it is, in short. At most 300 characters.
    summary: MaybeUndefined<String>,
    /// All that is said of it. At most 10,000 characters.
    description: MaybeUndefined<String>,
    /// When it begins; in the years 2000 to 2999, to the microsecond.
    starts_at: Option<DateTime<Utc>>,
    /// When it ends; after the begin.
    ends_at: Option<DateTime<Utc>>,
    /// Where people meet. At most 500 characters.
    venue: MaybeUndefined<String>,
    /// Where people meet online: an https address. Told only to those with a place.
    online_url: MaybeUndefined<String>,
    /// How many places there are: 1 to 1,000,000, and not fewer than are taken; null: no limit. Places that come free are given to those who wait, in order.
    capacity: MaybeUndefined<i32>,
    /// Who holds it: somebody you may see.
    host_id: MaybeUndefined<Gid<PersonId>>,
}

/// A draft to announce.
#[derive(InputObject)]
pub struct EngagementEventPublishInput {
    /// Which event.
    id: Gid<EngagementEventId>,
    /// Refuse where the stored version is another.
    expected_version: Option<i32>,
}

/// An event to call off.
#[derive(InputObject)]
pub struct EngagementEventCancelInput {
    /// Which event.
    id: Gid<EngagementEventId>,
    /// Refuse where the stored version is another.
    expected_version: Option<i32>,
    /// Why, as told to people: one line. At most 500 characters.
    reason: String,
}

/// What a person says to an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Answer")]
pub enum ParticipationAnswer {
    /// Comes: gets a place, or where all are taken a place in the queue.
    Going,
    /// Is not sure yet; holds no place.
    Maybe,
    /// Does not come; holds no place.
    Declined,
}

/// Your answer to an event.
#[derive(InputObject)]
pub struct ParticipationRespondInput {
    /// Which event.
    event_id: Gid<EngagementEventId>,
    /// What you say.
    answer: ParticipationAnswer,
    /// What the organisers should know; only they and you read it. At most 1,000 characters. Left out it stays; null clears it.
    note: MaybeUndefined<String>,
}

/// Somebody who is at an event: name the participation, or both event and person.
#[derive(InputObject)]
pub struct ParticipationCheckInInput {
    /// Which participation; without `eventId` and `personId`.
    participation_id: Option<Gid<ParticipationId>>,
    /// At which event; with `personId`.
    event_id: Option<Gid<EngagementEventId>>,
    /// Who; with `eventId`.
    person_id: Option<Gid<PersonId>>,
    /// Whether the person is there. False undoes a check-in, at any time; then the person may answer again.
    #[graphql(default = true)]
    present: bool,
}

/// A place to give.
#[derive(InputObject)]
pub struct ParticipationPromoteInput {
    /// Which participation: one that is `WAITING`, or was released.
    participation_id: Gid<ParticipationId>,
}

/// A place or a wait to release.
#[derive(InputObject)]
pub struct ParticipationReleaseInput {
    /// Which participation: one that is `GOING` or `WAITING`.
    participation_id: Gid<ParticipationId>,
    /// Why, as shown to the person: one line. At most 500 characters.
    reason: String,
}

payload!(
    /// What `engagementEventCreate` came to.
    EngagementEventCreatePayload {
        /// The draft made; null where the input was refused.
        engagement_event: EngagementEvent,
    }
);

payload!(
    /// What `engagementEventUpdate` came to.
    EngagementEventUpdatePayload {
        /// The event as it is now; null where the input was refused.
        engagement_event: EngagementEvent,
    }
);

payload!(
    /// What `engagementEventPublish` came to.
    EngagementEventPublishPayload {
        /// The event as it is now; null where the input was refused.
        engagement_event: EngagementEvent,
    }
);

payload!(
    /// What `engagementEventCancel` came to.
    EngagementEventCancelPayload {
        /// The event as it is now; null where the input was refused.
        engagement_event: EngagementEvent,
    }
);

payload!(
    /// What `participationRespond` came to.
    ParticipationRespondPayload {
        /// Your participation as it is now; null where the input was refused.
        participation: Participation,
    }
);

payload!(
    /// What `participationCheckIn` came to.
    ParticipationCheckInPayload {
        /// The participation as it is now; null where the input was refused.
        participation: Participation,
    }
);

payload!(
    /// The result of `participationRelease`.
    ParticipationReleasePayload {
        /// The participation, now `DECLINED`; null if the input was refused.
        participation: Participation,
    }
);

payload!(
    /// The result of `participationPromote`.
    ParticipationPromotePayload {
        /// The participation, now `GOING`; null if the input was refused.
        participation: Participation,
    }
);

/// Root writes of engagement events.
#[derive(Default)]
pub struct EngagementMutation;

#[Object]
impl EngagementMutation {
    /// Makes an engagement event as a draft, seen by organisers only. Requires `events:write`.
    async fn engagement_event_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The event to make.")] input: EngagementEventCreateInput,
    ) -> Result<EngagementEventCreatePayload> {
        let times = (input.starts_at, input.ends_at);
        let edit = EventEdit {
            kind: Some(input.kind),
            title: Some(input.title),
            summary: input.summary,
            description: input.description,
            starts_at: Some(input.starts_at),
            ends_at: Some(input.ends_at),
            venue: input.venue,
            online_url: input.online_url,
            capacity: input.capacity,
            host_id: input.host_id.map_value(|id| id.0),
        };
        EngagementEventCreatePayload::of(
            actions::create(scope(ctx)?, input.kind, times, edit).await,
        )
    }

    /// Edits a draft or an announced event. A larger capacity gives places to those who have waited longest; one below `goingCount` is refused. Requires `events:write`.
    async fn engagement_event_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The edit.")] input: EngagementEventUpdateInput,
    ) -> Result<EngagementEventUpdatePayload> {
        let edit = EventEdit {
            kind: input.kind,
            title: input.title,
            summary: input.summary,
            description: input.description,
            starts_at: input.starts_at,
            ends_at: input.ends_at,
            venue: input.venue,
            online_url: input.online_url,
            capacity: input.capacity,
            host_id: input.host_id.map_value(|id| id.0),
        };
        let (id, version) = (input.id.0, input.expected_version);
        EngagementEventUpdatePayload::of(actions::update(scope(ctx)?, id, version, edit).await)
    }

    /// Announces a draft whose end has not passed; from now on people may answer. Requires `events:write`.
    async fn engagement_event_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The draft.")] input: EngagementEventPublishInput,
    ) -> Result<EngagementEventPublishPayload> {
        let (id, version) = (input.id.0, input.expected_version);
        EngagementEventPublishPayload::of(actions::publish(scope(ctx)?, id, version).await)
    }

    /// Calls an announced event off before its end: the answers stay as they are, further ones are refused. Requires `events:write`.
    async fn engagement_event_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The event and why.")] input: EngagementEventCancelInput,
    ) -> Result<EngagementEventCancelPayload> {
        let (id, version) = (input.id.0, input.expected_version);
        let done = actions::cancel(scope(ctx)?, id, version, &input.reason).await;
        EngagementEventCancelPayload::of(done)
    }

    /// Answers an announced event for yourself, until it ends; the last answer counts. `GOING` gives a place, or where all are
    /// taken one in the queue; giving up a place gives it to whoever has waited longest. The same answer again changes nothing.
    /// Alumni need an `ACTIVE` membership; `DECLINED` gives up an earlier answer whatever the membership. Requires `events:respond`.
    async fn participation_respond(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Your answer.")] input: ParticipationRespondInput,
    ) -> Result<ParticipationRespondPayload> {
        let (event, answer) = (input.event_id.0, input.answer.into());
        let done = actions::respond(scope(ctx)?, event, answer, &input.note).await;
        ParticipationRespondPayload::of(
            with_children::<Participation>(ctx, "participation", done).await,
        )
    }

    /// Notes that a person with a place is there, from two hours before the begin. After the end it enters the presence later; `checkedInAt` is
    /// then the end. With `present: false` it undoes a check-in. Twice changes nothing. Requires `events:write`.
    async fn participation_check_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who is there.")] input: ParticipationCheckInInput,
    ) -> Result<ParticipationCheckInPayload> {
        let whom = CheckIn {
            participation: input.participation_id.map(|id| id.0),
            event: input.event_id.map(|id| id.0),
            person: input.person_id.map(|id| id.0),
            present: input.present,
        };
        let done = actions::check_in(scope(ctx)?, whom).await;
        ParticipationCheckInPayload::of(
            with_children::<Participation>(ctx, "participation", done).await,
        )
    }

    /// Gives a place to a person who waits, or whose place was released, before all others and beyond the capacity. After the end as well, so
    /// that the person can be checked in. Twice changes nothing. Requires `events:write`.
    async fn participation_promote(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The participation.")] input: ParticipationPromoteInput,
    ) -> Result<ParticipationPromotePayload> {
        let done = actions::promote_one(scope(ctx)?, input.participation_id.0).await;
        ParticipationPromotePayload::of(
            with_children::<Participation>(ctx, "participation", done).await,
        )
    }

    /// Releases the place or the wait of a person at an announced event, until the event ends. The state becomes `DECLINED`; a free place goes to the
    /// person who has waited longest. A person who was checked in keeps the place. Requires `events:write`.
    async fn participation_release(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The participation and the reason.")] input: ParticipationReleaseInput,
    ) -> Result<ParticipationReleasePayload> {
        let id = input.participation_id.0;
        let done = actions::release(scope(ctx)?, id, &input.reason).await;
        ParticipationReleasePayload::of(
            with_children::<Participation>(ctx, "participation", done).await,
        )
    }
}
