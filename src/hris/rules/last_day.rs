//! The last working day that a row and what is stored lead to. A day and a status that contradict each other never make a leaver: the
//! result says which of them was used, and why.

use chrono::NaiveDate;

use super::RowFault;
use crate::hris::worker::{Told, Worker, WorkerStatus};

/// Whether the row gives a last working day that has passed, and a status that says the worker is employed.
pub fn contradicts(worker: &Worker, today: NaiveDate) -> bool {
    let works = matches!(
        worker.status,
        Told::Value(WorkerStatus::Active | WorkerStatus::OnLeave)
    );
    let day = worker.last_working_day.value();
    works && day.is_some_and(|day| *day < today)
}

/// The last working day, with a remark if the row contradicts itself or takes a leave back without a word about the day.
pub fn decided(
    worker: &Worker,
    stored: Option<NaiveDate>,
    today: NaiveDate,
    remarks: &mut Vec<String>,
) -> Result<Option<NaiveDate>, RowFault> {
    let (status, works) = match worker.status {
        Told::Value(WorkerStatus::Active) => ("ACTIVE", true),
        Told::Value(WorkerStatus::OnLeave) => ("ON_LEAVE", true),
        Told::Value(WorkerStatus::Left) => ("LEFT", false),
        Told::Absent | Told::Empty => {
            return Ok(match worker.last_working_day {
                Told::Value(day) => Some(day),
                Told::Empty => None,
                Told::Absent => stored,
            });
        }
    };
    if works {
        return Ok(employed(worker, status, stored, today, remarks));
    }
    let day = match (&worker.last_working_day, stored) {
        (Told::Value(day), _) => *day,
        (told, Some(stored)) => {
            if *told == Told::Empty {
                remarks.push(format!(
                    "lastWorkingDay: null was not used, because status is LEFT; the stored day, {stored}, stays"
                ));
            }
            stored
        }
        (_, None) => {
            return Err(RowFault::new(
                "lastWorkingDay",
                "is needed for a worker whose status is LEFT",
            ));
        }
    };
    if day > today {
        remarks.push(format!(
            "status: LEFT was not used, because lastWorkingDay, {day}, has not passed; the worker leaves after that day"
        ));
    }
    Ok(Some(day))
}

/// Of a worker whose status says that they are employed.
fn employed(
    worker: &Worker,
    status: &str,
    stored: Option<NaiveDate>,
    today: NaiveDate,
    remarks: &mut Vec<String>,
) -> Option<NaiveDate> {
    match (&worker.last_working_day, stored) {
        (Told::Value(day), _) if contradicts(worker, today) => {
            let kept = match stored {
                Some(stored) => format!("the stored last working day, {stored}, stays"),
                None => "the employment has no last working day".to_owned(),
            };
            remarks.push(format!(
                "lastWorkingDay: {day} has passed and was not used, because status is {status}; {kept}. If the worker left, send status LEFT; if not, send null"
            ));
            stored
        }
        (Told::Value(day), _) => Some(*day),
        (Told::Empty, _) => None,
        (Told::Absent, Some(stored)) if stored < today => {
            remarks.push(format!(
                "status: {status} took back the leave on {stored}, because the row has no lastWorkingDay. If the worker left then and came back, send the first day of the new employment as startedOn"
            ));
            None
        }
        (Told::Absent, stored) => stored,
    }
}
