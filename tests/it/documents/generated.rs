//! The generated pages of the reference, and the lists they are generated from.

use std::collections::BTreeSet;
use std::path::Path;

use alumni_api::changes::kinds;
use alumni_api::config::ReferencePage;
use alumni_api::docs::render;
use alumni_api::error_codes;
use clap::ValueEnum;
use entity::SubjectKind;
use sea_orm::{ActiveEnum, Iterable};

use super::{read, root};

#[tokio::test]
async fn the_pages_of_the_reference_are_current() {
    for page in ReferencePage::value_variants() {
        let name = page.name();
        let path = format!("docs/reference/{name}.md");
        let stored = std::fs::read_to_string(root().join(&path)).unwrap_or_default();
        assert!(
            stored == render(*page).await,
            "{path} is stale: run `cargo run -- reference {name} > {path}` and review the difference"
        );
        let command = page.to_possible_value().unwrap();
        assert_eq!(command.get_name(), name);
    }
}

/// The Rust files of a folder, without their unit tests.
fn sources(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if name != "tests.rs" && path.extension().is_some_and(|extension| extension == "rs")
        {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push(
                text.split("#[cfg(test)]\nmod tests {")
                    .next()
                    .unwrap()
                    .to_owned(),
            );
        }
    }
    found
}

/// The string literals of a text.
fn literals(text: &str) -> impl Iterator<Item = &str> {
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split('"').skip(1).step_by(2))
}

/// A word in snake case, as in the names of changes.
fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|letter| letter.is_ascii_lowercase() || letter == '_')
}

#[test]
fn every_kind_of_change_is_described() {
    let subjects: BTreeSet<String> = SubjectKind::iter()
        .map(|subject| subject.to_value().to_lowercase())
        .chain(["notice".to_owned()])
        .collect();
    let is_kind = |text: &&str| {
        let parts = text.split_once('.');
        parts.is_some_and(|(subject, verb)| subjects.contains(subject) && is_word(verb))
    };
    let sources = sources(&root().join("src"));
    let recorded: BTreeSet<&str> = sources
        .iter()
        .flat_map(|text| literals(text).filter(is_kind))
        .collect();
    let listed: Vec<&str> = kinds().map(|kind| kind.name).collect();
    assert_eq!(recorded.into_iter().collect::<Vec<_>>(), listed);
    assert!(listed.contains(&"referral.advanced"));
}

#[test]
fn every_error_code_is_described() {
    let mut files = sources(&root().join("src/http"));
    files.push(read("src/error.rs"));
    files.push(read("src/graphql/limits/refusal.rs"));
    let is_code = |text: &&str| {
        text.len() > 4
            && !text.starts_with('_')
            && text
                .chars()
                .all(|letter| letter.is_ascii_uppercase() || letter == '_')
    };
    // methods of HTTP, which are no codes
    let methods = ["DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"];
    let used: BTreeSet<&str> = files
        .iter()
        .flat_map(|text| literals(text).filter(is_code))
        .filter(|text| !methods.contains(text))
        .collect();
    let listed = error_codes::ALL.map(|error| error.code);
    assert_eq!(used.into_iter().collect::<Vec<_>>(), listed);
}
