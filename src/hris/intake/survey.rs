//! A first reading of a file, before anything of it is stored: samples of each column, and in which order its days are written.
//!
//! The order of a column is what the mapping states, then its own name (`MM/DD/YYYY`), then the days that exist in one order only, then what
//! the other columns of the file show, then the preset. A column with days of both kinds has no order: its days that could be two are refused.

use std::collections::HashMap;

use serde::Serialize;

use super::{Intake, Unreadable};
use crate::hris::mapping::{Field, Role};
use crate::hris::sensitive;
use crate::hris::values::day_order::{DayOrder, Evidence, evidence};
use crate::hris::values::text::{cut, tidy};

const SAMPLES: usize = 3;
/// How many different cells of a column samples are looked for in.
const CELLS_LOOKED_AT: usize = 20;

/// What a first reading found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// The columns that have days in which day and month can be confused, with what was found of each.
    pub orders: Vec<ColumnOrder>,
    samples: Vec<Samples>,
}

/// The first values of a column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Samples {
    column: String,
    values: Vec<String>,
    /// The cells they were made of, with those that made no new one.
    cells: Vec<String>,
}

/// The order of day and month in a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ColumnOrder {
    pub column: String,
    pub order: Option<DayOrder>,
    /// Where the order is from.
    pub from: &'static str,
    pub only_day_first: u64,
    pub only_month_first: u64,
    /// Days that are another day in each order.
    pub either: u64,
    #[serde(skip)]
    first: [Option<(u64, String)>; 2],
}

impl Survey {
    /// Reads a file to its end. Fails if the file cannot be read, or if its days contradict the order that is stated for them.
    pub fn of(mut intake: Intake) -> Result<Self, Unreadable> {
        let mut found = Self::default();
        // An error in the file's middle is reported by the second reading, which stores what came before it.
        while let Ok(Some(row)) = intake.next_cells() {
            for (column, text) in row.cells.into_iter().flatten() {
                found.add(&intake, column, &text, row.place.line);
            }
        }
        found.settle(&intake)?;
        Ok(found)
    }

    /// The order of each column that has one, by the column's name.
    pub fn by_column(&self) -> HashMap<String, DayOrder> {
        let order = |found: &ColumnOrder| Some((found.column.clone(), found.order?));
        self.orders.iter().filter_map(order).collect()
    }

    /// The first values of a column.
    pub fn samples(&self, column: &str) -> Vec<String> {
        let found = self.samples.iter().find(|found| found.column == column);
        found.map(|found| found.values.clone()).unwrap_or_default()
    }

    fn add(&mut self, intake: &Intake, column: usize, text: &str, line: u64) {
        let Some((name, Role::Feeds(fields))) = intake.plan.columns().get(column) else {
            return;
        };
        if text.trim().is_empty() {
            return;
        }
        while self.samples.len() <= column {
            self.samples.push(Samples {
                column: intake.plan.columns()[self.samples.len()].0.clone(),
                ..Samples::default()
            });
        }
        self.samples[column].add(text);
        let is_day = fields.iter().any(|(field, _)| is_read_as_day(*field));
        let Some(evidence) = is_day.then(|| evidence(text)).flatten() else {
            return;
        };
        let at = self.orders.iter().position(|found| found.column == *name);
        let at = at.unwrap_or_else(|| {
            self.orders.push(ColumnOrder::of(name));
            self.orders.len() - 1
        });
        self.orders[at].add(evidence, line, text);
    }

    fn settle(&mut self, intake: &Intake) -> Result<(), Unreadable> {
        if let Some(stated) = intake.plan.mapping.days.stated {
            let what = "the mapping or --date-order";
            contradicted(what, stated, &self.orders)?;
            for found in &mut self.orders {
                (found.order, found.from) = (Some(stated), "stated by the mapping");
            }
            return Ok(());
        }
        for found in &mut self.orders {
            if let Some(stated) = DayOrder::stated_in(&found.column) {
                (found.order, found.from) = (Some(stated), "stated by the column's name");
                contradicted(&found.column, stated, std::slice::from_ref(found))?;
            } else {
                found.decide();
            }
        }
        let preset = intake.plan.mapping.preset;
        let of_preset = preset.and_then(|preset| preset.date_order);
        let of_file = self.of_file();
        for found in &mut self.orders {
            if found.order.is_some() || found.is_mixed() {
                continue;
            }
            match (of_file, of_preset) {
                (Some(order), _) => {
                    (found.order, found.from) = (Some(order), "found in the other columns");
                }
                (None, Some(order)) => (found.order, found.from) = (Some(order), "of the preset"),
                (None, None) => {}
            }
        }
        Ok(())
    }

