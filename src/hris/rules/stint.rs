//! Brings the employments of a person in line with rows: `matching` finds the one a row means, here it is edited, or made.

use chrono::NaiveDate;
use entity::{EmploymentId, EmploymentType, LeaveType, PersonId, employment::Column};

use super::known::{Stint, Write, set};
use super::last_day;
use super::matching::{self, Held};
use super::{Ground, RowFault, fields};
use crate::hris::worker::{Told, Worker};

/// The employments of a person while the rows of a call are taken over.
pub struct Stints {
    held: Vec<Held>,
    /// The columns that were edited, by place; none if the employment is new.
    edited: Vec<Option<Vec<Column>>>,
}

/// What a row came to.
pub struct Settled {
    /// The employment it means.
    pub id: EmploymentId,
    /// Whether it is new.
    pub created: bool,
    /// Whether that was made or edited.
    pub changed: bool,
    /// The fields that were changed of a stored one.
    pub fields: Vec<&'static str>,
    /// What the caller should know about it.
    pub remarks: Vec<String>,
}

impl Stints {
    /// Those that are stored.
    pub fn stored(stints: Vec<Stint>) -> Self {
        let edited = stints.iter().map(|_| Some(Vec::new())).collect();
        let held = stints.into_iter().map(|stint| Held {
            stint,
            is_taken: false,
        });
        Self {
            held: held.collect(),
            edited,
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Stint> {
        self.held.iter().map(|held| &held.stint)
    }

    /// Whether a row begins an employment beside others.
    pub fn begins_another(&self, worker: &Worker, today: NaiveDate) -> bool {
        !self.held.is_empty() && matches!(matching::meant(worker, &self.held, today), Ok(None))
    }

    /// Those that were made or edited.
    pub fn writes(self) -> Vec<Write<Stint, Column>> {
        let all = self.held.into_iter().zip(self.edited);
        all.filter_map(|(held, edited)| match edited {
            None => Some(Write::Make(held.stint)),
            Some(columns) if columns.is_empty() => None,
            Some(columns) => Some(Write::Edit(held.stint, columns)),
        })
        .collect()
    }

    /// Takes a row over. Nothing is changed if it is refused.
    pub fn settle(
        &mut self,
        worker: &Worker,
        person: PersonId,
        ground: &Ground<'_>,
    ) -> Result<Settled, RowFault> {
        let place = matching::meant(worker, &self.held, ground.today)?;
        let mut stint = match (place, worker.started_on.value()) {
            (Some(place), _) => self.held[place].stint.clone(),
            (None, Some(first)) => blank(person, *first, ground),
            (None, None) => {
                let reason = "is needed for the first employment of a worker";
                return Err(RowFault::new("startedOn", reason));
            }
        };
        let mut remarks = Vec::new();
        let (mut edited, last) = days(worker, &mut stint, place.is_none(), ground, &mut remarks)?;
        describe(
            worker,
            &mut stint,
            leave(worker, last, ground),
            ground,
            &mut edited,
        );
        let others = self.held.iter().enumerate();
        let others = others.filter(|(other, _)| Some(*other) != place);
        let beside = beside(&stint, others.map(|(_, held)| &held.stint))?;
        let changed = place.is_none() || !edited.is_empty();
        if changed {
            remarks.extend(beside);
        }
        let id = stint.id;
        let mut changes = Vec::new();
        if place.is_some() {
            let columns = edited.iter();
            changes.extend(columns.filter_map(|column| fields::of_employment(*column)));
        }
        let held = Held {
            stint,
            is_taken: true,
        };
        if let Some(place) = place {
            self.held[place] = held;
            self.edited[place] = self.edited[place].take().map(|_| edited);
        } else {
            self.held.push(held);
            self.edited.push(None);
        }
        Ok(Settled {
            id,
            created: place.is_none(),
            changed,
            fields: changes,
            remarks,
        })
    }
}

/// Sets the first and the last day.
fn days(
    worker: &Worker,
    stint: &mut Stint,
    is_new: bool,
    ground: &Ground<'_>,
    remarks: &mut Vec<String>,
) -> Result<(Vec<Column>, Option<NaiveDate>), RowFault> {
    let first = *worker.started_on.value().unwrap_or(&stint.started_on);
    let stored = stint.last_working_day;
    let last = last_day::decided(worker, stored, ground.today, remarks)?;
    if let Some(last) = last.filter(|last| *last < first) {
        return Err(RowFault::new(
            "lastWorkingDay",
            format!("{last} is before the first day, {first}"),
        ));
    }
    if first != stint.started_on {
        remarks.push(format!(
            "startedOn: the first day of the employment was corrected from {} to {first}",
            stint.started_on
        ));
    }
    let mut edited = Vec::new();
    set(&mut stint.started_on, first, Column::StartedOn, &mut edited);
    if is_new || stored != last {
        // a day that has not passed yet is the daily work's to record
        let passed = last.is_some_and(|day| day < ground.today);
        let ended_at = passed.then_some(ground.now);
        set(&mut stint.ended_at, ended_at, Column::EndedAt, &mut edited);
    }
    set(
        &mut stint.last_working_day,
        last,
        Column::LastWorkingDay,
        &mut edited,
    );
    Ok((edited, last))
}

/// A remark on each employment that overlaps this one and may; a fault for the first that may not.
fn beside<'s>(
    stint: &Stint,
    others: impl Iterator<Item = &'s Stint>,
) -> Result<Vec<String>, RowFault> {
    let (first, last) = (stint.started_on, stint.last_working_day);
    let mut remarks = Vec::new();
    for other in others.filter(|other| matching::overlaps(other, first, last)) {
        let began = other.started_on;
        let ended = match other.last_working_day {
            Some(end) => format!("to {end}"),
            None => "which has no last working day".to_owned(),
        };
        if !matching::may_overlap(stint, other) {
            let reason = format!(
                "the employment would overlap the one from {began} {ended}; correct the days, or send the earlier one with its last working day, in the same call or before"
            );
            return Err(RowFault::new("startedOn", reason));
        }
        remarks.push(format!(
            "startedOn: the employment overlaps the one from {began} {ended}; both were kept"
        ));
    }
    Ok(remarks)
}

/// What the row says of the leave; nothing if there is none, or if the row contradicts itself.
fn leave<'w>(
    worker: &'w Worker,
    last: Option<NaiveDate>,
    ground: &Ground<'_>,
) -> (&'w Told<LeaveType>, &'w Told<String>) {
    match last {
        None => (&Told::Empty, &Told::Empty),
        Some(_) if last_day::contradicts(worker, ground.today) => (&Told::Absent, &Told::Absent),
        Some(_) => (&worker.leave_type, &worker.leave_reason),
    }
}

