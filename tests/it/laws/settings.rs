//! Settings: each is documented, and spelled right in the deployment files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use alumni_api::config::Cli;
use clap::CommandFactory;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Flag and environment variable of each.
fn settings() -> Vec<(String, String)> {
    let command = Cli::command();
    let named = command.get_arguments().filter_map(|argument| {
        let variable = argument.get_env()?.to_str()?;
        Some((argument.get_long()?.to_owned(), variable.to_owned()))
    });
    named.collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let below = |path: PathBuf| {
        if path.is_dir() {
            files(&path)
        } else {
            vec![path]
        }
    };
    paths.flat_map(below).collect()
}

#[test]
fn the_reference_documents_every_setting() {
    let path = root().join("docs/reference/configuration.md");
    let text = std::fs::read_to_string(path).unwrap();
    let missing: Vec<_> = settings()
        .into_iter()
        .filter(|(flag, variable)| !text.contains(&format!("\n| `--{flag}` | `{variable}` |")))
        .collect();
    assert_eq!(missing, []);
}

#[test]
fn the_readme_names_ten_settings_that_exist() {
    for file in ["README.md", "README.ja.md"] {
        let text = std::fs::read_to_string(root().join(file)).unwrap();
        let rows = text.lines().filter_map(|line| {
            let name = line.strip_prefix("| `")?.split('`').next()?;
            let is_variable = |letter: char| letter.is_ascii_uppercase() || letter == '_';
            name.chars().all(is_variable).then_some(name)
        });
        let named: BTreeSet<&str> = rows.collect();
        assert_eq!(named.len(), 10, "{file}: {named:?}");
        let settings = settings();
        let unknown: Vec<_> = named
            .into_iter()
            .filter(|name| !settings.iter().any(|(_, variable)| variable == name))
            .collect();
        assert_eq!(unknown, Vec::<&str>::new(), "{file}");
    }
}

#[test]
fn what_is_deployed_sets_what_there_is() {
    let known: BTreeSet<String> = settings()
        .into_iter()
        .map(|(_, variable)| variable)
        .collect();
    assert!(known.contains("DATABASE_REPLICA_URL"));
    for path in files(&root().join("deploy")) {
        let text = std::fs::read_to_string(&path).unwrap();
        let words = text.split(|letter: char| !letter.is_ascii_uppercase() && letter != '_');
        let ours =
            words.filter(|word| word.starts_with("ALUMNI_") || word.starts_with("DATABASE_"));
        let unknown: BTreeSet<&str> = ours.filter(|word| !known.contains(*word)).collect();
        assert_eq!(unknown, BTreeSet::new(), "{}", path.display());
    }
}
