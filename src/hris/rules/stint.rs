//! Which employment a row speaks of, and how it is to stand.
//!
//! A row with the first day of a stored stint means that stint. With another first day it corrects the one stint it overlaps, and is a
//! new stint where it overlaps none: a rehire, or one from long ago. Without a first day it means the latest.

use chrono::NaiveDate;
use entity::{EmploymentType, LeaveType, employment};

use super::{Ground, Known, RowFault};
use crate::hris::worker::{Told, Worker, WorkerStatus};

/// A stint as it is to be stored.
pub struct Stint {
    pub row: employment::Model,
    pub changed: bool,
}

/// The stint a row speaks of, brought in line with it.
pub fn settled(
    worker: &Worker,
    known: Option<&Known>,
    ground: &Ground<'_>,
) -> Result<Stint, RowFault> {
    let stints = known
        .map(|known| known.stints.as_slice())
        .unwrap_or_default();
    let stored = meant(worker, stints)?;
    let mut row = match (stored, worker.started_on.value()) {
        (Some(stored), _) => stored.clone(),
        (None, Some(first)) => blank(known, *first, ground),
        (None, None) => {
            return Err(RowFault::new(
                "startedOn",
                "is needed for the first employment of a worker",
            ));
        }
    };
    if let Some(first) = worker.started_on.value() {
        row.started_on = *first;
    }
    row.last_working_day = last_working_day(worker, row.last_working_day, ground.today)?;
    if let Some(last) = row.last_working_day.filter(|last| *last < row.started_on) {
        return Err(RowFault::new(
            "lastWorkingDay",
            format!("{last} is before the first day, {}", row.started_on),
        ));
    }
    let others = stints.iter().filter(|other| other.id != row.id);
    if let Some(other) = others
        .into_iter()
        .find(|other| overlap(other, row.started_on, row.last_working_day))
    {
        return Err(RowFault::new(
            "startedOn",
            format!(
                "the employment would overlap the one that began on {}",
                other.started_on
            ),
        ));
    }
    match worker.employment_type {
        Told::Value(kind) => row.employment_type = kind,
        Told::Empty => row.employment_type = EmploymentType::Other,
        Told::Absent => {}
    }
    set(&mut row.position, &worker.position);
    set(&mut row.location, &worker.location);
    let department = worker
        .department
        .clone()
        .map(|name| ground.departments.get(&name).copied());
    match department {
        Told::Value(id) => row.department_id = id,
        Told::Empty => row.department_id = None,
        Told::Absent => {}
    }
    if row.last_working_day.is_some() {
        match worker.leave_type {
            Told::Value(kind) => row.leave_type = Some(kind),
            Told::Empty => row.leave_type = None,
            Told::Absent => {}
        }
        set(&mut row.leave_reason, &worker.leave_reason);
    } else {
        (row.leave_type, row.leave_reason) = (None::<LeaveType>, None);
    }
    let changed = stored != Some(&row);
    if changed && stored.is_some() {
        (row.version, row.updated_at) = (row.version + 1, ground.now);
    }
    Ok(Stint { row, changed })
}

fn meant<'s>(
    worker: &Worker,
    stints: &'s [employment::Model],
) -> Result<Option<&'s employment::Model>, RowFault> {
    let Some(first) = worker.started_on.value() else {
        return Ok(stints.iter().max_by_key(|stint| stint.started_on));
    };
    if let Some(same) = stints.iter().find(|stint| stint.started_on == *first) {
        return Ok(Some(same));
    }
    let mut overlapped = stints
        .iter()
        .filter(|stint| overlap(stint, *first, worker.last_working_day.value().copied()));
    match (overlapped.next(), overlapped.next()) {
        (_, Some(_)) => Err(RowFault::new(
            "startedOn",
            "the employment would run over two others; send each with its own first day",
        )),
        (found, None) => Ok(found),
    }
}

fn overlap(stint: &employment::Model, first: NaiveDate, last: Option<NaiveDate>) -> bool {
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

fn set(slot: &mut Option<String>, told: &Told<String>) {
    match told {
        Told::Value(value) => *slot = Some(value.clone()),
        Told::Empty => *slot = None,
        Told::Absent => {}
    }
}

fn blank(known: Option<&Known>, first: NaiveDate, ground: &Ground<'_>) -> employment::Model {
    employment::Model {
        id: ground.fresh.employment,
        company_id: ground.company,
        person_id: known.map_or(ground.fresh.person, |known| known.person.id),
        department_id: None,
        employment_type: EmploymentType::Other,
        position: None,
        location: None,
        started_on: first,
        last_working_day: None,
        leave_type: None,
        leave_reason: None,
        created_at: ground.now,
        updated_at: ground.now,
        version: 1,
    }
}
