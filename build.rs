//! Builds the playground's files when npm is there and they are missing or stale, so that `cargo run` alone shows
//! GraphiQL. It never fails the build: without npm the binary serves a page that says what to do.

use std::path::Path;
use std::process::Command;
use std::time::SystemTime;
use std::{fs, io};

/// What the files are made from, inside `playground/`.
const SOURCES: [&str; 6] = [
    "index.html",
    "package-lock.json",
    "package.json",
    "public",
    "src",
    "vite.config.js",
];

const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

fn main() {
    let playground = Path::new("playground"); // cargo runs this in the package's folder
    let built = playground.join("dist");
    let sources = SOURCES.map(|source| playground.join(source));
    for path in sources.iter().filter(|path| path.exists()) {
        println!("cargo:rerun-if-changed={}", path.display());
    }
    println!("cargo:rerun-if-changed=build.rs");

    let Some(age) = sources
        .iter()
        .filter_map(|source| last_change(source))
        .max()
    else {
        return; // A part of the repository without the playground, as in the Dockerfile's layer of dependencies.
    };

    let on_documentation_host = option_env!("DOCS_RS").is_some();
    let is_stale = last_change(&built.join("index.html")) < Some(age);
    if is_stale
        && !on_documentation_host
        && let Err(reason) = build(playground, &built, age)
    {
        println!(
            "cargo:warning=the playground is not up to date ({reason}); see playground/README.md"
        );
        // A folder that is not there would make cargo come back at every build; an empty one is noticed when it fills.
        if !built.exists() && fs::create_dir(&built).is_ok() {
            set_age(&built, age);
        }
    }
    println!("cargo:rerun-if-changed={}", built.display());
}

/// The latest change of a file, or of anything inside a folder.
fn last_change(path: &Path) -> Option<SystemTime> {
    let own = fs::metadata(path)
        .and_then(|metadata| metadata.modified())
        .ok()?;
    let inside = fs::read_dir(path).ok().into_iter().flatten().flatten();
    inside
        .filter_map(|entry| last_change(&entry.path()))
        .chain([own])
        .max()
}

/// Builds beside `dist` and swaps at the end, so that a failure leaves what was there.
fn build(playground: &Path, built: &Path, age: SystemTime) -> Result<(), String> {
    let libraries = playground.join("node_modules");
    let out_dir = format!("node_modules/.unfinished-{}", std::process::id());
    let unfinished = playground.join(&out_dir);
    // npm's own record of what it installed.
    let installed = last_change(&libraries.join(".package-lock.json"));
    let is_installed =
        installed.is_some() && installed >= last_change(&playground.join("package-lock.json"));
    let outcome = if is_installed {
        Ok(())
    } else {
        npm(playground, &["ci"])
    }
    .and_then(|()| npm(playground, &["run", "build", "--", "--outDir", &out_dir]))
    .and_then(|()| replace(built, &unfinished, age).map_err(|error| error.to_string()));
    // Absent after a success.
    let _ = fs::remove_dir_all(&unfinished);
    outcome
}

fn npm(playground: &Path, arguments: &[&str]) -> Result<(), String> {
    let output = Command::new(NPM)
        .args(arguments)
        .current_dir(playground)
        .output()
        .map_err(|error| format!("npm does not run: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    let why = complaint
        .lines()
        .map(str::trim)
        .filter(|line| line.contains("rror") && !line.starts_with("at "));
    Err(format!(
        "npm {} failed: {}",
        arguments[0],
        why.take(3).collect::<Vec<_>>().join("; ")
    ))
}

fn replace(built: &Path, finished: &Path, age: SystemTime) -> io::Result<()> {
    set_age(finished, age);
    if built.exists() {
        fs::remove_dir_all(built)?;
    }
    fs::rename(finished, built)
}

/// Makes the files as old as what they were made from: were they newer than this very build, cargo would take them for a
/// change and compile everything once more. Where that is not allowed, it does.
fn set_age(path: &Path, age: SystemTime) {
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        set_age(&entry.path(), age);
    }
    let _ = fs::File::open(path).and_then(|file| file.set_modified(age));
}
