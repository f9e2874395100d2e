//! What a worker's row means, given what is stored: which rows are to be written, if any, and what happened by that.
//! Pure decisions; who may push workers and how rows are fetched is not known here.
//!
//! A leaver is whose last working day lies before today in the company's time zone, or is today with status LEFT. A later last working
//! day makes nobody a leaver yet: the daily work decides by the same rules once it has passed. A day that the status contradicts makes nobody
//! a leaver either. Saying the same again changes nothing.

mod check;
pub mod fields;
mod known;
mod last_day;
mod matching;
mod person;
mod standing;
mod stint;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    CompanyId, DepartmentId, EmploymentId, Id, LeaveType, MembershipId, PersonId, Standing,
    SubjectKind, employment, membership, person as person_table,
};
use uuid::Uuid;

pub use check::{LONGEST_SOURCE, checked};
pub use known::{Known, Membership, Person, Stint, Write};

use self::stint::Stints;

use crate::access::visibility::Visibility;
use crate::engagement::may_hold_a_place;
use crate::hris::worker::{Told, Worker, WorkerStatus};
use crate::outbox::Change;

/// What is wrong with a row, in the schema's names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// The field of the worker; a name that is none if that is what is wrong.
    pub field: Cow<'static, str>,
    /// What is wrong and what would be accepted.
    pub reason: String,
}

