//! What a worker's row means, given what is stored: which rows are to be written, if any, and what happened by that.
//! Pure decisions; who may push workers and how rows are fetched is not known here.
//!
//! A leaver is whose last working day lies before today in the company's time zone, or is today with status LEFT. A later last working
//! day makes nobody a leaver yet. Saying the same again changes nothing.

mod check;
mod person;
mod standing;
mod stint;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    CompanyId, DepartmentId, EmploymentId, LeaveType, MembershipId, PersonId, Standing,
    SubjectKind, employment, membership, person as person_table,
};

pub use check::{LONGEST_SOURCE, checked};

use crate::access::visibility::Visibility;
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

/// What is stored of a worker.
#[derive(Clone, Debug)]
pub struct Known {
    pub person: person_table::Model,
    /// In no order.
    pub stints: Vec<employment::Model>,
    pub membership: Option<membership::Model>,
}

impl Known {
    /// Whether the person's data is only kept, at their wish, and not erased.
    pub fn is_only_kept(&self) -> bool {
        self.person.restricted_at.is_some() && self.person.standing != Standing::Erased
    }

    /// The stint that began last.
    fn latest(&self) -> Option<&employment::Model> {
        self.stints.iter().max_by_key(|stint| stint.started_on)
    }
}

/// What a decision stands on beside the row.
#[derive(Clone, Debug)]
pub struct Ground<'g> {
    pub company: CompanyId,
    pub now: DateTime<Utc>,
    /// The day in the company's time zone.
    pub today: NaiveDate,
    /// What the company shows of people who chose nothing.
    pub visibility: Visibility,
    /// The departments named by any row.
    pub departments: &'g HashMap<String, DepartmentId>,
    /// Ids for what a row makes.
    pub fresh: Fresh,
}

/// Ids to use for what a row makes.
#[derive(Clone, Copy, Debug)]
pub struct Fresh {
    pub person: PersonId,
    pub employment: EmploymentId,
    pub membership: MembershipId,
}

/// The rows to write for one worker, whole.
#[derive(Clone, Debug)]
pub struct Writes {
    pub person_id: PersonId,
    /// Whether the person is new.
    pub created: bool,
    pub person: Option<person_table::Model>,
    pub stint: Option<employment::Model>,
    pub membership: MembershipWrite,
    /// What happened.
    pub changes: Vec<Change>,
}

/// What is to be done to a membership.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MembershipWrite {
    Leave,
    Put(membership::Model),
    /// It was never accepted, and the leave it came from did not happen.
    Remove(MembershipId),
}

/// Decides on a row that was [`checked`]. None: nothing is to be written.
pub fn decide(
    worker: &Worker,
    known: Option<&Known>,
    ground: &Ground<'_>,
) -> Result<Option<Writes>, Vec<RowFault>> {
    if let Some(known) = known.filter(|known| known.person.standing == Standing::Erased) {
        return erased(worker, known, ground);
    }
    if known.is_none() && worker.leave_type == Told::Value(LeaveType::Death) {
        return Ok(None);
    }
    let (mut person, mut touched) = person::edited(worker, known, ground)?;
    let stint = stint::settled(worker, known, ground).map_err(|fault| vec![fault])?;
    let now_latest = known
        .and_then(Known::latest)
        .filter(|latest| latest.started_on > stint.row.started_on && latest.id != stint.row.id)
        .unwrap_or(&stint.row);
    let is_latest = now_latest.id == stint.row.id;
    let same_stint = known
        .and_then(Known::latest)
        .is_some_and(|before| before.id == now_latest.id);
    let was_leaver = known.is_some_and(|known| known.person.standing != Standing::Employee);
    let left_on = standing::left_on(
        now_latest,
        is_latest && worker.status == Told::Value(WorkerStatus::Left),
        was_leaver,
        ground.today,
    );
    let next = standing::next(known, now_latest, same_stint, left_on, ground);
    if person.left_on != left_on {
        touched.push("leftOn");
    }
    (person.standing, person.left_on) = (next.standing, left_on);
    let person_changed = known.is_none_or(|known| known.person != person);
    let stint_changed = stint.changed;
    if stint_changed {
        touched.push("employments");
    }
    if !person_changed && !stint_changed && next.membership == MembershipWrite::Leave {
        return Ok(None);
    }
    if person_changed && known.is_some() {
        (person.version, person.updated_at) = (person.version + 1, ground.now);
    }
    let kind = match (known.is_none(), was_leaver, left_on.is_some()) {
        (true, _, _) => "person.created",
        (_, false, true) => "person.left",
        (_, true, false) if same_stint => "person.reinstated",
        (_, true, false) => "person.rehired",
        _ => "person.updated",
    };
    let fields = if known.is_none() {
        Vec::new()
    } else {
        touched.into_iter().map(str::to_owned).collect()
    };
    let change = |kind, subject, id, fields| Change {
        company: ground.company,
        kind,
        subject,
        id,
        person: Some(person.id),
        fields,
    };
    let mut changes = vec![change(kind, SubjectKind::Person, person.id.0, fields)];
    changes.extend(
        next.happened
            .map(|(kind, id)| change(kind, SubjectKind::Membership, id.0, Vec::new())),
    );
    Ok(Some(Writes {
        person_id: person.id,
        created: known.is_none(),
        stint: stint_changed.then_some(stint.row),
        membership: next.membership,
        changes,
        person: person_changed.then_some(person),
    }))
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
    known: &Known,
    ground: &Ground<'_>,
) -> Result<Option<Writes>, Vec<RowFault>> {
    let begins_anew = worker
        .started_on
        .value()
        .is_some_and(|day| known.person.left_on.is_none_or(|left| *day > left));
    if begins_anew && !has_left(worker, ground.today) {
        let reason = "the person behind this id was erased at their wish; send the new employment under a new id";
        return Err(vec![RowFault::new("externalId", reason)]);
    }
    Ok(None)
}
