//! A person's answers go, as part of an erasure: places they held at events to come are given to those who wait.

use entity::{CompanyId, ParticipationState, PersonId, engagement_event};

use super::promote;
use crate::engagement::store;
use crate::error::Result;
use crate::outbox::Change;
use crate::scope::{Scope, Transaction};

/// Locks the events to come at which a person holds or wants a place, in the order of their ids. Before the person is locked.
pub async fn hold_events_of(
    scope: &Scope,
    transaction: &Transaction<'_>,
    company: CompanyId,
    person: PersonId,
) -> Result<Vec<engagement_event::Model>> {
    store::events_of_whoever_asks(scope, &**transaction, company, person, scope.now()).await
}

/// Takes all answers of a person away, who is locked, and gives the places that come free at the locked events. Events that are
/// over keep their counts: a number tells of nobody. Answers how many answers went, and what happened by that.
pub async fn forget_answers(
    scope: &Scope,
    transaction: &Transaction<'_>,
    company: CompanyId,
    person: PersonId,
    held: Vec<engagement_event::Model>,
) -> Result<(i64, Vec<Change>)> {
    let gone = store::take_answers_of(&**transaction, company, person).await?;
    let mut changes = Vec::new();
    for mut event in held {
        for answer in gone.iter().filter(|answer| answer.event_id == event.id) {
            match answer.state {
                ParticipationState::Going => event.going_count -= 1,
                ParticipationState::Waiting => event.waiting_count -= 1,
                ParticipationState::Maybe | ParticipationState::Declined => {}
            }
        }
        let mut writes = transaction.writes();
        changes.extend(promote(transaction, &mut writes, &mut event, None, scope.now()).await?);
        store::save_counts(&mut writes, &event);
        transaction.write(writes, Vec::new()).await?;
    }
    Ok((i64::try_from(gone.len()).unwrap_or(i64::MAX), changes))
}
