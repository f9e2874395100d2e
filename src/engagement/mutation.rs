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

/// An engagement event to create as a draft.
#[derive(InputObject)]
pub struct EngagementEventCreateInput {
    /// Kind.
    kind: EngagementEventKind,
    /// Title. One line, at most 200 characters.
    title: String,
    /// Short summary. At most 300 characters.
    summary: MaybeUndefined<String>,
    /// Full description. At most 10,000 characters.
    description: MaybeUndefined<String>,
    /// Start time, in the years 2000 to 2999. Stored with microsecond precision.
    starts_at: DateTime<Utc>,
    /// End time, after `startsAt` and in the years 2000 to 2999. Stored with microsecond precision.
    ends_at: DateTime<Utc>,
    /// Location on site. At most 500 characters.
    venue: MaybeUndefined<String>,
    /// HTTPS URL for online participation. At most 2,000 characters. Visible only to people with a place (`GOING`) and with `events:write`.
    online_url: MaybeUndefined<String>,
    /// Maximum number of places. 1 to 1,000,000. Null for no limit.
    capacity: MaybeUndefined<i32>,
    /// Id of the host, a person visible to you.
    host_id: MaybeUndefined<Gid<PersonId>>,
}

/// Changes to an engagement event. Omitted fields keep their value; `null` clears an optional field.
#[derive(InputObject)]
pub struct EngagementEventUpdateInput {
    /// Id of the event.
    id: Gid<EngagementEventId>,
    /// Fails if the stored version differs. Without it, the last write wins.
    expected_version: Option<i32>,
    /// Kind.
    kind: Option<EngagementEventKind>,
    /// Title. One line, at most 200 characters.
    title: Option<String>,
    /// Short summary. At most 300 characters.
    summary: MaybeUndefined<String>,
    /// Full description. At most 10,000 characters.
    description: MaybeUndefined<String>,
    /// Start time, in the years 2000 to 2999. Stored with microsecond precision.
    starts_at: Option<DateTime<Utc>>,
    /// End time, after `startsAt` and in the years 2000 to 2999. Stored with microsecond precision.
    ends_at: Option<DateTime<Utc>>,
    /// Location on site. At most 500 characters.
    venue: MaybeUndefined<String>,
    /// HTTPS URL for online participation. At most 2,000 characters. Visible only to people with a place (`GOING`) and with `events:write`.
    online_url: MaybeUndefined<String>,
    /// Maximum number of places. 1 to 1,000,000, and at least `goingCount`. Null for no limit. Additional places go to the people who have waited
    /// longest.
    capacity: MaybeUndefined<i32>,
    /// Id of the host, a person visible to you.
    host_id: MaybeUndefined<Gid<PersonId>>,
}

/// A draft event to publish.
#[derive(InputObject)]
pub struct EngagementEventPublishInput {
    /// Id of the event.
    id: Gid<EngagementEventId>,
    /// Fails if the stored version differs.
    expected_version: Option<i32>,
}

/// An event to cancel.
#[derive(InputObject)]
pub struct EngagementEventCancelInput {
    /// Id of the event.
    id: Gid<EngagementEventId>,
    /// Fails if the stored version differs.
    expected_version: Option<i32>,
    /// Public reason for the cancellation. One line, at most 500 characters.
    reason: String,
}

/// A response to an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Answer")]
pub enum ParticipationAnswer {
    /// Attends. Gets a place, or a position on the waiting list if the event is full.
    Going,
    /// Undecided. Gets no place.
    Maybe,
    /// Does not attend. Gets no place.
    Declined,
}

/// Your response to an event.
#[derive(InputObject)]
pub struct ParticipationRespondInput {
    /// Id of the event.
    event_id: Gid<EngagementEventId>,
    /// The response.
    answer: ParticipationAnswer,
    /// Note to the organisers. Visible only to you and with `events:write`. At most 1,000 characters. If omitted, it keeps its value; `null` clears it.
    note: MaybeUndefined<String>,
}

/// A check-in. Pass `participationId`, or both `eventId` and `personId`.
#[derive(InputObject)]
pub struct ParticipationCheckInInput {
    /// Id of the participation. Not together with `eventId` and `personId`.
    participation_id: Option<Gid<ParticipationId>>,
    /// Id of the event. Requires `personId`.
    event_id: Option<Gid<EngagementEventId>>,
    /// Id of the person. Requires `eventId`.
    person_id: Option<Gid<PersonId>>,
    /// Whether the person attends. False undoes a check-in, at any time; the person can then respond again.
    #[graphql(default = true)]
    present: bool,
}

/// A participation that gets a place.
#[derive(InputObject)]
pub struct ParticipationPromoteInput {
    /// Id of the participation. Its state is `WAITING`, or it was released.
    participation_id: Gid<ParticipationId>,
}

