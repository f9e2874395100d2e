//! What the programme holds for people, and who answers to it and comes. Places are counted under a lock of the event's
//! row: nobody is let in past the capacity, and a place that comes free goes to whoever has waited longest.

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
