//! The assembled process: what every request needs, made once.

use std::ops::Deref;
use std::sync::Arc;

use async_graphql::Request;
use secrecy::SecretString;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::access::jwt::JwtSettingsError;
use crate::access::{Access, IdentitySettings, Viewer};
use crate::access_log::{Readings, Recording, Spool};
use crate::budget::Budgets;
use crate::clock::Clock;
use crate::database::Database;
use crate::graphql::engine::Engine;
use crate::graphql::loader::loader;
use crate::graphql::trusted::Trusted;
use crate::http::{HttpSettings, Turns};
use crate::idempotency::{Sealer, UnderWay};
use crate::mail::{Mail, MailSettings};
use crate::outbox::Feed;
use crate::references::References;
use crate::schema::Api;
use crate::scope::Scope;

/// Most files that are read as they are sent, at a time.
const EXPORTS: usize = 2;

/// The assembled process. Cheap to clone: it is, several times a request.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What the process is assembled of.
#[derive(Clone)]
pub struct Parts {
    /// The schema, and the documents known to be valid in it.
    pub engine: Engine<Api>,
    /// Who asks.
    pub access: Arc<Access>,
    /// Where it is written down who reads whom.
    pub access_log: Spool,
    /// The connections.
    pub database: Database,
    /// The time.
    pub clock: Clock,
    /// What tells that something changed.
    pub feed: Feed,
    /// Rows that hardly change, kept.
    pub references: References,
    /// How the transports are set, the limits among it.
    pub http: Arc<HttpSettings>,
    /// The turns of operations.
    pub turns: Turns,
    /// What each viewer may spend.
    pub budgets: Budgets,
    /// The turns of long requests.
    pub large_bodies: Arc<Semaphore>,
    /// The turns of files that are read as they are sent: each holds a connection for as long.
    pub exports: Arc<Semaphore>,
    /// The mutations under a key that are at work here.
    pub keys_under_way: UnderWay,
    /// Seals what is answered to them.
    pub sealer: Sealer,
    /// How mail is sent.
    pub mail: Mail,
    /// Cancelled when the process was told to stop and goes on for a while: it is no longer ready. At the latest with `stop`.
    pub leaving: CancellationToken,
    /// Cancelled when the process ends: what would stay open for long closes itself then.
    pub stop: CancellationToken,
    /// WebSockets under way: each is told why it ends before the process does.
    pub sockets: TaskTracker,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl From<Parts> for App {
    fn from(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl App {
    /// Puts the parts together.
    pub fn new(
        database: Database,
        clock: Clock,
        tokens: impl Into<IdentitySettings>,
        link_secret: SecretString,
        http: HttpSettings,
        access_log: Spool,
        stop: CancellationToken,
    ) -> Result<Self, JwtSettingsError> {
        let turns = http.limits.large_bodies.max(1);
        let budgets = Budgets::new(http.budgets.clone(), clock.clone(), &database);
        let feed = Feed::default();
        Ok(Self::from(Parts {
            engine: Engine::default(),
            access: Arc::new(Access::new(
                tokens,
                link_secret.clone(),
                database.clone(),
                clock.clone(),
                feed.clone(),
            )?),
            access_log,
            database,
            clock,
            feed,
            references: References::default(),
            turns: Turns::new(&http.limits),
            budgets,
            large_bodies: Arc::new(Semaphore::new(turns as usize)),
            exports: Arc::new(Semaphore::new(EXPORTS)),
            http: Arc::new(http),
            keys_under_way: UnderWay::default(),
            sealer: Sealer::new(link_secret.clone()),
            mail: Mail::new(MailSettings::default(), link_secret),
            leaving: stop.child_token(),
            stop,
            sockets: TaskTracker::new(),
        }))
    }

    /// The same, with these documents trusted.
    #[must_use]
    pub fn trusting(&self, trusted: Trusted) -> Self {
        Self::from(Parts {
            engine: self.engine.clone().trusting(trusted),
            ..(*self.0).clone()
        })
    }

    /// The same, which sends mail by these settings.
    #[must_use]
    pub fn mailing(&self, settings: MailSettings) -> Self {
        Self::from(Parts {
            mail: self.mail.with(settings),
            ..(*self.0).clone()
        })
    }

    /// The scope of one viewer's request.
    #[must_use]
    pub fn scope(&self, viewer: Viewer, request_id: &str) -> Scope {
        self.scope_over(&self.database, viewer, request_id)
    }

    fn scope_over(&self, database: &Database, viewer: Viewer, request_id: &str) -> Scope {
        // what is read within a unit of work may never come to be, and is kept for nobody else
        let references = if database.within_unit() {
            References::default()
        } else {
            self.references.clone()
        };
        Scope::new(
            viewer,
            request_id,
            self.clock.clone(),
            database.clone(),
            self.feed.clone(),
            references,
        )
        .mailing(self.mail.clone())
    }

    /// What writes down whom a viewer's operation reads; null where nobody need know.
    #[must_use]
    pub fn recording(&self, viewer: &Viewer, request_id: &str) -> Option<Recording> {
        Recording::of(viewer, request_id, &self.access_log, &self.clock)
    }

    /// Puts into a request what its resolvers ask for: the scope over these connections, the loader, who can forget a key, and the trusted
    /// documents where the viewer is held to them.
    #[must_use]
    pub fn prepare(
        &self,
        database: &Database,
        viewer: Viewer,
        request_id: &str,
        readings: Readings,
        request: Request,
    ) -> Request {
        let request = if self.http.trusted_only.holds(&viewer) {
            request.data(Arc::clone(self.engine.trusted()))
        } else {
            request
        };
        let scope = self
            .scope_over(database, viewer, request_id)
            .gathering(readings);
        request
            .data(loader(scope.clone()))
            .data(scope)
            .data(Arc::clone(&self.access))
            .data(Arc::clone(&self.http))
            .data(self.budgets.clone())
    }
}
