//! The commands there are.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use entity::Role;

use super::read::{granted_role, role};

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
    ///
    /// The file is read once before anything is stored. Rows that cannot be read are reported and left out; the others are stored. Nothing is
    /// guessed: an id that a spreadsheet has changed, or a day such as 03/04/2016 in a file that does not show its order, makes the row invalid.
    ///
    /// A blank cell changes nothing that is stored, so that a value that HR entered by hand stays. The last working day is the exception: a
    /// blank one takes a leave back. With `blank = "clear"` in the mapping, a blank cell clears the stored value.
    ///
    /// A row with a day of hire, a later day of rehire and a last working day between them is two employments.
    #[command(after_help = IMPORT_EXIT_CODES)]
    Import(ImportArgs),
    /// List and undo sync runs: imported files and calls of `workersSync`.
    SyncRun {
        /// What to do.
        #[command(subcommand)]
        act: SyncRunAct,
    },
    /// Create, list, export or delete companies.
    Company {
        /// What to do.
        #[command(subcommand)]
        act: CompanyAct,
    },
    /// Invite, list and change accounts: the logins of a company and of operators.
    Account {
        /// What to do.
        #[command(subcommand)]
        act: AccountAct,
    },
    /// Check the configuration.
    Config {
        /// What to do.
        #[command(subcommand)]
        act: ConfigAct,
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
    /// Prepare a database that was restored from a dump, before it serves. On PostgreSQL, advances the transaction counter of the cluster beyond
    /// the restored changes: 10 seconds for a million transactions. Changes nothing if the counter is not behind.
    Restored,
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

/// What to do with the configuration.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum ConfigAct {
    /// Report every configuration error at once, each with its variable, and warn about unknown `ALUMNI_…` variables. Exits with 1 if there is an error.
    Check,
}

/// What to do with accounts.
#[derive(Clone, Debug, Subcommand)]
pub enum AccountAct {
    /// Create an invitation and print its one-time link token and when it expires. `accountClaim` accepts it.
    Invite {
        /// Slug of the company; absent for the role OPERATOR, which belongs to no company.
        #[arg(long)]
        company: Option<String>,
        /// A role to grant: ADMIN, HR, RECRUITER, SUPPORTER or OPERATOR. May be given several times.
        #[arg(long = "role", required = true, value_parser = granted_role)]
        roles: Vec<Role>,
        /// E-mail address of the invited person. The link is sent there if mail is configured.
        #[arg(long)]
        email: Option<String>,
        /// Name of the invited person, shown in the list of accounts.
        #[arg(long)]
        name: Option<String>,
        /// Last day of the roles, as `2027-03-31` (UTC). Without it the roles have no end.
        #[arg(long)]
        until: Option<chrono::NaiveDate>,
        /// How many days the link is valid: 1 to 90.
        #[arg(long, default_value_t = 14, value_parser = clap::value_parser!(i32).range(1..=90))]
        days: i32,
    },
    /// List the accounts of a company, or of the operators without --company.
    List {
        /// Slug of the company.
        #[arg(long)]
        company: Option<String>,
    },
    /// Replace the granted roles of an account.
    Roles {
        /// The account's id, as `account list` prints it.
        id: String,
        /// A role to grant. May be given several times; none: no roles.
        #[arg(long = "role", value_parser = granted_role)]
        roles: Vec<Role>,
    },
    /// Disable an account: it can no longer sign in.
    Disable {
        /// The account's id, as `account list` prints it.
        id: String,
    },
    /// Enable a disabled account.
    Enable {
        /// The account's id, as `account list` prints it.
        id: String,
    },
}

/// What to do with sync runs.
#[derive(Clone, Debug, Subcommand)]
pub enum SyncRunAct {
    /// List the latest 50 runs of a company, newest first.
    List {
        /// Slug of the company.
        #[arg(long)]
        company: String,
    },
    /// Remove the people and employments that a run created and nothing else has touched since, in one transaction. What the run only changed
    /// is not reverted. A run that is still RUNNING is closed first.
    Undo {
        /// The run's id, as `import` and `sync-run list` print it.
        id: String,
    },
}

/// What to do with companies.
#[derive(Clone, Debug, Subcommand)]
pub enum CompanyAct {
    /// Create a company.
    Create {
        /// Slug: 2 to 40 lower-case letters, digits and single hyphens, beginning with a letter. It cannot be changed.
        slug: String,
        /// The company's name as it writes itself.
        #[arg(long)]
        name: String,
        /// BCP 47 tag of the programme's first language, as `ja`.
        #[arg(long, default_value = "ja")]
        locale: String,
        /// IANA time zone, as `Asia/Tokyo`.
        #[arg(long, default_value = "Asia/Tokyo")]
        time_zone: String,
        /// ISO 4217 code, as `JPY`.
        #[arg(long, default_value = "JPY")]
        currency: String,
    },
    /// List the companies.
    List,
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

/// The exit codes of `import`.
const IMPORT_EXIT_CODES: &str = "Exit codes:
  0  every row was loaded; totals and closing lines of a report do not count
  1  the file was refused as a whole, and nothing was stored
  2  the command line is wrong
  3  some rows are invalid or the file ended early; the other rows were loaded";

/// What to import.
#[derive(Clone, Debug, Args)]
pub struct ImportArgs {
    /// The file.
    pub file: PathBuf,
    /// Slug of the company.
    #[arg(long)]
    pub company: String,
    /// Name of the HR system, at most 100 characters; external ids are unique within it. Use the same name every time.
    #[arg(long)]
    pub source: String,
    /// A mapping file; see `examples/`.
    #[arg(long, conflicts_with = "preset")]
    pub mapping: Option<PathBuf>,
    /// A built-in mapping; chosen by the columns if not given.
    #[arg(long)]
    pub preset: Option<String>,
    /// Order of day and month in days such as 3/4/2024; found from the days of the file if not given.
    #[arg(long)]
    pub date_order: Option<DateOrder>,
    /// Report what would happen and change nothing: which column is read as what, with sample values, and the counts.
    #[arg(long)]
    pub dry_run: bool,
    /// Form of the report.
    #[arg(long, default_value = "text")]
    pub report: ReportFormat,
}

/// Order of day and month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum DateOrder {
    /// 3/4/2024 is the 3rd of April.
    DayFirst,
    /// 3/4/2024 is the 4th of March.
    MonthFirst,
}

/// Form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}
