//! The only reader of the environment: flags, then environment, then a TOML file, then defaults, all by the same names.
//! A value that cannot be is refused before anything starts, with the name of its key. `config::command` and `config::setting` name what
//! there is, `config::meaning` what comes of it.

mod check;
mod command;
mod identity_provider;
mod meaning;
mod read;
mod setting;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use clap::{CommandFactory, FromArgMatches, Parser};

pub use self::check::Report;
pub use self::command::{
    AccountAct, Command, CompanyAct, ConfigAct, DateOrder, ImportArgs, MailAct, MigrateDirection,
    ReferencePage, ReportFormat, SyncRunAct,
};
use self::read::from_file;
pub use self::setting::{LogFormat, Mode, Settings};
use crate::access::jwt::JwtSettingsError;
use crate::budget::NoBudget;

/// A headless GraphQL API for corporate alumni relations.
#[derive(Clone, Debug, Parser)]
#[command(version, about, max_term_width = 120)]
pub struct Cli {
    /// Settings of all commands.
    #[command(flatten)]
    pub settings: Settings,
    /// The command; `serve` if absent.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration file {0}: {1}")]
    Unreadable(PathBuf, std::io::Error),
    /// The file is no TOML.
    #[error("the configuration file {0} is no TOML: {1}")]
    NoToml(PathBuf, Box<toml::de::Error>),
    /// The file holds something else than settings.
    #[error("the configuration file holds `{0}`, which is no setting; see --help")]
    UnknownKey(String),
    /// A setting of the file is no plain value.
    #[error(
        "the configuration file's `{0}` must be a text, a number, a truth value, or a list of texts"
    )]
    NotPlain(String),
    /// Production with the secret everyone knows.
    #[error(
        "production refuses the development secret: set ALUMNI_JWKS_URL or ALUMNI_JWKS_FILE to the issuer's keys, or ALUMNI_JWT_SECRET to a secret of your own"
    )]
    DevelopmentSecret,
    /// Production with links that everyone can make.
    #[error(
        "production refuses the development secret for links: set ALUMNI_LINK_SECRET to a secret of your own, of at least 32 bytes"
    )]
    DevelopmentLinkSecret,
    /// Production whose entries of the access log would wait where everything is temporary.
    #[error(
        "production on PostgreSQL needs a folder that outlives the process: set ALUMNI_ACCESS_SPOOL"
    )]
    NoAccessSpool,
    /// Somebody could have nothing run.
    #[error(
        "ALUMNI_TRUSTED_ONLY without ALUMNI_TRUSTED_DOCUMENTS leaves them nothing to ask: name a manifest, be it `{{}}`"
    )]
    NothingTrusted,
    /// A replica of what has none.
    #[error(
        "DATABASE_REPLICA_URL names a replica, and SQLite has none: leave it away, or let DATABASE_URL name its PostgreSQL"
    )]
    ReplicaOfSqlite,
    /// Mail without a sender.
    #[error(
        "ALUMNI_SMTP_URL needs a sender: set ALUMNI_MAIL_FROM, for example to `Alumni <alumni@example.com>`"
    )]
    NoMailFrom,
    /// A limit there is not.
    #[error("ALUMNI_LIMITS: {0}")]
    NoLimit(String),
    /// A budget that cannot be.
    #[error("ALUMNI_BUDGETS: {0}")]
    NoBudget(#[from] NoBudget),
    /// Tokens that could not be verified.
    #[error(
        "ALUMNI_JWT_ISSUER, ALUMNI_JWT_AUDIENCE, ALUMNI_JWT_LEEWAY_SECONDS, ALUMNI_JWT_SECRET, ALUMNI_JWKS_FILE or ALUMNI_JWKS_URL: {0}"
    )]
    Tokens(JwtSettingsError),
    /// Links that are easy to forge.
    #[error("ALUMNI_LINK_SECRET must be at least 32 bytes long")]
    ShortLinkSecret,
    /// A table of the file that is no identity provider.
    #[error("table {0} of `identity_provider` in the configuration file: {1}")]
    IdentityProvider(usize, String),
    /// What clap says of flags, environment and values.
    #[error(transparent)]
    Refused(#[from] clap::Error),
}

impl Cli {
    /// Reads the process's arguments, environment and file.
    pub fn read() -> Result<Self, ConfigError> {
        Self::from(std::env::args_os())
    }

    /// Reads the given arguments, the environment, and the file they name, and refuses what cannot be used together.
    pub fn from(
        arguments: impl IntoIterator<Item = std::ffi::OsString>,
    ) -> Result<Self, ConfigError> {
        let cli = Self::parsed(arguments)?;
        match cli.settings.faults().into_iter().next() {
            Some(fault) => Err(fault),
            None => Ok(cli),
        }
    }

    /// Reads the given arguments, the environment, and the file they name.
    fn parsed(
        arguments: impl IntoIterator<Item = std::ffi::OsString>,
    ) -> Result<Self, ConfigError> {
        let arguments: Vec<_> = arguments.into_iter().collect();
        // the file may hold a value that is required, so its name alone is read first
        let named = Self::command()
            .ignore_errors(true)
            .try_get_matches_from(&arguments)
            .ok();
        let file = named.and_then(|matches| {
            matches
                .try_get_one::<PathBuf>("config")
                .ok()
                .flatten()
                .cloned()
        });
        let mut command = Self::command();
        let file = file.map(|path| from_file(&path)).transpose()?;
        let file = file.unwrap_or_default();
        for (key, values) in file.settings {
            if !command
                .get_arguments()
                .any(|argument| argument.get_id() == key.as_str())
                || key == "config"
            {
                return Err(ConfigError::UnknownKey(key));
            }
            command = command.mut_arg(key, |argument| argument.default_values(values));
        }
        let mut cli = Self::from_arg_matches(&command.try_get_matches_from(arguments)?)?;
        cli.settings.identity_providers = file.identity_providers;
        Ok(cli)
    }
}