/// A place or a wait to release.
#[derive(InputObject)]
pub struct ParticipationReleaseInput {
    /// Id of the participation. Its state is `GOING` or `WAITING`.
    participation_id: Gid<ParticipationId>,
    /// Reason, visible to the person. One line, at most 500 characters.
    reason: String,
}

payload!(
    /// Result of `engagementEventCreate`.
    EngagementEventCreatePayload {
        /// The created draft. Null if the input was rejected.
        engagement_event: EngagementEvent,
    }
);

payload!(
    /// Result of `engagementEventUpdate`.
    EngagementEventUpdatePayload {
        /// The event after the change. Null if the input was rejected.
        engagement_event: EngagementEvent,
    }
);

payload!(
    /// Result of `engagementEventPublish`.
    EngagementEventPublishPayload {
        /// The event after the change. Null if the input was rejected.
        engagement_event: EngagementEvent,
    }
);

payload!(
    /// Result of `engagementEventCancel`.
    EngagementEventCancelPayload {
        /// The event after the change. Null if the input was rejected.
        engagement_event: EngagementEvent,
    }
);

payload!(
    /// Result of `participationRespond`.
    ParticipationRespondPayload {
        /// Your participation after the change. Null if the input was rejected.
        participation: Participation,
    }
);

payload!(
    /// Result of `participationCheckIn`.
    ParticipationCheckInPayload {
        /// The participation after the change. Null if the input was rejected.
        participation: Participation,
    }
);

payload!(
    /// Result of `participationRelease`.
    ParticipationReleasePayload {
        /// The participation, in state `DECLINED`. Null if the input was rejected.
        participation: Participation,
    }
);

payload!(
    /// Result of `participationPromote`.
    ParticipationPromotePayload {
        /// The participation, in state `GOING`. Null if the input was rejected.
        participation: Participation,
    }
);

/// Root writes of engagement events.
#[derive(Default)]
pub struct EngagementMutation;

#[Object]
impl EngagementMutation {
    /// Creates an engagement event as a draft. Drafts are visible only with `events:write`. Requires `events:write`.
    async fn engagement_event_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The event to create.")] input: EngagementEventCreateInput,
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

    /// Updates a draft or a published event. Additional places go to the people who have waited longest. A capacity below `goingCount` is rejected.
    /// Requires `events:write`.
    async fn engagement_event_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Fields to change.")] input: EngagementEventUpdateInput,
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

    /// Publishes a draft whose end has not passed. People can then respond. Requires `events:write`.
    async fn engagement_event_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The event to publish.")] input: EngagementEventPublishInput,
    ) -> Result<EngagementEventPublishPayload> {
        let (id, version) = (input.id.0, input.expected_version);
        EngagementEventPublishPayload::of(actions::publish(scope(ctx)?, id, version).await)
    }

    /// Cancels a published event before its end. Existing responses are kept; further responses are rejected. Requires `events:write`.
    async fn engagement_event_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The event and the reason.")] input: EngagementEventCancelInput,
    ) -> Result<EngagementEventCancelPayload> {
        let (id, version) = (input.id.0, input.expected_version);
        let done = actions::cancel(scope(ctx)?, id, version, &input.reason).await;
        EngagementEventCancelPayload::of(done)
    }

    /// Responds to a published event for yourself, until its end. The last response counts; the same response again changes nothing. `GOING` gives a
    /// place, or a position on the waiting list if the event is full. A place given up goes to the person who has waited longest. Alumni need an `ACTIVE`
    /// membership, except to change an earlier response to `DECLINED`. Requires `events:respond`.
    async fn participation_respond(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Your response.")] input: ParticipationRespondInput,
    ) -> Result<ParticipationRespondPayload> {
        let (event, answer) = (input.event_id.0, input.answer.into());
        let done = actions::respond(scope(ctx)?, event, answer, &input.note).await;
        ParticipationRespondPayload::of(
            with_children::<Participation>(ctx, "participation", done).await,
        )
    }

    /// Checks in a person with a place, from two hours before the start. After the end, `checkedInAt` is the end of the event. `present: false` undoes a
    /// check-in. No change if already done. Requires `events:write`.
    async fn participation_check_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The check-in.")] input: ParticipationCheckInInput,
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

    /// Gives a place to a person who waits or whose place was released, regardless of waiting list and capacity. The person must be an employee or an
    /// active member. It is also possible after the end, so that the person can be checked in. No change if the person already has a place. Requires
    /// `events:write`.
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

    /// Releases the place or the wait of a person at a published event, until its end. The state becomes `DECLINED`. A free place goes to the person who
    /// has waited longest. A person who is checked in keeps the place. Requires `events:write`.
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
