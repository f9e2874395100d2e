//! Actions on engagement events and participations, each in one transaction. Lock people first and events second.

mod answers;
mod events;
mod forget;
mod release;

pub use answers::{CheckIn, check_in, respond};
pub use events::{cancel, create, publish, update};
pub use forget::{forget_answers, hold_events_of};
pub use release::{promote_one, release, release_places, release_stale_places};

use entity::{CompanyId, ParticipationId, PersonId, SubjectKind, engagement_event, participation};

use super::store::Held;
use super::{rules, store};
use crate::error::Result;
use crate::outbox::Change;
use crate::scope::{Scope, Transaction};
use crate::writes::Writes;

/// Gives the free places of locked events to the eligible people who have waited longest. Returns one change per promotion. People who leave the waiting
/// lists in this transaction get no place.
async fn promote(
    scope: &Scope,
    transaction: &Transaction<'_>,
    writes: &mut Writes,
    events: &mut [engagement_event::Model],
    leaving: &[PersonId],
) -> Result<Vec<Change>> {
    let now = scope.now();
    let places: Vec<_> = events
        .iter()
        .map(|event| (event, rules::promotions(event, now)))
        .filter(|(_, people)| *people > 0)
        .collect();
    let Some(company) = places.first().map(|(event, _)| event.company_id) else {
        return Ok(Vec::new());
    };
    let promoted =
        store::longest_waiting_whoever_asks(scope, &**transaction, &places, leaving).await?;
    let ids: Vec<ParticipationId> = promoted.iter().map(|held| held.id).collect();
    store::give_places(writes, company, &ids, now);
    for held in &promoted {
        if let Some(event) = events.iter_mut().find(|event| event.id == held.event) {
            rules::is_promoted(event, 1);
        }
    }
    let change = |held: &Held| held_change(company, held, "participation.promoted");
    Ok(promoted.iter().map(change).collect())
}

/// Change record: another person or the service changed the state of a place or a wait.
fn held_change(company: CompanyId, held: &Held, kind: &'static str) -> Change {
    Change {
        company,
        kind,
        subject: SubjectKind::Participation,
        id: held.id.0,
        person: Some(held.person),
        fields: vec!["state".to_owned()],
    }
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
