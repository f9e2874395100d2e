//! The only reader of the environment: flags, then environment, then a TOML file, then defaults, all by the same names.
//! A value that cannot be is refused before anything starts, with the name of its key.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use entity::Role;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use crate::access::Asker;
use crate::access::jwt::{DEVELOPMENT_SECRET, JwtSettings, KeySource, is_development_secret};
use crate::budget::{self, Budget, BudgetSettings, Holder, NoBudget};
use crate::database::{DatabaseSettings, ReplicaSettings};
use crate::graphql::limits::Limits;
use crate::http::{HttpSettings, Origin};

/// A headless GraphQL API for corporate alumni relations.
#[derive(Clone, Debug, Parser)]
#[command(version, about, max_term_width = 120)]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub settings: Settings,
    /// What to do; `serve` if not given.
    #[command(subcommand)]
    pub command: Option<Command>,
}

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

/// How careful to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// Migrates and seeds by itself, prints tokens, knows the development secret.
    Development,
    /// Does nothing by itself, and refuses the development secret.
    Production,
}

/// How logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What holds for every command. Each key can be a flag, an environment variable, or a line of the TOML file.
#[derive(Clone, Debug, Args)]
#[command(
    next_help_heading = "Settings (flag, environment, or TOML file under the flag's name with underscores)"
)]
pub struct Settings {
    /// TOML file with settings.
    #[arg(long, env = "ALUMNI_CONFIG", global = true)]
    pub config: Option<PathBuf>,
    /// How careful to be.
    #[arg(
        long,
        env = "ALUMNI_MODE",
        value_enum,
        default_value = "development",
        global = true
    )]
    pub mode: Mode,
    /// Where the data lies: `sqlite://FILE` or `postgres://…`.
    #[arg(long, env = "DATABASE_URL", default_value = "sqlite://alumni.db", hide_env_values = true, value_parser = database_url, global = true)]
    pub database_url: SecretString,
    /// Most connections to the database; on PostgreSQL reads have so many and everything else has, searches a third as many, and one more listens.
    #[arg(long, env = "DATABASE_MAX_CONNECTIONS", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1_000), global = true)]
    pub database_max_connections: u32,
    /// A streaming replica of that PostgreSQL, of one server, which answers queries; the same on every instance.
    #[arg(long, env = "DATABASE_REPLICA_URL", hide_env_values = true, value_parser = replica_url, global = true)]
    pub database_replica_url: Option<SecretString>,
    /// How late the replica may be, in milliseconds, before queries go to the primary; and the longest time that an answer of a mutation waits for it. The same on every instance.
    #[arg(long, env = "ALUMNI_REPLICA_MAX_LAG_MS", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(100..=10_000), global = true)]
    pub replica_max_lag_ms: u32,
    /// Folder in which entries of the access log wait for the database; nobody else may write into it. Beside the SQLite file if not given, for PostgreSQL in the machine's folder for what is temporary, which production refuses.
    #[arg(long, env = "ALUMNI_ACCESS_SPOOL", global = true)]
    pub access_spool: Option<PathBuf>,
    /// Host and port to listen on.
    #[arg(long, env = "BIND", default_value = "127.0.0.1:8080", global = true)]
    pub bind: SocketAddr,
    /// How long the process goes on taking connections after it was told to stop, in milliseconds: as long as it takes whoever stands before it to see that it is no longer ready. At most five minutes.
    #[arg(long, env = "ALUMNI_DRAIN_DELAY_MS", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=300_000), global = true)]
    pub drain_delay_ms: u32,
    /// Whose tokens are believed: their `iss`.
    #[arg(
        long,
        env = "ALUMNI_JWT_ISSUER",
        default_value = "alumni-api",
        global = true
    )]
    pub jwt_issuer: String,
    /// For whom tokens must be: one of their `aud`.
    #[arg(
        long,
        env = "ALUMNI_JWT_AUDIENCE",
        default_value = "alumni-api",
        global = true
    )]
    pub jwt_audience: String,
    /// How far clocks may differ, in seconds.
    #[arg(
        long,
        env = "ALUMNI_JWT_LEEWAY_SECONDS",
        default_value_t = 30,
        global = true
    )]
    pub jwt_leeway_seconds: u32,
    /// Secret of HS256 tokens, at least 32 bytes. For development, and for a proxy that issues tokens itself.
    #[arg(long, env = "ALUMNI_JWT_SECRET", default_value = DEVELOPMENT_SECRET, hide_default_value = true, hide_env_values = true, global = true)]
    pub jwt_secret: SecretString,
    /// Secret that signs the links of people without a login, at least 32 bytes; the same on every instance. Another one makes the links there are worthless.
    #[arg(long, env = "ALUMNI_LINK_SECRET", default_value = DEVELOPMENT_SECRET, hide_default_value = true, hide_env_values = true, global = true)]
    pub link_secret: SecretString,
    /// File with the issuer's public keys (JWK set), for RS256, ES256 and `EdDSA`; read again when it changes.
    #[arg(
        long,
        env = "ALUMNI_JWKS_FILE",
        conflicts_with = "jwks_url",
        global = true
    )]
    pub jwks_file: Option<PathBuf>,
    /// Address of the issuer's public keys (JWK set); https, or http on the loopback interface.
    #[arg(long, env = "ALUMNI_JWKS_URL", global = true)]
    pub jwks_url: Option<Url>,
    /// Origins that browsers may call from, separated by commas, as `https://portal.example.com`; none if not given.
    #[arg(
        long,
        env = "ALUMNI_CORS_ORIGINS",
        value_delimiter = ',',
        global = true
    )]
    pub cors_origins: Vec<Origin>,
    /// Limits of one request other than the usual ones, as `depth=12,tokens=5000`; the field `serviceLimits` of the schema names them all.
    #[arg(long, env = "ALUMNI_LIMITS", value_delimiter = ',', value_parser = limit, global = true)]
    pub limits: Vec<(String, u32)>,
    /// What may be spent, other than the usual: by role, for API_KEY, one key's id, ANONYMOUS (each address) or ALL, what a budget holds and what comes back of it each second, in the price of operations, as `HR=20000/500,API_KEY=unlimited`.
    #[arg(long, env = "ALUMNI_BUDGETS", value_delimiter = ',', value_parser = budget::parse, global = true)]
    pub budgets: Vec<(Holder, Option<Budget>)>,
    /// How many proxies stand before the service and add to X-Forwarded-For from where they were called: by that address the budgets of those who are not logged in are told apart.
    #[arg(
        long,
        env = "ALUMNI_TRUSTED_PROXIES",
        default_value_t = 0,
        global = true
    )]
    pub trusted_proxies: u8,
    /// Manifests of trusted documents, separated by commas: those of graphql-codegen, relay-compiler or Apollo. A document that could not be run stops the start.
    #[arg(
        long,
        env = "ALUMNI_TRUSTED_DOCUMENTS",
        value_delimiter = ',',
        global = true
    )]
    pub trusted_documents: Vec<PathBuf>,
    /// Who may have trusted documents run and no others, separated by commas: roles, ANONYMOUS, `API_KEY`, or ALL; nobody if not given.
    #[arg(
        long,
        env = "ALUMNI_TRUSTED_ONLY",
        value_delimiter = ',',
        global = true
    )]
    pub trusted_only: Vec<Asker>,
    /// Whether anyone may ask the schema about itself; in production off unless set.
    #[arg(long, env = "ALUMNI_INTROSPECTION", action = ArgAction::Set, global = true)]
    pub introspection: Option<bool>,
    /// Whether `/graphiql` is served; in production off unless set.
    #[arg(long, env = "ALUMNI_PLAYGROUND", action = ArgAction::Set, global = true)]
    pub playground: Option<bool>,
    /// From how many milliseconds on an operation is told of in the log, by its document's hash; 0: none is.
    #[arg(
        long,
        env = "ALUMNI_SLOW_OPERATION_MS",
        default_value_t = 1_000,
        global = true
    )]
    pub slow_operation_ms: u32,
    /// What to log, in the words of `tracing`'s filter.
    #[arg(
        long,
        env = "ALUMNI_LOG",
        default_value = "info,sqlx=warn,sea_orm_migration=warn",
        global = true
    )]
    pub log: String,
    /// How logs are written; JSON in production unless set.
    #[arg(long, env = "ALUMNI_LOG_FORMAT", value_enum, global = true)]
    pub log_format: Option<LogFormat>,
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
    /// A limit there is not.
    #[error("ALUMNI_LIMITS: {0}")]
    NoLimit(String),
    /// A budget that cannot be.
    #[error("ALUMNI_BUDGETS: {0}")]
    NoBudget(#[from] NoBudget),
    /// What clap says of flags, environment and values.
    #[error(transparent)]
    Refused(#[from] clap::Error),
}

impl Cli {
    /// Reads the process's arguments, environment and file.
    pub fn read() -> Result<Self, ConfigError> {
        Self::from(std::env::args_os())
    }

    /// Reads the given arguments, the environment, and the file they name.
    pub fn from(
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
        for (key, values) in file
            .map(|path| from_file(&path))
            .transpose()?
            .into_iter()
            .flatten()
        {
            if !command
                .get_arguments()
                .any(|argument| argument.get_id() == key.as_str())
                || key == "config"
            {
                return Err(ConfigError::UnknownKey(key));
            }
            command = command.mut_arg(key, |argument| argument.default_values(values));
        }
        let cli = Self::from_arg_matches(&command.try_get_matches_from(arguments)?)?;
        cli.settings.check()?;
        Ok(cli)
    }
}

fn from_file(path: &PathBuf) -> Result<Vec<(String, Vec<String>)>, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| ConfigError::Unreadable(path.clone(), error))?;
    let table: toml::Table = text
        .parse()
        .map_err(|error| ConfigError::NoToml(path.clone(), Box::new(error)))?;
    let plain = |key: &str, value: &toml::Value| match value {
        toml::Value::String(text) => Ok(text.clone()),
        toml::Value::Integer(number) => Ok(number.to_string()),
        toml::Value::Boolean(flag) => Ok(flag.to_string()),
        _ => Err(ConfigError::NotPlain(key.to_owned())),
    };
    let entry = |(key, value): (String, toml::Value)| {
        let values = match &value {
            toml::Value::Array(values) => values
                .iter()
                .map(|value| plain(&key, value))
                .collect::<Result<Vec<_>, _>>()?,
            value => vec![plain(&key, value)?],
        };
        Ok((key, values))
    };
    table.into_iter().map(entry).collect()
}

