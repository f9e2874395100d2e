//! One row of cells read as a worker. Every fault of a row is collected, so that whoever corrects the file sees all of them at once.

mod employments;
mod names;
mod words;

use chrono::NaiveDate;

use super::{
    Fault, Remark,
    closing::{NOT_A_WORKER, says_closing},
};
use crate::hris::{
    mapping::{Field, Plan, Role},
    values::{
        contact,
        day::{self, Day},
        key, name,
        text::{LONGEST, longer, quoted, refusal, says_nothing, tidy},
    },
    worker::{Told, Worker},
};

/// What a row says.
pub struct Reading {
    /// The id, as far as it could be read.
    pub id: Option<String>,
    /// The worker once per employment.
    pub outcome: Result<Vec<Worker>, Vec<Fault>>,
    pub remarks: Vec<Remark>,
}

impl Reading {
    /// Of a row that cannot be read.
    pub fn refused(faults: Vec<Fault>) -> Self {
        Self {
            id: None,
            outcome: Err(faults),
            remarks: Vec::new(),
        }
    }
}

/// Reads the cells of a row, given by their column.
pub fn read(cells: &[(usize, String)], plan: &Plan) -> Reading {
    let mut row = Row {
        plan,
        best: [None; Field::COUNT],
        faults: Vec::new(),
        remarks: Vec::new(),
    };
    for (column, text) in cells {
        row.offer(*column, text);
    }
    let key_is_a_total = row.best[Field::ExternalId as usize]
        .is_none_or(|cell| cell.text.trim().is_empty() || says_closing(cell.text));
    let first = cells.iter().find(|(_, text)| !text.trim().is_empty());
    if key_is_a_total && first.is_some_and(|(_, text)| says_closing(text)) {
        return Reading::refused(vec![Fault::of_row(NOT_A_WORKER)]);
    }
    let (worker, earlier) = row.worker();
    row.remark_unused(cells);
    let id = (!worker.external_id.is_empty()).then(|| worker.external_id.clone());
    Reading {
        id: id.or_else(|| row.raw_id()),
        outcome: if row.faults.is_empty() {
            Ok(employments::workers(worker, earlier))
        } else {
            Err(row.faults)
        },
        remarks: row.remarks,
    }
}

#[derive(Clone, Copy)]
struct Cell<'r> {
    rank: usize,
    column: usize,
    text: &'r str,
}

struct Row<'r> {
    plan: &'r Plan,
    /// The best cell of each field.
    best: [Option<Cell<'r>>; Field::COUNT],
    faults: Vec<Fault>,
    remarks: Vec<Remark>,
}

impl<'r> Row<'r> {
    /// Of several columns of a field the first of them that is not empty counts; a key is taken from one column, whatever it holds,
    /// because a key that changes its column from row to row would be two keys.
    fn offer(&mut self, column: usize, text: &'r str) {
        let Some((_, Role::Feeds(fields))) = self.plan.columns().get(column) else {
            return;
        };
        for &(field, rank) in fields {
            let is_key = matches!(field, Field::ExternalId | Field::EmployeeNumber);
            let better = self.best[field as usize].is_none_or(|best| {
                match (best.text.trim().is_empty(), text.trim().is_empty()) {
                    (true, false) if !is_key => true,
                    (false, true) if !is_key => false,
                    _ => rank < best.rank,
                }
            });
            if better {
                self.best[field as usize] = Some(Cell { rank, column, text });
            }
        }
    }

    /// The id as it stands, for the report.
    fn raw_id(&self) -> Option<String> {
        let cell =
            self.best[Field::ExternalId as usize].or(self.best[Field::EmployeeNumber as usize])?;
        let text = tidy(cell.text);
        (!text.is_empty()).then_some(text)
    }

