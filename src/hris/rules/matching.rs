//! Which stored employment a row means, or that it begins another one.
//!
//! In this order: the source's own id, the first day that is said to be corrected, the same first day. Otherwise the days decide. A first
//! day that moves a little corrects the employment; one close to the end of an employment begins another. A row that can be read both
//! ways is refused with both readings: an employment is never overwritten by a guess.

use chrono::{NaiveDate, TimeDelta};
use entity::EmploymentType;

use super::RowFault;
use super::known::{Stint, latest};
use super::last_day::contradicts;
use crate::hris::worker::{Told, Worker, WorkerStatus};

/// By how many days a first day may move later and still be taken for a correction.
const CORRECTION: TimeDelta = TimeDelta::days(31);
/// By how many days two employments may overlap, as they do when the earlier one ends with garden leave.
const OVERLAP: TimeDelta = TimeDelta::days(92);

/// A person's employment while rows are taken over.
pub struct Held {
    pub stint: Stint,
    /// Whether an earlier row of the call meant it. No other row can mean it too.
    pub is_taken: bool,
}

/// What a row and an employment that overlap are to each other.
enum Relation {
    /// The row corrects the first day of the employment.
    Corrected,
    /// The row begins another employment.
    Other,
    /// One of the two.
    Unclear,
}

/// The place of the employment that a row means; none if it begins another one.
pub fn meant(worker: &Worker, held: &[Held], today: NaiveDate) -> Result<Option<usize>, RowFault> {
    let found = named(worker, held)?;
    if let Some(place) = found {
        return untaken(held, place).map(Some);
    }
    let Some(first) = worker.started_on.value().copied() else {
        let Some(latest) = latest(held.iter().map(|held| &held.stint)) else {
            return Ok(None);
        };
        let place = held.iter().position(|held| held.stint.id == latest.id);
        return place.map(|place| untaken(held, place)).transpose();
    };
    let last = last_working_day(worker, today);
    let mut corrected = Vec::new();
    for (place, held) in held.iter().enumerate() {
        let stint = &held.stint;
        if !overlaps(stint, first, last) || has_another_id(stint, worker) {
            continue;
        }
        match relation(worker, held, first, today) {
            Relation::Corrected => corrected.push(place),
            Relation::Other => {}
            Relation::Unclear => return Err(unclear(stint, first)),
        }
    }
    match corrected[..] {
        [] => Ok(None),
        [place] => untaken(held, place).map(Some),
        _ => Err(RowFault::new(
            "startedOn",
            "the employment would run over two others; send each with its own first day",
        )),
    }
}

/// The employment that a row names by the source's id, by the day it corrects, or by its first day.
fn named(worker: &Worker, held: &[Held]) -> Result<Option<usize>, RowFault> {
    let by = |matches: &dyn Fn(&Stint) -> bool| held.iter().position(|held| matches(&held.stint));
    if let Some(id) = worker.employment_id.value()
        && let Some(place) = by(&|stint| stint.external_id.as_ref() == Some(id))
    {
        return Ok(Some(place));
    }
    let first = worker.started_on.value();
    let same_day = first.and_then(|first| by(&|stint| stint.started_on == *first));
    if let Some(day) = worker.corrects_started_on.value() {
        return match by(&|stint| stint.started_on == *day).or(same_day) {
            Some(place) => Ok(Some(place)),
            None => Err(RowFault::new(
                "correctsStartedOn",
                format!(
                    "no employment of the worker begins on {day}; send the first day that is stored"
                ),
            )),
        };
    }
    if let Some(place) = same_day
        && has_another_id(&held[place].stint, worker)
    {
        let known = held[place].stint.external_id.as_deref().unwrap_or_default();
        let reason = format!(
            "another employment of the worker, `{known}`, begins on the same day; two employments need different first days"
        );
        return Err(RowFault::new("employmentId", reason));
    }
    Ok(same_day)
}

fn untaken(held: &[Held], place: usize) -> Result<usize, RowFault> {
    if held[place].is_taken {
        let reason = "means the same employment as an earlier row of this call";
        return Err(RowFault::new("startedOn", reason));
    }
    Ok(place)
}

fn has_another_id(stint: &Stint, worker: &Worker) -> bool {
    match (&stint.external_id, worker.employment_id.value()) {
        (Some(known), Some(sent)) => known != sent,
        _ => false,
    }
}

