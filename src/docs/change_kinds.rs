//! The kinds of changes.

use super::table::{Table, code};
use crate::changes::kinds;
use crate::outbox::PRIVATE;

const INTRODUCTION: &str = "\
# Kinds of changes

Each action records a change in the same transaction as its data. A change contains ids and names of fields, and no personal data.
The subscription `changes` returns them; `kind` is one of these values.

A private change is delivered only to the person who made it.

";

pub fn page() -> String {
    let mut table = Table::new(&["Kind", "Meaning", "Private"]);
    for kind in kinds() {
        let mark = if PRIVATE.contains(&kind.name) {
            "yes"
        } else {
            ""
        };
        table.row(&[
            code(kind.name),
            kind.description.to_owned(),
            mark.to_owned(),
        ]);
    }
    format!("{INTRODUCTION}{}", table.finish())
}