    /// Columns that have a value of their own and were not used, because another column of their field came first.
    fn remark_unused(&mut self, cells: &[(usize, String)]) {
        for (column, text) in cells {
            let Some((name, Role::Feeds(fields))) = self.plan.columns().get(*column) else {
                continue;
            };
            let used = fields.iter().any(|(field, _)| {
                self.best[*field as usize].is_some_and(|best| best.column == *column)
            });
            let Some((field, _)) = fields.first().filter(|_| !used && !text.trim().is_empty())
            else {
                continue;
            };
            let best = self.best[*field as usize];
            if best.is_some_and(|best| tidy(best.text) != tidy(text)) {
                let from = self.column(*field).unwrap_or_default();
                self.remarks.push(Remark {
                    column: Some(name.clone()),
                    text: format!("not used: {} is read from “{from}”", field.name()),
                });
            }
        }
    }

    fn worker(&mut self) -> (Worker, Option<(NaiveDate, NaiveDate)>) {
        let (family_name, given_name) = self.names();
        let (family_name_kana, given_name_kana) = self.reading(
            [
                Field::FamilyNameKana,
                Field::GivenNameKana,
                Field::FullNameKana,
            ],
            name::kana,
        );
        let (family_name_romaji, given_name_romaji) = self.reading(
            [
                Field::FamilyNameRomaji,
                Field::GivenNameRomaji,
                Field::FullNameRomaji,
            ],
            tidy,
        );
        let (status, implied) = self.status();
        let (leave_type, leave_reason) = self.leaving(implied);
        let days = self.employments(&status);
        let other_name = self.other_name(&family_name, &given_name);
        let worker = Worker {
            external_id: self.external_id(),
            employee_number: self.employee_number(),
            family_name,
            given_name,
            family_name_kana,
            given_name_kana,
            family_name_romaji,
            given_name_romaji,
            other_name,
            personal_email: self.checked(Field::PersonalEmail, contact::email),
            work_email: self.checked(Field::WorkEmail, contact::email),
            phone: self.checked(Field::Phone, contact::phone),
            location: self.text(Field::Location),
            department: self.text(Field::Department),
            position: self.text(Field::Position),
            employment_type: self.employment_type(),
            started_on: days.started_on,
            last_working_day: days.last_working_day,
            leave_type,
            leave_reason,
            status,
            ..Worker::default()
        };
        (worker, days.earlier)
    }

    fn external_id(&mut self) -> String {
        let field = if self.best[Field::ExternalId as usize].is_some() {
            Field::ExternalId
        } else {
            Field::EmployeeNumber
        };
        match self.key(field) {
            Told::Value(key) => key,
            Told::Absent => String::new(),
            Told::Empty => {
                self.fault(field, "the worker's key is missing".to_owned());
                String::new()
            }
        }
    }

    fn employee_number(&mut self) -> Told<String> {
        match self.key(Field::EmployeeNumber) {
            Told::Empty => self.blank(),
            told => told,
        }
    }

    /// An id or a number by which a worker is known, as the system that gave it writes it; empty if the cell is blank, absent if it is refused.
    fn key(&mut self, field: Field) -> Told<String> {
        let text = match self.even(field) {
            Told::Value(text) if !says_nothing(&text) || text.starts_with('#') => text,
            Told::Value(_) | Told::Empty => return Told::Empty,
            Told::Absent => return Told::Absent,
        };
        match key::read(&text, self.plan.mapping.ids_as_written) {
            Ok(key) => {
                if key.was_decimal {
                    let text = "written as a decimal number, read as a whole number".to_owned();
                    self.remark(field, text);
                }
                Told::Value(key.text)
            }
            Err(reason) => {
                self.fault(field, reason);
                Told::Absent
            }
        }
    }

