//! Where a table begins: its separator, its header and the mapping that fits it best. Lines above the header (titles, run dates,
//! `sep=;`) are passed over. A header of two lines (`氏名` over `姓` and `名`) is read as one.

use std::collections::HashMap;

use super::{delimited::split, lines::Line};
use crate::hris::mapping::{Mapping, Plan};

/// How many lines are looked at.
pub const SAMPLE: usize = 60;
const MOST_RECORDS: usize = 20;

/// The beginning of a table.
#[derive(Debug)]
pub struct Header {
    pub mapping: Mapping,
    pub delimiter: u8,
    pub names: Vec<String>,
    pub line: u64,
    /// How many of the sample's lines the header and all above it take.
    pub lines: usize,
}

/// Finds the header in the first lines of a file; none when no line holds a column the mapping knows.
pub fn find(sample: &[Line], mapping: &Mapping) -> Option<Header> {
    let said = sample.first().and_then(|line| {
        line.text
            .trim()
            .to_lowercase()
            .strip_prefix("sep=")
            .and_then(|rest| rest.bytes().next())
    });
    let delimiters = mapping.delimiter.or(said).map_or_else(
        || vec![b',', b';', b'\t', b'|'],
        |delimiter| vec![delimiter],
    );
    let mut best: Option<((usize, usize), Header)> = None;
    let mut plans: HashMap<&str, Plan> = HashMap::new();
    for &delimiter in &delimiters {
        for (line, lines, names) in records(sample, delimiter) {
            let columns = || names.iter().map(String::as_str);
            for mapping in mapping.candidates(columns()) {
                let preset = mapping.preset.map_or("", |preset| &preset.name);
                let plan = plans
                    .entry(preset)
                    .or_insert_with(|| Plan::new(mapping.clone()));
                let score = (plan.recognised(columns()), names.len());
                if score.0 > 0 && best.as_ref().is_none_or(|(known, _)| score > *known) {
                    best = Some((
                        score,
                        Header {
                            mapping,
                            delimiter,
                            names: names.clone(),
                            line,
                            lines,
                        },
                    ));
                }
            }
        }
    }
    best.map(|(_, header)| header)
}

/// The first records: line, how many lines up to their end, cells. A cell may run over a few lines.
fn records(sample: &[Line], delimiter: u8) -> Vec<(u64, usize, Vec<String>)> {
    let mut records: Vec<(u64, usize, Vec<String>)> = Vec::new();
    let mut at = 0;
    while at < sample.len() && records.len() < MOST_RECORDS {
        let mut text = String::new();
        let mut cells = Vec::new();
        let end = (at + 1..=sample.len().min(at + 10)).find(|end| {
            text.push_str(if text.is_empty() { "" } else { "\n" });
            text.push_str(&sample[end - 1].text);
            cells.clear();
            split(&text, delimiter, &mut cells)
        });
        let number = sample[at].number;
        at = end.unwrap_or(at + 1);
        if end.is_some() && !text.trim().is_empty() {
            let under = records
                .last()
                .and_then(|(_, _, above)| merged(above, &cells));
            records.push((number, at, cells));
            records.extend(under.map(|names| (number, at, names)));
        }
    }
    records
}

/// The names of a line with those of the line above it where it has none, as in a header with merged cells.
fn merged(above: &[String], names: &[String]) -> Option<Vec<String>> {
    let is_blank = |name: &String| name.trim().is_empty();
    let fills = |(name, above): &(&String, &String)| is_blank(name) && !is_blank(above);
    let pairs = || names.iter().zip(above);
    (names.len() == above.len() && pairs().any(|pair| fills(&pair))).then(|| {
        let name = |pair: (&String, &String)| if fills(&pair) { pair.1 } else { pair.0 }.clone();
        pairs().map(name).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hris::intake::lines::Lines;
    use crate::hris::mapping::Preset;

    fn found(text: &str) -> Option<(String, u8, u64, usize)> {
        let mut lines = Lines::new(text.as_bytes());
        let sample: Vec<Line> = std::iter::from_fn(|| lines.next_line().expect("read"))
            .take(SAMPLE)
            .collect();
        find(&sample, &Mapping::automatic()).map(|header| {
            (
                header
                    .mapping
                    .preset
                    .map_or("", |preset| &preset.name)
                    .to_owned(),
                header.delimiter,
                header.line,
                header.names.len(),
            )
        })
    }

    #[test]
    fn the_separator_and_the_preset_are_those_that_know_most() {
        assert_eq!(
            found("Employee ID;Last Name;First Name\n1;Smith, Jr.;A\n"),
            Some(("hr-en".to_owned(), b';', 1, 3))
        );
        assert_eq!(
            found("社員番号\t姓\t名\n1\t山田\t太郎\n"),
            Some(("smarthr-ja".to_owned(), b'\t', 1, 3))
        );
        assert_eq!(
            found("社員番号|姓|名\n1|山田|太郎\n"),
            Some(("smarthr-ja".to_owned(), b'|', 1, 3))
        );
        assert_eq!(
            found("sep=;\nEmployee ID;Name\n"),
            Some(("hr-en".to_owned(), b';', 2, 2))
        );
    }

    #[test]
    fn a_header_of_two_lines_is_read_as_one() {
        assert_eq!(
            found("社員番号,氏名,,在籍,\n,姓,名,入社日,退職日\n1,山田,太郎,2015/4/1,\n"),
            Some(("smarthr-ja".to_owned(), b',', 2, 5))
        );
        assert_eq!(
            found("社員番号,姓,名,入社日,退職日\n1,山田,,2015/4/1,\n2,,,2015/4/1,\n"),
            Some(("smarthr-ja".to_owned(), b',', 1, 5))
        );
    }

    #[test]
    fn titles_above_the_header_are_passed_over() {
        let report = "Terminated Workers,,\n\"Run: 3/1/2024, 9:00\",,\n\nEmployee ID,\"Hire\nDate\",Name\n1,1/2/2003,\"Smith, A\"\n";
        assert_eq!(found(report), Some(("hr-en".to_owned(), b',', 4, 3)));
    }

    #[test]
    fn a_table_without_a_known_column_has_no_header() {
        assert_eq!(found("a,b\n1,2\n"), None);
    }

    #[test]
    fn the_columns_of_a_system_choose_its_preset() {
        for preset in Preset::all().iter().filter(|preset| !preset.is_general()) {
            let header = format!("{}\n", preset.own_names().join("\t"));
            let found = found(&header).expect("a header");
            assert_eq!(found.0, preset.name);
        }
    }
}
