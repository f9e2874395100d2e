//! Answering for oneself, and being seen at the event.

use chrono::{DateTime, Utc};
use entity::{
    EngagementEventId, ParticipationId, ParticipationState, PersonId, engagement_event,
    participation,
};

use super::{participation_change, promote};
use crate::access::Permission;
use crate::checks::{Checks, Edit};
use crate::engagement::rules::{self, Answer};
use crate::engagement::store;
use crate::error::{Error, Refusal, Result, UserErrorCode};
use crate::scope::Scope;

/// Responds to an event for the viewer. A place given up goes to the person who has waited longest. Requires `events:respond`.
pub async fn respond(
    scope: &Scope,
    event: EngagementEventId,
    answer: Answer,
    note: &Edit<String>,
) -> Result<participation::Model> {
    scope.require(Permission::EventsRespond)?;
    let person = scope.person()?;
    let transaction = scope.begin().await?;
    let mut event = store::get_for_answer(scope, &*transaction, event, person).await?;
    // only now: who waited for the lock stands behind whoever held it
    let now = scope.now();
    let (standing, held) = store::standing_and_answer(scope, &*transaction, event.id, person)
        .await?
        .ok_or(Error::NotFound)?;
    rules::may_answer(&event, standing, held.as_ref(), answer, now)?;
    let state = held.as_ref().map(|held| held.state);
    let mut mine = held.unwrap_or_else(|| unanswered(scope, &event, person, now));
    let mut checks = Checks::default();
    let fields = rules::answer(
        &mut checks,
        &mut event,
        &mut mine,
        state,
        (answer, note),
        now,
    );
    checks.done()?;
    if fields.is_empty() {
        return Ok(mine);
    }
    mine.version += 1;
    let mut writes = transaction.writes();
    store::save_participation(&mut writes, mine.clone())?;
    let mut changes = vec![participation_change(
        &mine,
        "participation.responded",
        fields,
    )];
    let events = std::slice::from_mut(&mut event);
    changes.extend(promote(scope, &transaction, &mut writes, events, &[person]).await?);
    store::save_counts(&mut writes, events);
    transaction.write(writes, changes).await?;
    transaction.commit().await?;
    Ok(mine)
}

fn unanswered(
    scope: &Scope,
    event: &engagement_event::Model,
    person: PersonId,
    now: DateTime<Utc>,
) -> participation::Model {
    participation::Model {
        id: scope.new_id(),
        company_id: event.company_id,
        event_id: event.id,
        person_id: person,
        state: ParticipationState::Declined,
        note: None,
        responded_at: now,
        waiting_since: None,
        promoted_at: None,
        checked_in_at: None,
        released_at: None,
        release_reason: None,
        created_at: now,
        updated_at: now,
        version: 0,
    }
}

/// The participation to check in: by its id, or by person and event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckIn {
    pub participation: Option<ParticipationId>,
    /// At which event.
    pub event: Option<EngagementEventId>,
    pub person: Option<PersonId>,
    /// Whether they are there; if not, an earlier check-in is undone.
    pub present: bool,
}

/// Checks a person in, or undoes a check-in. No change if already done. Requires `events:write`.
pub async fn check_in(scope: &Scope, whom: CheckIn) -> Result<participation::Model> {
    scope.require(Permission::EventsWrite)?;
    let transaction = scope.begin().await?;
    let (event, person) = match (whom.participation, whom.event, whom.person) {
        (None, Some(event), Some(person)) => (event, person),
        (Some(id), None, None) => {
            let found = store::get_participation(scope, &*transaction, id).await?;
            (found.event_id, found.person_id)
        }
        _ => return Err(either_or().into()),
    };
    let event = store::get_for_update(scope, &*transaction, event).await?;
    let found = store::participation_of(scope, &*transaction, event.id, person).await?;
    let mut seen = found.ok_or_else(|| {
        Refusal::new(
            UserErrorCode::NotFound,
            "personId",
            "nobody with this id has answered the event",
        )
    })?;
    if seen.checked_in_at.is_some() == whom.present {
        return Ok(seen);
    }
    let now = scope.now();
    let kind = if whom.present {
        rules::may_check_in(&event, seen.state, now)?;
        "participation.checked_in"
    } else {
        "participation.check_in_undone"
    };
    seen.checked_in_at = whom.present.then(|| rules::seen_at(&event, now));
    (seen.updated_at, seen.version) = (now, seen.version + 1);
    let fields = vec!["checkedInAt".to_owned()];
    let change = participation_change(&seen, kind, fields);
    let mut writes = transaction.writes();
    writes.save(seen.clone())?;
    transaction.write(writes, vec![change]).await?;
    transaction.commit().await?;
    Ok(seen)
}

fn either_or() -> Refusal {
    Refusal::new(
        UserErrorCode::Invalid,
        "participationId",
        "give `participationId` alone, or both `eventId` and `personId`",
    )
}