    /// A day. A blank one says that there is none, also where blank cells are left alone: an empty last day takes a leave back.
    fn day(&mut self, field: Field) -> Told<NaiveDate> {
        let Some(cell) = self.best[field as usize] else {
            return Told::Absent;
        };
        let Told::Value(text) = self.even(field) else {
            return Told::Empty;
        };
        if says_nothing(&text) {
            return Told::Empty;
        }
        match day::read(&text, self.plan.days(cell.column)) {
            Ok(Day { day, remark }) => {
                if let Some(remark) = remark {
                    self.remark(field, format!("{}: {remark}", quoted(&text)));
                }
                day.map_or(Told::Empty, Told::Value)
            }
            Err(reason) => {
                self.fault(field, format!("{} {reason}", quoted(&text)));
                Told::Absent
            }
        }
    }

    /// An address or a number. A bad one is left out: the person is known without it.
    fn checked(&mut self, field: Field, check: fn(&str) -> Result<String, String>) -> Told<String> {
        let text = self.text(field);
        let Told::Value(text) = text else { return text };
        match check(&text) {
            Ok(value) => Told::Value(value),
            Err(reason) => {
                self.remark(
                    field,
                    format!("{} {reason}; it was left out", quoted(&text)),
                );
                Told::Absent
            }
        }
    }

    /// A cell where marks such as "n/a" mean that there is nothing. A text that is too long is left out.
    fn text(&mut self, field: Field) -> Told<String> {
        let cell = self.best[field as usize].filter(|cell| cell.text.len() > LONGEST);
        let long = cell.and_then(|cell| longer(&tidy(cell.text), LONGEST));
        if let Some(length) = long {
            let text =
                format!("is {length} characters long, at most {LONGEST} are kept; it was left out");
            self.remark(field, text);
            return Told::Absent;
        }
        match self.even(field) {
            Told::Value(text) if says_nothing(&text) => self.blank(),
            Told::Empty => self.blank(),
            told => told,
        }
    }

    /// What a blank cell says: nothing, unless the mapping lets it clear what is stored.
    fn blank<T>(&self) -> Told<T> {
        if self.plan.mapping.blank_clears {
            Told::Empty
        } else {
            Told::Absent
        }
    }

    /// A cell that is somebody's name: a dash is none. Null and None are names, unless another cell of the row shows that the file writes
    /// them for nothing.
    fn name(&mut self, field: Field) -> Told<String> {
        match self.even(field) {
            Told::Value(text) if says_nothing(&text) && self.writes_for_nothing(&text) => {
                Told::Empty
            }
            Told::Value(text) if text.chars().any(char::is_alphanumeric) => {
                if let Some(reason) = name::refusal(&text) {
                    self.fault(field, format!("{} {reason}", quoted(&text)));
                }
                Told::Value(text)
            }
            Told::Value(_) => Told::Empty,
            told => told,
        }
    }

    /// Whether a text that may be a name is what the file writes in empty cells.
    fn writes_for_nothing(&self, text: &str) -> bool {
        let is_mark = text.starts_with(['(', '<', '#']);
        let others = Field::ALL.into_iter().filter(|field| !field.is_name());
        is_mark
            || others
                .filter_map(|field| self.best[field as usize])
                .any(|cell| tidy(cell.text) == text)
    }

    fn even(&mut self, field: Field) -> Told<String> {
        let Some(cell) = self.best[field as usize] else {
            return Told::Absent;
        };
        let text = tidy(cell.text);
        if let Some(reason) = refusal(&text) {
            self.fault(field, reason);
        }
        if text.is_empty() {
            Told::Empty
        } else {
            Told::Value(text)
        }
    }

    fn fault(&mut self, field: Field, reason: String) {
        let fault = Fault {
            column: self.column(field),
            field: Some(field),
            reason,
        };
        // One column may be read into two fields.
        let is_known = |known: &Fault| known.column == fault.column && known.reason == fault.reason;
        if !self.faults.iter().any(is_known) {
            self.faults.push(fault);
        }
    }

    fn remark(&mut self, field: Field, text: String) {
        let remark = Remark {
            column: self.column(field),
            text,
        };
        if !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }

    fn column(&self, field: Field) -> Option<String> {
        self.best[field as usize].map(|cell| self.plan.columns()[cell.column].0.clone())
    }
}
