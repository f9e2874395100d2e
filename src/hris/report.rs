//! What became of a file: how it was read, counts, columns that were left out, rows that could not be loaded. Written for the person who has
//! to correct the file, or as JSON for a program.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::actions::FieldEdit;
use super::intake::{ColumnOrder, Fault, Overview, Place, Remark};

/// How many bad rows and kinds of remark are listed; the counts go on.
pub const LISTED: usize = 1_000;
const COLUMNS_LISTED: usize = 100;
/// How many places of one remark are listed.
const PLACES_LISTED: usize = 3;

/// The report of one run.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The run in which the file was stored; none for a dry run.
    pub run_id: Option<String>,
    pub dry_run: bool,
    pub read: u64,
    pub created: u64,
    pub updated: u64,
    pub unchanged: u64,
    pub invalid: u64,
    /// Of the invalid rows, those that are no workers: totals and closing lines of a report.
    pub not_workers: u64,
    /// Rows of whom nothing is made again, for they were erased.
    pub suppressed: u64,
    /// Rows older than what was stored.
    pub stale: u64,
    /// The stored fields that are changed, by their names in the schema.
    pub changed_fields: BTreeMap<&'static str, ChangedField>,
    /// What to look at before the file is loaded.
    pub warnings: Vec<String>,
    /// The order of day and month in the columns where they can be confused.
    pub day_orders: Vec<ColumnOrder>,
    /// Bad rows by place, the first [`LISTED`].
    pub bad_rows: Vec<BadRow>,
    /// Remarks, the first [`LISTED`] kinds.
    pub remarks: Vec<Remarks>,
    pub remark_count: u64,
    /// The error by which the file ended early, if it did.
    pub ended_early: Option<String>,
}

/// A field that rows change.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangedField {
    pub count: u64,
    /// The first rows with both values; none unless the run is dry.
    pub samples: Vec<ChangedValue>,
}

/// A value that a row changes.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangedValue {
    #[serde(flatten)]
    pub place: Place,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// One fault of a row.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BadRow {
    #[serde(flatten)]
    pub place: Place,
    #[serde(flatten)]
    pub fault: Fault,
}

/// One remark, with the rows it is about.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Remarks {
    #[serde(flatten)]
    pub remark: Remark,
    /// The first rows.
    pub places: Vec<Place>,
    pub count: u64,
}

impl Report {
    /// Whether every row that is a worker was loaded.
    pub fn is_whole(&self) -> bool {
        self.invalid == self.not_workers && self.ended_early.is_none()
    }

    /// Counts a row that was not loaded.
    pub fn add_invalid(&mut self, place: &Place, faults: Vec<Fault>) {
        self.invalid += 1;
        self.not_workers += u64::from(faults.iter().all(Fault::is_no_worker));
        let left = LISTED.saturating_sub(self.bad_rows.len());
        let faults = faults.into_iter().take(left).map(|fault| BadRow {
            place: place.clone(),
            fault,
        });
        self.bad_rows.extend(faults);
    }

    /// Adds the remarks on a row. Equal ones are listed once, with the rows.
    pub fn add_remarks(&mut self, place: &Place, remarks: Vec<Remark>) {
        for remark in remarks {
            self.remark_count += 1;
            let known = self.remarks.iter_mut().find(|known| known.remark == remark);
            if let Some(known) = known {
                known.count += 1;
                if known.places.len() < PLACES_LISTED {
                    known.places.push(place.clone());
                }
            } else if self.remarks.len() < LISTED {
                self.remarks.push(Remarks {
                    remark,
                    places: vec![place.clone()],
                    count: 1,
                });
            }
        }
    }

