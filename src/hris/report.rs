//! What became of a file: counts, columns that were left out, rows that could not be loaded. Written for the person who has to
//! correct the file.

use std::fmt;

use super::intake::{Fault, Overview, Remark};

/// How many bad rows and remarks are listed; the counts go on.
pub const LISTED: usize = 1_000;
const COLUMNS_LISTED: usize = 100;

/// The report of one run.
#[derive(Clone, Debug, Default)]
pub struct Report {
    pub read: u64,
    pub created: u64,
    pub updated: u64,
    pub unchanged: u64,
    pub invalid: u64,
    /// Rows of whom nothing is made again, for they were erased.
    pub suppressed: u64,
    /// Bad rows by line, the first [`LISTED`].
    pub bad_rows: Vec<(u64, Fault)>,
    /// Remarks by line, the first [`LISTED`].
    pub remarks: Vec<(u64, Remark)>,
    pub remark_count: u64,
    pub dry_run: bool,
    /// The error by which the file ended early, if it did.
    pub ended_early: Option<String>,
}

impl Report {
    /// Counts a row that was not loaded.
    pub fn add_invalid(&mut self, line: u64, faults: Vec<Fault>) {
        self.invalid += 1;
        let room = LISTED.saturating_sub(self.bad_rows.len());
        self.bad_rows
            .extend(faults.into_iter().take(room).map(|fault| (line, fault)));
    }

    /// Adds the remarks on a row.
    pub fn add_remarks(&mut self, line: u64, remarks: Vec<Remark>) {
        self.remark_count += remarks.len() as u64;
        let room = LISTED.saturating_sub(self.remarks.len());
        self.remarks
            .extend(remarks.into_iter().take(room).map(|remark| (line, remark)));
    }

    /// The report as text.
    pub fn with<'r>(&'r self, overview: &'r Overview) -> impl fmt::Display + 'r {
        Written {
            report: self,
            overview,
        }
    }
}

struct Written<'r> {
    report: &'r Report,
    overview: &'r Overview,
}

impl fmt::Display for Written<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { report, overview } = self;
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
        let Report {
            read,
            created,
            updated,
            unchanged,
            invalid,
            suppressed,
            ..
        } = report;
        writeln!(
            out,
            "Rows: {read} read, {created} created, {updated} updated, {unchanged} unchanged, {invalid} invalid"
        )?;
        if *suppressed > 0 {
            writeln!(out, "Erased before, and not made anew: {suppressed}")?;
        }
        if report.dry_run {
            writeln!(out, "Dry run: nothing was stored")?;
        }
        if let Some(reason) = &report.ended_early {
            writeln!(out, "Ended early: {reason}")?;
        }
        list(
            out,
            "Columns dropped (never stored)",
            overview
                .dropped
                .iter()
                .map(|(name, why)| format!("{name}: {why}")),
        )?;
        list(out, "Columns not mapped", overview.unmapped.iter().cloned())?;
        list(
            out,
            "Columns named twice, the later ones left out",
            overview.repeated.iter().cloned(),
        )?;
        list(
            out,
            "Columns of the mapping that the file does not have",
            overview.missing.iter().cloned(),
        )?;
        if !report.bad_rows.is_empty() {
            writeln!(out, "Bad rows ({invalid}):")?;
            for (line, fault) in &report.bad_rows {
                writeln!(
                    out,
                    "  line {line}: {}{}",
                    column(fault.column.as_deref()),
                    fault.reason
                )?;
            }
            if report.bad_rows.len() >= LISTED {
                writeln!(out, "  … the first {LISTED} are listed")?;
            }
        }
        if !report.remarks.is_empty() {
            writeln!(out, "Remarks ({}):", report.remark_count)?;
            for (line, remark) in &report.remarks {
                writeln!(
                    out,
                    "  line {line}: {}{}",
                    column(remark.column.as_deref()),
                    remark.text
                )?;
            }
            if report.remarks.len() >= LISTED {
                writeln!(out, "  … the first {LISTED} are listed")?;
            }
        }
        Ok(())
    }
}

fn column(name: Option<&str>) -> String {
    name.map(|name| format!("{name}: ")).unwrap_or_default()
}

fn list(
    out: &mut fmt::Formatter<'_>,
    title: &str,
    entries: impl Iterator<Item = String>,
) -> fmt::Result {
    let entries: Vec<String> = entries.collect();
    if entries.is_empty() {
        return Ok(());
    }
    writeln!(out, "{title} ({}):", entries.len())?;
    for entry in entries.iter().take(COLUMNS_LISTED) {
        writeln!(out, "  {}", entry.replace('\n', " "))?;
    }
    if entries.len() > COLUMNS_LISTED {
        writeln!(out, "  … and {} more", entries.len() - COLUMNS_LISTED)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_bad_rows_is_bounded_and_the_count_is_not() {
        let mut report = Report::default();
        for line in 0..1_500 {
            report.add_invalid(line, vec![Fault::of_row("bad")]);
        }
        assert_eq!((report.invalid, report.bad_rows.len()), (1_500, LISTED));
    }
}
