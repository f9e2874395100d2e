//! What a worker's row means, given what is stored: which rows are to be written, if any, and what happened by that.
//! Pure decisions; who may push workers and how rows are fetched is not known here.
//!
//! A leaver is whose last working day lies before today in the company's time zone, or is today with status LEFT. A later last working
//! day makes nobody a leaver yet: the daily work decides by the same rules once it has passed. Saying the same again changes nothing.

mod check;
mod known;
mod person;
mod standing;
mod stint;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    CompanyId, DepartmentId, Id, LeaveType, MembershipId, PersonId, Standing, SubjectKind,
    employment, membership, person as person_table,
};
use uuid::Uuid;

pub use check::{LONGEST_SOURCE, checked};
pub use known::{Known, Membership, Person, Stint, Write};

use crate::access::visibility::Visibility;
use crate::engagement::may_hold_a_place;
use crate::hris::worker::{Told, Worker, WorkerStatus};
use crate::outbox::Change;

/// What is wrong with a row, in the schema's names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// The field of the worker.
    pub field: &'static str,
    /// What is wrong and what would be accepted.
    pub reason: String,
}

impl RowFault {
    pub(crate) fn new(field: &'static str, reason: impl Into<String>) -> Self {
        Self {
            field,
            reason: reason.into(),
        }
    }
}

/// What a decision stands on beside the row.
pub struct Ground<'g> {
    pub company: CompanyId,
    pub now: DateTime<Utc>,
    /// The day in the company's time zone.
    pub today: NaiveDate,
    /// What the company shows of people who chose nothing.
    pub visibility: Visibility,
    /// The departments named by any row.
    pub departments: &'g HashMap<String, DepartmentId>,
    /// Makes an id for what a row makes.
    pub fresh: &'g dyn Fn() -> Uuid,
}

impl Ground<'_> {
    fn fresh<I: Id>(&self) -> I {
        I::of((self.fresh)())
    }
}

/// The rows to write for one worker.
#[derive(Clone, Debug)]
pub struct Writes {
    pub person_id: PersonId,
    pub person: Option<Write<Person, person_table::Column>>,
    pub stint: Option<Write<Stint, employment::Column>>,
    pub membership: MembershipWrite,
    /// What happened.
    pub changes: Vec<Change>,
}

impl Writes {
    /// Whether the person is new.
    pub fn creates(&self) -> bool {
        matches!(self.person, Some(Write::Make(_)))
    }

    /// Whether the person may not hold places at events any more.
    pub fn leaves_events(&self) -> bool {
        let standing = |column: &_| matches!(column, person_table::Column::Standing);
        match &self.person {
            Some(Write::Edit(person, columns)) => {
                columns.iter().any(standing) && !may_hold_a_place(person.standing)
            }
            Some(Write::Make(_)) | None => false,
        }
    }
}

/// What is to be done to a membership.
#[derive(Clone, Debug)]
pub enum MembershipWrite {
    Leave,
    Put(Write<Membership, membership::Column>),
    /// It was never accepted, and the leave it came from did not happen.
    Remove(MembershipId),
}

/// Decides on a row that was [`checked`]. None: nothing is to be written.
pub fn decide(
    worker: &Worker,
    known: Option<Known>,
    ground: &Ground<'_>,
) -> Result<Option<Writes>, Vec<RowFault>> {
    let is_new = known.is_none();
    let known = match known {
        Some(known) if known.person.standing == Standing::Erased => {
            return erased(worker, &known.person, ground);
        }
        Some(known) => known,
        None if worker.leave_type == Told::Value(LeaveType::Death) => return Ok(None),
        None => person::blank(worker, ground)?,
    };
    let Known {
        mut person,
        stints,
        membership,
    } = known;
    let was_leaver = person.standing != Standing::Employee;
    let before = known::latest(&stints).map(|stint| (stint.id, stint.leave_type));
    let mut edits = person::edit(worker, &mut person, membership.as_ref(), is_new);
    let settled = stint::settled(worker, stints, person.id, ground);
    let stint::Settled {
        stint,
        others,
        edited,
    } = settled.map_err(|fault| vec![fault])?;
    let latest = known::latest(&others)
        .filter(|other| other.started_on > stint.started_on)
        .unwrap_or(&stint);
    let says_left = latest.id == stint.id && worker.status == Told::Value(WorkerStatus::Left);
    let left_on = standing::left_on(latest, says_left, was_leaver, ground.today);
    let same_stint = before.is_some_and(|(id, _)| id == latest.id);
    let left = standing::Left {
        person: person.id,
        on: left_on,
        died: latest.leave_type == Some(LeaveType::Death),
        was_dead: before.is_some_and(|(_, kind)| kind == Some(LeaveType::Death)),
        same_stint,
    };
    let next = standing::next(membership.as_ref(), &left, ground);
    moves(&mut person, &mut edits, next.standing, left_on);
    let stint = match edited {
        None => Some(Write::Make(stint)),
        Some(columns) if columns.is_empty() => None,
        Some(columns) => Some(Write::Edit(stint, columns)),
    };
    if stint.is_some() {
        edits.fields.push("employments");
    }
    let person_id = person.id;
    let (person, fields) = if is_new {
        (Some(Write::Make(person)), Vec::new())
    } else if edits.columns.is_empty() {
        (None, edits.fields)
    } else {
        (Some(Write::Edit(person, edits.columns)), edits.fields)
    };
    if let (None, None, MembershipWrite::Leave) = (&person, &stint, &next.membership) {
        return Ok(None);
    }
    let kind = match (is_new, was_leaver, left_on.is_some()) {
        (true, _, _) => "person.created",
        (_, false, true) => "person.left",
        (_, true, false) if same_stint => "person.reinstated",
        (_, true, false) => "person.rehired",
        _ => "person.updated",
    };
    Ok(Some(Writes {
        person_id,
        person,
        stint,
        membership: next.membership,
        changes: changes(person_id, (kind, fields), next.happened, ground),
    }))
}

