//! `config check`: every error at once, where a start reports the first one only.

use std::ffi::OsString;
use std::fmt;

use clap::CommandFactory;
use clap::builder::Resettable;

use super::{Cli, ConfigError};

/// What begins the names of the service's own variables.
const PREFIX: &str = "ALUMNI_";
/// A name that differs in more letters is no misspelling.
const NEAR: usize = 4;
/// Arguments with which each variable is tried alone.
const TRIAL: [&str; 3] = ["alumni-api", "config", "check"];

/// What `config check` found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// What stops a start, each with its variable.
    pub errors: Vec<String>,
    /// What is ignored at a start.
    pub warnings: Vec<String>,
}

impl Report {
    /// Whether the arguments ask for the check. Clap cannot say: it stops at the first error.
    #[must_use]
    pub fn is_asked() -> bool {
        let words: Vec<OsString> = std::env::args_os().collect();
        words
            .windows(2)
            .any(|pair| pair[0] == "config" && pair[1] == "check")
    }

    /// Checks the process's own arguments, variables and file.
    #[must_use]
    pub fn of_process() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "unknown variables are found among all names of the environment"
        )]
        let variables = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        Self::of(std::env::args_os(), variables)
    }

    /// Checks arguments, variables, and the file they name. `variables` are the names of the environment's.
    pub fn of(
        arguments: impl IntoIterator<Item = OsString>,
        variables: impl IntoIterator<Item = String>,
    ) -> Self {
        let mut report = Self::default();
        match Cli::parsed(arguments) {
            Ok(cli) => {
                let mut faults = cli.settings.faults();
                // of all commands only the service needs it
                faults.extend(cli.settings.access_spool().err());
                report
                    .errors
                    .extend(faults.iter().map(ConfigError::to_string));
            }
            Err(ConfigError::Refused(error)) => report.errors.extend(refused_values(&error)),
            Err(error) => report.errors.push(error.to_string()),
        }
        let known = known();
        for variable in variables {
            if !variable.starts_with(PREFIX) || known.contains(&variable) {
                continue;
            }
            let nearest = known
                .iter()
                .map(|name| (distance(name, &variable), name))
                .min()
                .filter(|(distance, _)| *distance <= NEAR);
            report.warnings.push(match nearest {
                Some((_, name)) => {
                    format!("{variable} is not a setting and is ignored; did you mean {name}?")
                }
                None => format!("{variable} is not a setting and is ignored; see --help"),
            });
        }
        report
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for error in &self.errors {
            writeln!(out, "error: {error}")?;
        }
        for warning in &self.warnings {
            writeln!(out, "warning: {warning}")?;
        }
        if self.errors.is_empty() {
            writeln!(out, "The configuration has no errors.")?;
        }
        Ok(())
    }
}

/// The variables there are.
fn known() -> Vec<String> {
    let command = Cli::command();
    let names = command.get_arguments().filter_map(|argument| {
        argument
            .get_env()
            .map(|name| name.to_string_lossy().into_owned())
    });
    names.collect()
}

/// Each variable whose value cannot be read, found by trying it without the others: clap stops at the first one.
fn refused_values(first: &clap::Error) -> Vec<String> {
    let arguments: Vec<(String, String)> = Cli::command()
        .get_arguments()
        .filter_map(|argument| {
            let variable = argument.get_env()?.to_string_lossy().into_owned();
            Some((argument.get_id().to_string(), variable))
        })
        .collect();
    let mut errors = Vec::new();
    for (id, variable) in &arguments {
        // every other argument loses its variable
        let mut command = Cli::command();
        for (other, _) in arguments.iter().filter(|(other, _)| other != id) {
            command = command.mut_arg(other, |argument| {
                argument.env(Resettable::<clap::builder::OsStr>::Reset)
            });
        }
        if let Err(error) = command.try_get_matches_from(TRIAL) {
            errors.push(format!("{variable}: {}", first_line(&error)));
        }
    }
    if errors.is_empty() {
        // a flag, or a line of the file
        errors.push(first_line(first));
    }
    errors
}

fn first_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}

/// How many letters have to be inserted, removed or replaced (Levenshtein distance).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (place, letter) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = place + 1;
        for (column, with) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *with);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(arguments: &[&str], variables: &[&str]) -> Report {
        let arguments = ["alumni-api"].iter().chain(arguments).map(OsString::from);
        Report::of(arguments, variables.iter().map(ToString::to_string))
    }

    #[test]
    fn every_error_is_reported_with_its_variable() {
        let report = check(
            &[
                "--mode",
                "production",
                "--database-url",
                "sqlite://x.db",
                "--database-replica-url",
                "postgres://replica/x",
                "--trusted-only",
                "ALL",
                "--limits",
                "deep=1",
                "config",
                "check",
            ],
            &[],
        );
        for variable in [
            "ALUMNI_JWT_SECRET",
            "ALUMNI_LINK_SECRET",
            "ALUMNI_TRUSTED_ONLY",
            "DATABASE_REPLICA_URL",
            "ALUMNI_LIMITS",
        ] {
            let named = report.errors.iter().any(|error| error.contains(variable));
            assert!(named, "{variable} in {:#?}", report.errors);
        }
        assert_eq!(report.errors.len(), 5, "{:#?}", report.errors);
    }

    #[test]
    fn an_unknown_variable_is_reported_with_the_nearest_name() {
        let report = check(
            &["config", "check"],
            &[
                "ALUMNI_JWT_ISUER",
                "ALUMNI_MODE",
                "ALUMNI_ZZZZZZZZZZZZ",
                "PATH",
            ],
        );
        assert_eq!(report.errors, [""; 0]);
        assert_eq!(
            report.warnings,
            [
                "ALUMNI_JWT_ISUER is not a setting and is ignored; did you mean ALUMNI_JWT_ISSUER?",
                "ALUMNI_ZZZZZZZZZZZZ is not a setting and is ignored; see --help",
            ]
        );
    }

    #[test]
    fn a_distance_counts_letters() {
        for (one, other, letters) in [("", "abc", 3), ("abc", "abc", 0), ("abc", "axcd", 2)] {
            assert_eq!(distance(one, other), letters, "{one} {other}");
        }
    }
}
