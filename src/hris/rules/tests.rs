//! Each story of a worker, told as an HR system tells it.

use std::cell::Cell;

use entity::{EmploymentType, MembershipState};
use uuid::Uuid;

use super::*;
use crate::hris::worker::{Told, Worker, WorkerStatus};

fn on(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// The first of April 2026 is today.
fn decided(
    worker: &Worker,
    known: Option<Known>,
    number: u128,
) -> Result<Option<Writes>, Vec<RowFault>> {
    let mut decision = today(number, |ground| {
        decide(std::slice::from_ref(worker), known, ground)
    });
    let row = decision.rows.remove(0);
    row.outcome.map(|_| decision.writes)
}

fn today<T>(number: u128, decision: impl FnOnce(&Ground<'_>) -> T) -> T {
    let next = Cell::new(number);
    let fresh = || Uuid::from_u128(next.replace(next.get() + 1));
    let now = on("2026-04-01")
        .and_hms_opt(0, 0, 0)
        .expect("midnight")
        .and_utc();
    let ground = Ground {
        company: id(1),
        now,
        today: on("2026-04-01"),
        visibility: Visibility::CAREFUL,
        departments: &HashMap::new(),
        fresh: &fresh,
    };
    decision(&ground)
}

fn id<I: Id>(number: u128) -> I {
    I::of(Uuid::from_u128(number))
}

fn value(text: &str) -> Told<String> {
    Told::Value(text.to_owned())
}

fn ann() -> Worker {
    Worker {
        external_id: "7".to_owned(),
        family_name: value("Lee"),
        given_name: value("Ann"),
        started_on: Told::Value(on("2015-04-01")),
        ..Worker::default()
    }
}

fn left(day: &str) -> Worker {
    Worker {
        last_working_day: Told::Value(on(day)),
        leave_type: Told::Value(LeaveType::Voluntary),
        ..ann()
    }
}

fn died(day: &str) -> Worker {
    Worker {
        leave_type: Told::Value(LeaveType::Death),
        ..left(day)
    }
}

/// Someone as they are stored after each of these was taken over, and what the last one came to.
struct Story {
    known: Option<Known>,
    kinds: Vec<&'static str>,
}

fn tell(workers: &[Worker]) -> Story {
    continued(None, workers)
}

fn continued(mut known: Option<Known>, workers: &[Worker]) -> Story {
    let mut kinds = Vec::new();
    for (number, worker) in workers.iter().enumerate() {
        let number = 100
            + 10 * number as u128
            + 1_000 * known.as_ref().map_or(0, |known| known.stints.len() as u128);
        let (worker, _) = checked(worker.clone()).expect("a sound worker");
        let writes = decided(&worker, known.clone(), number).expect("accepted");
        kinds = writes
            .iter()
            .flat_map(|writes| writes.changes.iter().map(|change| change.kind))
            .collect();
        if let Some(writes) = writes {
            known = Some(stored(known, writes));
        }
    }
    Story { known, kinds }
}

fn stored(known: Option<Known>, writes: Writes) -> Known {
    let mut known = known.unwrap_or_else(|| Known {
        person: row(writes.person.clone().expect("a new person")),
        stints: Vec::new(),
        membership: None,
    });
    if let Some(person) = writes.person {
        known.person = row(person);
    }
    for stint in writes.stints.into_iter().map(row) {
        known.stints.retain(|other| other.id != stint.id);
        known.stints.push(stint);
    }
    match writes.membership {
        MembershipWrite::Leave => {}
        MembershipWrite::Put(membership) => known.membership = Some(row(membership)),
        MembershipWrite::Remove(_) => known.membership = None,
    }
    known
}

fn row<R, C>(write: Write<R, C>) -> R {
    match write {
        Write::Make(row) | Write::Edit(row, _) => row,
    }
}

fn faults(known: Option<&Known>, worker: Worker) -> Vec<(String, String)> {
    let decided = checked(worker).and_then(|(worker, _)| decided(&worker, known.cloned(), 900));
    decided
        .expect_err("refused")
        .into_iter()
        .map(|fault| (fault.field.into_owned(), fault.reason))
        .collect()
}

fn joined(mut known: Known) -> Known {
    let membership = known.membership.as_mut().expect("a membership");
    (membership.state, membership.joined_at) =
        (MembershipState::Active, Some(DateTime::UNIX_EPOCH));
    known.person.standing = Standing::Active;
    known
}

impl Story {
    fn known(&self) -> &Known {
        self.known.as_ref().expect("someone")
    }

    fn standing(&self) -> Standing {
        self.known().person.standing
    }

    fn state(&self) -> Option<MembershipState> {
        self.known()
            .membership
            .as_ref()
            .map(|membership| membership.state)
    }
}

#[test]
fn a_new_worker_becomes_an_employee() {
    let story = tell(&[ann()]);
    assert_eq!(
        (story.standing(), story.state(), story.kinds.as_slice()),
        (Standing::Employee, None, ["person.created"].as_slice())
    );
    assert_eq!(story.known().person.sort_name, "lee ann");
    assert_eq!(
        story.known().stints[0].employment_type,
        EmploymentType::Other
    );
}

#[test]
fn a_leaver_becomes_a_candidate_with_the_day_they_left() {
    let story = tell(&[ann(), left("2026-03-31")]);
    assert_eq!(
        (story.standing(), story.state()),
        (Standing::Candidate, Some(MembershipState::Candidate))
    );
    assert_eq!(story.known().person.left_on, Some(on("2026-03-31")));
    assert_eq!(story.kinds, ["person.left", "membership.created"]);
}

#[test]
fn only_what_differs_is_edited() {
    let known = tell(&[ann(), left("2026-03-30")]).known;
    let worker = Worker {
        phone: value("03-1234-5678"),
        ..left("2026-03-31")
    };
    let writes = decided(&worker, known, 900).expect("accepted");
    let writes = writes.expect("something");
    let Some(Write::Edit(_, person)) = writes.person else {
        panic!("the person is edited")
    };
    let [Write::Edit(_, stint)] = &writes.stints[..] else {
        panic!("the stint is edited")
    };
    assert_eq!(
        (format!("{person:?}"), format!("{stint:?}")),
        ("[Phone, LeftOn]".to_owned(), "[LastWorkingDay]".to_owned())
    );
    assert_eq!(writes.changes[0].fields, ["phone", "leftOn", "employments"]);
}

#[test]
fn saying_the_same_again_changes_nothing() {
    for worker in [
        ann(),
        left("2026-03-31"),
        left("2027-03-31"),
        died("2026-03-31"),
    ] {
        assert_eq!(tell(&[worker.clone(), worker.clone()]).kinds, [""; 0]);
        assert_eq!(tell(&[ann(), worker.clone(), worker]).kinds, [""; 0]);
    }
}

#[test]
fn a_day_ahead_makes_nobody_a_leaver_until_it_has_passed() {
    let story = tell(&[left("2026-04-02")]);
    assert_eq!(
        (story.standing(), story.known().person.left_on),
        (Standing::Employee, None)
    );
    let today = Worker {
        status: Told::Value(WorkerStatus::Active),
        ..left("2026-04-01")
    };
    assert_eq!(
        tell(std::slice::from_ref(&today)).standing(),
        Standing::Employee
    );
    let today = Worker {
        status: Told::Value(WorkerStatus::Left),
        ..today
    };
    assert_eq!(
        tell(std::slice::from_ref(&today)).standing(),
        Standing::Candidate
    );
    let ahead = Worker {
        status: Told::Value(WorkerStatus::Left),
        ..left("2026-05-31")
    };
    assert_eq!(tell(&[ahead]).standing(), Standing::Employee);
    // The status is not said again the same day: the leaver stays one.
    assert_eq!(
        tell(&[today, left("2026-04-01")]).standing(),
        Standing::Candidate
    );
}

#[test]
fn a_corrected_day_stays_within_the_same_stint() {
    let story = tell(&[left("2026-02-28"), left("2026-03-31")]);
    assert_eq!(
        (story.known().stints.len(), story.known().person.left_on),
        (1, Some(on("2026-03-31")))
    );
    let earlier = Worker {
        started_on: Told::Value(on("2014-10-01")),
        ..left("2026-03-31")
    };
    let story = continued(story.known, &[earlier]);
    assert_eq!(
        (
            story.known().stints.len(),
            story.known().stints[0].started_on
        ),
        (1, on("2014-10-01"))
    );
    assert_eq!(story.kinds, ["person.updated"]);
}

#[test]
fn a_rehire_is_a_new_stint_and_the_membership_sleeps() {
    let before = joined(tell(&[left("2020-03-31")]).known.expect("someone"));
    let back = Worker {
        started_on: Told::Value(on("2025-01-01")),
        ..ann()
    };
    let story = continued(Some(before), &[back]);
    assert_eq!(
        (story.standing(), story.state(), story.known().stints.len()),
        (Standing::Employee, Some(MembershipState::Rehired), 2)
    );
    assert_eq!(story.kinds, ["person.rehired", "membership.rehired"]);
    let again = Worker {
        started_on: Told::Value(on("2025-01-01")),
        ..left("2026-03-31")
    };
    let story = continued(story.known, &[again]);
    assert_eq!(
        (story.standing(), story.state()),
        (Standing::Active, Some(MembershipState::Active))
    );
}

#[test]
fn a_leave_taken_back_ends_a_candidacy_that_nobody_accepted() {
    let back = Worker {
        last_working_day: Told::Empty,
        ..ann()
    };
    let story = tell(&[left("2026-03-31"), back.clone()]);
    assert_eq!(
        (
            story.standing(),
            story.state(),
            story.known().person.left_on
        ),
        (Standing::Employee, None, None)
    );
    assert_eq!(story.known().stints[0].leave_type, None);
    assert_eq!(story.kinds, ["person.reinstated", "membership.ended"]);
    let by_status = Worker {
        status: Told::Value(WorkerStatus::Active),
        ..ann()
    };
    assert_eq!(
        tell(&[left("2026-03-31"), by_status]).standing(),
        Standing::Employee
    );
    let member = joined(tell(&[left("2026-03-31")]).known.expect("someone"));
    assert_eq!(
        continued(Some(member), &[back]).state(),
        Some(MembershipState::Rehired)
    );
}

#[test]
fn a_death_never_makes_a_candidate() {
    assert!(tell(&[died("2026-03-31")]).known.is_none());
    let story = tell(&[ann(), died("2026-03-31")]);
    assert_eq!(
        (story.standing(), story.state()),
        (Standing::Withdrawn, Some(MembershipState::Withdrawn))
    );
    let story = tell(&[ann(), left("2026-03-30"), died("2026-03-31")]);
    assert_eq!(
        (story.standing(), story.kinds.as_slice()),
        (
            Standing::Withdrawn,
            ["person.updated", "membership.withdrawn"].as_slice()
        )
    );
    let mistaken = continued(story.known, &[left("2026-03-31")]);
    assert_eq!(mistaken.standing(), Standing::Candidate);
}

#[test]
fn who_withdrew_stays_so_through_corrections() {
    let mut known = joined(tell(&[left("2026-03-30")]).known.expect("someone"));
    known.membership.as_mut().expect("a membership").state = MembershipState::Withdrawn;
    known.person.standing = Standing::Withdrawn;
    let story = continued(Some(known), &[left("2026-03-31")]);
    assert_eq!(
        (story.standing(), story.kinds.as_slice()),
        (Standing::Withdrawn, ["person.updated"].as_slice())
    );
}

#[test]
fn of_an_erased_person_nothing_is_stored_again() {
    let mut known = tell(&[left("2020-03-31")]).known.expect("someone");
    known.person.standing = Standing::Erased;
    let story = continued(
        Some(known.clone()),
        &[Worker {
            personal_email: value("ann@example.com"),
            ..left("2020-03-30")
        }],
    );
    assert_eq!(
        (story.kinds.len(), &story.known().person.personal_email),
        (0, &None)
    );
    let back = Worker {
        started_on: Told::Value(on("2025-01-01")),
        ..ann()
    };
    assert_eq!(faults(Some(&known), back)[0].0, "externalId");
}

#[test]
fn what_a_joined_alumnus_owns_is_not_taken_over() {
    let known = joined(tell(&[left("2020-03-31")]).known.expect("someone"));
    let worker = Worker {
        family_name: value("Other"),
        personal_email: value("hr@example.com"),
        work_email: value("w@example.com"),
        ..left("2020-03-31")
    };
    let story = continued(Some(known), &[worker]);
    let person = &story.known().person;
    assert_eq!(
        (
            person.family_name.as_str(),
            &person.personal_email,
            person.work_email.as_deref()
        ),
        ("Lee", &None, Some("w@example.com"))
    );
}

#[test]
fn null_clears_and_absence_keeps() {
    let full = Worker {
        phone: value("03-1234-5678"),
        position: value("Lead"),
        ..ann()
    };
    let kept = tell(&[full.clone(), ann()]);
    assert_eq!(
        (
            kept.known().person.phone.as_deref(),
            kept.known().stints[0].position.as_deref()
        ),
        (Some("03-1234-5678"), Some("Lead"))
    );
    let cleared = tell(&[
        full,
        Worker {
            phone: Told::Empty,
            position: Told::Empty,
            ..ann()
        },
    ]);
    assert_eq!(
        (
            &cleared.known().person.phone,
            &cleared.known().stints[0].position
        ),
        (&None, &None)
    );
}

#[test]
fn a_stint_of_long_ago_joins_the_others_and_changes_no_standing() {
    let ago = Worker {
        started_on: Told::Value(on("2005-04-01")),
        ..left("2010-03-31")
    };
    let story = tell(&[ann(), ago]);
    assert_eq!(
        (story.known().stints.len(), story.standing()),
        (2, Standing::Employee)
    );
}

#[test]
fn what_cannot_be_is_refused_with_the_field() {
    assert_eq!(
        faults(
            None,
            Worker {
                external_id: "9".to_owned(),
                ..Worker::default()
            }
        )
        .iter()
        .map(|fault| fault.0.clone())
        .collect::<Vec<_>>(),
        ["familyName", "startedOn"]
    );
    assert_eq!(
        faults(None, left("2014-01-01")),
        [(
            "lastWorkingDay".to_owned(),
            "2014-01-01 is before the first day, 2015-04-01".to_owned()
        )]
    );
    assert_eq!(
        faults(
            None,
            Worker {
                status: Told::Value(WorkerStatus::Left),
                ..ann()
            }
        )[0]
        .0,
        "lastWorkingDay"
    );
    assert_eq!(
        faults(
            None,
            Worker {
                family_name: Told::Empty,
                given_name: Told::Empty,
                ..ann()
            }
        )[0]
        .0,
        "familyName"
    );
    assert_eq!(
        faults(
            None,
            Worker {
                position: value("a\u{0}b"),
                ..ann()
            }
        )[0]
        .0,
        "position"
    );
    let two = tell(&[
        Worker {
            started_on: Told::Value(on("2005-04-01")),
            ..left("2010-03-31")
        },
        ann(),
    ])
    .known;
    assert_eq!(
        faults(
            two.as_ref(),
            Worker {
                started_on: Told::Value(on("2008-01-01")),
                ..ann()
            }
        )[0]
        .0,
        "startedOn"
    );
    assert_eq!(
        faults(
            two.as_ref(),
            Worker {
                started_on: Told::Value(on("2005-04-01")),
                last_working_day: Told::Empty,
                ..ann()
            }
        )[0]
        .0,
        "startedOn"
    );
}

#[test]
fn a_reason_that_speaks_of_health_is_left_out_with_a_remark() {
    let (worker, remarks) = checked(Worker {
        leave_reason: value("病気療養のため"),
        ..left("2026-03-31")
    })
    .expect("a sound worker");
    assert_eq!((worker.leave_reason, remarks.len()), (Told::Empty, 1));
}

/// What the daily work makes of an employee with a last working day, of whom nothing else is known.
fn passes(day: &str, change: impl FnOnce(&mut Known)) -> Option<(Standing, Vec<&'static str>)> {
    let mut known = tell(&[ann()]).known.expect("a person");
    known.stints[0].last_working_day = Some(on(day));
    change(&mut known);
    let writes = today(500, |ground| last_day_passed(known, ground))?;
    let kinds = writes.changes.iter().map(|change| change.kind).collect();
    Some((row(writes.person.expect("an edit")).standing, kinds))
}

#[test]
fn a_last_working_day_that_has_passed_makes_a_leaver_without_a_row() {
    let left = |standing, kind| Some((standing, vec!["person.left", kind]));
    let candidate = left(Standing::Candidate, "membership.created");
    assert_eq!(passes("2026-03-31", |_| ()), candidate);
    assert_eq!(passes("2020-03-31", |_| ()), candidate);
    // today is not over
    assert_eq!(passes("2026-04-01", |_| ()), None);
    assert_eq!(passes("2026-04-02", |_| ()), None);
}

#[test]
fn the_daily_work_decides_as_a_row_would() {
    let day = "2026-03-31";
    let died = |known: &mut Known| known.stints[0].leave_type = Some(LeaveType::Death);
    let withdrawn = (
        Standing::Withdrawn,
        vec!["person.left", "membership.withdrawn"],
    );
    assert_eq!(passes(day, died), Some(withdrawn));
    let restricted = |known: &mut Known| {
        known.person.restricted_at =
            Some(on(day).and_hms_opt(0, 0, 0).expect("midnight").and_utc());
    };
    let candidate = (
        Standing::Candidate,
        vec!["person.left", "membership.created"],
    );
    assert_eq!(passes(day, restricted), Some(candidate));
    let gone = |known: &mut Known| known.person.standing = Standing::Paused;
    assert_eq!(passes(day, gone), None);
    let later = |known: &mut Known| {
        let mut next = known.stints[0].clone();
        (next.id, next.started_on, next.last_working_day) = (id(900), on("2026-06-01"), None);
        known.stints.push(next);
    };
    assert_eq!(passes(day, later), None);
}