impl Settings {
    fn check(&self) -> Result<(), ConfigError> {
        let tokens_by_secret = self.jwks_file.is_none() && self.jwks_url.is_none();
        if self.mode == Mode::Production
            && tokens_by_secret
            && is_development_secret(&self.jwt_secret)
        {
            return Err(ConfigError::DevelopmentSecret);
        }
        if self.mode == Mode::Production && is_development_secret(&self.link_secret) {
            return Err(ConfigError::DevelopmentLinkSecret);
        }
        if !self.trusted_only.is_empty() && self.trusted_documents.is_empty() {
            return Err(ConfigError::NothingTrusted);
        }
        let lite = self.database_url.expose_secret().starts_with("sqlite:");
        if lite && self.database_replica_url.is_some() {
            return Err(ConfigError::ReplicaOfSqlite);
        }
        self.http().map(drop)
    }

    fn limits(&self) -> Result<Limits, ConfigError> {
        let mut limits = serde_json::Map::new();
        // an operation is with the database for a part of its time; and who waits, waits some seconds at most
        let connections = self.database_max_connections;
        limits.insert("operations".to_owned(), (connections * 8).into());
        limits.insert("waitingOperations".to_owned(), (connections * 128).into());
        limits.extend(
            self.limits
                .iter()
                .map(|(name, most)| (name.clone(), (*most).into())),
        );
        serde_json::from_value::<Limits>(limits.into())
            .map_err(|error| ConfigError::NoLimit(error.to_string()))
    }

