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

/// The mode of operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// Migrates and seeds the database at start, prints tokens, and accepts the development secrets.
    Development,
    /// Neither migrates nor seeds, and refuses the development secrets.
    Production,
}

/// How logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Lines of text.
    Text,
    /// One JSON object per line.
    Json,
}

/// Settings of all commands. Each is a flag, an environment variable, or a key of the TOML file.
#[derive(Clone, Debug, Args)]
#[command(
    next_help_heading = "Settings (flag, environment, or TOML file under the flag's name with underscores)"
)]
pub struct Settings {
    /// TOML file with settings and identity providers.
    #[arg(long, env = "ALUMNI_CONFIG", global = true)]
    pub config: Option<PathBuf>,
    /// Mode of operation.
    #[arg(
        long,
        env = "ALUMNI_MODE",
        value_enum,
        default_value = "development",
        global = true
    )]
    pub mode: Mode,
    /// Database: `sqlite://FILE` or `postgres://USER:PASSWORD@HOST/DATABASE`.
    #[arg(long, env = "DATABASE_URL", default_value = "sqlite://alumni.db", hide_env_values = true, value_parser = database_url, global = true)]
    pub database_url: SecretString,
    /// Maximum number of database connections, 1 to 1,000. On PostgreSQL, this is the size of the read pool and of the write pool. Searches use a third pool of a third of that size, and one more connection listens for changes.
    #[arg(long, env = "DATABASE_MAX_CONNECTIONS", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1_000), global = true)]
    pub database_max_connections: u32,
    /// Streaming replica of the PostgreSQL database; it answers queries. It must be one server, and the same on every instance.
    #[arg(long, env = "DATABASE_REPLICA_URL", hide_env_values = true, value_parser = replica_url, global = true)]
    pub database_replica_url: Option<SecretString>,
    /// Maximum lag of the replica in milliseconds, 100 to 10,000. Beyond it, queries go to the primary. It is also the maximum time that the response of a mutation waits for the replica. Use the same value on every instance.
    #[arg(long, env = "ALUMNI_REPLICA_MAX_LAG_MS", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(100..=10_000), global = true)]
    pub replica_max_lag_ms: u32,
    /// Folder for entries of the access log that are not yet in the database. Default: next to the SQLite file; for PostgreSQL in development, in the temporary folder. Required in production on PostgreSQL. No other user may own it or write to it, and it must not be a link. On a volume, name a folder inside. Several instances of one user may share it.
    #[arg(long, env = "ALUMNI_ACCESS_SPOOL", global = true)]
    pub access_spool: Option<PathBuf>,
    /// Maximum backlog of the access log of one process, in MiB, 1 to 1,048,576. At the maximum, callers whose reads are logged wait for the database, then get `SERVICE_UNAVAILABLE`. No entry is dropped.
    #[arg(long, env = "ALUMNI_ACCESS_BACKLOG_MIB", default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=1_048_576), global = true)]
    pub access_backlog_mib: u32,
    /// IP address and port to listen on.
    #[arg(long, env = "BIND", default_value = "127.0.0.1:8080", global = true)]
    pub bind: SocketAddr,
    /// Time in milliseconds to accept connections after SIGTERM, so that the load balancer notices that `/readyz` fails. Use 5000 behind a load balancer. Maximum: 300,000.
    #[arg(long, env = "ALUMNI_DRAIN_DELAY_MS", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=300_000), global = true)]
    pub drain_delay_ms: u32,
    /// Issuer of accepted tokens (claim `iss`).
    #[arg(
        long,
        env = "ALUMNI_JWT_ISSUER",
        default_value = "alumni-api",
        global = true
    )]
    pub jwt_issuer: String,
    /// Audience of accepted tokens; it must be one of the values of the claim `aud`.
    #[arg(
        long,
        env = "ALUMNI_JWT_AUDIENCE",
        default_value = "alumni-api",
        global = true
    )]
    pub jwt_audience: String,
    /// Accepted difference between clocks when tokens are verified, in seconds. Maximum: 300.
    #[arg(
        long,
        env = "ALUMNI_JWT_LEEWAY_SECONDS",
        default_value_t = 30,
        global = true
    )]
    pub jwt_leeway_seconds: u32,
    /// Secret of HS256 tokens, at least 32 bytes. For development, and for a proxy that issues its own tokens. Default: a public secret, which production refuses.
    #[arg(long, env = "ALUMNI_JWT_SECRET", default_value = DEVELOPMENT_SECRET, hide_default_value = true, hide_env_values = true, global = true)]
    pub jwt_secret: SecretString,
    /// Secret that signs links for people without a login and encrypts stored responses of idempotent mutations, at least 32 bytes. Use the same value on every instance. A new value invalidates existing links. Default: a public secret, which production refuses.
    #[arg(long, env = "ALUMNI_LINK_SECRET", default_value = DEVELOPMENT_SECRET, hide_default_value = true, hide_env_values = true, global = true)]
    pub link_secret: SecretString,
    /// File with the issuer's public keys (JWK set) for RS256, ES256 and `EdDSA`. It is read again when it changes.
    #[arg(
        long,
        env = "ALUMNI_JWKS_FILE",
        conflicts_with = "jwks_url",
        global = true
    )]
    pub jwks_file: Option<PathBuf>,
    /// URL of the issuer's public keys (JWK set): https, or http on the loopback interface.
    #[arg(long, env = "ALUMNI_JWKS_URL", global = true)]
    pub jwks_url: Option<Url>,
    /// Whether identity providers may have loopback addresses, also with http. Default: true in development, false in production. Use it to try the production mode on one machine.
    #[arg(long, env = "ALUMNI_LOOPBACK_PROVIDERS", action = ArgAction::Set, global = true)]
    pub loopback_providers: Option<bool>,
    /// Allowed CORS origins, separated by commas, as `https://portal.example.com`. Default: none; in development `http://localhost`, `http://127.0.0.1` and `http://[::1]` on any port.
    #[arg(
        long,
        env = "ALUMNI_CORS_ORIGINS",
        value_delimiter = ',',
        global = true
    )]
    pub cors_origins: Vec<Origin>,
    /// Changed request limits, separated by commas, as `depth=12,tokens=5000`. The names are the fields of `serviceLimits`.
    #[arg(long, env = "ALUMNI_LIMITS", value_delimiter = ',', value_parser = limit, global = true)]
    pub limits: Vec<(String, u32)>,
    /// Changed rate limits, separated by commas, as `HOLDER=CAPACITY/RESTORED_PER_SECOND` or `HOLDER=unlimited`, in units of operation cost. A holder is a role, `API_KEY`, the id of an API key, `ANONYMOUS` (per IP address) or `ALL`. With several roles, the largest limit applies. Default: ALUMNUS and EMPLOYEE `10000/200`, other roles `20000/500`, `API_KEY` `50000/2000`, ANONYMOUS `5000/50`. No capacity may be less than the limit `complexity`.
    #[arg(long, env = "ALUMNI_BUDGETS", value_delimiter = ',', value_parser = budget::parse, global = true)]
    pub budgets: Vec<(Holder, Option<Budget>)>,
    /// Number of proxies in front of the service that append to `X-Forwarded-For`. The rate limit of anonymous callers uses the resulting client address.
    #[arg(
        long,
        env = "ALUMNI_TRUSTED_PROXIES",
        default_value_t = 0,
        global = true
    )]
    pub trusted_proxies: u8,
    /// Manifests of trusted documents, separated by commas, as graphql-codegen, relay-compiler or Apollo write them. The service does not start if a document is invalid.
    #[arg(
        long,
        env = "ALUMNI_TRUSTED_DOCUMENTS",
        value_delimiter = ',',
        global = true
    )]
    pub trusted_documents: Vec<PathBuf>,
    /// Callers that may run trusted documents only, separated by commas: roles, `ANONYMOUS`, `API_KEY` or `ALL`. Requires a manifest, which may be `{}`. Default: none.
    #[arg(
        long,
        env = "ALUMNI_TRUSTED_ONLY",
        value_delimiter = ',',
        global = true
    )]
    pub trusted_only: Vec<Asker>,
    /// Whether introspection is allowed. Default: true in development, false in production.
    #[arg(long, env = "ALUMNI_INTROSPECTION", action = ArgAction::Set, global = true)]
    pub introspection: Option<bool>,
    /// Whether `/graphiql` is served. Default: true in development, false in production.
    #[arg(long, env = "ALUMNI_PLAYGROUND", action = ArgAction::Set, global = true)]
    pub playground: Option<bool>,
    /// Operations that take at least this many milliseconds are logged, by the hash of their document. 0 logs none.
    #[arg(
        long,
        env = "ALUMNI_SLOW_OPERATION_MS",
        default_value_t = 1_000,
        global = true
    )]
    pub slow_operation_ms: u32,
    /// Mail server: `smtp://user:password@host:587?tls=required` (or `opportunistic`, `none`) or `smtps://user:password@host`. Without it, development logs and stores messages; in production they wait.
    #[arg(long, env = "ALUMNI_SMTP_URL", hide_env_values = true, value_parser = smtp_url, global = true)]
    pub smtp_url: Option<SecretString>,
    /// Maximum number of connections of one process to the mail server, 1 to 50.
    #[arg(long, env = "ALUMNI_SMTP_CONNECTIONS", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=50), global = true)]
    pub smtp_connections: u8,
    /// Sender of messages for companies that set no sender address, as `Alumni <alumni@example.com>`. Required with `--smtp-url`.
    #[arg(long, env = "ALUMNI_MAIL_FROM", value_parser = mail_from, global = true)]
    pub mail_from: Option<String>,
    /// Domains of companies' own sender addresses (`mailSenderAddress`), separated by commas, as `example-corp=example.com`. An address outside these domains is used for replies only, and `--mail-from` is the sender.
    #[arg(long, env = "ALUMNI_MAIL_SENDER_DOMAINS", value_delimiter = ',', value_parser = mail::parse_sender_domain, global = true)]
    pub mail_sender_domains: Vec<(String, String)>,
    /// Page that opens the links in messages, for companies without `portalUrl`; the service appends `?token=…`. An https URL, or http on the local machine. Without it, messages contain the code instead of a link.
    #[arg(long, env = "ALUMNI_PORTAL_URL", value_parser = portal_url, global = true)]
    pub portal_url: Option<Url>,
    /// Log filter in the syntax of `tracing`. `alumni_api::sql=debug` logs each statement.
    #[arg(
        long,
        env = "ALUMNI_LOG",
        default_value = "info,sqlx=warn,sea_orm_migration=warn",
        global = true
    )]
    pub log: String,
    /// Format of the log. Default: text in development, JSON in production.
    #[arg(long, env = "ALUMNI_LOG_FORMAT", value_enum, global = true)]
    pub log_format: Option<LogFormat>,
    /// The identity providers of the TOML file; they have no flag.
    #[arg(skip)]
    pub identity_providers: Vec<ConfiguredProvider>,
}
