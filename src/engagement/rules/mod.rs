//! Pure decisions about engagement events and participations.

mod answers;
mod events;

pub use answers::{
    Answer, MAY_HOLD_A_PLACE, answer, is_promoted, is_released, may_answer, may_check_in,
    may_hold_a_place, may_promote, may_release, promote, promotions, release, seen_at,
};
pub use events::{EventEdit, apply, differences, may_cancel, may_edit, may_publish};

use chrono::{DateTime, Utc};
use entity::engagement_event::Model as Event;

use crate::error::{Refusal, UserErrorCode};

/// Whether the event is over: from its end on.
fn has_ended(event: &Event, now: DateTime<Utc>) -> bool {
    now >= event.ends_at
}

fn refused(field: &str, message: &str) -> Refusal {
    Refusal::new(UserErrorCode::Refused, field, message)
}

#[cfg(test)]
mod tests {
    use entity::participation::Model as Participation;
    use entity::{
        CompanyId, EngagementEventId, EngagementEventKind, EngagementEventState, ParticipationId,
        ParticipationState, PersonId,
    };
    use uuid::Uuid;

    use super::*;

    /// So many hours after the tests' beginning.
    pub fn at(hours: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000) + chrono::TimeDelta::hours(hours)
    }

    /// An event from hour 10 to hour 12.
    pub fn event(
        state: EngagementEventState,
        capacity: Option<i32>,
        going_count: i32,
        waiting_count: i32,
    ) -> Event {
        Event {
            id: EngagementEventId(Uuid::nil()),
            company_id: CompanyId(Uuid::nil()),
            kind: EngagementEventKind::Meetup,
            state,
            title: "Meetup".into(),
            summary: None,
            description: None,
            starts_at: at(10),
            ends_at: at(12),
            venue: Some("Room 1".into()),
            online_url: None,
            capacity,
            going_count,
            waiting_count,
            host_id: None,
            cancelled_reason: None,
            created_at: at(0),
            updated_at: at(0),
            version: 1,
        }
    }

    pub fn participation(state: ParticipationState) -> Participation {
        Participation {
            id: ParticipationId(Uuid::nil()),
            company_id: CompanyId(Uuid::nil()),
            event_id: EngagementEventId(Uuid::nil()),
            person_id: PersonId(Uuid::nil()),
            state,
            note: None,
            responded_at: at(0),
            waiting_since: (state == ParticipationState::Waiting).then_some(at(0)),
            promoted_at: None,
            checked_in_at: None,
            released_at: None,
            release_reason: None,
            created_at: at(0),
            updated_at: at(0),
            version: 1,
        }
    }
}