    fn budgets(&self) -> Result<BudgetSettings, ConfigError> {
        let budgets = self.budgets.iter();
        let settings = budgets.fold(BudgetSettings::default(), |all, (holder, budget)| {
            all.with(*holder, *budget)
        });
        settings.hold(self.limits()?.complexity)?;
        Ok(settings)
    }

    /// How the transports are set.
    pub fn http(&self) -> Result<HttpSettings, ConfigError> {
        Ok(HttpSettings {
            budgets: self.budgets()?,
            limits: self.limits()?,
            trusted_proxies: self.trusted_proxies.into(),
            allowed_origins: self.cors_origins.clone(),
            introspection: self.introspection.unwrap_or(self.development()),
            playground: self.playground.unwrap_or(self.development()),
            trusted_only: self.trusted_only.iter().copied().collect(),
            slow_operation: (self.slow_operation_ms > 0)
                .then(|| Duration::from_millis(self.slow_operation_ms.into())),
        })
    }

    /// How tokens are checked.
    #[must_use]
    pub fn tokens(&self) -> JwtSettings {
        let source = match (&self.jwks_file, &self.jwks_url) {
            (Some(file), _) => KeySource::JwksFile(file.clone()),
            (_, Some(url)) => KeySource::JwksUrl(url.clone()),
            _ => KeySource::Secret(self.jwt_secret.clone()),
        };
        JwtSettings {
            issuer: self.jwt_issuer.clone(),
            audience: self.jwt_audience.clone(),
            leeway_seconds: self.jwt_leeway_seconds,
            source,
        }
    }

