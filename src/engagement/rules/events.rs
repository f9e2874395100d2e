//! What an event may say, and how it moves from draft to announced to called off.

use chrono::{DateTime, Datelike, SubsecRound, Utc};
use entity::engagement_event::Model as Event;
use entity::{EngagementEventKind, EngagementEventState as State, PersonId};

use super::{has_ended, refused};
use crate::checks::{Checks, Edit};
use crate::error::{Refusal, UserErrorCode};

/// Most places of an event that counts them.
const MOST_PLACES: i32 = 1_000_000;

/// An organiser's edit of an event. Undefined fields keep their value.
#[derive(Clone, Debug, Default)]
pub struct EventEdit {
    pub kind: Option<EngagementEventKind>,
    pub title: Option<String>,
    pub summary: Edit<String>,
    /// All of it.
    pub description: Edit<String>,
    pub starts_at: Option<DateTime<Utc>>,
    pub ends_at: Option<DateTime<Utc>>,
    pub venue: Edit<String>,
    pub online_url: Edit<String>,
    /// Places; none: no limit.
    pub capacity: Edit<i32>,
    pub host_id: Edit<PersonId>,
}

/// Writes the edit into the event, and notes what is wrong with it.
pub fn apply(checks: &mut Checks, event: &mut Event, edit: EventEdit) {
    event.kind = edit.kind.unwrap_or(event.kind);
    if let Some(title) = edit.title {
        event.title = checks.line("title", &title, 200);
    }
    for (field, edit, most, text) in [
        ("summary", &edit.summary, 300, &mut event.summary),
        (
            "description",
            &edit.description,
            10_000,
            &mut event.description,
        ),
        ("venue", &edit.venue, 500, &mut event.venue),
    ] {
        if let Some(edited) = checks.edit(field, edit, most) {
            *text = edited;
        }
    }
    if !edit.online_url.is_undefined() {
        event.online_url = checks.address("onlineUrl", edit.online_url.value().map(String::as_str));
    }
    if let Some(at) = edit.starts_at {
        event.starts_at = instant(checks, "startsAt", at);
    }
    if let Some(at) = edit.ends_at {
        event.ends_at = instant(checks, "endsAt", at);
    }
    if event.ends_at <= event.starts_at {
        checks.refuse(UserErrorCode::Invalid, "endsAt", "must be after `startsAt`");
    }
    if !edit.capacity.is_undefined() {
        event.capacity = edit.capacity.value().copied();
        capacity(checks, event);
    }
    if !edit.host_id.is_undefined() {
        event.host_id = edit.host_id.value().copied();
    }
}

/// Both databases store microseconds and order years of four digits.
fn instant(checks: &mut Checks, field: &str, at: DateTime<Utc>) -> DateTime<Utc> {
    if !(2000..=2999).contains(&at.year()) {
        checks.refuse(
            UserErrorCode::Invalid,
            field,
            "must lie in the years 2000 to 2999",
        );
    }
    at.trunc_subsecs(6)
}

fn capacity(checks: &mut Checks, event: &Event) {
    let Some(capacity) = event.capacity else {
        return;
    };
    if !(1..=MOST_PLACES).contains(&capacity) {
        checks.refuse(
            UserErrorCode::Invalid,
            "capacity",
            format!("must be between 1 and {MOST_PLACES}; leave it out for no limit"),
        );
    } else if capacity < event.going_count {
        checks.refuse(
            UserErrorCode::Refused,
            "capacity",
            format!(
                "{} people have a place: nobody loses one by a smaller capacity",
                event.going_count
            ),
        );
    }
}

/// The fields in which two versions of an event differ, as the schema names them.
pub fn differences(before: &Event, after: &Event) -> Vec<String> {
    let fields = [
        ("kind", before.kind != after.kind),
        ("title", before.title != after.title),
        ("summary", before.summary != after.summary),
        ("description", before.description != after.description),
        ("startsAt", before.starts_at != after.starts_at),
        ("endsAt", before.ends_at != after.ends_at),
        ("venue", before.venue != after.venue),
        ("onlineUrl", before.online_url != after.online_url),
        ("capacity", before.capacity != after.capacity),
        ("host", before.host_id != after.host_id),
    ];
    fields
        .into_iter()
        .filter(|(_, differs)| *differs)
        .map(|(field, _)| field.to_owned())
        .collect()
}