/// What a row is to an employment that it overlaps, by the days alone.
fn relation(worker: &Worker, held: &Held, first: NaiveDate, today: NaiveDate) -> Relation {
    let stint = &held.stint;
    if held.is_taken {
        return Relation::Other;
    }
    let last = last_working_day(worker, today);
    let (corrects, follows) = if first > stint.started_on {
        let moved = first - stint.started_on;
        let corrects = stint.started_on > today || moved <= CORRECTION;
        let follows = stint.last_working_day.is_some_and(|end| {
            goes_beyond(worker, end, today) && end - first <= OVERLAP.min(moved)
        });
        if follows && stint.last_working_day == Some(first) {
            return Relation::Other;
        }
        (corrects, follows)
    } else {
        let moved = stint.started_on - first;
        let ends_before = |end: NaiveDate| stint.last_working_day.is_none_or(|known| known > end);
        let precedes = last
            .is_some_and(|end| ends_before(end) && end - stint.started_on <= OVERLAP.min(moved));
        if precedes && last == Some(stint.started_on) {
            return Relation::Other;
        }
        let reopens = last.is_none()
            && is_open(worker)
            && stint.last_working_day.is_some_and(|end| end < today);
        let is_planned = stint.started_on > today && first <= today;
        let corrects = moved <= CORRECTION || !(precedes || reopens || is_planned);
        (corrects, precedes)
    };
    match (corrects && !changes_type(worker, stint), follows) {
        (true, false) => Relation::Corrected,
        (false, true) => Relation::Other,
        (true, true) | (false, false) => Relation::Unclear,
    }
}

/// Whether the row's employment goes on after a day.
fn goes_beyond(worker: &Worker, end: NaiveDate, today: NaiveDate) -> bool {
    let has_left = worker.status == Told::Value(WorkerStatus::Left);
    match last_working_day(worker, today) {
        Some(last) => last > end,
        None => worker.last_working_day == Told::Empty || !has_left,
    }
}

/// The last working day that counts: one that the status contradicts does not.
fn last_working_day(worker: &Worker, today: NaiveDate) -> Option<NaiveDate> {
    let day = worker.last_working_day.value().copied();
    day.filter(|_| !contradicts(worker, today))
}

/// Whether the row says that the worker is employed today.
fn is_open(worker: &Worker) -> bool {
    let is_employed = matches!(
        worker.status,
        Told::Value(WorkerStatus::Active | WorkerStatus::OnLeave)
    );
    is_employed || worker.last_working_day == Told::Empty
}

/// Whether the row states another type, as when a contractor becomes an employee. OTHER states none.
fn changes_type(worker: &Worker, stint: &Stint) -> bool {
    let stated = worker.employment_type.value();
    stated.is_some_and(|kind| {
        *kind != stint.employment_type
            && *kind != EmploymentType::Other
            && stint.employment_type != EmploymentType::Other
    })
}

fn unclear(stint: &Stint, first: NaiveDate) -> RowFault {
    let known = stint.started_on;
    let end = match stint.last_working_day {
        Some(end) => format!("and its last working day is {end}"),
        None => "and it has no last working day".to_owned(),
    };
    let another = if first > known {
        format!(
            "if it begins another employment, send the one from {known} with a last working day before {first}, in the same call or before"
        )
    } else {
        format!("if it is another employment, send its last working day, before {known}")
    };
    RowFault::new(
        "startedOn",
        format!(
            "{first} can correct the first day of the employment from {known} or begin another one: an employment from {known} is stored, {end}. If it corrects the first day, send `correctsStartedOn: \"{known}\"`; {another}"
        ),
    )
}

/// Whether an employment and days have a day in common.
pub fn overlaps(stint: &Stint, first: NaiveDate, last: Option<NaiveDate>) -> bool {
    stint.last_working_day.is_none_or(|end| first <= end)
        && last.is_none_or(|last| stint.started_on <= last)
}

/// Whether two employments that overlap can both be true: the source knows them by different ids, or one follows the other.
pub fn may_overlap(one: &Stint, two: &Stint) -> bool {
    let (earlier, later) = if one.started_on <= two.started_on {
        (one, two)
    } else {
        (two, one)
    };
    if earlier.started_on == later.started_on {
        return false;
    }
    let follows = earlier.last_working_day.is_some_and(|end| {
        later.last_working_day.is_none_or(|last| last > end) && end - later.started_on <= OVERLAP
    });
    let ids = (&earlier.external_id, &later.external_id);
    follows || matches!(ids, (Some(one), Some(two)) if one != two)
}