    /// The one order of all columns that have one; none if they differ, or one column is mixed.
    fn of_file(&self) -> Option<DayOrder> {
        if self.orders.iter().any(ColumnOrder::is_mixed) {
            return None;
        }
        let mut orders = self.orders.iter().filter_map(|found| found.order);
        let first = orders.next()?;
        orders.all(|order| order == first).then_some(first)
    }
}

impl Samples {
    /// Takes a cell as a sample if there is room for one. A column of a few words has the same cells in every row.
    fn add(&mut self, text: &str) {
        let is_full = self.values.len() >= SAMPLES || self.cells.len() >= CELLS_LOOKED_AT;
        if is_full || self.cells.iter().any(|cell| cell == text) {
            return;
        }
        self.cells.push(text.to_owned());
        let value = match sensitive::in_text(text) {
            Some(category) => format!("({})", category.subject()),
            None => cut(&tidy(text)),
        };
        if !self.values.contains(&value) {
            self.values.push(value);
        }
    }
}

/// Days that are stored; the others are not read.
fn is_read_as_day(field: Field) -> bool {
    field.is_day() && !field.is_only_recognised()
}

/// Refuses the file if more days exist only in the other order than in the stated one.
fn contradicted(what: &str, stated: DayOrder, orders: &[ColumnOrder]) -> Result<(), Unreadable> {
    let sum = |order| orders.iter().map(|found| found.only(order)).sum::<u64>();
    let (agreeing, contrary) = (sum(stated), sum(stated.other()));
    let first = orders
        .iter()
        .find_map(|found| found.first[stated.other() as usize].clone());
    match first {
        Some((line, text)) if contrary > agreeing => Err(Unreadable::Contradicted {
            what: what.to_owned(),
            stated,
            other: stated.other(),
            contrary,
            agreeing,
            line,
            text: cut(&text),
        }),
        _ => Ok(()),
    }
}

impl ColumnOrder {
    fn of(column: &str) -> Self {
        Self {
            column: column.to_owned(),
            order: None,
            from: "not found",
            only_day_first: 0,
            only_month_first: 0,
            either: 0,
            first: [None, None],
        }
    }

    fn add(&mut self, evidence: Evidence, line: u64, text: &str) {
        let Evidence::Only(order) = evidence else {
            self.either += 1;
            return;
        };
        match order {
            DayOrder::DayFirst => self.only_day_first += 1,
            DayOrder::MonthFirst => self.only_month_first += 1,
        }
        self.first[order as usize].get_or_insert_with(|| (line, text.to_owned()));
    }

    fn decide(&mut self) {
        let order = match (self.only_day_first, self.only_month_first) {
            (1.., 0) => Some(DayOrder::DayFirst),
            (0, 1..) => Some(DayOrder::MonthFirst),
            (1.., 1..) => {
                self.from = "mixed";
                None
            }
            (0, 0) => None,
        };
        if let Some(order) = order {
            (self.order, self.from) = (Some(order), "found in the column");
        }
    }

    fn is_mixed(&self) -> bool {
        self.order.is_none() && self.only_day_first > 0 && self.only_month_first > 0
    }

    fn only(&self, order: DayOrder) -> u64 {
        match order {
            DayOrder::DayFirst => self.only_day_first,
            DayOrder::MonthFirst => self.only_month_first,
        }
    }
}

impl std::fmt::Display for ColumnOrder {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            column,
            from,
            only_day_first,
            only_month_first,
            either,
            ..
        } = self;
        let counts = format!(
            "{only_day_first} days exist only day first, {only_month_first} only month first, {either} in both orders"
        );
        match (self.order, *from) {
            (Some(order), from) => write!(out, "{column}: {order}, {from} ({counts})"),
            (None, "mixed") => write!(
                out,
                "{column}: mixed ({counts}); days that exist in both orders are invalid"
            ),
            (None, _) => write!(
                out,
                "{column}: not known ({counts}); state date_order in a mapping, or --date-order"
            ),
        }
    }
}
