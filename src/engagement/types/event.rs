//! GraphQL type of an engagement event.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use chrono::{DateTime, SecondsFormat, Utc};
use entity::{
    CompanyId, EngagementEventId, EngagementEventKind, EngagementEventState, ParticipationState,
    PersonId, engagement_event,
};

use super::{Participation, ParticipationWants};
use crate::access::Permission;
use crate::alumni::{Person, PersonWants};
use crate::companies::Company;
use crate::engagement::filter::{
    EngagementEventFilter, EngagementEventOrder, ParticipationFilter, ParticipationOrder,
};
use crate::engagement::store;
use crate::graphql::ahead::Ahead;
use crate::graphql::columns::{Columns, Told};
use crate::graphql::connection::{Connection, Page, WantedOf};
use crate::graphql::id::Gid;
use crate::graphql::level::{Edge, Level, Link};
use crate::graphql::node::{Listed, Node, Tree};
use crate::graphql::shown::{Held, Kept, One, Shown};
use crate::graphql::{loader, reference, scope};
use crate::page::PageArgs;
use crate::row;

row!(
    /// An engagement event.
    EngagementEvent of engagement_event {
        id: EngagementEventId = Id,
        company_id: Option<CompanyId> = CompanyId if "company" unless company,
        kind: EngagementEventKind = Kind,
        state: EngagementEventState = State,
        title: String = Title,
        summary: Option<String> = Summary if "summary",
        description: Option<String> = Description if "description",
        starts_at: DateTime<Utc> = StartsAt,
        ends_at: Told<DateTime<Utc>> = EndsAt if "endsAt",
        venue: Option<String> = Venue if "venue",
        online_url: Option<String> = OnlineUrl if "onlineUrl",
        capacity: Option<i32> = Capacity,
        going_count: i32 = GoingCount,
        waiting_count: i32 = WaitingCount,
        host_id: Option<PersonId> = HostId if "host" unless host,
        cancelled_reason: Option<String> = CancelledReason if "cancelledReason",
        created_at: Told<DateTime<Utc>> = CreatedAt if "createdAt",
        updated_at: Told<DateTime<Utc>> = UpdatedAt if "updatedAt",
        version: Told<i32> = Version if "version",
    } holds {
        company: Option<Arc<Company>>,
        host: Option<Vec<Person>>,
        participations: Option<Page<Participation>>,
        mine: Option<Vec<Participation>>,
    }
);

/// Which children of an event are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct EngagementEventWants {
    columns: Columns,
    company: Option<Box<<Company as Tree>::Wants>>,
    host: Option<Box<PersonWants>>,
    participations: Option<WantedOf<Participation>>,
    mine: Option<Box<ParticipationWants>>,
}

impl Tree for EngagementEvent {
    type Wants = EngagementEventWants;

    fn ahead(look: &Ahead<'_>) -> EngagementEventWants {
        // whether the address is told depends on one's own answer
        let address = || look.has("onlineUrl").then(ParticipationWants::default);
        EngagementEventWants {
            columns: look.columns::<Self>(),
            company: look.wants::<Company>("company").map(Box::new),
            host: look.wants::<Person>("host").map(Box::new),
            participations: look.connection::<Participation>("participations"),
            mine: look
                .wants::<Participation>("myParticipation")
                .or_else(address)
                .map(Box::new),
        }
    }

    fn columns(wants: &EngagementEventWants) -> Columns {
        wants.columns
    }

    fn edges(wants: &EngagementEventWants, at: Level<'_>) -> Vec<Edge> {
        use engagement_event::Relation::{Host, Participations};
        vec![
            at.reference::<Company>(Link::Company, wants.company.as_deref()),
            at.list::<Person>(Host, wants.host.as_deref(), |_| {}),
            at.page::<Participation>(Participations, wants.participations.as_ref()),
            at.list::<Participation>(Participations, wants.mine.as_deref(), |rows| {
                store::only_own(at.scope(), rows);
            }),
        ]
    }
}

impl Node for EngagementEvent {
    type Id = EngagementEventId;
    const ID: engagement_event::Column = engagement_event::Column::Id;

    fn id(&self) -> EngagementEventId {
        self.id
    }
}

impl Shown for EngagementEvent {}

impl Listed for EngagementEvent {
    type Filter = EngagementEventFilter;
    type Order = EngagementEventOrder;

    fn sort_values(&self, order: EngagementEventOrder) -> Vec<String> {
        use EngagementEventOrder::{Newest, StartsAt, StartsAtDesc};
        match order {
            StartsAt | StartsAtDesc => {
                vec![self.starts_at.to_rfc3339_opts(SecondsFormat::Micros, true)]
            }
            Newest => vec![],
        }
    }
}

