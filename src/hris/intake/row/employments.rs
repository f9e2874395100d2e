//! The days of a row as employments. Systems have a column for the first hire, one for the latest, one for the day work began; a row with
//! several of them and one last day knows of two employments, or of one and half of another.

use chrono::NaiveDate;

use super::Row;
use crate::hris::{
    mapping::Field,
    worker::{Told, Worker, WorkerStatus},
};

/// Between an offer and the first day at work lie days or weeks; a later first day is a new employment.
const OFFER_TO_START_DAYS: i64 = 92;

/// The employments that a row knows of.
pub(super) struct Employments {
    /// First day of the latest one.
    pub started_on: Told<NaiveDate>,
    /// Last day of the latest one.
    pub last_working_day: Told<NaiveDate>,
    /// First and last day of one before it.
    pub earlier: Option<(NaiveDate, NaiveDate)>,
}

impl Row<'_> {
    /// A row with a day of rehire after its last day has two employments. A last day within the latest employment leaves the end of the one
    /// before it unknown, and so does a row without a last day: then only the latest is read, with a remark.
    pub(super) fn employments(&mut self, status: &Told<WorkerStatus>) -> Employments {
        let last_working_day = self.day(Field::LastWorkingDay);
        let mut is_told = false;
        let mut starts: Vec<(NaiveDate, Field)> = Vec::new();
        for field in [
            Field::RehireDate,
            Field::StartedOn,
            Field::StartDate,
            Field::OriginalHireDate,
        ] {
            let day = self.day(field);
            is_told |= day.is_told();
            if let Told::Value(day) = day
                && starts.iter().all(|(known, _)| *known != day)
            {
                starts.push((day, field));
            }
        }
        starts.sort_unstable_by_key(|(day, _)| std::cmp::Reverse(*day));
        let last = last_working_day.value().copied();
        let Some(&(latest, latest_field)) = starts.first() else {
            return Employments {
                started_on: if is_told { Told::Empty } else { Told::Absent },
                last_working_day,
                earlier: None,
            };
        };
        let mut before: Vec<(NaiveDate, Field)> = starts[1..].to_vec();
        self.merge_offer((latest, latest_field), &mut before, last);
        let ended = last.filter(|last| *last < latest);
        let earlier = ended.and_then(|last| {
            let at = before.iter().position(|(first, _)| *first <= last)?;
            Some((before.remove(at).0, last))
        });
        for (first, field) in before {
            self.remark(
                field,
                format!(
                    "the row gives no last day for an employment from {first}; only the employment from {latest} ({}) is read",
                    self.named(latest_field)
                ),
            );
        }
        let Some((first, last)) = earlier else {
            return Employments {
                started_on: Told::Value(latest),
                last_working_day,
                earlier: None,
            };
        };
        if *status == Told::Value(WorkerStatus::Left) {
            self.fault(
                Field::LastWorkingDay,
                format!(
                    "{last} is before the employment from {latest} ({}), and the status says that the worker has left; \
                     accepted is the last day of that employment, or a status of an employed worker",
                    self.named(latest_field)
                ),
            );
        }
        self.remark(
            Field::LastWorkingDay,
            format!(
                "ends the employment from {first}; the employment from {latest} is a second one"
            ),
        );
        Employments {
            started_on: Told::Value(latest),
            last_working_day: Told::Absent,
            earlier: Some((first, last)),
        }
    }

    /// A start date shortly after a hire date is the first day of the same employment.
    fn merge_offer(
        &mut self,
        (latest, latest_field): (NaiveDate, Field),
        before: &mut Vec<(NaiveDate, Field)>,
        last: Option<NaiveDate>,
    ) {
        let is_start = |field| matches!(field, Field::StartedOn | Field::StartDate);
        let Some(&(first, field)) = before.first().filter(|(first, field)| {
            is_start(latest_field)
                && is_start(*field)
                && (latest - *first).num_days() <= OFFER_TO_START_DAYS
                && last.is_none_or(|last| last < *first || last >= latest)
        }) else {
            return;
        };
        before.remove(0);
        let used = self.named(latest_field);
        self.remark(
            field,
            format!("not used: {first} is shortly before {latest} ({used}), the first day"),
        );
    }

    fn named(&self, field: Field) -> String {
        let column = self.column(field);
        column.map_or_else(|| field.name().to_owned(), |column| format!("“{column}”"))
    }
}

/// The worker once per employment, the earliest first. What a row says about the work is about the latest one, and how the worker left about
/// the one that ended.
pub(super) fn workers(mut worker: Worker, earlier: Option<(NaiveDate, NaiveDate)>) -> Vec<Worker> {
    let Some((first, last)) = earlier else {
        return vec![worker];
    };
    let mut before = Worker {
        started_on: Told::Value(first),
        last_working_day: Told::Value(last),
        ..worker.clone()
    };
    before.department = Told::Absent;
    before.position = Told::Absent;
    before.location = Told::Absent;
    before.employment_type = Told::Absent;
    before.status = Told::Absent;
    worker.leave_type = Told::Absent;
    worker.leave_reason = Told::Absent;
    vec![before, worker]
}
