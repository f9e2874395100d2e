//! Rules for places, waiting list, promotion and check-in.

use chrono::{DateTime, TimeDelta, Utc};
use entity::engagement_event::Model as Event;
use entity::participation::Model as Participation;
use entity::{EngagementEventState, ParticipationState as State, Standing};

use super::{has_ended, refused};
use crate::checks::{Checks, Edit};
use crate::error::Refusal;

/// Check-in opens this long before the start.
const DOORS_OPEN_BEFORE: TimeDelta = TimeDelta::hours(2);

/// A person's response to an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Going,
    /// Is not sure yet.
    Maybe,
    /// Does not come.
    Declined,
}

/// The standings in which a person may have a place or wait for one.
pub const MAY_HOLD_A_PLACE: [Standing; 2] = [Standing::Active, Standing::Employee];

/// Whether a person of this standing may have a place or wait for one.
#[must_use]
pub fn may_hold_a_place(standing: Standing) -> bool {
    MAY_HOLD_A_PLACE.contains(&standing)
}

/// A published event accepts responses until it ends, from employees and active members. Anyone may give up an earlier response. A person who is checked
/// in cannot decline.
pub fn may_answer(
    event: &Event,
    standing: Standing,
    held: Option<&Participation>,
    answer: Answer,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    match event.state {
        EngagementEventState::Draft => {
            return Err(refused("eventId", "a DRAFT takes no answers yet"));
        }
        EngagementEventState::Cancelled => {
            return Err(refused("eventId", "the event was called off"));
        }
        EngagementEventState::Published if has_ended(event, now) => {
            return Err(refused("eventId", "the event has ended"));
        }
        EngagementEventState::Published => {}
    }
    let gives_up = answer == Answer::Declined && held.is_some();
    if !gives_up && !may_hold_a_place(standing) {
        return Err(refused(
            "",
            "an alumnus answers as an ACTIVE member; your membership is not",
        ));
    }
    let seen = held.is_some_and(|held| held.checked_in_at.is_some());
    if seen && answer != Answer::Going {
        return Err(refused("answer", "you were checked in: you have come"));
    }
    Ok(())
}

/// Writes the response into the participation and the counts into the event. Returns the changed fields by their names in the schema. An existing place
/// or waiting-list position is kept.
pub fn answer(
    checks: &mut Checks,
    event: &mut Event,
    mine: &mut Participation,
    held: Option<State>,
    (answer, note): (Answer, &Edit<String>),
    now: DateTime<Utc>,
) -> Vec<String> {
    let mut fields = Vec::new();
    let state = state_after(event, held, answer);
    if held != Some(state) {
        count(event, held, -1);
        count(event, Some(state), 1);
        mine.state = state;
        mine.waiting_since = (state == State::Waiting).then_some(now);
        mine.promoted_at = None;
        (mine.released_at, mine.release_reason) = (None, None);
        fields.push("state".to_owned());
    }
    if let Some(note) = checks.edit("note", note, 1_000)
        && note != mine.note
    {
        mine.note = note;
        fields.push("note".to_owned());
    }
    if !fields.is_empty() {
        (mine.responded_at, mine.updated_at) = (now, now);
    }
    fields
}

fn state_after(event: &Event, held: Option<State>, answer: Answer) -> State {
    match (answer, held) {
        (Answer::Maybe, _) => State::Maybe,
        (Answer::Declined, _) => State::Declined,
        (Answer::Going, Some(held @ (State::Going | State::Waiting))) => held,
        (Answer::Going, _) if free(event) > 0 => State::Going,
        (Answer::Going, _) => State::Waiting,
    }
}

fn count(event: &mut Event, state: Option<State>, people: i32) {
    match state {
        Some(State::Going) => event.going_count += people,
        Some(State::Waiting) => event.waiting_count += people,
        Some(State::Maybe | State::Declined) | None => {}
    }
}

fn free(event: &Event) -> i32 {
    event.capacity.map_or(i32::MAX, |capacity| {
        capacity.saturating_sub(event.going_count).max(0)
    })
}

/// How many waiting people can be promoted now: none unless the event is published and has not ended.
pub fn promotions(event: &Event, now: DateTime<Utc>) -> i32 {
    if event.state == EngagementEventState::Published && !has_ended(event, now) {
        free(event).min(event.waiting_count)
    } else {
        0
    }
}