    /// Adds the fields that a row changes, with the values if they are known.
    pub fn add_fields(
        &mut self,
        place: &Place,
        fields: &[&'static str],
        mut edits: Vec<FieldEdit>,
    ) {
        for field in fields {
            let changed = self.changed_fields.entry(field).or_default();
            changed.count += 1;
            let edit = edits.iter().position(|edit| edit.field == *field);
            let edit = edit.map(|place| edits.swap_remove(place));
            if let Some(edit) = edit.filter(|_| changed.samples.len() < PLACES_LISTED) {
                changed.samples.push(ChangedValue {
                    place: place.clone(),
                    before: edit.before,
                    after: edit.after,
                });
            }
        }
    }

    /// The report as text.
    pub fn with<'r>(&'r self, overview: &'r Overview) -> impl fmt::Display + 'r {
        Written {
            report: self,
            overview,
        }
    }

    /// The report as JSON.
    pub fn json(&self, overview: &Overview) -> serde_json::Value {
        serde_json::json!({ "file": overview, "report": self })
    }
}

struct Written<'r> {
    report: &'r Report,
    overview: &'r Overview,
}

impl fmt::Display for Written<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { report, overview } = self;
        head(out, report, overview)?;
        counts(out, report)?;
        list(out, "Warnings", &report.warnings)?;
        changed_fields(out, report)?;
        list(out, "Order of day and month", &report.day_orders)?;
        columns(out, report, overview)?;
        bad_rows(out, report)?;
        remarks(out, report)
    }
}

fn head(out: &mut fmt::Formatter<'_>, report: &Report, overview: &Overview) -> fmt::Result {
    write!(out, "Format: {}, {}", overview.format, overview.encoding)?;
    match overview.delimiter {
        Some('\t') => write!(out, ", separated by tabs")?,
        Some(delimiter) => write!(out, ", separated by “{delimiter}”")?,
        None => {}
    }
    if let Some(line) = overview.header_line {
        write!(out, ", column names in line {line}")?;
    }
    writeln!(out, "\nPreset: {}", overview.preset.unwrap_or("none"))?;
    match &overview.preset_title {
        Some(about) if report.dry_run => writeln!(out, "  {about}"),
        _ => Ok(()),
    }
}

fn counts(out: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    let Report {
        read,
        created,
        updated,
        unchanged,
        invalid,
        suppressed,
        stale,
        ..
    } = report;
    writeln!(
        out,
        "Rows: {read} read, {created} created, {updated} updated, {unchanged} unchanged, {invalid} invalid"
    )?;
    if *suppressed > 0 {
        writeln!(out, "Erased before, and not made anew: {suppressed}")?;
    }
    if *stale > 0 {
        writeln!(
            out,
            "Older than what is stored, and not taken over: {stale}"
        )?;
    }
    match &report.run_id {
        Some(run) => writeln!(out, "Sync run: {run}")?,
        None => writeln!(out, "Dry run: nothing was stored")?,
    }
    match &report.ended_early {
        Some(reason) => writeln!(out, "Ended early: {reason}"),
        None => Ok(()),
    }
}

fn changed_fields(out: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    let shown = |value: &Option<String>| match value {
        Some(value) => format!("“{value}”"),
        None => "nothing".to_owned(),
    };
    let lines = report.changed_fields.iter().flat_map(|(field, changed)| {
        let samples = changed.samples.iter().map(move |sample| {
            let (before, after) = (shown(&sample.before), shown(&sample.after));
            format!("  {}: {before} → {after}", sample.place)
        });
        let rows = if changed.count == 1 { "row" } else { "rows" };
        std::iter::once(format!("{field}: {} {rows}", changed.count)).chain(samples)
    });
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        return Ok(());
    }
    let title = if report.dry_run {
        "Fields that would change"
    } else {
        "Fields changed"
    };
    writeln!(out, "{title} ({}):", report.changed_fields.len())?;
    for line in lines {
        writeln!(out, "  {}", line.replace('\n', " "))?;
    }
    Ok(())
}

