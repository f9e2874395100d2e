//! Who may know what: the import rules of the house, read off the sources.

use std::path::{Path, PathBuf};

/// Folders of `src` that are no slices.
const NO_SLICES: [&str; 3] = ["access", "graphql", "http"];

fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            // what a file's unit tests import is their own matter
            found.push((
                path,
                text.split("#[cfg(test)]")
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
            ));
        }
    }
    found
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Files that are the room, or lie in a folder that is: `rules.rs`, `rules/membership.rs`.
fn rooms(name: &str) -> Vec<(PathBuf, String)> {
    let is_room = |path: &Path| {
        path.iter().any(|part| {
            part.to_str()
                .is_some_and(|part| part.trim_end_matches(".rs") == name)
        })
    };
    sources(&src())
        .into_iter()
        .filter(|(path, _)| is_room(path))
        .collect()
}

fn offenders(files: Vec<(PathBuf, String)>, words: &[&str]) -> Vec<String> {
    let offence = |(path, text): &(PathBuf, String)| {
        let word = words.iter().find(|word| {
            text.lines()
                .any(|line| !line.trim_start().starts_with("//") && line.contains(**word))
        })?;
        Some(format!("{}: {word}", path.display()))
    };
    files.iter().filter_map(offence).collect()
}

#[test]
fn rules_know_no_async_no_database_and_no_graphql() {
    let rules = rooms("rules");
    assert!(!rules.is_empty());
    assert_eq!(
        offenders(
            rules,
            &[
                "async fn",
                ".await",
                "sea_orm",
                "sqlx",
                "async_graphql",
                "Scope"
            ]
        ),
        Vec::<String>::new()
    );
}

#[test]
fn stores_and_actions_speak_no_graphql() {
    for room in ["store", "actions"] {
        let files = rooms(room);
        assert!(!files.is_empty());
        assert_eq!(offenders(files, &["async_graphql"]), Vec::<String>::new());
    }
}

/// An object that a resolver answers bare is put together by the library, and the access log does not hear of it.
#[test]
fn nobody_is_answered_past_the_access_log() {
    for room in ["query", "mutation", "types", "nodes", "subscription"] {
        for kind in [
            "Alumnus",
            "Employee",
            "Person",
            "Employment",
            "Membership",
            "Node",
        ] {
            let bare = [
                format!("Result<{kind}>"),
                format!("Result<Option<{kind}>>"),
                format!("Result<Vec<{kind}>>"),
                format!("Result<Vec<Option<{kind}>>>"),
                format!("-> {kind} {{"),
                format!("-> Option<{kind}> {{"),
                format!("-> Option<&{kind}>"),
                format!("-> Vec<{kind}>"),
            ];
            let bare: Vec<&str> = bare.iter().map(String::as_str).collect();
            assert_eq!(offenders(rooms(room), &bare), Vec::<String>::new());
        }
    }
}

#[test]
fn resolvers_and_types_write_no_sql() {
    for room in ["query", "mutation"] {
        assert_eq!(
            offenders(
                rooms(room),
                &["sea_query", "ConnectionTrait", "query_one", "query_all"]
            ),
            Vec::<String>::new()
        );
    }
}

#[test]
fn a_slice_is_entered_through_its_door() {
    let folders = std::fs::read_dir(src())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir());
    let slices: Vec<String> = folders
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .filter(|name| !NO_SLICES.contains(&name.as_str()))
        .collect();
    let mut offenders = Vec::new();
    for (path, text) in sources(&src()) {
        for slice in slices
            .iter()
            .filter(|slice| !path.starts_with(src().join(slice)))
        {
            for room in [
                "types", "query", "mutation", "filter", "actions", "rules", "store", "loader",
            ] {
                if text.contains(&format!("crate::{slice}::{room}::")) {
                    offenders.push(format!("{}: crate::{slice}::{room}", path.display()));
                }
            }
        }
    }
    assert_eq!(offenders, Vec::<String>::new());
}

#[test]
fn numbers_and_spans_are_named_in_one_place() {
    let others = sources(&src())
        .into_iter()
        .filter(|(path, _)| !path.starts_with(src().join("telemetry")))
        .collect();
    let words = [
        "counter!(",
        "gauge!(",
        "histogram!(",
        "KeyValue",
        "SpanBuilder",
        "opentelemetry_sdk",
    ];
    assert_eq!(offenders(others, &words), Vec::<String>::new());
}

#[test]
fn the_environment_is_read_in_one_place() {
    let others = sources(&src())
        .into_iter()
        .filter(|(path, _)| {
            !path
                .iter()
                .any(|part| part == "config" || part == "config.rs")
        })
        .collect();
    assert_eq!(
        offenders(others, &["std::env::", "env::var"]),
        Vec::<String>::new()
    );
}
