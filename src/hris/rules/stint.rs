//! Which employment a row speaks of, and how it is to stand.
//!
//! A row with the first day of a stored stint means that stint. With another first day it corrects the one stint it overlaps, and is a
//! new stint where it overlaps none: a rehire, or one from long ago. Without a first day it means the latest.

use chrono::NaiveDate;
use entity::{EmploymentType, PersonId, employment::Column};

use super::known::{Stint, latest, set};
use super::{Ground, RowFault};
use crate::hris::worker::{Told, Worker, WorkerStatus};

/// The stint a row speaks of, brought in line with it.
pub struct Settled {
    pub stint: Stint,
    pub others: Vec<Stint>,
    /// The columns that were edited; null where the stint is new.
    pub edited: Option<Vec<Column>>,
}

/// Finds the stint a row speaks of among those of a person, and brings it in line.
pub fn settled(
    worker: &Worker,
    mut stints: Vec<Stint>,
    person: PersonId,
    ground: &Ground<'_>,
) -> Result<Settled, RowFault> {
    use Column as C;
    let (mut stint, stored) = match (meant(worker, &stints)?, worker.started_on.value()) {
        (Some(place), _) => (stints.swap_remove(place), true),
        (None, Some(first)) => (blank(person, *first, ground), false),
        (None, None) => {
            return Err(RowFault::new(
                "startedOn",
                "is needed for the first employment of a worker",
            ));
        }
    };
    let first = *worker.started_on.value().unwrap_or(&stint.started_on);
    let last = last_working_day(worker, stint.last_working_day, ground.today)?;
    if let Some(last) = last.filter(|last| *last < first) {
        return Err(RowFault::new(
            "lastWorkingDay",
            format!("{last} is before the first day, {first}"),
        ));
    }
    if let Some(other) = stints.iter().find(|other| overlap(other, first, last)) {
        return Err(RowFault::new(
            "startedOn",
            format!(
                "the employment would overlap the one that began on {}",
                other.started_on
            ),
        ));
    }
    let mut edited = Vec::new();
    set(&mut stint.started_on, first, C::StartedOn, &mut edited);
    if !stored || stint.last_working_day != last {
        // a day that has not passed yet is the daily work's to record
        let passed = last.is_some_and(|day| day < ground.today);
        let ended_at = passed.then_some(ground.now);
        set(&mut stint.ended_at, ended_at, C::EndedAt, &mut edited);
    }
    set(
        &mut stint.last_working_day,
        last,
        C::LastWorkingDay,
        &mut edited,
    );
    let kind = match worker.employment_type {
        Told::Value(kind) => Some(kind),
        Told::Empty => Some(EmploymentType::Other),
        Told::Absent => None,
    };
    if let Some(kind) = kind {
        set(
            &mut stint.employment_type,
            kind,
            C::EmploymentType,
            &mut edited,
        );
    }
    let department = worker.department.value();
    let department = department.and_then(|name| ground.departments.get(name).copied());
    if worker.department.is_told() {
        set(
            &mut stint.department_id,
            department,
            C::DepartmentId,
            &mut edited,
        );
    }
    take(
        &mut stint.position,
        &worker.position,
        C::Position,
        &mut edited,
    );
    take(
        &mut stint.location,
        &worker.location,
        C::Location,
        &mut edited,
    );
    let (leave_type, leave_reason) = match last {
        Some(_) => (&worker.leave_type, &worker.leave_reason),
        None => (&Told::Empty, &Told::Empty),
    };
    take(&mut stint.leave_type, leave_type, C::LeaveType, &mut edited);
    take(
        &mut stint.leave_reason,
        leave_reason,
        C::LeaveReason,
        &mut edited,
    );
    Ok(Settled {
        stint,
        others: stints,
        edited: stored.then_some(edited),
    })
}

/// Where among the stints the one is that a row means.
fn meant(worker: &Worker, stints: &[Stint]) -> Result<Option<usize>, RowFault> {
    let place = |meant: &Stint| stints.iter().position(|stint| stint.id == meant.id);
    let Some(first) = worker.started_on.value() else {
        return Ok(latest(stints).and_then(place));
    };
    if let Some(same) = stints.iter().position(|stint| stint.started_on == *first) {
        return Ok(Some(same));
    }
    let last = worker.last_working_day.value().copied();
    let mut overlapped = stints.iter().filter(|stint| overlap(stint, *first, last));
    match (overlapped.next(), overlapped.next()) {
        (_, Some(_)) => Err(RowFault::new(
            "startedOn",
            "the employment would run over two others; send each with its own first day",
        )),
        (found, None) => Ok(found.and_then(place)),
    }
}

fn overlap(stint: &Stint, first: NaiveDate, last: Option<NaiveDate>) -> bool {
    stint.last_working_day.is_none_or(|end| first <= end)
        && last.is_none_or(|last| stint.started_on <= last)
}

/// The day wins over the status; the status decides where no day is told.
fn last_working_day(
    worker: &Worker,
    stored: Option<NaiveDate>,
    today: NaiveDate,
) -> Result<Option<NaiveDate>, RowFault> {
    let left = worker.status == Told::Value(WorkerStatus::Left);
    let works = matches!(
        worker.status,
        Told::Value(WorkerStatus::Active | WorkerStatus::OnLeave)
    );
    match (&worker.last_working_day, stored) {
        (Told::Value(day), _) => Ok(Some(*day)),
        (_, None) if left => Err(RowFault::new(
            "lastWorkingDay",
            "is needed for a worker whose status is LEFT",
        )),
        (_, Some(stored)) if left => Ok(Some(stored)),
        (Told::Empty, _) => Ok(None),
        (Told::Absent, Some(stored)) if works && stored < today => Ok(None),
        (Told::Absent, stored) => Ok(stored),
    }
}

fn take<T: Clone + PartialEq>(
    slot: &mut Option<T>,
    told: &Told<T>,
    column: Column,
    edited: &mut Vec<Column>,
) {
    match told {
        Told::Value(value) if slot.as_ref() != Some(value) => {
            set(slot, Some(value.clone()), column, edited);
        }
        Told::Empty => set(slot, None, column, edited),
        _ => {}
    }
}

fn blank(person: PersonId, first: NaiveDate, ground: &Ground<'_>) -> Stint {
    Stint {
        id: ground.fresh(),
        person_id: person,
        department_id: None,
        employment_type: EmploymentType::Other,
        position: None,
        location: None,
        started_on: first,
        last_working_day: None,
        leave_type: None,
        leave_reason: None,
        ended_at: None,
    }
}
