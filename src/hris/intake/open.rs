//! Opening a file: which format, which mapping; then its rows, one by one.

use std::{
    collections::{HashMap, VecDeque},
    io::{self, BufRead, BufReader, Cursor, Read},
};

use super::{
    Fault, HEADER_AGAIN, Overview, Place, Problem, Row, Unreadable,
    decode::{Decoded, FoundEncoding},
    delimited::Delimited,
    flatten,
    header::{self, SAMPLE},
    json::Entries,
    keyed::{Keyed, KeyedRow, is_one_entry_a_line},
    lines::Lines,
    row,
};
use crate::hris::mapping::{Mapping, Plan};
use crate::hris::values::day_order::DayOrder;

/// How many entries of a keyed file the choice of a preset is made on.
const ENTRIES_LOOKED_AT: usize = 50;
const HEAD: u64 = 1024 * 1024;

type Text = Box<dyn BufRead + Send>;

/// A file being read.
pub struct Intake {
    source: Source,
    pub(super) plan: Plan,
    encoding: FoundEncoding,
    header_line: Option<u64>,
    over: bool,
}

enum Source {
    Table(Delimited<Text>),
    List {
        entries: Keyed<Text>,
        ahead: VecDeque<KeyedRow>,
        /// How many entries were read.
        number: u64,
    },
}

impl Intake {
    /// Opens what `input` gives. `name` is the file's, for its ending only.
    pub fn open(
        input: impl Read + Send + 'static,
        name: &str,
        mapping: &Mapping,
    ) -> Result<Self, Unreadable> {
        let decoded = Decoded::new(input, mapping.encoding);
        let encoding = decoded.found();
        let mut text: Text = Box::new(BufReader::with_capacity(64 * 1024, decoded));
        let first = loop {
            let available = text.fill_buf()?;
            if available.is_empty() {
                return Err(Unreadable::Empty);
            }
            let blank = available
                .iter()
                .take_while(|byte| byte.is_ascii_whitespace())
                .count();
            if let Some(byte) = available.get(blank) {
                break *byte;
            }
            // White space before a table would be blank lines: they are left in, to keep the count of lines.
            if !is_keyed(name) {
                break b'\n';
            }
            text.consume(blank);
        };
        let (source, plan, header_line) = match first {
            b'{' | b'[' => Self::open_keyed(text, first, name, mapping)?,
            _ => Self::open_table(text, mapping)?,
        };
        Ok(Self {
            source,
            plan,
            encoding,
            header_line,
            over: false,
        })
    }

    fn open_table(
        text: Text,
        mapping: &Mapping,
    ) -> Result<(Source, Plan, Option<u64>), Unreadable> {
        let mut lines = Lines::new(text);
        let mut sample = Vec::new();
        while sample.len() < SAMPLE {
            match lines.next_line()? {
                Some(line) => sample.push(line),
                None => break,
            }
        }
        let Some(first) = sample.iter().find(|line| !line.text.trim().is_empty()) else {
            return Err(Unreadable::Empty);
        };
        let Some(header) = header::find(&sample, mapping) else {
            return Err(Unreadable::NoHeader {
                lines: sample.len(),
                columns: first.text.chars().take(200).collect(),
            });
        };
        let mut plan = Plan::new(header.mapping);
        plan.set_header(&header.names);
        if !plan.has_key() {
            return Err(Unreadable::NoKey(
                header.names.join(", ").chars().take(400).collect(),
            ));
        }
        lines.give_back(sample.split_off(header.lines));
        let mut records = Delimited::new(lines, header.delimiter);
        records.expect_columns(&header.names);
        Ok((Source::Table(records), plan, Some(header.line)))
    }

    fn open_keyed(
        mut text: Text,
        first: u8,
        name: &str,
        mapping: &Mapping,
    ) -> Result<(Source, Plan, Option<u64>), Unreadable> {
        let mut by_lines = ends_with(name, &["jsonl", "ndjson"]);
        if first == b'{' && !by_lines {
            let mut head = Vec::new();
            text.by_ref().take(HEAD).read_to_end(&mut head)?;
            by_lines = is_one_entry_a_line(&head)?;
            text = Box::new(Cursor::new(head).chain(text));
        }
        let mut entries = if by_lines {
            Keyed::Lines(Lines::new(text))
        } else {
            Keyed::Json(Entries::new(text))
        };
        if let Keyed::Json(list) = &mut entries
            && !list.find_list()?
        {
            return Err(Unreadable::NoList);
        }
        let mut ahead = VecDeque::new();
        while ahead.len() < ENTRIES_LOOKED_AT {
            match entries.next_row()? {
                Some(row) => ahead.push_back(row),
                None => break,
            }
        }
        let mut names: Vec<String> = ahead
            .iter()
            .filter_map(|(_, entry)| entry.as_ref().ok())
            .flat_map(flatten::paths)
            .collect();
        names.sort_unstable();
        names.dedup();
        let recognised = |plan: &Plan| plan.recognised(names.iter().map(String::as_str));
        let columns = names.iter().map(String::as_str);
        let plans = mapping.candidates(columns).into_iter().map(Plan::new);
        // The first of equals wins.
        let best = plans.reduce(|best, plan| {
            if recognised(&plan) > recognised(&best) {
                plan
            } else {
                best
            }
        });
        let plan = best.filter(|plan| ahead.is_empty() || recognised(plan) > 0);
        let plan = plan.ok_or_else(|| Unreadable::NoHeader {
            lines: ahead.len(),
            columns: names.join(", ").chars().take(200).collect(),
        })?;
        let source = Source::List {
            entries,
            ahead,
            number: 0,
        };
        Ok((source, plan, None))
    }