impl EngagementEvent {
    /// The viewer's own response, with its selected children.
    async fn mine(
        &self,
        ctx: &Context<'_>,
        wants: ParticipationWants,
    ) -> Result<Option<Held<'_, Participation>>> {
        if let Some(found) = &self.mine {
            return Ok(found.first().map(|held| One(Cow::Borrowed(held))));
        }
        let wants = EngagementEventWants {
            mine: Some(Box::new(wants)),
            ..Default::default()
        };
        let found = loader::rest::<Self>(ctx, self.id, wants).await?;
        Ok(found
            .and_then(|event| event.mine)
            .and_then(|mut mine| mine.pop())
            .map(|found| One(Cow::Owned(found))))
    }
}

/// An event of the alumni programme: seminar, meetup, webinar, career talk, volunteering or survey round. Requires `events:read`; a draft requires
/// `events:write`.
#[Object]
impl EngagementEvent {
    /// Id.
    pub async fn id(&self) -> Gid<EngagementEventId> {
        Gid(self.id)
    }

    /// The company that runs the programme.
    async fn company(&self, ctx: &Context<'_>) -> Result<Kept<Company>> {
        Ok(reference::company(ctx, self.company.as_ref(), self.company_id).await?)
    }

    /// Kind.
    async fn kind(&self) -> EngagementEventKind {
        self.kind
    }

    /// Current state.
    async fn state(&self) -> EngagementEventState {
        self.state
    }

    /// Title. One line.
    async fn title(&self) -> &str {
        &self.title
    }

    /// Short summary. Null if not set.
    async fn summary(&self) -> Option<&str> {
        self.summary.as_deref()
    }

    /// Full description. Null if not set.
    async fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// Start time.
    async fn starts_at(&self) -> DateTime<Utc> {
        self.starts_at
    }

    /// End time, after `startsAt`. From this time, responses are rejected.
    async fn ends_at(&self) -> DateTime<Utc> {
        *self.ends_at
    }

    /// Location on site. Null if not set.
    async fn venue(&self) -> Option<&str> {
        self.venue.as_deref()
    }

    /// HTTPS URL for online participation. Null if not set. Visible only to people with a place (`GOING`) and with `events:write`.
    async fn online_url(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        let Some(url) = self.online_url.as_deref() else {
            return Ok(None);
        };
        if scope(ctx)?.may(Permission::EventsWrite) {
            return Ok(Some(url));
        }
        let mine = self.mine(ctx, ParticipationWants::default()).await?;
        Ok(mine
            .filter(|mine| mine.0.state == ParticipationState::Going)
            .map(|_| url))
    }

    /// Maximum number of places. Null if unlimited.
    async fn capacity(&self) -> Option<i32> {
        self.capacity
    }

    /// Number of people with a place, including people you may not see.
    async fn going_count(&self) -> i32 {
        self.going_count
    }

    /// Number of people on the waiting list, including people you may not see.
    async fn waiting_count(&self) -> i32 {
        self.waiting_count
    }

    /// The host. Null if there is none, or if you may not see the person.
    async fn host(&self, ctx: &Context<'_>) -> Result<Option<Held<'_, Person>>> {
        super::person(ctx, self.host.as_ref(), self.host_id).await
    }

    /// Responses to the event. With `events:write`: all. Otherwise: your own, and those in state `GOING` of people visible to you.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn participations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<ParticipationFilter>,
        #[graphql(desc = "Sort order. Default: by first response, earliest first.")]
        order_by: Option<ParticipationOrder>,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'_, Participation>> {
        let arguments = (
            filter,
            order_by,
            PageArgs {
                first,
                after,
                last,
                before,
            },
        );
        let again = |wanted| EngagementEventWants {
            participations: Some(wanted),
            ..Default::default()
        };
        let held = self.participations.as_ref();
        Ok(loader::page(ctx, self, held, arguments, again, |event| {
            event.participations
        })
        .await?)
    }

    /// Your own response. Null if you have not responded.
    async fn my_participation(&self, ctx: &Context<'_>) -> Result<Option<Held<'_, Participation>>> {
        self.mine(ctx, Participation::ahead(&Ahead::of(ctx))).await
    }

    /// Public reason for the cancellation. Null if the event is not cancelled.
    async fn cancelled_reason(&self) -> Option<&str> {
        self.cancelled_reason.as_deref()
    }

    /// Time of creation.
    async fn created_at(&self) -> DateTime<Utc> {
        *self.created_at
    }

    /// Time of the last edit, publication or cancellation. Responses do not change it.
    async fn updated_at(&self) -> DateTime<Utc> {
        *self.updated_at
    }

    /// Increases by one with each change of the event; responses do not change it. Pass it as `expectedVersion`.
    async fn version(&self) -> i32 {
        *self.version
    }
}