/// Decides on an employee whose last working day has passed, without a row: as a row would that says the same again. None: nothing is to be
/// written, because the person has left already, or works here by a later employment.
pub fn last_day_passed(known: Known, ground: &Ground<'_>) -> Option<Writes> {
    let Known {
        mut person,
        stints,
        membership,
    } = known;
    if person.standing != Standing::Employee || person.restricted_at.is_some() {
        return None;
    }
    let latest = known::latest(&stints)?;
    let left_on = standing::left_on(latest, false, false, ground.today)?;
    let died = latest.leave_type == Some(LeaveType::Death);
    let left = standing::Left {
        person: person.id,
        on: Some(left_on),
        died,
        was_dead: died,
        same_stint: true,
    };
    let next = standing::next(membership.as_ref(), &left, ground);
    let mut edits = person::Edits::default();
    moves(&mut person, &mut edits, next.standing, Some(left_on));
    let person_id = person.id;
    let what = ("person.left", edits.fields);
    Some(Writes {
        person_id,
        person: Some(Write::Edit(person, edits.columns)),
        stint: None,
        membership: next.membership,
        changes: changes(person_id, what, next.happened, ground),
    })
}

/// The person's standing and last working day.
fn moves(
    person: &mut Person,
    edits: &mut person::Edits,
    standing: Standing,
    left_on: Option<NaiveDate>,
) {
    known::set(
        &mut person.standing,
        standing,
        person_table::Column::Standing,
        &mut edits.columns,
    );
    edits.set(
        &mut person.left_on,
        left_on,
        (person_table::Column::LeftOn, "leftOn"),
    );
}

/// What happened to a person and to their membership.
fn changes(
    person: PersonId,
    (kind, fields): (&'static str, Vec<&'static str>),
    membership: Option<(&'static str, MembershipId)>,
    ground: &Ground<'_>,
) -> Vec<Change> {
    let change = |kind, subject, id, fields: Vec<&str>| Change {
        company: ground.company,
        kind,
        subject,
        id,
        person: Some(person),
        fields: fields.into_iter().map(str::to_owned).collect(),
    };
    let mut changes = vec![change(kind, SubjectKind::Person, person.0, fields)];
    changes.extend(
        membership.map(|(kind, id)| change(kind, SubjectKind::Membership, id.0, Vec::new())),
    );
    changes
}

/// Whether a row tells of an employment that began after a day and goes on: whoever was erased that day and works here again is somebody
/// new, of whom only this employment is known.
pub fn begins_after(worker: &Worker, day: NaiveDate, today: NaiveDate) -> bool {
    let began = worker.started_on.value().is_some_and(|on| *on > day);
    began && !has_left(worker, today)
}

fn has_left(worker: &Worker, today: NaiveDate) -> bool {
    worker.status == Told::Value(WorkerStatus::Left)
        || worker
            .last_working_day
            .value()
            .is_some_and(|day| *day < today)
}

/// Of an erased person nothing is stored again. That they left is nothing new; that they work here would be.
fn erased(
    worker: &Worker,
    person: &Person,
    ground: &Ground<'_>,
) -> Result<Option<Writes>, Vec<RowFault>> {
    let begins_anew = worker
        .started_on
        .value()
        .is_some_and(|day| person.left_on.is_none_or(|left| *day > left));
    if begins_anew && !has_left(worker, ground.today) {
        let reason = "the person behind this id was erased at their wish; send the new employment under a new id";
        return Err(vec![RowFault::new("externalId", reason)]);
    }
    Ok(None)
}