fn columns(out: &mut fmt::Formatter<'_>, report: &Report, overview: &Overview) -> fmt::Result {
    // What a column was read as is for the decision to load the file.
    if report.dry_run {
        let read = overview.columns.iter().map(|column| {
            let fields = column.fields.join(", ");
            let kept = if column.is_only_recognised {
                " (not stored)"
            } else {
                ""
            };
            let samples = match &column.samples[..] {
                [] => "no value".to_owned(),
                samples => samples.join(" | "),
            };
            format!("{} → {fields}{kept}: {samples}", column.name)
        });
        list(out, "Columns read", &read.collect::<Vec<_>>())?;
    }
    let dropped = overview
        .dropped
        .iter()
        .map(|(name, why)| format!("{name}: {why}"));
    list(
        out,
        "Columns dropped (never stored)",
        &dropped.collect::<Vec<_>>(),
    )?;
    list(out, "Columns not mapped", &overview.unmapped)?;
    list(
        out,
        "Columns named twice, the later ones left out",
        &overview.repeated,
    )?;
    list(
        out,
        "Columns of the mapping that the file does not have",
        &overview.missing,
    )
}

fn bad_rows(out: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    if report.bad_rows.is_empty() {
        return Ok(());
    }
    writeln!(out, "Bad rows ({}):", report.invalid)?;
    for BadRow { place, fault } in &report.bad_rows {
        let column = column(fault.column.as_deref());
        writeln!(out, "  {place}: {column}{}", fault.reason)?;
    }
    if report.bad_rows.len() >= LISTED {
        writeln!(out, "  … the first {LISTED} are listed")?;
    }
    Ok(())
}

fn remarks(out: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    if report.remarks.is_empty() {
        return Ok(());
    }
    writeln!(out, "Remarks ({}):", report.remark_count)?;
    for Remarks {
        remark,
        places,
        count,
    } in &report.remarks
    {
        let shown: Vec<String> = places.iter().map(ToString::to_string).collect();
        let more = count - places.len() as u64;
        let more = match more {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let column = column(remark.column.as_deref());
        writeln!(out, "  {}{more}: {column}{}", shown.join(", "), remark.text)?;
    }
    if report.remarks.len() >= LISTED {
        writeln!(out, "  … the first {LISTED} are listed")?;
    }
    Ok(())
}

fn column(name: Option<&str>) -> String {
    name.map(|name| format!("{name}: ")).unwrap_or_default()
}

fn list<T: fmt::Display>(out: &mut fmt::Formatter<'_>, title: &str, entries: &[T]) -> fmt::Result {
    if entries.is_empty() {
        return Ok(());
    }
    writeln!(out, "{title} ({}):", entries.len())?;
    for entry in entries.iter().take(COLUMNS_LISTED) {
        writeln!(out, "  {}", entry.to_string().replace('\n', " "))?;
    }
    if entries.len() > COLUMNS_LISTED {
        writeln!(out, "  … and {} more", entries.len() - COLUMNS_LISTED)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(line: u64) -> Place {
        Place {
            line,
            ..Place::default()
        }
    }

    #[test]
    fn the_list_of_bad_rows_is_bounded_and_the_count_is_not() {
        let mut report = Report::default();
        for line in 0..1_500 {
            report.add_invalid(&place(line), vec![Fault::of_row("bad")]);
        }
        assert_eq!((report.invalid, report.bad_rows.len()), (1_500, LISTED));
    }

    #[test]
    fn equal_remarks_are_listed_once_with_their_rows() {
        let mut report = Report::default();
        for line in 2..12 {
            let remark = Remark {
                column: Some("Start Date".to_owned()),
                text: "not used".to_owned(),
            };
            report.add_remarks(&place(line), vec![remark]);
        }
        assert_eq!((report.remark_count, report.remarks.len()), (10, 1));
        assert_eq!(report.remarks[0].places.len(), PLACES_LISTED);
    }

    #[test]
    fn a_file_is_whole_although_it_ends_with_a_total() {
        let mut report = Report::default();
        report.add_invalid(
            &place(9),
            vec![Fault::of_row(
                "a total or closing line of the report, not a worker",
            )],
        );
        assert!(report.is_whole());
        report.add_invalid(&place(10), vec![Fault::of_row("bad")]);
        assert!(!report.is_whole());
    }
}