    /// The next row. After an error of the file itself there is none.
    pub fn next_row(&mut self) -> Result<Option<Row>, Unreadable> {
        let Some(CellRow { place, cells }) = self.next_cells()? else {
            return Ok(None);
        };
        let reading = match cells {
            Ok(cells) => row::read(&cells, &self.plan),
            Err(faults) => row::Reading::refused(faults),
        };
        let place = Place {
            id: reading.id,
            ..place
        };
        Ok(Some(Row {
            place,
            outcome: reading.outcome,
            remarks: reading.remarks,
        }))
    }

    /// The next row as its cells. After an error of the file itself there is none.
    pub(super) fn next_cells(&mut self) -> Result<Option<CellRow>, Unreadable> {
        if self.over {
            return Ok(None);
        }
        let row = self.read_cells();
        self.over = !matches!(row, Ok(Some(_)));
        row.map_err(Unreadable::from)
    }

    fn read_cells(&mut self) -> io::Result<Option<CellRow>> {
        let plan = &mut self.plan;
        let row = |line, entry, cells| {
            let place = Place {
                line,
                entry,
                id: None,
            };
            Ok(Some(CellRow { place, cells }))
        };
        match &mut self.source {
            Source::Table(records) => loop {
                match records.next_record()? {
                    None => return Ok(None),
                    Some(Err(Problem { line, faults })) => return row(line, None, Err(faults)),
                    Some(Ok(record)) if record.cells.iter().all(|cell| cell.trim().is_empty()) => {}
                    Some(Ok(record)) if is_header(&record.cells, plan) => {
                        let fault = Fault::of_row(HEADER_AGAIN);
                        return row(record.line, None, Err(vec![fault]));
                    }
                    Some(Ok(record)) => {
                        let cells = record.cells.into_iter().enumerate().collect();
                        return row(record.line, None, Ok(cells));
                    }
                }
            },
            Source::List {
                entries,
                ahead,
                number,
            } => {
                let next = match ahead.pop_front() {
                    Some(row) => Some(row),
                    None => entries.next_row()?,
                };
                *number += 1;
                match next {
                    None => Ok(None),
                    Some((line, Err(reason))) => {
                        row(line, Some(*number), Err(vec![Fault::of_row(reason)]))
                    }
                    Some((line, Ok(entry))) => {
                        row(line, Some(*number), Ok(flatten::cells(&entry, plan)))
                    }
                }
            }
        }
    }

    /// Reads days in the orders that a survey of the file found.
    pub fn set_day_orders(&mut self, orders: HashMap<String, DayOrder>) {
        self.plan.set_day_orders(orders);
    }

    /// What is known about the file so far.
    pub fn overview(&self) -> Overview {
        let (format, delimiter) = match &self.source {
            Source::Table(records) => ("CSV", Some(char::from(records.delimiter))),
            Source::List {
                entries: Keyed::Json(_),
                ..
            } => ("JSON", None),
            Source::List {
                entries: Keyed::Lines(_),
                ..
            } => ("JSONL", None),
        };
        let encoding = self.encoding.get();
        let encoding = encoding.map_or("ASCII", |encoding| encoding.name());
        Overview::of(&self.plan, (format, encoding, delimiter), self.header_line)
    }
}

/// A row as its cells, by their column, or why it has none.
pub(super) struct CellRow {
    pub place: Place,
    pub cells: Result<Vec<(usize, String)>, Vec<Fault>>,
}

fn is_header(cells: &[String], plan: &Plan) -> bool {
    let columns = plan.columns();
    cells.len() == columns.len()
        && cells
            .iter()
            .zip(columns)
            .all(|(cell, (name, _))| cell.trim() == name)
}

fn is_keyed(name: &str) -> bool {
    ends_with(name, &["json", "jsonl", "ndjson"])
}

fn ends_with(name: &str, endings: &[&str]) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| {
        endings
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known))
    })
}