impl RowFault {
    pub(crate) fn new(field: impl Into<Cow<'static, str>>, reason: impl Into<String>) -> Self {
        Self {
            field: field.into(),
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
    pub stints: Vec<Write<Stint, employment::Column>>,
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

/// What became of the rows of one worker.
pub struct Decision {
    /// What is to be written, if anything is.
    pub writes: Option<Writes>,
    /// One for each row, in their order.
    pub rows: Vec<RowDecision>,
}

/// What became of one row.
pub struct RowDecision {
    /// Whether it changes anything, or why it is refused.
    pub outcome: Result<bool, Vec<RowFault>>,
    pub remarks: Vec<String>,
    /// The employment it means.
    pub employment: Option<Meant>,
    /// The fields it changes of what is stored, as the schema names them.
    pub fields: Vec<&'static str>,
    /// Whether what it says of the person was taken, and with it what follows for the person and the membership.
    pub leads: bool,
}

/// The employment that a row means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meant {
    pub id: EmploymentId,
    pub is_new: bool,
    /// Whether one that is stored is edited.
    pub is_edited: bool,
}

impl RowDecision {
    fn unchanged(remark: Option<&str>) -> Self {
        Self {
            outcome: Ok(false),
            remarks: remark.into_iter().map(str::to_owned).collect(),
            employment: None,
            fields: Vec::new(),
            leads: false,
        }
    }

    fn refused(faults: Vec<RowFault>) -> Self {
        Self {
            outcome: Err(faults),
            remarks: Vec::new(),
            employment: None,
            fields: Vec::new(),
            leads: false,
        }
    }
}

/// Decides on the rows of one worker that were [`checked`]: each is an employment of its own. They are taken over in the order of their
/// first days, whatever the order they came in, and only what they come to in the end decides where the person stands.
pub fn decide(workers: &[Worker], known: Option<Known>, ground: &Ground<'_>) -> Decision {
    let is_new = known.is_none();
    let died = is_new && workers.iter().any(says_death);
    let beforehand = |worker| {
        if died {
            Some(RowDecision::unchanged(Some(NOT_KEPT)))
        } else {
            beforehand(worker, known.as_ref(), ground)
        }
    };
    let mut rows: Vec<Option<RowDecision>> = workers.iter().map(beforehand).collect();
    let open = (0..workers.len()).filter(|place| rows[*place].is_none());
    let mut order: Vec<usize> = open.collect();
    // a row without a first day means the latest employment
    order.sort_by_key(|place| {
        let first = workers[*place].started_on.value();
        first.copied().unwrap_or(NaiveDate::MAX)
    });
    let mut known = known.unwrap_or_else(|| person::blank(ground));
    let before = known::latest(&known.stints).map(|stint| (stint.id, standing::End::of(stint)));
    let mut stints = Stints::stored(std::mem::take(&mut known.stints));
    let mut settled: Vec<(usize, EmploymentId)> = Vec::with_capacity(order.len());
    let joined = known.membership.as_ref();
    let joined = joined.is_some_and(|membership| membership.joined_at.is_some());
    for place in order {
        let worker = &workers[place];
        let is_another = !is_new
            && person::is_another(worker, &known.person)
            && stints.begins_another(worker, ground.today);
        // An alumnus who joined may have changed the name: then the names say nothing.
        let row = if is_another && !joined {
            Err(RowFault::new("familyName", ANOTHER_PERSON))
        } else {
            stints.settle(worker, known.person.id, ground)
        };
        rows[place] = Some(match row {
            Err(fault) => RowDecision::refused(vec![fault]),
            Ok(row) => {
                settled.push((place, row.id));
                RowDecision {
                    outcome: Ok(row.changed),
                    remarks: row.remarks,
                    employment: Some(Meant {
                        id: row.id,
                        is_new: row.created,
                        is_edited: row.changed && !row.created,
                    }),
                    fields: row.fields,
                    leads: false,
                }
            }
        });
    }
    let mut rows: Vec<RowDecision> = rows.into_iter().flatten().collect();
    let Some((leading, _)) = settled.last().copied() else {
        return Decision { writes: None, rows };
    };
    let says_left = |id| {
        let left = Told::Value(WorkerStatus::Left);
        let mut settled = settled.iter();
        settled.any(|(place, meant)| *meant == id && workers[*place].status == left)
    };
    let outcome = Outcome {
        known,
        is_new,
        before,
        stints,
    };
    let (writes, changed) = outcome.concluded(&workers[leading], &says_left, ground);
    let row = &mut rows[leading];
    row.leads = true;
    if let Ok(row) = &mut row.outcome {
        *row |= changed.is_some();
    }
    row.fields.extend(changed.unwrap_or_default());
    Decision { writes, rows }
}

const NOT_KEPT: &str = "nothing is kept of a worker who died and was not known";
const ANOTHER_PERSON: &str = "both names differ from the stored ones, and the employment is another one. If it is another person, send an id of their own; if the name was changed, send it with a stored employment first";
const NEVER_STARTED: &str = "nothing is kept of a worker who was not known and whose last working day is the first: the hire never started";

/// Rows that need no look at the employments.
fn beforehand(worker: &Worker, known: Option<&Known>, ground: &Ground<'_>) -> Option<RowDecision> {
    match known {
        Some(known) if known.person.standing == Standing::Erased => {
            Some(erased(worker, &known.person, ground))
        }
        Some(_) => None,
        None => person::missing(worker)
            .map(RowDecision::refused)
            .or_else(|| {
                let one_day = worker.started_on.value() == worker.last_working_day.value();
                let never_started = one_day && has_left(worker, ground.today);
                never_started.then(|| RowDecision::unchanged(Some(NEVER_STARTED)))
            }),
    }
}

fn says_death(worker: &Worker) -> bool {
    worker.leave_type == Told::Value(LeaveType::Death)
}

/// A person at the end of the rows, with the employments as they are now.
struct Outcome {
    /// As stored, without the employments.
    known: Known,
    is_new: bool,
    /// The latest employment of before, and how it ended.
    before: Option<(EmploymentId, standing::End)>,
    stints: Stints,
}

impl Outcome {
    /// What is to be written; if that is more than employments, also the fields of the person that are changed. `worker` says what there is to
    /// say of the person.
    fn concluded(
        self,
        worker: &Worker,
        says_left: &dyn Fn(EmploymentId) -> bool,
        ground: &Ground<'_>,
    ) -> (Option<Writes>, Option<Vec<&'static str>>) {
        let Self {
            known,
            is_new,
            before,
            stints,
        } = self;
        let (mut person, membership) = (known.person, known.membership);
        let was_leaver = person.standing != Standing::Employee;
        let mut edits = person::edit(worker, &mut person, membership.as_ref(), is_new);
        let Some(latest) = known::latest(stints.iter()) else {
            return (None, None);
        };
        let left_on = standing::left_on(latest, says_left(latest.id), was_leaver, ground.today);
        let same_stint = before.is_some_and(|(id, _)| id == latest.id);
        let left = standing::Left {
            person: person.id,
            on: left_on,
            end: standing::End::of(latest),
            before: before.map(|(_, end)| end),
            same_stint,
        };
        let next = standing::next(membership.as_ref(), &left, ground);
        moves(&mut person, &mut edits, next.standing, left_on);
        let stints = stints.writes();
        let stays = matches!(next.membership, MembershipWrite::Leave);
        let changed = is_new || !edits.columns.is_empty() || !stays;
        if !changed && stints.is_empty() {
            return (None, None);
        }
        let of_person = changed.then(|| {
            let stored = if is_new { &[][..] } else { &edits.fields[..] };
            stored.to_vec()
        });
        if !stints.is_empty() {
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
        let kind = match (is_new, was_leaver, left_on.is_some()) {
            (true, _, _) => "person.created",
            (_, false, true) => "person.left",
            (_, true, false) if same_stint => "person.reinstated",
            (_, true, false) => "person.rehired",
            _ => "person.updated",
        };
        let writes = Writes {
            person_id,
            person,
            stints,
            membership: next.membership,
            changes: changes(person_id, (kind, fields), next.happened, ground),
        };
        (Some(writes), of_person)
    }
}

/// Decides on a person some of whose employments are removed, because the run that created them is undone. What follows from those that
/// are left is what the person was before: a leave that came from a removed employment did not happen. None: no employment would be left, or
/// the person's data is only kept.
pub fn without(known: Known, removed: &[EmploymentId], ground: &Ground<'_>) -> Option<Writes> {
    let Known {
        mut person,
        stints,
        membership,
    } = known;
    if person.restricted_at.is_some() || person.standing == Standing::Erased {
        return None;
    }
    let before = known::latest(&stints).map(standing::End::of);
    let left: Vec<&Stint> = stints
        .iter()
        .filter(|stint| !removed.contains(&stint.id))
        .collect();
    let latest = known::latest(left)?;
    let was_leaver = person.standing != Standing::Employee;
    let left_on = standing::left_on(latest, false, was_leaver, ground.today);
    let left = standing::Left {
        person: person.id,
        on: left_on,
        end: standing::End::of(latest),
        before,
        same_stint: true,
    };
    let next = standing::next(membership.as_ref(), &left, ground);
    let mut edits = person::Edits::default();
    moves(&mut person, &mut edits, next.standing, left_on);
    edits.fields.push("employments");
    let person_id = person.id;
    let kind = match (was_leaver, left_on.is_some()) {
        (false, true) => "person.left",
        (true, false) => "person.reinstated",
        _ => "person.updated",
    };
    Some(Writes {
        person_id,
        person: (!edits.columns.is_empty()).then_some(Write::Edit(person, edits.columns)),
        stints: Vec::new(),
        membership: next.membership,
        changes: changes(person_id, (kind, edits.fields), next.happened, ground),
    })
}

/// What is stored of a row while the person's data is restricted: the end of the latest employment. None if the row does not say it.
pub fn end_of_employment(worker: &Worker, known: &Known) -> Option<Worker> {
    let day = worker.last_working_day.value()?;
    let latest = known::latest(&known.stints)?;
    let same_id = |id| latest.external_id.as_ref().is_none_or(|own| own == id);
    let is_meant = worker.employment_id.value().is_none_or(same_id)
        && worker
            .started_on
            .value()
            .is_none_or(|on| *on == latest.started_on);
    if !is_meant || latest.last_working_day == Some(*day) {
        return None;
    }
    Some(Worker {
        external_id: worker.external_id.clone(),
        source_updated_at: worker.source_updated_at.clone(),
        employment_id: latest.external_id.clone().map_or(Told::Absent, Told::Value),
        started_on: Told::Value(latest.started_on),
        last_working_day: worker.last_working_day.clone(),
        leave_type: worker.leave_type.clone(),
        status: worker.status.clone(),
        ..Worker::default()
    })
}

/// Decides on an employee whose last working day has passed, without a row: as a row would that says the same again. None: nothing is to be
/// written, because the person has left already, or works here by a later employment. A restriction of their data does not hold it up:
/// access rights end with the employment.
pub fn last_day_passed(known: Known, ground: &Ground<'_>) -> Option<Writes> {
    let Known {
        mut person,
        stints,
        membership,
    } = known;
    if person.standing != Standing::Employee {
        return None;
    }
    let latest = known::latest(&stints)?;
    let left_on = standing::left_on(latest, false, false, ground.today)?;
    let end = standing::End::of(latest);
    let left = standing::Left {
        person: person.id,
        on: Some(left_on),
        end,
        before: Some(end),
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
        stints: Vec::new(),
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
    let day = worker.last_working_day.value();
    let passed = day.is_some_and(|day| *day < today);
    worker.status == Told::Value(WorkerStatus::Left)
        || (passed && !last_day::contradicts(worker, today))
}

/// Of an erased person nothing is stored again. That they left is nothing new; that they work here would be.
fn erased(worker: &Worker, person: &Person, ground: &Ground<'_>) -> RowDecision {
    let begins_anew = worker
        .started_on
        .value()
        .is_some_and(|day| person.left_on.is_none_or(|left| *day > left));
    if begins_anew && !has_left(worker, ground.today) {
        let reason = "the person behind this id was erased at their wish; send the new employment under a new id";
        return RowDecision::refused(vec![RowFault::new("externalId", reason)]);
    }
    RowDecision::unchanged(None)
}
