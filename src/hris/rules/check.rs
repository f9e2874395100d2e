//! What every worker must satisfy, wherever it came from, and the one form its texts are kept in.

use std::mem::take;

use super::RowFault;
use crate::checks::without_direction;
use crate::graphql::rows::BadValue;
use crate::hris::sensitive;
use crate::hris::values::{contact, name, text};
use crate::hris::worker::{Told, Worker};

/// The longest name of a source system, in characters.
pub const LONGEST_SOURCE: usize = 100;
const LONGEST_KEY: usize = 200;
const LONGEST_LINE: usize = 200;
const LONGEST_REASON: usize = 500;
/// Fields of which a bad value is left out, with a remark: the person is known without it.
const CONTACTS: [&str; 3] = ["personalEmail", "workEmail", "phone"];

/// Texts of which one that is too long is left out, with a remark.
const OPTIONAL: [&str; 7] = [
    "familyNameRomaji",
    "givenNameRomaji",
    "otherName",
    "location",
    "department",
    "position",
    "leaveReason",
];

/// Reads a contact: the one form it is kept in, or why it is none.
type Reader = fn(&str) -> Result<String, String>;

/// The worker with its texts evened, and remarks on what was left out; or every fault.
pub fn checked(mut worker: Worker) -> Result<(Worker, Vec<String>), Vec<RowFault>> {
    let mut faults = Vec::new();
    let mut remarks = Vec::new();
    unread(&mut worker, &mut faults, &mut remarks);
    let key = Told::Value(worker.external_id);
    worker.external_id = match line(key, "externalId", LONGEST_KEY, &mut faults) {
        Told::Value(key) => key,
        Told::Empty | Told::Absent => String::new(),
    };
    let is_named = |fault: &RowFault| fault.field == "externalId" || fault.field.is_empty();
    if worker.external_id.is_empty() && !faults.iter().any(is_named) {
        faults.push(RowFault::new("externalId", "must not be empty"));
    }
    for (slot, field, most) in [
        (&mut worker.employee_number, "employeeNumber", LONGEST_KEY),
        (&mut worker.employment_id, "employmentId", LONGEST_KEY),
        (&mut worker.family_name, "familyName", LONGEST_LINE),
        (&mut worker.given_name, "givenName", LONGEST_LINE),
        (&mut worker.family_name_kana, "familyNameKana", LONGEST_LINE),
        (&mut worker.given_name_kana, "givenNameKana", LONGEST_LINE),
        (
            &mut worker.family_name_romaji,
            "familyNameRomaji",
            LONGEST_LINE,
        ),
        (
            &mut worker.given_name_romaji,
            "givenNameRomaji",
            LONGEST_LINE,
        ),
        (&mut worker.other_name, "otherName", LONGEST_LINE),
        (&mut worker.location, "location", LONGEST_LINE),
        (&mut worker.department, "department", LONGEST_LINE),
        (&mut worker.position, "position", LONGEST_LINE),
        (&mut worker.leave_reason, "leaveReason", LONGEST_REASON),
    ] {
        let known = faults.len();
        *slot = line(take(slot), field, most, &mut faults);
        let is_long = |value: &String| text::longer(value, most).is_some();
        if OPTIONAL.contains(&field)
            && slot.value().is_some_and(is_long)
            && faults.len() == known + 1
        {
            let reason = faults.pop().map_or_else(String::new, |fault| fault.reason);
            remarks.push(format!("{field}: {reason}; it was left out"));
            *slot = Told::Absent;
        }
    }
    for kana in [&mut worker.family_name_kana, &mut worker.given_name_kana] {
        *kana = take(kana).map(|reading| name::kana(&reading));
    }
    contacts(&mut worker, &mut remarks);
    if worker.family_name == Told::Empty && worker.given_name.value().is_none() {
        faults.push(RowFault::new("familyName", "must not be empty"));
    }
    for (name, field) in [
        (&worker.family_name, "familyName"),
        (&worker.given_name, "givenName"),
    ] {
        if let Some(reason) = name.value().and_then(|name| name::refusal(name)) {
            faults.push(RowFault::new(field, reason));
        }
    }
    if let (Some(first), Some(last)) = (worker.started_on.value(), worker.last_working_day.value())
        && last < first
    {
        faults.push(RowFault::new(
            "lastWorkingDay",
            format!("{last} is before the first day, {first}"),
        ));
    }
    let reason = worker.leave_reason.value();
    if let Some(category) = reason.and_then(|reason| sensitive::in_text(reason)) {
        worker.leave_reason = Told::Empty;
        remarks.push(format!(
            "leaveReason speaks of {}; it was left out",
            category.subject()
        ));
    }
    if faults.is_empty() {
        Ok((worker, remarks))
    } else {
        Err(faults)
    }
}

/// Values that no field reads.
fn unread(worker: &mut Worker, faults: &mut Vec<RowFault>, remarks: &mut Vec<String>) {
    for BadValue { field, reason, .. } in take(&mut worker.unread) {
        if CONTACTS.contains(&field.as_str()) {
            remarks.push(format!("{field}: {reason}; it was left out"));
            continue;
        }
        faults.push(RowFault::new(field, reason));
    }
}

/// Addresses and numbers in the one form they are kept in.
fn contacts(worker: &mut Worker, remarks: &mut Vec<String>) {
    let reads: [Reader; 3] = [contact::email, contact::email, contact::phone];
    let slots = [
        &mut worker.personal_email,
        &mut worker.work_email,
        &mut worker.phone,
    ];
    for ((slot, field), read) in slots.into_iter().zip(CONTACTS).zip(reads) {
        let mut faults = Vec::new();
        *slot = line(take(slot), field, LONGEST_LINE, &mut faults);
        if let Some(fault) = faults.pop() {
            remarks.push(format!("{field}: {}; it was left out", fault.reason));
            *slot = Told::Absent;
        }
        if let Told::Value(value) = slot {
            match read(value) {
                Ok(even) => *slot = Told::Value(even),
                Err(reason) => {
                    let value = text::quoted(value);
                    remarks.push(format!("{field}: {value} {reason}; it was left out"));
                    *slot = Told::Absent;
                }
            }
        }
    }
}

fn line(
    told: Told<String>,
    field: &'static str,
    most: usize,
    faults: &mut Vec<RowFault>,
) -> Told<String> {
    let Told::Value(value) = told else {
        return told;
    };
    let even = text::tidy(&without_direction(&value));
    if let Some(reason) = text::refusal(&even) {
        faults.push(RowFault::new(field, reason));
    }
    if let Some(length) = text::longer(&even, most) {
        let reason = format!("is {length} characters long, at most {most} are kept");
        faults.push(RowFault::new(field, reason));
    }
    if even.is_empty() {
        Told::Empty
    } else {
        Told::Value(even)
    }
}
