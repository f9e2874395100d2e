//! What can be set, key by key.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{ArgAction, Args, ValueEnum};
use reqwest::Url;
use secrecy::SecretString;

use super::read::{database_url, limit, mail_from, portal_url, replica_url, smtp_url};
use crate::access::Asker;
use crate::access::jwt::DEVELOPMENT_SECRET;
use crate::access::providers::ConfiguredProvider;
use crate::budget::{self, Budget, Holder};
use crate::http::Origin;
use crate::mail;

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
    /// Maximum backlog of the access log in MiB. While the entries of this process that wait for the database reach it, callers whose reads are logged wait, then get `SERVICE_UNAVAILABLE`.
    #[arg(long, env = "ALUMNI_ACCESS_BACKLOG_MIB", default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=1_048_576), global = true)]
    pub access_backlog_mib: u32,
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
    /// Whether identity providers may be on loopback addresses, also over http; in production false unless set. For trying production on one machine.
    #[arg(long, env = "ALUMNI_LOOPBACK_PROVIDERS", action = ArgAction::Set, global = true)]
    pub loopback_providers: Option<bool>,
    /// Origins that browsers may call from, separated by commas, as `https://portal.example.com`. If not given, none; in development those of this machine: `http://localhost`, `http://127.0.0.1` and `http://[::1]`, on any port.
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
    /// What may be spent, other than the usual: by role, for `API_KEY`, one key's id, ANONYMOUS (each address) or ALL, what a budget holds and what comes back of it each second, in the price of operations, as `HR=20000/500,API_KEY=unlimited`.
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
    /// Mail server: `smtp://user:password@host:587?tls=required` (or `opportunistic`, `none`) or `smtps://user:password@host`. Without it development logs and keeps messages, and in production they wait.
    #[arg(long, env = "ALUMNI_SMTP_URL", hide_env_values = true, value_parser = smtp_url, global = true)]
    pub smtp_url: Option<SecretString>,
    /// Connections of this process to the mail server at a time.
    #[arg(long, env = "ALUMNI_SMTP_CONNECTIONS", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=50), global = true)]
    pub smtp_connections: u8,
    /// Sender of messages for companies that set no sender address, as `Alumni <alumni@example.com>`. Required with `--smtp-url`.
    #[arg(long, env = "ALUMNI_MAIL_FROM", value_parser = mail_from, global = true)]
    pub mail_from: Option<String>,
    /// Domains of companies' own sender addresses (`mailSenderAddress`), as `example-corp=example.com`, separated by commas. Messages of a company whose address is in no domain of its own are sent from `--mail-from` with the address as Reply-To.
    #[arg(long, env = "ALUMNI_MAIL_SENDER_DOMAINS", value_delimiter = ',', value_parser = mail::parse_sender_domain, global = true)]
    pub mail_sender_domains: Vec<(String, String)>,
    /// Page that opens the links of messages, for companies that set none: `?token=…` is added to it. An https URL, or http on the local machine. Without it messages show the code instead of a link.
    #[arg(long, env = "ALUMNI_PORTAL_URL", value_parser = portal_url, global = true)]
    pub portal_url: Option<Url>,
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
    /// The identity providers of the TOML file; they are no flags.
    #[arg(skip)]
    pub identity_providers: Vec<ConfiguredProvider>,
}
