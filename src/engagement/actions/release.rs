//! Places and waits that end without a response of the person: the person is no longer eligible, or an organiser releases the place.

use std::collections::HashMap;

use entity::{
    CompanyId, EngagementEventId, ParticipationId, ParticipationState, PersonId, participation,
};

use super::{held_change, participation_change, promote};
use crate::access::Permission;
use crate::checks::Checks;
use crate::engagement::{rules, store};
use crate::error::{Error, Refusal, Result, UserErrorCode};
use crate::outbox::Change;
use crate::scope::{Scope, Transaction};
use crate::writes::Writes;

/// Releases the places and waits of people who are no longer eligible at future events, and promotes waiting people. Part of the action that makes them
/// ineligible, which has locked their rows. Adds to the caller's writes and returns the changes. The number of statements does not depend on the number
/// of people.
pub async fn release_places(
    scope: &Scope,
    transaction: &Transaction<'_>,
    writes: &mut Writes,
    company: CompanyId,
    people: &[PersonId],
) -> Result<Vec<Change>> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let connection = &**transaction;
    let now = scope.now();
    let mut events =
        store::coming_events_whoever_asks(scope, connection, company, people, now).await?;
    if events.is_empty() {
        return Ok(Vec::new());
    }
    // only now: another transaction may have changed the state before the events were locked
    let held = store::held_whoever_asks(scope, connection, company, people, &events).await?;
    let places: HashMap<EngagementEventId, usize> = events
        .iter()
        .enumerate()
        .map(|(place, event)| (event.id, place))
        .collect();
    for held in &held {
        if let Some(place) = places.get(&held.event) {
            rules::is_released(&mut events[*place], held.state);
        }
    }
    store::release(scope, writes, company, people, &events);
    let mut changes: Vec<Change> = held
        .iter()
        .map(|held| held_change(company, held, "participation.released"))
        .collect();
    changes.extend(promote(scope, transaction, writes, &mut events, people).await?);
    store::save_counts(writes, &events);
    Ok(changes)
}

/// Most people of one transaction.
const MOST: usize = 1_000;

/// Releases the places and waits at future events of all people of a company who are not eligible. Returns the number of people.
pub async fn release_stale_places(scope: &Scope) -> Result<usize> {
    let company = scope.company()?;
    let mut released = 0;
    loop {
        let reader = scope.database().reader();
        let stale = store::stale_holders_whoever_asks(&reader, company, scope.now(), MOST).await?;
        if stale.is_empty() {
            return Ok(released);
        }
        let transaction = scope.begin().await?;
        let people = store::lock_people_whoever_asks(scope, &*transaction, company, &stale).await?;
        let people: Vec<PersonId> = people
            .into_iter()
            .filter(|(_, standing)| !rules::may_hold_a_place(*standing))
            .map(|(person, _)| person)
            .collect();
        let mut writes = transaction.writes();
        let changes = release_places(scope, &transaction, &mut writes, company, &people).await?;
        transaction.write(writes, changes).await?;
        transaction.commit().await?;
        released += people.len();
        if stale.len() < MOST {
            return Ok(released);
        }
    }
}

/// An organiser releases a place or a wait. Requires `events:write`.
pub async fn release(
    scope: &Scope,
    id: ParticipationId,
    reason: &str,
) -> Result<participation::Model> {
    scope.require(Permission::EventsWrite)?;
    let mut checks = Checks::default();
    let reason = checks.line("reason", reason, 500);
    checks.done()?;
    let transaction = scope.begin().await?;
    let found = store::get_participation(scope, &*transaction, id).await?;
    let mut event = store::get_for_update(scope, &*transaction, found.event_id).await?;
    // only now: the answer may have changed before the event was locked
    let held = store::participation_of(scope, &*transaction, event.id, found.person_id).await?;
    let mut held = held.ok_or(Error::NotFound)?;
    rules::may_release(&event, &held, scope.now())?;
    rules::release(&mut event, &mut held, reason, scope.now());
    let mut writes = transaction.writes();
    store::save_participation(&mut writes, held.clone())?;
    let fields = vec!["state".to_owned()];
    let mut changes = vec![participation_change(
        &held,
        "participation.released",
        fields,
    )];
    let events = std::slice::from_mut(&mut event);
    changes.extend(promote(scope, &transaction, &mut writes, events, &[held.person_id]).await?);
    store::save_counts(&mut writes, events);
    transaction.write(writes, changes).await?;
    transaction.commit().await?;
    Ok(held)
}

/// An organiser gives a place to a person who waits, or whose place was released. Requires `events:write`.
pub async fn promote_one(scope: &Scope, id: ParticipationId) -> Result<participation::Model> {
    scope.require(Permission::EventsWrite)?;
    let transaction = scope.begin().await?;
    let found = store::get_participation(scope, &*transaction, id).await?;
    // people before events, as everybody who frees their places locks them
    let (company, person) = (found.company_id, [found.person_id]);
    let people = store::lock_people_whoever_asks(scope, &*transaction, company, &person).await?;
    let standing = people.first().map(|(_, standing)| *standing);
    let mut event = store::get_for_update(scope, &*transaction, found.event_id).await?;
    // only now: the answer may have changed before the event was locked
    let held = store::participation_of(scope, &*transaction, event.id, found.person_id).await?;
    let mut held = held.ok_or(Error::NotFound)?;
    rules::may_promote(&event, &held)?;
    if held.state == ParticipationState::Going {
        return Ok(held);
    }
    if !standing.is_some_and(rules::may_hold_a_place) {
        let reason = "the person is no employee and no ACTIVE member";
        return Err(Refusal::new(UserErrorCode::Refused, "participationId", reason).into());
    }
    rules::promote(&mut event, &mut held, scope.now());
    let mut writes = transaction.writes();
    store::save_participation(&mut writes, held.clone())?;
    store::save_counts(&mut writes, std::slice::from_ref(&event));
    let fields = vec!["state".to_owned()];
    let change = participation_change(&held, "participation.promoted", fields);
    transaction.write(writes, vec![change]).await?;
    transaction.commit().await?;
    Ok(held)
}
