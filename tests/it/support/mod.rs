//! What every test stands on: a served app over a database of its own, actors instead of tokens, rows with defaults.

mod actor;
mod crawl;
mod database;
pub mod process;
mod rows;
pub mod smtp;
mod statements;
pub mod world;

pub use actor::{Actor, Reply};
pub use crawl::{Crawler, ids};
pub use rows::time_zone;
pub use world::{AOZORA, Company, MERIDIAN};

use std::sync::Arc;
use std::time::Duration;

use alumni_api::access::IdentitySettings;
use alumni_api::access::jwt::{JwtSettings, KeySource, issue};
use alumni_api::access::providers::ProviderSettings;
use alumni_api::access_log::Spool;
use alumni_api::app::App;
use alumni_api::budget::BudgetSettings;
use alumni_api::clock::Clock;
use alumni_api::database::{Database, DatabaseSettings, ReplicaSettings};
use alumni_api::http::HttpSettings;
use alumni_api::mail::MailSettings;
use alumni_api::seed::{self, SeedSettings};
use alumni_api::{schema, server};
use chrono::{DateTime, TimeDelta, Utc};
use entity::change;
use metrics_exporter_prometheus::PrometheusBuilder;
use sea_orm::{DatabaseConnection, EntityTrait, QueryOrder};
use secrecy::ExposeSecret;
use tokio_util::sync::{CancellationToken, DropGuard};

pub const SECRET: &str = "a secret of the tests, long enough for HS256";
pub const ISSUER: &str = "tests";

/// A served app over a database of its own. It ends with the test.
pub struct TestApp {
    pub app: App,
    pub clock: Clock,
    address: String,
    client: reqwest::Client,
    spool: tempfile::TempDir,
    _stop: DropGuard,
    // dropped last: its tables go when nobody reads them any more
    own: Arc<database::Own>,
}

/// When tests begin: a Wednesday morning in Tokyo.
pub fn beginning() -> DateTime<Utc> {
    "2026-04-01T00:00:00Z".parse().unwrap()
}

pub fn tokens() -> JwtSettings {
    JwtSettings {
        issuer: ISSUER.into(),
        audience: "alumni-api".into(),
        leeway_seconds: 0,
        source: KeySource::Secret(SECRET.into()),
    }
}

impl TestApp {
    /// Serves the world of `world.rs`: two companies with a person and a login for each role.
    pub async fn start() -> Self {
        Self::over(Arc::new(database::Own::create().await)).await
    }

    /// Serves a database that is migrated and holds nothing.
    pub async fn start_empty() -> Self {
        Self::over(Arc::new(database::Own::create_empty().await)).await
    }

    /// Serves the demo data.
    pub async fn start_with_demo() -> Self {
        let app = Self::start_empty().await;
        let settings = SeedSettings {
            alumni: None,
            random_seed: 1,
            issuer: ISSUER.into(),
            demo_api_keys: true,
        };
        seed::run(&app.app.database, &app.clock, &settings)
            .await
            .unwrap();
        app
    }

    /// Another instance of the service over the same database.
    pub async fn another_instance(&self) -> Self {
        Self::over(Arc::clone(&self.own)).await
    }

    /// Serves the world, and sends mail by these settings.
    pub async fn start_with_mail(mail: MailSettings) -> Self {
        let own = Arc::new(database::Own::create().await);
        let settings = own.settings();
        Self::connected_with(own, &settings, BudgetSettings::unlimited(), mail).await
    }

    /// Mail in development without a mail server: messages are kept.
    pub fn kept_mail() -> MailSettings {
        MailSettings {
            development: true,
            ..MailSettings::default()
        }
    }

    /// The same, where only so much may be spent.
    pub async fn start_with_budgets(budgets: BudgetSettings) -> Self {
        let own = Arc::new(database::Own::create().await);
        let settings = own.settings();
        Self::connected(own, &settings, budgets).await
    }

    /// Another instance of the service over the same database, with budgets.
    pub async fn another_instance_with_budgets(&self, budgets: BudgetSettings) -> Self {
        Self::connected(Arc::clone(&self.own), &self.own.settings(), budgets).await
    }

    /// Another instance over the same database, whose queries a replica is to answer.
    pub async fn with_replica(&self, url: &str, max_lag: Duration) -> Self {
        let replica = ReplicaSettings {
            url: url.into(),
            max_lag,
        };
        let settings = DatabaseSettings {
            replica: Some(replica),
            ..self.own.settings()
        };
        Self::connected(
            Arc::clone(&self.own),
            &settings,
            BudgetSettings::unlimited(),
        )
        .await
    }

    async fn over(own: Arc<database::Own>) -> Self {
        let settings = own.settings();
        Self::connected(own, &settings, BudgetSettings::unlimited()).await
    }

    /// Serves the world, with identity providers.
    pub async fn start_with_providers(providers: ProviderSettings) -> Self {
        let own = Arc::new(database::Own::create().await);
        let settings = own.settings();
        Self::identifying(own, &settings, BudgetSettings::unlimited(), providers).await
    }

    /// Another instance of the service over the same database, with identity providers.
    pub async fn another_instance_with_providers(&self, providers: ProviderSettings) -> Self {
        let settings = self.own.settings();
        let unlimited = BudgetSettings::unlimited();
        Self::identifying(Arc::clone(&self.own), &settings, unlimited, providers).await
    }