/// A cancelled event cannot be edited.
pub fn may_edit(event: &Event) -> Result<(), Refusal> {
    match event.state {
        State::Draft | State::Published => Ok(()),
        State::Cancelled => Err(refused("id", "a CANCELLED event is not edited any more")),
    }
}

/// A draft can be published once, before its end.
pub fn may_publish(event: &Event, now: DateTime<Utc>) -> Result<(), Refusal> {
    match event.state {
        State::Draft if has_ended(event, now) => Err(refused(
            "id",
            "the event's end has passed: set `startsAt` and `endsAt` first",
        )),
        State::Draft => Ok(()),
        State::Published => Err(refused("id", "the event is PUBLISHED already")),
        State::Cancelled => Err(refused("id", "a CANCELLED event is not published again")),
    }
}

/// Only a published event can be cancelled.
pub fn may_cancel(event: &Event, now: DateTime<Utc>) -> Result<(), Refusal> {
    match event.state {
        State::Draft => Err(refused(
            "id",
            "a DRAFT was never announced: there is nothing to call off",
        )),
        State::Published if has_ended(event, now) => Err(refused("id", "the event has ended")),
        State::Published => Ok(()),
        State::Cancelled => Err(refused("id", "the event is CANCELLED already")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engagement::rules::tests::{at, event};
    use crate::error::Error;

    fn faults(event: &mut Event, edit: EventEdit) -> Vec<(UserErrorCode, String)> {
        let mut checks = Checks::default();
        apply(&mut checks, event, edit);
        match checks.done() {
            Err(Error::Refused(faults)) => faults
                .into_iter()
                .map(|fault| (fault.code, fault.field.unwrap_or_default().join(".")))
                .collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn what_an_edit_leaves_out_stays_and_what_it_clears_is_gone() {
        let before = event(State::Draft, Some(5), 0, 0);
        let mut after = before.clone();
        let edit = EventEdit {
            title: Some(" 春の会 ".into()),
            venue: Edit::Null,
            capacity: Edit::Null,
            ..EventEdit::default()
        };
        assert_eq!(faults(&mut after, edit), []);
        assert_eq!(
            (after.title.as_str(), &after.venue, after.capacity),
            ("春の会", &None, None)
        );
        assert_eq!(differences(&before, &after), ["title", "venue", "capacity"]);
    }

    #[test]
    fn nobody_loses_a_place_by_a_smaller_capacity() {
        for (capacity, fits) in [(0, false), (4, false), (5, true), (MOST_PLACES + 1, false)] {
            let mut event = event(State::Published, Some(8), 5, 0);
            let edit = EventEdit {
                capacity: Edit::Value(capacity),
                ..EventEdit::default()
            };
            assert_eq!(faults(&mut event, edit).is_empty(), fits, "{capacity}");
        }
    }

    #[test]
    fn an_event_ends_after_it_begins_in_years_that_both_databases_compare() {
        let mut found = event(State::Draft, None, 0, 0);
        let edit = EventEdit {
            starts_at: Some(found.ends_at),
            ..EventEdit::default()
        };
        assert_eq!(
            faults(&mut found, edit),
            [(UserErrorCode::Invalid, "endsAt".to_owned())]
        );
        let edit = EventEdit {
            starts_at: Some(DateTime::<Utc>::MIN_UTC),
            ..EventEdit::default()
        };
        assert_eq!(
            faults(&mut event(State::Draft, None, 0, 0), edit),
            [(UserErrorCode::Invalid, "startsAt".to_owned())]
        );
    }

    #[test]
    fn an_event_goes_from_draft_to_published_to_cancelled_and_no_other_way() {
        let (before, after) = (at(0), at(99));
        for (state, now, edited, published, cancelled) in [
            (State::Draft, before, true, true, false),
            (State::Draft, after, true, false, false),
            (State::Published, before, true, false, true),
            (State::Published, after, true, false, false),
            (State::Cancelled, before, false, false, false),
        ] {
            let event = event(state, None, 0, 0);
            assert_eq!(may_edit(&event).is_ok(), edited, "{state:?}");
            assert_eq!(may_publish(&event, now).is_ok(), published, "{state:?}");
            assert_eq!(may_cancel(&event, now).is_ok(), cancelled, "{state:?}");
        }
    }
}