/// Counts people who moved up from waiting to a place.
pub fn is_promoted(event: &mut Event, people: i32) {
    count(event, Some(State::Waiting), -people);
    count(event, Some(State::Going), people);
}

/// An organiser may release a place or a wait at an announced event until it ends, unless the person was checked in.
pub fn may_release(event: &Event, held: &Participation, now: DateTime<Utc>) -> Result<(), Refusal> {
    match event.state {
        EngagementEventState::Draft => {
            return Err(refused("participationId", "the event is a DRAFT"));
        }
        EngagementEventState::Cancelled => {
            return Err(refused("participationId", "the event was cancelled"));
        }
        EngagementEventState::Published if has_ended(event, now) => {
            return Err(refused("participationId", "the event has ended"));
        }
        EngagementEventState::Published => {}
    }
    let state = match held.state {
        State::Going | State::Waiting if held.checked_in_at.is_some() => {
            return Err(refused("participationId", "the person was checked in"));
        }
        State::Going | State::Waiting => return Ok(()),
        State::Maybe => "MAYBE",
        State::Declined => "DECLINED",
    };
    let why = format!("the participation is {state}; only GOING and WAITING can be released");
    Err(refused("participationId", &why))
}

/// Ends a place or a wait without a response of the person.
pub fn release(event: &mut Event, held: &mut Participation, reason: String, now: DateTime<Utc>) {
    is_released(event, held.state);
    held.state = State::Declined;
    (held.waiting_since, held.promoted_at) = (None, None);
    (held.released_at, held.release_reason) = (Some(now), Some(reason));
    (held.updated_at, held.version) = (now, held.version + 1);
}

/// Counts a place or a wait that ended.
pub fn is_released(event: &mut Event, state: State) {
    count(event, Some(state), -1);
}

/// An organiser may give a place to a person who waits, or whose place was released, while the event is coming and afterwards.
pub fn may_promote(event: &Event, held: &Participation) -> Result<(), Refusal> {
    match event.state {
        EngagementEventState::Draft => {
            return Err(refused("participationId", "the event is a DRAFT"));
        }
        EngagementEventState::Cancelled => {
            return Err(refused("participationId", "the event was cancelled"));
        }
        EngagementEventState::Published => {}
    }
    let state = match held.state {
        State::Waiting | State::Going => return Ok(()),
        State::Declined if held.released_at.is_some() => return Ok(()),
        State::Declined => "DECLINED by the person",
        State::Maybe => "MAYBE",
    };
    let why =
        format!("the participation is {state}; a place is given if it is WAITING or was released");
    Err(refused("participationId", &why))
}

/// Gives a place, regardless of waiting list and capacity.
pub fn promote(event: &mut Event, held: &mut Participation, now: DateTime<Utc>) {
    count(event, Some(held.state), -1);
    count(event, Some(State::Going), 1);
    held.state = State::Going;
    (held.waiting_since, held.promoted_at) = (None, Some(now));
    (held.released_at, held.release_reason) = (None, None);
    (held.updated_at, held.version) = (now, held.version + 1);
}

/// When a person was at the event: now, or at its end if that is entered afterwards.
pub fn seen_at(event: &Event, now: DateTime<Utc>) -> DateTime<Utc> {
    now.min(event.ends_at)
}

