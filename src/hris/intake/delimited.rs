//! Records of delimited text, one at a time and of bounded size.
//!
//! Lenient where people are: a quote within a quoted cell closes it only before a separator or the line's end, so `"Ann "Andy" Lee"` is
//! one cell. Strict where a mistake would spread: when a record that runs over several lines does not fit the header, or is never
//! closed, its first line alone is reported and reading goes on with the second.

use std::io::{self, BufRead};

use super::{
    Problem,
    closing::{NOT_A_WORKER, closes_report},
    lines::{Line, Lines},
};

/// The most lines one record may run over, and its bytes.
const MOST_LINES: usize = 100;
const MOST_BYTES: usize = 1024 * 1024;

/// One record: where it began and its cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub line: u64,
    pub cells: Vec<String>,
    /// How many lines it runs over.
    pub lines: usize,
}

/// A reader of records. Blank lines are left out.
pub struct Delimited<R> {
    pub lines: Lines<R>,
    pub delimiter: u8,
    /// Which columns of the header have a name; empty until the header is known.
    named: Vec<bool>,
}

impl<R: BufRead> Delimited<R> {
    pub fn new(lines: Lines<R>, delimiter: u8) -> Self {
        Self {
            lines,
            delimiter,
            named: Vec::new(),
        }
    }

    /// From here on, records have to fit this header.
    pub fn expect_columns(&mut self, header: &[String]) {
        self.named = header.iter().map(|name| !name.trim().is_empty()).collect();
    }

    /// The next record, or what is wrong with it.
    pub fn next_record(&mut self) -> io::Result<Option<Result<Record, Problem>>> {
        loop {
            let Some(first) = self.lines.next_line()? else {
                return Ok(None);
            };
            if first.overlong {
                return Ok(Some(Err(Problem::of_row(
                    first.number,
                    "the line is longer than 1 MiB",
                ))));
            }
            if first.text.trim().is_empty() {
                continue;
            }
            let mut cells = Vec::new();
            if split(&first.text, self.delimiter, &mut cells) {
                return Ok(Some(self.fitted(first.number, cells)));
            }
            return self.over_lines(first).map(Some);
        }
    }

    fn over_lines(&mut self, first: Line) -> io::Result<Result<Record, Problem>> {
        let mut text = first.text.clone();
        let mut more: Vec<Line> = Vec::new();
        let mut cells = Vec::new();
        while more.len() < MOST_LINES && text.len() < MOST_BYTES {
            let Some(line) = self.lines.next_line()? else {
                break;
            };
            let is_a_row = line.overlong || self.is_a_row(&line.text);
            if is_a_row {
                more.push(line);
                break;
            }
            text.push('\n');
            text.push_str(&line.text);
            more.push(line);
            // Only a line with a quote can close the cell.
            if !more[more.len() - 1].text.contains('"') {
                continue;
            }
            cells.clear();
            if split(&text, self.delimiter, &mut cells) {
                if let Ok(mut record) = self.fitted(first.number, std::mem::take(&mut cells)) {
                    record.lines += more.len();
                    return Ok(Ok(record));
                }
                break;
            }
        }
        self.lines.give_back(more);
        // `"Ann "Andy"",` has its closing quote behind an inner one; by the rules the two would be one quote of the cell.
        cells.clear();
        if split_by(&first.text, self.delimiter, true, &mut cells)
            && let Ok(record) = self.fitted(first.number, cells)
        {
            return Ok(Ok(record));
        }
        Ok(Err(Problem::of_row(
            first.number,
            "a quotation mark opened in this line is not closed where the row ends",
        )))
    }

    /// Whether a line would make a row by itself: then it is none's continuation, but swallowed by a quote left open.
    fn is_a_row(&self, line: &str) -> bool {
        let mut cells = Vec::new();
        let columns = self.named.len();
        columns >= 3
            && line.matches('"').count().is_multiple_of(2)
            && split(line, self.delimiter, &mut cells)
            && cells.len() == columns
    }

    /// Cells fit when only nameless columns are left out and nothing stands beyond the last column.
    fn fitted(&self, line: u64, mut cells: Vec<String>) -> Result<Record, Problem> {
        if !self.named.is_empty() {
            let columns = self.named.len();
            let beyond = cells
                .iter()
                .skip(columns)
                .any(|cell| !cell.trim().is_empty());
            let left_out = self.named.iter().skip(cells.len()).any(|named| *named);
            if beyond || left_out {
                let reason = format!("the row has {} cells, the header {columns}", cells.len());
                return Err(Problem::of_row(
                    line,
                    if closes_report(&cells) {
                        NOT_A_WORKER
                    } else {
                        &reason
                    },
                ));
            }
            cells.resize(columns, String::new());
        }
        Ok(Record {
            line,
            cells,
            lines: 1,
        })
    }
}

/// Splits the text of one record into its cells; false when a quoted cell is still open at its end.
pub fn split(text: &str, delimiter: u8, cells: &mut Vec<String>) -> bool {
    split_by(text, delimiter, false, cells)
}

