//! Spans of statements, by OpenTelemetry's conventions for databases. They tell what is done to which table and never with which values; the text,
//! which may be long, is in the log at `alumni_api::sql=debug`.

use std::time::Duration;

use opentelemetry::trace::{SpanKind, Status, TraceContextExt};
use opentelemetry::{Context, KeyValue};
use sea_orm::DbBackend;

use super::tracer;

/// A statement that was run.
#[derive(Clone, Copy, Debug)]
pub struct Statement<'a> {
    /// Where.
    pub backend: DbBackend,
    /// Its text, in which values are bound.
    pub sql: &'a str,
    /// How long it took.
    pub elapsed: Duration,
    /// Whether it failed.
    pub failed: bool,
}

impl Statement<'_> {
    /// Makes its span.
    pub(super) fn record(&self, around: &Context) {
        let ended = opentelemetry::time::now();
        let system = match self.backend {
            DbBackend::Sqlite => "sqlite",
            _ => "postgresql",
        };
        let (operation, table) = summary(self.sql);
        let summary = match table {
            Some(table) => format!("{operation} {table}"),
            None => operation.to_owned(),
        };
        let mut attributes = vec![
            KeyValue::new("db.system.name", system),
            KeyValue::new("db.operation.name", operation),
            KeyValue::new("db.query.summary", summary.clone()),
        ];
        if let Some(table) = table {
            attributes.push(KeyValue::new("db.collection.name", table.to_owned()));
        }
        if self.failed {
            attributes.push(KeyValue::new("error.type", "_OTHER"));
        }
        let begun = ended.checked_sub(self.elapsed).unwrap_or(ended);
        let span = tracer::named(summary, SpanKind::Client)
            .with_start_time(begun)
            .with_attributes(attributes);
        if let Some(span) = tracer::child(around, span) {
            if self.failed {
                span.span().set_status(Status::error(""));
            }
            span.span().end_with_timestamp(ended);
        }
    }
}

/// What a statement does, and to which table first: of what an action writes as one, that is its first part.
fn summary(sql: &str) -> (&'static str, Option<&str>) {
    let mut words = sql
        .split(|letter: char| letter.is_whitespace() || matches!(letter, '(' | ')' | ','))
        .filter(|word| !word.is_empty());
    let mut operation = None;
    while let Some(word) = words.next() {
        let (verb, before_table) = match word {
            "SELECT" => ("SELECT", "FROM"),
            "INSERT" => ("INSERT", "INTO"),
            "UPDATE" => ("UPDATE", "UPDATE"),
            "DELETE" => ("DELETE", "FROM"),
            "FROM" if operation == Some("SELECT") => {
                // a select from a select, which comes next
                if let Some(table) = words.clone().next().filter(|word| is_name(word)) {
                    return ("SELECT", Some(table.trim_matches('"')));
                }
                continue;
            }
            _ => continue,
        };
        operation = operation.or(Some(verb));
        if verb == "SELECT" {
            continue;
        }
        if before_table != verb {
            words.next();
        }
        let table = words.next().filter(|word| is_name(word));
        return (verb, table.map(|table| table.trim_matches('"')));
    }
    (operation.unwrap_or("OTHER"), None)
}

/// Whether it is a table's name, and no word of SQL.
fn is_name(word: &str) -> bool {
    let bare = word.trim_matches('"');
    !bare.is_empty()
        && bare
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_told_by_its_verb_and_its_first_table() {
        for (sql, told) in [
            (
                r#"SELECT "id" FROM "person" WHERE "a" = $1"#,
                ("SELECT", Some("person")),
            ),
            (
                r#"SELECT "q" FROM (SELECT * FROM "alumni" AS "t") AS "p""#,
                ("SELECT", Some("alumni")),
            ),
            (
                r#"INSERT INTO "change" ("id") VALUES ($1)"#,
                ("INSERT", Some("change")),
            ),
            (
                r#"UPDATE "person" SET "a" = $1"#,
                ("UPDATE", Some("person")),
            ),
            (
                r#"DELETE FROM "block" WHERE "a" = $1"#,
                ("DELETE", Some("block")),
            ),
            (
                r#"WITH "w" AS (UPDATE "company" SET "a" = $1 RETURNING "id") SELECT 1"#,
                ("UPDATE", Some("company")),
            ),
            ("SELECT 1", ("SELECT", None)),
            ("LOCK TABLE x", ("OTHER", None)),
            ("", ("OTHER", None)),
        ] {
            assert_eq!(summary(sql), told, "{sql}");
        }
    }
}
