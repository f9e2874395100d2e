//! Opening a file: which format, which mapping; then its rows, one by one.

use std::{
    collections::VecDeque,
    io::{self, BufRead, BufReader, Cursor, Read},
};

use super::{
    Problem, Row, Unreadable,
    decode::{Decoded, FoundEncoding},
    delimited::Delimited,
    flatten,
    header::{self, SAMPLE},
    json::Entries,
    keyed::{Keyed, KeyedRow, is_one_entry_a_line},
    lines::Lines,
    row,
};
use crate::hris::mapping::{Mapping, Plan, Role};

/// How many entries of a keyed file the choice of a preset is made on.
const ENTRIES_LOOKED_AT: usize = 50;
const HEAD: u64 = 1024 * 1024;

type Text = Box<dyn BufRead + Send>;

/// A file being read.
pub struct Intake {
    source: Source,
    plan: Plan,
    encoding: FoundEncoding,
    header_line: Option<u64>,
    over: bool,
}

enum Source {
    Table(Delimited<Text>),
    List {
        entries: Keyed<Text>,
        ahead: VecDeque<KeyedRow>,
    },
}

/// What is known about a file, complete once it has been read to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// CSV, JSON or JSONL.
    pub format: &'static str,
    /// The encoding found; ASCII when nothing else occurred.
    pub encoding: &'static str,
    pub delimiter: Option<char>,
    /// The line of the column names, in a table.
    pub header_line: Option<u64>,
    pub preset: Option<&'static str>,
    /// Columns never read, with the reason.
    pub dropped: Vec<(String, String)>,
    /// Columns nobody says the meaning of.
    pub unmapped: Vec<String>,
    /// Columns whose name came before.
    pub repeated: Vec<String>,
    /// Columns the mapping file names and the file does not have.
    pub missing: Vec<String>,
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
        let plans = mapping.candidates().into_iter().map(Plan::new);
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
        Ok((Source::List { entries, ahead }, plan, None))
    }

    /// The next row. After an error of the file itself there is none.
    pub fn next_row(&mut self) -> Result<Option<Row>, Unreadable> {
        if self.over {
            return Ok(None);
        }
        let row = self.read_row();
        self.over = !matches!(row, Ok(Some(_)));
        row.map_err(Unreadable::from)
    }

    fn read_row(&mut self) -> io::Result<Option<Row>> {
        let plan = &mut self.plan;
        let (line, cells) = match &mut self.source {
            Source::Table(records) => loop {
                match records.next_record()? {
                    None => return Ok(None),
                    Some(Err(Problem { line, faults })) => {
                        return Ok(Some(Row {
                            line,
                            outcome: Err(faults),
                            remarks: Vec::new(),
                        }));
                    }
                    Some(Ok(record)) if record.cells.iter().all(|cell| cell.trim().is_empty()) => {}
                    Some(Ok(record)) if is_header(&record.cells, plan) => {
                        let problem =
                            Problem::of_row(record.line, "the column names again, not a worker");
                        return Ok(Some(Row {
                            line: record.line,
                            outcome: Err(problem.faults),
                            remarks: Vec::new(),
                        }));
                    }
                    Some(Ok(record)) => {
                        break (
                            record.line,
                            record.cells.into_iter().enumerate().collect::<Vec<_>>(),
                        );
                    }
                }
            },
            Source::List { entries, ahead } => {
                let next = match ahead.pop_front() {
                    Some(row) => Some(row),
                    None => entries.next_row()?,
                };
                match next {
                    None => return Ok(None),
                    Some((line, Err(reason))) => {
                        return Ok(Some(Row {
                            line,
                            outcome: Err(Problem::of_row(line, &reason).faults),
                            remarks: Vec::new(),
                        }));
                    }
                    Some((line, Ok(entry))) => (line, flatten::cells(&entry, plan)),
                }
            }
        };
        let reading = row::read(&cells, plan);
        Ok(Some(Row {
            line,
            outcome: reading.outcome,
            remarks: reading.remarks,
        }))
    }

    /// What is known about the file so far.
    pub fn overview(&self) -> Overview {
        let named = |wanted: fn(&Role) -> bool| {
            self.plan
                .columns()
                .iter()
                .filter(|(_, role)| wanted(role))
                .map(|(name, _)| name.clone())
                .collect()
        };
        let dropped = self
            .plan
            .columns()
            .iter()
            .filter_map(|(name, role)| match role {
                Role::Dropped(category) => Some((name.clone(), category.to_string())),
                _ => None,
            });
        Overview {
            format: match &self.source {
                Source::Table(_) => "CSV",
                Source::List {
                    entries: Keyed::Json(_),
                    ..
                } => "JSON",
                Source::List {
                    entries: Keyed::Lines(_),
                    ..
                } => "JSONL",
            },
            encoding: self
                .encoding
                .get()
                .map_or("ASCII", |encoding| encoding.name()),
            delimiter: match &self.source {
                Source::Table(records) => Some(char::from(records.delimiter)),
                Source::List { .. } => None,
            },
            header_line: self.header_line,
            preset: self.plan.mapping.preset.map(|preset| preset.name),
            dropped: dropped.collect(),
            unmapped: named(|role| *role == Role::Unmapped),
            repeated: named(|role| *role == Role::Repeated),
            missing: self.plan.missing(),
        }
    }
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