    /// Where the data lies, and how long it may take: a twentieth less than the operations that wait for it, so that there is time left
    /// to answer what else they asked for.
    pub fn database(&self) -> Result<DatabaseSettings, ConfigError> {
        let limits = self.limits()?;
        let sooner = |limit_ms: u32| Duration::from_millis((limit_ms - limit_ms / 20).into());
        Ok(DatabaseSettings {
            url: self.database_url.clone(),
            max_connections: self.database_max_connections,
            read_timeout: sooner(limits.query_timeout_ms),
            write_timeout: sooner(limits.mutation_timeout_ms),
            replica: None,
        })
    }

    /// The same, for who answers queries.
    pub fn served_database(&self) -> Result<DatabaseSettings, ConfigError> {
        let replica = self.database_replica_url.clone();
        Ok(DatabaseSettings {
            replica: replica.map(|url| ReplicaSettings {
                url,
                max_lag: Duration::from_millis(self.replica_max_lag_ms.into()),
            }),
            ..self.database()?
        })
    }

    /// How long the process goes on taking connections after it was told to stop.
    #[must_use]
    pub fn drain_delay(&self) -> Duration {
        Duration::from_millis(self.drain_delay_ms.into())
    }

    /// The folder in which entries of the access log wait, one for each database.
    pub fn access_spool(&self) -> Result<PathBuf, ConfigError> {
        if let Some(folder) = &self.access_spool {
            return Ok(folder.clone());
        }
        let shown = self.database_shown();
        let file = shown.strip_prefix("sqlite:").map(|rest| {
            let rest = rest.strip_prefix("//").unwrap_or(rest);
            rest.split('?').next().unwrap_or(rest).to_owned()
        });
        if let Some(file) = file.filter(|file| !file.is_empty() && !file.starts_with(':')) {
            return Ok(PathBuf::from(format!("{file}-access")));
        }
        if self.mode == Mode::Production {
            return Err(ConfigError::NoAccessSpool);
        }
        let sane = |letter: char| letter.is_ascii_alphanumeric() || "._".contains(letter);
        let name: String = shown
            .chars()
            .map(|letter| if sane(letter) { letter } else { '-' })
            .collect();
        Ok(std::env::temp_dir().join(format!("alumni-api-access-{name}")))
    }

