//! What is done to engagement events and answers: each in one transaction that locks the event's row first.

mod answers;
mod events;
mod forget;

pub use answers::{CheckIn, check_in, respond};
pub use events::{cancel, create, publish, update};
pub use forget::{forget_answers, hold_events_of};

use chrono::{DateTime, Utc};
use entity::{ParticipationId, PersonId, SubjectKind, engagement_event, participation};

use super::{rules, store};
use crate::error::Result;
use crate::outbox::Change;
use crate::scope::Transaction;
use crate::writes::Writes;

/// Gives the places that are free to those who have waited longest, and says whom. Who is answering has been decided on.
async fn promote(
    transaction: &Transaction<'_>,
    writes: &mut Writes,
    event: &mut engagement_event::Model,
    answering: Option<ParticipationId>,
    now: DateTime<Utc>,
) -> Result<Vec<Change>> {
    let people = rules::promotions(event, now);
    if people == 0 {
        return Ok(Vec::new());
    }
    let promoted =
        store::longest_waiting_whoever_asks(&**transaction, event, answering, people).await?;
    let ids: Vec<ParticipationId> = promoted.iter().map(|(id, _)| *id).collect();
    store::give_places(writes, event, &ids, now);
    rules::is_promoted(event, i32::try_from(ids.len()).unwrap_or(people));
    let change = |(id, person): (ParticipationId, PersonId)| Change {
        company: event.company_id,
        kind: "participation.promoted",
        subject: SubjectKind::Participation,
        id: id.0,
        person: Some(person),
        fields: vec!["state".to_owned()],
    };
    Ok(promoted.into_iter().map(change).collect())
}

fn event_change(
    event: &engagement_event::Model,
    kind: &'static str,
    fields: Vec<String>,
) -> Change {
    Change {
        company: event.company_id,
        kind,
        subject: SubjectKind::EngagementEvent,
        id: event.id.0,
        person: None,
        fields,
    }
}

fn participation_change(
    participation: &participation::Model,
    kind: &'static str,
    fields: Vec<String>,
) -> Change {
    Change {
        company: participation.company_id,
        kind,
        subject: SubjectKind::Participation,
        id: participation.id.0,
        person: Some(participation.person_id),
        fields,
    }
}
