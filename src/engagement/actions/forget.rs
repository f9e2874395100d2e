//! Erasure: deletes the person's participations and gives the free places at future events to waiting people.

use entity::{CompanyId, PersonId, engagement_event};

use super::promote;
use crate::engagement::{rules, store};
use crate::error::Result;
use crate::outbox::Change;
use crate::scope::{Scope, Transaction};

/// Locks the future events at which a person has or waits for a place, in the order of their ids. Lock the person first.
pub async fn hold_events_of(
    scope: &Scope,
    transaction: &Transaction<'_>,
    company: CompanyId,
    person: PersonId,
) -> Result<Vec<engagement_event::Model>> {
    store::events_of_whoever_asks(scope, &**transaction, company, person, scope.now()).await
}

/// Deletes all responses of a locked person, and promotes waiting people at the locked events. Past events keep their counts, which identify no person.
/// Returns the number of deleted responses, and the changes.
pub async fn forget_answers(
    scope: &Scope,
    transaction: &Transaction<'_>,
    company: CompanyId,
    person: PersonId,
    mut held: Vec<engagement_event::Model>,
) -> Result<(i64, Vec<Change>)> {
    let gone = store::take_answers_of(&**transaction, company, person).await?;
    for event in &mut held {
        let id = event.id;
        for answer in gone.iter().filter(|answer| answer.event_id == id) {
            rules::is_released(event, answer.state);
        }
    }
    let mut writes = transaction.writes();
    let changes = promote(scope, transaction, &mut writes, &mut held, &[person]).await?;
    store::save_counts(&mut writes, &held);
    transaction.write(writes, Vec::new()).await?;
    Ok((i64::try_from(gone.len()).unwrap_or(i64::MAX), changes))
}