    /// Whether spans are sent away: somebody is named who takes them, and OpenTelemetry is not switched off. These keys are OpenTelemetry's own, and
    /// no flags: its SDK reads them, and all others that begin so, by itself.
    #[must_use]
    pub fn exports_traces() -> bool {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place that reads the environment"
        )]
        let value = |key: &str| std::env::var(key).unwrap_or_default();
        let named = [
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
            "OTEL_EXPORTER_OTLP_ENDPOINT",
        ]
        .into_iter()
        .any(|key| !value(key).trim().is_empty());
        let disabled = value("OTEL_SDK_DISABLED").eq_ignore_ascii_case("true");
        named && !disabled && value("OTEL_TRACES_EXPORTER") != "none"
    }

    /// Whether this is a developer's own machine.
    #[must_use]
    pub fn development(&self) -> bool {
        self.mode == Mode::Development
    }

    /// How logs are written.
    #[must_use]
    pub fn logs_as_json(&self) -> bool {
        self.log_format
            .map_or(!self.development(), |format| format == LogFormat::Json)
    }

    /// Whether the database holds a password that must not be shown: the address without it.
    #[must_use]
    pub fn database_shown(&self) -> String {
        let url = self.database_url.expose_secret();
        match Url::parse(url) {
            Ok(mut url) if url.has_host() => {
                let _ = url.set_password(None);
                url.to_string()
            }
            _ => url.to_owned(),
        }
    }
}

fn database_url(text: &str) -> Result<SecretString, String> {
    let known = ["sqlite:", "postgres://", "postgresql://"]
        .iter()
        .any(|scheme| text.starts_with(scheme));
    if known {
        Ok(text.to_owned().into())
    } else {
        Err("must begin with `sqlite://`, `postgres://` or `postgresql://`".to_owned())
    }
}

fn replica_url(text: &str) -> Result<SecretString, String> {
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        Ok(text.to_owned().into())
    } else {
        Err("must begin with `postgres://` or `postgresql://`".to_owned())
    }
}

fn limit(text: &str) -> Result<(String, u32), String> {
    let parts = text
        .split_once('=')
        .and_then(|(name, most)| Some((name.trim().to_owned(), most.trim().parse().ok()?)));
    parts.ok_or_else(|| "must read `name=number`, as `depth=12`".to_owned())
}