/// People with a place can be checked in from two hours before the start, also after the end.
pub fn may_check_in(event: &Event, state: State, now: DateTime<Utc>) -> Result<(), Refusal> {
    match event.state {
        EngagementEventState::Draft => {
            return Err(refused("", "a DRAFT is not held yet"));
        }
        EngagementEventState::Cancelled => {
            return Err(refused("", "the event was called off"));
        }
        EngagementEventState::Published => {}
    }
    if now < event.starts_at - DOORS_OPEN_BEFORE {
        return Err(refused(
            "",
            "people are checked in from two hours before the begin",
        ));
    }
    match state {
        State::Going => Ok(()),
        State::Waiting => Err(refused(
            "",
            "the person is WAITING: only who has a place is checked in",
        )),
        State::Maybe | State::Declined => Err(refused(
            "",
            "the person has no place: only who answered GOING is checked in",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engagement::rules::tests::{at, event, participation};

    fn say(
        event: &mut Event,
        mine: &mut Participation,
        held: Option<State>,
        said: Answer,
    ) -> Vec<String> {
        let mut checks = Checks::default();
        let said = (said, &Edit::Undefined);
        answer(&mut checks, event, mine, held, said, at(1))
    }

    #[test]
    fn a_place_is_given_while_there_is_one_and_then_people_wait() {
        use EngagementEventState::Published;
        for (capacity, going, held, said, state, counts) in [
            (None, 9, None, Answer::Going, State::Going, (10, 3)),
            (Some(10), 9, None, Answer::Going, State::Going, (10, 3)),
            (Some(9), 9, None, Answer::Going, State::Waiting, (9, 4)),
            (
                Some(9),
                9,
                Some(State::Going),
                Answer::Going,
                State::Going,
                (9, 3),
            ),
            (
                Some(9),
                9,
                Some(State::Waiting),
                Answer::Going,
                State::Waiting,
                (9, 3),
            ),
            (
                Some(9),
                9,
                Some(State::Maybe),
                Answer::Going,
                State::Waiting,
                (9, 4),
            ),
            (
                Some(9),
                9,
                Some(State::Going),
                Answer::Declined,
                State::Declined,
                (8, 3),
            ),
            (
                Some(9),
                9,
                Some(State::Waiting),
                Answer::Maybe,
                State::Maybe,
                (9, 2),
            ),
            (
                Some(9),
                9,
                Some(State::Declined),
                Answer::Maybe,
                State::Maybe,
                (9, 3),
            ),
        ] {
            let mut event = event(Published, capacity, going, 3);
            let mut mine = participation(held.unwrap_or(State::Declined));
            say(&mut event, &mut mine, held, said);
            assert_eq!(mine.state, state, "{held:?} {said:?}");
            assert_eq!(
                (event.going_count, event.waiting_count),
                counts,
                "{held:?} {said:?}"
            );
            assert_eq!(mine.waiting_since.is_some(), state == State::Waiting);
        }
    }

    #[test]
    fn the_same_answer_again_touches_nothing() {
        for (held, said) in [
            (State::Going, Answer::Going),
            (State::Waiting, Answer::Going),
            (State::Maybe, Answer::Maybe),
            (State::Declined, Answer::Declined),
        ] {
            let mut event = event(EngagementEventState::Published, Some(3), 3, 1);
            let before = (event.clone(), participation(held));
            let mut mine = before.1.clone();
            assert!(say(&mut event, &mut mine, Some(held), said).is_empty());
            assert_eq!((event, mine), before, "{held:?}");
        }
    }

    #[test]
    fn as_many_move_up_as_there_are_places_and_people_waiting() {
        use EngagementEventState::{Cancelled, Draft, Published};
        for (state, capacity, now, people) in [
            (Published, Some(5), at(0), 0),
            (Published, Some(6), at(0), 1),
            (Published, Some(99), at(0), 4),
            (Published, None, at(0), 4),
            (Published, Some(3), at(0), 0),
            (Published, Some(6), at(99), 0),
            (Draft, Some(6), at(0), 0),
            (Cancelled, Some(6), at(0), 0),
        ] {
            let mut event = event(state, capacity, 5, 4);
            assert_eq!(promotions(&event, now), people, "{state:?} {capacity:?}");
            is_promoted(&mut event, people);
            assert_eq!(
                (event.going_count, event.waiting_count),
                (5 + people, 4 - people)
            );
        }
    }

    #[test]
    fn only_a_running_event_takes_answers_and_only_of_employees_and_active_members() {
        use EngagementEventState::{Cancelled, Draft, Published};
        for (state, standing, now, taken) in [
            (Published, Standing::Active, at(0), true),
            (Published, Standing::Employee, at(11), true),
            (Published, Standing::Active, at(12), false),
            (Published, Standing::Paused, at(0), false),
            (Published, Standing::Withdrawn, at(0), false),
            (Published, Standing::Invited, at(0), false),
            (Draft, Standing::Employee, at(0), false),
            (Cancelled, Standing::Active, at(0), false),
        ] {
            let event = event(state, None, 0, 0);
            let may = may_answer(&event, standing, None, Answer::Going, now);
            assert_eq!(may.is_ok(), taken, "{state:?} {standing:?}");
        }
    }

    #[test]
    fn anyone_may_give_up_what_they_hold_and_nothing_else() {
        let event = event(EngagementEventState::Published, Some(1), 1, 1);
        for standing in [
            Standing::Candidate,
            Standing::Invited,
            Standing::Paused,
            Standing::Expired,
            Standing::Withdrawn,
        ] {
            assert!(!may_hold_a_place(standing), "{standing:?}");
            for state in [State::Going, State::Waiting, State::Maybe, State::Declined] {
                let held = participation(state);
                let may = |answer| may_answer(&event, standing, Some(&held), answer, at(0)).is_ok();
                assert!(may(Answer::Declined), "{standing:?} {state:?}");
                assert!(
                    !may(Answer::Going) && !may(Answer::Maybe),
                    "{standing:?} {state:?}"
                );
            }
            let unanswered = may_answer(&event, standing, None, Answer::Declined, at(0));
            assert!(unanswered.is_err(), "{standing:?}");
        }
    }

    #[test]
    fn an_organiser_releases_a_place_or_a_wait_while_the_event_is_coming() {
        use EngagementEventState::{Cancelled, Draft, Published};
        for (event_state, state, now, may) in [
            (Published, State::Going, at(0), true),
            (Published, State::Waiting, at(11), true),
            (Published, State::Maybe, at(0), false),
            (Published, State::Declined, at(0), false),
            (Published, State::Going, at(12), false),
            (Cancelled, State::Going, at(0), false),
            (Draft, State::Going, at(0), false),
        ] {
            let event = event(event_state, Some(1), 1, 1);
            let held = participation(state);
            assert_eq!(
                may_release(&event, &held, now).is_ok(),
                may,
                "{event_state:?} {state:?} {now}"
            );
        }
        let seen = Participation {
            checked_in_at: Some(at(10)),
            ..participation(State::Going)
        };
        assert!(may_release(&event(Published, None, 1, 0), &seen, at(11)).is_err());
    }

    #[test]
    fn a_released_place_says_when_and_why_until_the_next_answer() {
        let mut event = event(EngagementEventState::Published, Some(1), 1, 1);
        let mut held = participation(State::Waiting);
        release(&mut event, &mut held, "full".into(), at(1));
        assert_eq!((event.going_count, event.waiting_count), (1, 0));
        assert_eq!(
            (held.state, held.waiting_since, held.version),
            (State::Declined, None, 2)
        );
        assert_eq!(
            (held.released_at, held.release_reason.as_deref()),
            (Some(at(1)), Some("full"))
        );
        say(&mut event, &mut held, Some(State::Declined), Answer::Maybe);
        assert_eq!((held.released_at, held.release_reason), (None, None));
    }

    #[test]
    fn who_was_seen_has_come() {
        let event = event(EngagementEventState::Published, None, 1, 0);
        let seen = Participation {
            checked_in_at: Some(at(10)),
            ..participation(State::Going)
        };
        let may = |answer| may_answer(&event, Standing::Active, Some(&seen), answer, at(11));
        assert!(may(Answer::Going).is_ok());
        assert!(may(Answer::Declined).is_err());
    }

    #[test]
    fn people_with_a_place_are_checked_in_from_two_hours_before_and_after_the_end() {
        use EngagementEventState::{Cancelled, Published};
        let begin = event(Published, None, 1, 0).starts_at;
        for (event_state, state, now, may) in [
            (
                Published,
                State::Going,
                begin - TimeDelta::minutes(121),
                false,
            ),
            (Published, State::Going, begin - TimeDelta::hours(2), true),
            (Published, State::Going, at(11), true),
            (Published, State::Going, at(99), true),
            (Published, State::Waiting, begin, false),
            (Published, State::Maybe, begin, false),
            (Published, State::Declined, begin, false),
            (Cancelled, State::Going, begin, false),
        ] {
            let event = event(event_state, None, 1, 0);
            assert_eq!(
                may_check_in(&event, state, now).is_ok(),
                may,
                "{state:?} {now}"
            );
        }
    }
}
