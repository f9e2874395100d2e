//! The documents: each example returns what is printed below it, each link leads somewhere, and generated pages are current.

mod example;
mod generated;
mod guides;
mod links;
mod quick_start;

use std::path::Path;

/// The folder of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file of the repository.
pub fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// All documents: the Markdown files at the root but the changelog, and those of `docs`, by their paths from the root.
pub fn documents() -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![(root().to_owned(), false), (root().join("docs"), true)];
    while let Some((folder, is_deep)) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && is_deep {
                folders.push((path, true));
            } else if is_document(&path) {
                let path = path.strip_prefix(root()).unwrap();
                found.push(path.to_str().unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

fn is_document(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "md") && !path.ends_with("CHANGELOG.md")
}