fn role(text: &str) -> Result<Role, String> {
    use sea_orm::{ActiveEnum, Iterable};
    let known = || Role::iter().map(|role| role.to_value()).collect::<Vec<_>>();
    Role::try_from_value(&text.to_uppercase())
        .map_err(|_| format!("must be one of {}", known().join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Result<Cli, ConfigError> {
        Cli::from(
            std::iter::once("alumni-api")
                .chain(arguments.iter().copied())
                .map(Into::into),
        )
    }

    #[test]
    fn turns_follow_the_connections_unless_they_are_set() {
        let turns = |arguments: &[&str]| {
            let limits = read(arguments).unwrap().settings.http().unwrap().limits;
            (limits.operations, limits.waiting_operations)
        };
        assert_eq!(turns(&["--database-max-connections", "3"]), (24, 384));
        let set = ["--limits", "operations=7,waitingOperations=0"];
        assert_eq!(turns(&set), (7, 0));
    }

    #[test]
    fn who_is_held_to_trusted_documents_has_some() {
        let alone = ["--trusted-only", "ALUMNUS,ANONYMOUS"];
        assert!(matches!(read(&alone), Err(ConfigError::NothingTrusted)));
        let documents = ["--trusted-documents", "a.json,b.json"];
        let more = ["--trusted-documents", "c.json"];
        let settings = read(&[alone.as_slice(), &documents, &more].concat())
            .unwrap()
            .settings;
        let files = ["a.json", "b.json", "c.json"].map(PathBuf::from);
        assert_eq!(settings.trusted_documents, files);
        let held = [Asker::Member(Role::Alumnus), Asker::Anonymous];
        assert_eq!(
            settings.http().unwrap().trusted_only,
            held.into_iter().collect()
        );
        assert!(read(&["--trusted-only", "PORTER"]).is_err());
    }

    #[test]
    fn production_refuses_the_secret_everyone_knows() {
        assert!(matches!(
            read(&["--mode", "production"]),
            Err(ConfigError::DevelopmentSecret)
        ));
        let with_keys = [
            "--mode",
            "production",
            "--jwks-url",
            "https://id.example.com/keys",
        ];
        assert!(matches!(
            read(&with_keys),
            Err(ConfigError::DevelopmentLinkSecret)
        ));
        let secret = ["--link-secret", "0123456789abcdef0123456789abcdef"];
        assert!(read(&[with_keys.as_slice(), &secret].concat()).is_ok());
    }

    #[test]
    fn production_on_postgresql_says_where_the_access_log_waits() {
        let given = [
            "--mode",
            "production",
            "--jwt-secret",
            "0123456789abcdef0123456789abcdef",
            "--link-secret",
            "0123456789abcdef0123456789abcdef",
        ];
        let folder = |more: &[&str]| {
            let settings = read(&[given.as_slice(), more].concat()).unwrap().settings;
            settings.access_spool().map_err(|error| error.to_string())
        };
        let postgres = ["--database-url", "postgres://me@db.example/alumni"];
        let refused = folder(&postgres).unwrap_err();
        assert!(refused.contains("ALUMNI_ACCESS_SPOOL"), "{refused}");
        let named = [postgres.as_slice(), &["--access-spool", "/var/access"]].concat();
        assert_eq!(folder(&named), Ok("/var/access".into()));
        let lite = folder(&["--database-url", "sqlite:///data/alumni.db"]);
        assert_eq!(lite, Ok("/data/alumni.db-access".into()));
    }

    #[test]
    fn sqlite_refuses_a_replica_and_names_the_setting() {
        let replica = [
            "--database-replica-url",
            "postgres://me@replica.example/alumni",
        ];
        let lite = ["--database-url", "sqlite://alumni.db"];
        let refused = read(&[lite, replica].concat()).unwrap_err().to_string();
        assert!(refused.contains("DATABASE_REPLICA_URL"), "{refused}");
        let primary = ["--database-url", "postgres://me@db.example/alumni"];
        let settings = read(&[primary, replica].concat()).unwrap().settings;
        let replica = settings.served_database().unwrap().replica.unwrap();
        assert_eq!(replica.max_lag, Duration::from_secs(1));
        // what is no serving has nobody to answer
        assert!(settings.database().unwrap().replica.is_none());
    }

    #[test]
    fn a_flag_goes_before_the_file_and_the_file_before_the_default() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(
            file.path(),
            "bind = \"127.0.0.1:9000\"\njwt_leeway_seconds = 5\n",
        )
        .unwrap();
        let path = file.path().to_str().unwrap();
        let settings = read(&["--config", path, "serve", "--bind", "127.0.0.1:9001"])
            .unwrap()
            .settings;
        assert_eq!(
            (settings.bind.port(), settings.jwt_leeway_seconds),
            (9001, 5)
        );
    }

    #[test]
    fn a_key_of_the_file_that_is_no_setting_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "bnid = \"127.0.0.1:9000\"\n").unwrap();
        let Err(ConfigError::UnknownKey(key)) = read(&["--config", file.path().to_str().unwrap()])
        else {
            panic!("accepted")
        };
        assert_eq!(key, "bnid");
    }

    #[test]
    fn secrets_do_not_show() {
        let settings = read(&[
            "--database-url",
            "postgres://me:hush@db.example/alumni",
            "--jwt-secret",
            "0123456789abcdef0123456789abcdef",
        ])
        .unwrap()
        .settings;
        assert!(!format!("{settings:?}").contains("hush"));
        assert!(!format!("{settings:?}").contains("0123456789abcdef"));
        assert_eq!(settings.database_shown(), "postgres://me@db.example/alumni");
    }
}
