//! What the settings mean.

use std::path::PathBuf;
use std::time::Duration;

use reqwest::Url;
use secrecy::ExposeSecret;

use super::{ConfigError, LogFormat, Mode, Settings, identity_provider};
use crate::access::jwt::{JwtSettings, KeySource, Verifier, is_development_secret};
use crate::access::providers::ProviderSettings;
use crate::access::{IdentitySettings, Links};
use crate::budget::BudgetSettings;
use crate::database::{DatabaseSettings, ReplicaSettings};
use crate::graphql::limits::Limits;
use crate::http::HttpSettings;
use crate::mail::{self, MailSettings};
use crate::outbound::Network;

impl Settings {
    /// Every error in settings that each can be read but not used, or not together.
    pub(super) fn faults(&self) -> Vec<ConfigError> {
        let production = self.mode == Mode::Production;
        let tokens_by_secret = self.jwks_file.is_none() && self.jwks_url.is_none();
        let lite = self.database_url.expose_secret().starts_with("sqlite:");
        let found = [
            (production && tokens_by_secret && is_development_secret(&self.jwt_secret))
                .then_some(ConfigError::DevelopmentSecret),
            (production && is_development_secret(&self.link_secret))
                .then_some(ConfigError::DevelopmentLinkSecret),
            (!self.trusted_only.is_empty() && self.trusted_documents.is_empty())
                .then_some(ConfigError::NothingTrusted),
            (lite && self.database_replica_url.is_some()).then_some(ConfigError::ReplicaOfSqlite),
            (self.smtp_url.is_some() && self.mail_from.is_none())
                .then_some(ConfigError::NoMailFrom),
            self.limits().err(),
            self.limits()
                .is_ok()
                .then(|| self.budgets().err())
                .flatten(),
            Verifier::new(self.tokens()).err().map(ConfigError::Tokens),
            Links::new("check", self.link_secret.clone())
                .err()
                .map(|_| ConfigError::ShortLinkSecret),
            self.identities().err(),
        ];
        found.into_iter().flatten().collect()
    }

    /// Whose tokens are accepted. In development a key set may be on a loopback address, also over http.
    pub fn identities(&self) -> Result<IdentitySettings, ConfigError> {
        let network = if self.loopback_providers.unwrap_or(self.development()) {
            Network::PublicOrLoopback
        } else {
            Network::Public
        };
        let jwt = self.tokens();
        let own = (jwt.issuer.as_str(), jwt.audience.as_str());
        let configured = identity_provider::checked(&self.identity_providers, network, own)?;
        Ok(IdentitySettings {
            jwt,
            providers: ProviderSettings {
                configured,
                network,
                ..ProviderSettings::default()
            },
        })
    }

    /// How mail is sent.
    #[must_use]
    pub fn mail(&self) -> MailSettings {
        // both were read when the settings were
        let server = self.smtp_url.as_ref();
        let server = server.and_then(|url| mail::parse_smtp_url(url.expose_secret()).ok());
        let from = self.mail_from.as_ref();
        MailSettings {
            connections: self.smtp_connections.into(),
            server,
            from: from.and_then(|from| mail::parse_sender(from).ok()),
            sender_domains: self.mail_sender_domains.clone(),
            portal_url: self.portal_url.clone(),
            development: self.development(),
        }
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
            development: self.development(),
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

    /// Whether pages of this machine may call although no origin is listed: only in development.
    #[must_use]
    pub fn allows_loopback_origins(&self) -> bool {
        self.development() && self.cors_origins.is_empty()
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
