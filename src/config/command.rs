//! The commands there are.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use entity::Role;

use super::read::{granted_role, role};

/// The commands.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Serve the API. In development: migrate, and seed an empty database with the demo companies first.
    Serve,
    /// Apply, revert or list the migrations of the database.
    Migrate {
        /// The action.
        #[command(subcommand)]
        direction: MigrateDirection,
    },
    /// Fill an empty database with two demo companies.
    Seed {
        /// Number of additional alumni of the first company. Maximum: 1,000,000.
        #[arg(long, value_parser = clap::value_parser!(u32).range(..=1_000_000))]
        alumni: Option<u32>,
        /// Seed of the random generator. The same seed creates the same people.
        #[arg(long, default_value_t = 1)]
        random_seed: u64,
    },
    /// Load workers from an export of an HR system: CSV, JSON or JSONL.
    ///
    /// The file is read once before anything is stored. Invalid rows are reported and skipped; the other rows are stored. The import does not
    /// guess. A row is invalid if a spreadsheet changed its id, or if the order of day and month is unknown (03/04/2016).
    ///
    /// A blank cell keeps the stored value, so that a value that HR entered by hand is not lost. Exception: a blank last working day reverts
    /// the leave. With `blank = "clear"` in the mapping, a blank cell clears the stored value.
    ///
    /// A row with a day of hire, a later day of rehire and a last working day between them is two employments.
    #[command(after_help = IMPORT_EXIT_CODES)]
    Import(ImportArgs),
    /// List and undo sync runs: imported files and calls of `workersSync`.
    SyncRun {
        /// The action.
        #[command(subcommand)]
        act: SyncRunAct,
    },
    /// Create, list, export or delete companies.
    Company {
        /// The action.
        #[command(subcommand)]
        act: CompanyAct,
    },
    /// Invite, list and change accounts: the logins of a company and of operators.
    Account {
        /// The action.
        #[command(subcommand)]
        act: AccountAct,
    },
    /// Check the configuration.
    Config {
        /// The action.
        #[command(subcommand)]
        act: ConfigAct,
    },
    /// Check the mail server.
    Mail {
        /// The action.
        #[command(subcommand)]
        act: MailAct,
    },
    /// Rewrite the database files, so that they contain no deleted data. The database is locked meanwhile. Backups and the write-ahead log of
    /// PostgreSQL are not changed.
    Scrub,
    /// Prepare a database that was restored from a dump. On PostgreSQL, advances the transaction counter of the cluster beyond
    /// the restored changes: 10 seconds per million transactions. Does nothing if the counter is not behind.
    Restored,
    /// Print a development token of a demo account.
    Token {
        /// Role of the demo account.
        #[arg(long = "as", value_parser = role)]
        role: Role,
        /// Slug of the company. Default: the first demo company. An operator has none.
        #[arg(long)]
        company: Option<String>,
        /// Lifetime of the token in hours.
        #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=8_760))]
        hours: u32,
    },
    /// Print the GraphQL schema.
    Schema,
    /// Print a page of the reference documentation (docs/reference) in Markdown.
    Reference {
        /// The page.
        page: ReferencePage,
    },
    /// Ask the server at BIND whether it is ready. Exits with 0 if it is.
    Health,
}

/// Actions on migrations.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum MigrateDirection {
    /// Apply all pending migrations.
    Up,
    /// Revert the latest migration.
    Down {
        /// Number of migrations to revert.
        #[arg(long, default_value_t = 1)]
        steps: u32,
    },
    /// List the migrations, each as applied or pending.
    Status,
}

/// Actions on the configuration.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum ConfigAct {
    /// Report every configuration error at once, each with its variable, and warn about unknown `ALUMNI_…` variables. Exits with 1 if there is an error.
    Check,
}

/// Actions on accounts.
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
        /// Last day of the roles, as `2027-03-31` (UTC). Default: no end.
        #[arg(long)]
        until: Option<chrono::NaiveDate>,
        /// Number of days the link is valid: 1 to 90.
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

/// Actions on sync runs.
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

/// Actions on companies.
#[derive(Clone, Debug, Subcommand)]
pub enum CompanyAct {
    /// Create a company.
    Create {
        /// Slug: 2 to 40 lower-case letters, digits and single hyphens, beginning with a letter. It cannot be changed.
        slug: String,
        /// Name of the company.
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
    /// Write all data of a company to a JSON Lines file; its last line is a manifest of counts and SHA-256 hashes. The file contains hashes of
    /// secrets and all personal data: protect it like the database.
    Export {
        /// Slug of the company.
        slug: String,
        /// The file, which must not exist yet.
        #[arg(long)]
        to: PathBuf,
    },
    /// Delete all data of a company in one transaction, and verify that none remains. Stop its imports first; run `scrub` afterwards.
    Delete {
        /// Slug of the company.
        slug: String,
        /// The slug again. The deletion cannot be undone.
        #[arg(long)]
        confirm: String,
    },
}

/// Actions on mail.
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

/// A page of the reference documentation; its file is `docs/reference/PAGE.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReferencePage {
    /// Settings: flag, environment variable, default.
    Configuration,
    /// Limits of one request.
    Limits,
    /// Prometheus metrics.
    Metrics,
    /// Permissions per role and API key scope.
    Permissions,
    /// Kinds of changes.
    ChangeKinds,
    /// Codes of errors.
    ErrorCodes,
}

impl ReferencePage {
    /// The name of the page and of its file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::Limits => "limits",
            Self::Metrics => "metrics",
            Self::Permissions => "permissions",
            Self::ChangeKinds => "change-kinds",
            Self::ErrorCodes => "error-codes",
        }
    }
}

/// The exit codes of `import`.
const IMPORT_EXIT_CODES: &str = "Exit codes:
  0  every row was loaded; totals and closing lines of a report do not count
  1  the file was rejected as a whole, and nothing was stored
  2  the command line is wrong
  3  some rows are invalid or the file ended early; the other rows were loaded";

/// Arguments of `import`.
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
    /// Mapping file; see `examples/`.
    #[arg(long, conflicts_with = "preset")]
    pub mapping: Option<PathBuf>,
    /// Built-in mapping. Default: chosen by the columns.
    #[arg(long)]
    pub preset: Option<String>,
    /// Order of day and month in dates such as 3/4/2024. Default: found from the dates of the file.
    #[arg(long)]
    pub date_order: Option<DateOrder>,
    /// Change nothing; report the mapping of columns with sample values, and the counts.
    #[arg(long)]
    pub dry_run: bool,
    /// Format of the report.
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

/// Format of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// Lines of text.
    Text,
    /// One JSON object.
    Json,
}
