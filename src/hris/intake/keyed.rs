//! Files of objects by key: a JSON list or an object a line.

use std::{io, io::BufRead};

use serde_json::{Map, Value};

use super::{json::Entries, lines::Lines};

/// A file of either kind.
pub enum Keyed<R> {
    Json(Entries<R>),
    Lines(Lines<R>),
}

/// The line a row begins in and its object, or what is wrong with it.
pub type KeyedRow = (u64, Result<Map<String, Value>, String>);

impl<R: BufRead> Keyed<R> {
    /// The next row, if there is one.
    pub fn next_row(&mut self) -> io::Result<Option<KeyedRow>> {
        match self {
            Self::Json(entries) => {
                let Some(entry) = entries.next_entry()? else {
                    return Ok(None);
                };
                let read = match entry.json {
                    None => Err("the entry is larger than 1 MiB".to_owned()),
                    Some(_) if entry.cut_off => Err("the file ends within this entry".to_owned()),
                    Some(json) => object(&json),
                };
                Ok(Some((entry.line, read)))
            }
            Self::Lines(lines) => loop {
                let Some(line) = lines.next_line()? else {
                    return Ok(None);
                };
                if line.overlong {
                    return Ok(Some((
                        line.number,
                        Err("the line is longer than 1 MiB".to_owned()),
                    )));
                }
                if !line.text.trim().is_empty() {
                    return Ok(Some((line.number, object(line.text.as_bytes()))));
                }
            },
        }
    }
}

fn object(json: &[u8]) -> Result<Map<String, Value>, String> {
    match serde_json::from_slice(json) {
        Ok(Value::Object(entry)) => Ok(entry),
        Ok(_) => Err("not a JSON object".to_owned()),
        Err(error) => Err(format!("not valid JSON: {error}")),
    }
}

/// Whether the head of a file is one complete object in its first line and something else than a list wrapped in it.
pub fn is_one_entry_a_line(head: &[u8]) -> io::Result<bool> {
    let head = head.trim_ascii_start();
    let end = head
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(head.len());
    let (line, rest) = head.split_at(end);
    if object(line).is_err() {
        return Ok(false);
    }
    Ok(!rest.trim_ascii().is_empty() || !Entries::new(line).find_list()?)
}