    async fn connected(
        own: Arc<database::Own>,
        settings: &DatabaseSettings,
        budgets: BudgetSettings,
    ) -> Self {
        let providers = ProviderSettings::default();
        Self::configured(own, settings, budgets, (providers, Self::kept_mail())).await
    }

    async fn identifying(
        own: Arc<database::Own>,
        settings: &DatabaseSettings,
        budgets: BudgetSettings,
        providers: ProviderSettings,
    ) -> Self {
        Self::configured(own, settings, budgets, (providers, Self::kept_mail())).await
    }

    async fn connected_with(
        own: Arc<database::Own>,
        settings: &DatabaseSettings,
        budgets: BudgetSettings,
        mail: MailSettings,
    ) -> Self {
        let providers = ProviderSettings::default();
        Self::configured(own, settings, budgets, (providers, mail)).await
    }

    async fn configured(
        own: Arc<database::Own>,
        settings: &DatabaseSettings,
        budgets: BudgetSettings,
        (providers, mail): (ProviderSettings, MailSettings),
    ) -> Self {
        let publishes = !providers.configured.is_empty();
        let database = Database::connect(settings).await.unwrap();
        let clock = Clock::stopped_at(beginning());
        let stop = CancellationToken::new();
        let spool = tempfile::tempdir().unwrap();
        let app = App::new(
            database,
            clock.clone(),
            IdentitySettings {
                jwt: tokens(),
                providers,
            },
            SECRET.into(),
            HttpSettings {
                budgets,
                ..HttpSettings::default()
            },
            Spool::open(spool.path(), clock.clone()).unwrap(),
            stop.clone(),
        )
        .unwrap()
        .mailing(mail);
        if publishes {
            app.access.providers().publish().await.unwrap();
        }
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let metrics = PrometheusBuilder::new().build_recorder().handle();
        tokio::spawn(server::serve(
            listener,
            server::router(app.clone(), metrics),
            app.clone(),
        ));
        Self {
            app,
            clock,
            address,
            client: reqwest::Client::new(),
            spool,
            _stop: stop.drop_guard(),
            own,
        }
    }

    /// `host:port` it listens on.
    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The `DATABASE_URL` of the test's database, for a process of its own.
    pub fn database_url(&self) -> String {
        self.own.settings().url.expose_secret().to_owned()
    }

    pub fn client(&self) -> &reqwest::Client {
        &self.client
    }

    /// The folder in which entries of the access log wait.
    pub fn spool(&self) -> &std::path::Path {
        self.spool.path()
    }

    pub fn connection(&self) -> &DatabaseConnection {
        self.app.database.writer()
    }

    /// A token of a subject of the tests' issuer, good for an hour.
    pub fn token(&self, subject: &str) -> String {
        issue(
            &tokens(),
            subject,
            None,
            self.clock.now(),
            TimeDelta::hours(1),
        )
        .unwrap()
    }

    /// Someone of the first company, by role: `admin`, `hr`, `recruiter`, `supporter`, `employee`, `alumnus`.
    pub fn actor(&self, role: &str) -> Actor<'_> {
        self.actor_of(AOZORA, role)
    }

    /// Someone of the given company, by role.
    pub fn actor_of(&self, company: Company, role: &str) -> Actor<'_> {
        Actor::new(self, Some(self.token(&format!("{role}@{}", company.slug))))
    }

    pub fn anonymous(&self) -> Actor<'_> {
        Actor::new(self, None)
    }

    pub fn with_token(&self, token: &str) -> Actor<'_> {
        Actor::new(self, Some(token.to_owned()))
    }

    pub fn admin(&self) -> Actor<'_> {
        self.actor("admin")
    }

    pub fn hr(&self) -> Actor<'_> {
        self.actor("hr")
    }

    pub fn recruiter(&self) -> Actor<'_> {
        self.actor("recruiter")
    }

    pub fn supporter(&self) -> Actor<'_> {
        self.actor("supporter")
    }

    pub fn employee(&self) -> Actor<'_> {
        self.actor("employee")
    }

    /// The active alumnus of the first company: `AOZORA.person("alumnus")`.
    pub fn alumnus(&self) -> Actor<'_> {
        self.actor("alumnus")
    }

    pub fn operator(&self) -> Actor<'_> {
        Actor::new(self, Some(self.token("operator")))
    }

    /// HR of the other company.
    pub fn stranger(&self) -> Actor<'_> {
        self.actor_of(MERIDIAN, "hr")
    }

    /// What the outbox holds, oldest first.
    pub async fn changes(&self) -> Vec<change::Model> {
        change::Entity::find()
            .order_by_asc(change::Column::Seq)
            .all(self.connection())
            .await
            .unwrap()
    }

    /// The kinds of what the outbox holds, oldest first.
    pub async fn change_kinds(&self) -> Vec<String> {
        self.changes()
            .await
            .into_iter()
            .map(|change| change.kind)
            .collect()
    }

    /// How many statements the work ran.
    pub async fn statements<T>(&self, work: impl Future<Output = T>) -> (u64, T) {
        let before = self.app.database.statements();
        let done = work.await;
        (self.app.database.statements() - before, done)
    }

    /// The texts of the statements the work ran.
    pub async fn statement_texts<T>(&self, work: impl Future<Output = T>) -> (Vec<String>, T) {
        let texts = statements::Texts::default();
        let listening = texts.listen();
        let done = work.await;
        drop(listening);
        (texts.take(), done)
    }

    pub fn sdl() -> String {
        schema::sdl()
    }
}
