//! The commands there are.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use entity::Role;

use super::read::role;

/// What to do.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Serve the API. In development: migrate, and seed an empty database with the demo companies first.
    Serve,
    /// Bring the database's shape up to date, take a step back, or say where it stands.
    Migrate {
        /// Which way.
        #[command(subcommand)]
        direction: MigrateDirection,
    },
    /// Fill an empty database with two demo companies that share nothing.
    Seed {
        /// Give the first company this many alumni beyond the demo cast; up to a million.
        #[arg(long, value_parser = clap::value_parser!(u32).range(..=1_000_000))]
        alumni: Option<u32>,
        /// The same number makes the same people.
        #[arg(long, default_value_t = 1)]
        random_seed: u64,
    },
    /// Load workers from an export of an HR system: CSV, JSON or JSONL.
    Import(ImportArgs),
    /// Take a company along in a file, or delete it, as a whole.
    Company {
        /// Which of the two.
        #[command(subcommand)]
        act: CompanyAct,
    },
    /// Check how mail is sent.
    Mail {
        /// What to check.
        #[command(subcommand)]
        act: MailAct,
    },
    /// Write the database's files anew, so that nothing deleted is left in them. Holds up whoever uses it meanwhile; copies of the files,
    /// and PostgreSQL's log of writes, are for who keeps them.
    Scrub,
    /// Print a development token for a demo account, and nothing else.
    Token {
        /// Whose.
        #[arg(long = "as", value_parser = role)]
        role: Role,
        /// Slug of the company; the first demo company if not given. An operator has none.
        #[arg(long)]
        company: Option<String>,
        /// How long it holds, in hours.
        #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=8_760))]
        hours: u32,
    },
    /// Print the schema.
    Schema,
    /// Ask the server at BIND whether it is ready; exit with 0 where it is.
    Health,
}

/// Which way to migrate.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum MigrateDirection {
    /// Take every step not yet taken.
    Up,
    /// Take the last step back.
    Down {
        /// How many steps.
        #[arg(long, default_value_t = 1)]
        steps: u32,
    },
    /// Say which steps are taken.
    Status,
}

/// What to do with a company as a whole.
#[derive(Clone, Debug, Subcommand)]
pub enum CompanyAct {
    /// Write everything of it into a file of JSON Lines, with a manifest of counts and SHA-256 at its end. Holds secrets' hashes and all
    /// personal data: keep it as you would the database.
    Export {
        /// Slug of the company.
        slug: String,
        /// The file, which must not exist yet.
        #[arg(long)]
        to: PathBuf,
    },
    /// Delete every row of it, in one transaction, and make sure that none is left. Stop importing for it first; `scrub` afterwards.
    Delete {
        /// Slug of the company.
        slug: String,
        /// The slug again: what is deleted does not come back.
        #[arg(long)]
        confirm: String,
    },
}

/// What to check about mail.
#[derive(Clone, Debug, Subcommand)]
pub enum MailAct {
    /// Send a test message now and print the mail server's answer. Exits with an error if the message was not accepted.
    Test {
        /// E-mail address of the recipient.
        address: String,
        /// Slug of a company: its sender and language are used. Without it the service's own.
        #[arg(long)]
        company: Option<String>,
    },
}

/// What to import.
#[derive(Clone, Debug, Args)]
pub struct ImportArgs {
    /// The file.
    pub file: PathBuf,
    /// Slug of the company.
    #[arg(long)]
    pub company: String,
    /// What the HR system is called; external ids are unique within it.
    #[arg(long)]
    pub source: String,
    /// A mapping file; see `examples/`.
    #[arg(long, conflicts_with = "preset")]
    pub mapping: Option<PathBuf>,
    /// A built-in mapping; found out from the columns if not given.
    #[arg(long)]
    pub preset: Option<String>,
    /// Report what would happen and change nothing.
    #[arg(long)]
    pub dry_run: bool,
}