/// Sets everything but the days.
fn describe(
    worker: &Worker,
    stint: &mut Stint,
    (leave_type, leave_reason): (&Told<LeaveType>, &Told<String>),
    ground: &Ground<'_>,
    edited: &mut Vec<Column>,
) {
    use Column as C;
    let kind = match worker.employment_type {
        Told::Value(kind) => Some(kind),
        Told::Empty => Some(EmploymentType::Other),
        Told::Absent => None,
    };
    if let Some(kind) = kind {
        set(&mut stint.employment_type, kind, C::EmploymentType, edited);
    }
    let department = worker.department.value();
    let department = department.and_then(|name| ground.departments.get(name).copied());
    if worker.department.is_told() {
        set(
            &mut stint.department_id,
            department,
            C::DepartmentId,
            edited,
        );
    }
    take(&mut stint.position, &worker.position, C::Position, edited);
    take(&mut stint.location, &worker.location, C::Location, edited);
    if worker.employment_id.value().is_some() {
        let id = &worker.employment_id;
        take(&mut stint.external_id, id, C::ExternalId, edited);
    }
    take(&mut stint.leave_type, leave_type, C::LeaveType, edited);
    take(
        &mut stint.leave_reason,
        leave_reason,
        C::LeaveReason,
        edited,
    );
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
        external_id: None,
        ended_at: None,
    }
}
