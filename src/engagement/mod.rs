//! Engagement events, and the participations of people. Places are counted under a lock on the event's row: the capacity is not exceeded, and a free
//! place goes to the person who has waited longest.

mod actions;
mod filter;
mod mutation;
mod query;
mod rules;
mod store;
mod types;

pub use actions::{forget_answers, hold_events_of, release_places, release_stale_places};
pub use filter::{
    EngagementEventFilter, EngagementEventOrder, ParticipationFilter, ParticipationOrder,
};
pub use mutation::EngagementMutation;
pub use query::EngagementQuery;
pub use rules::may_hold_a_place;
pub use types::{EngagementEvent, Participation};