fn split_by(text: &str, delimiter: u8, double_closes: bool, cells: &mut Vec<String>) -> bool {
    let bytes = text.as_bytes();
    let end_of_cell = |from: usize| {
        bytes[from..]
            .iter()
            .position(|byte| *byte == delimiter)
            .map_or(bytes.len(), |at| from + at)
    };
    let mut at = 0;
    loop {
        let quote = at + bytes[at..].iter().take_while(|byte| **byte == b' ').count();
        if bytes.get(quote) == Some(&b'"') {
            let Some((cell, end)) = quoted(text, quote + 1, delimiter, double_closes) else {
                return false;
            };
            cells.push(cell);
            at = end;
        } else {
            let end = end_of_cell(at);
            cells.push(text[at..end].to_owned());
            at = end;
        }
        if at >= bytes.len() {
            return true;
        }
        at += 1;
    }
}

/// A quoted cell from behind its opening quote: its text and where the separator behind it stands.
fn quoted(text: &str, from: usize, delimiter: u8, double_closes: bool) -> Option<(String, usize)> {
    let bytes = text.as_bytes();
    let mut cell = String::new();
    let mut at = from;
    loop {
        let quote = at + bytes[at..].iter().position(|byte| *byte == b'"')?;
        cell.push_str(&text[at..quote]);
        let behind = quote
            + 1
            + bytes[quote + 1..]
                .iter()
                .take_while(|byte| **byte == b' ')
                .count();
        if bytes.get(behind).is_none_or(|byte| *byte == delimiter) {
            return Some((cell, behind));
        }
        cell.push('"');
        let double = bytes[quote + 1] == b'"';
        if double && double_closes && bytes.get(quote + 2).is_none_or(|byte| *byte == delimiter) {
            return Some((cell, quote + 2));
        }
        at = quote + 1 + usize::from(double);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, header: &[&str]) -> Vec<Result<(u64, Vec<String>), String>> {
        let mut records = Delimited::new(Lines::new(text.as_bytes()), b',');
        records.expect_columns(
            &header
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<Vec<_>>(),
        );
        let mut found = Vec::new();
        while let Some(record) = records.next_record().expect("read") {
            found.push(
                record
                    .map(|record| (record.line, record.cells))
                    .map_err(|problem| format!("{}: {}", problem.line, problem.faults[0].reason)),
            );
        }
        found
    }

    fn cells(text: &str) -> Vec<String> {
        let mut cells = Vec::new();
        assert!(split(text, b',', &mut cells), "{text}");
        cells
    }

    #[test]
    fn quoted_cells_hold_separators_quotes_and_nicknames() {
        assert_eq!(
            cells(r#"1,"Smith, John","say ""hi""",x"#),
            ["1", "Smith, John", "say \"hi\"", "x"]
        );
        assert_eq!(
            cells(r#"1, "Ann "Andy" Lee" ,5" pipe"#),
            ["1", "Ann \"Andy\" Lee", "5\" pipe"]
        );
        assert_eq!(cells("a,,"), ["a", "", ""]);
        assert_eq!(cells("\"\"\",\",\"\""), ["\",", ""]);
    }

    #[test]
    fn a_quoted_line_break_belongs_to_its_cell() {
        let found = read("1,\"Sales\nEast\",x\n2,b,c\n", &["id", "dept", "x"]);
        assert_eq!(
            found[0],
            Ok((
                1,
                vec!["1".to_owned(), "Sales\nEast".to_owned(), "x".to_owned()]
            ))
        );
        assert_eq!(found[1].as_ref().map(|(line, _)| *line), Ok(3));
    }

    #[test]
    fn a_quote_never_closed_costs_its_own_line_only() {
        let found = read(
            "1,\"Smith, John,x\n2,\"Doe, Jane\",y\n3,b,c\n",
            &["id", "name", "x"],
        );
        assert_eq!(
            found[0],
            Err(
                "1: a quotation mark opened in this line is not closed where the row ends"
                    .to_owned()
            )
        );
        assert_eq!(
            found[1]
                .as_ref()
                .map(|(line, cells)| (*line, cells[1].as_str())),
            Ok((2, "Doe, Jane"))
        );
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn an_inner_quote_at_the_end_of_a_cell_is_understood_where_the_row_fits() {
        let found = read("1,\"Lee, Ann \"Andy\"\",x\n2,b,c\n", &["id", "name", "x"]);
        assert_eq!(
            found[0].as_ref().map(|(_, cells)| cells[1].as_str()),
            Ok("Lee, Ann \"Andy\"")
        );
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn ragged_rows_are_told_and_trailing_separators_are_not() {
        let found = read("1,a,\n2,b\n3\n4,d,,,\n5,e,,!\n", &["id", "name", ""]);
        assert!(found[0].is_ok() && found[1].is_ok() && found[3].is_ok());
        assert_eq!(
            found[2],
            Err("3: the row has 1 cells, the header 3".to_owned())
        );
        assert_eq!(
            found[4],
            Err("5: the row has 4 cells, the header 3".to_owned())
        );
    }
}
