//! The key set that tokens are checked with, kept current: a file is looked at again every half minute, an address as its answer allows.
//! A key nobody knows yet causes one request, not one per token: refreshing is done by one task at a time and at most every half minute.
//! When refreshing fails, the old set serves on for a day. `jwks::source` reads, `jwks::key` decides which keys count; time is handed in.

mod key;
mod source;

use std::{
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
};

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::Algorithm;
use reqwest::Url;
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::outbound::OutboundClient;
pub use key::{VerificationKey, is_public_key_algorithm};
pub use source::KeySetError;
use source::{FileStamp, KeySetSource, Reading};
pub use source::{KeyLocation, discovery_url};

/// The least time between two looks at the source, whatever tokens arrive.
const BETWEEN_ATTEMPTS: TimeDelta = TimeDelta::seconds(30);
/// How long an outdated set serves on while its source fails. After that a key taken back could still be in it, and nobody is let in.
const SERVES_ON: TimeDelta = TimeDelta::hours(24);

/// Why there is no key for a token.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeyAbsent {
    /// The set has no such key, or has several and the token does not say which.
    Unknown,
    /// There is no set: it never could be read, or not for too long.
    Unavailable,
}

/// A key set with its source; clones share both.
#[derive(Clone, Debug)]
pub struct KeySet {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    source: KeySetSource,
    state: RwLock<State>,
    /// Held by whoever refreshes.
    turn: Arc<Mutex<()>>,
}

#[derive(Debug, Default)]
struct State {
    keys: Vec<Arc<VerificationKey>>,
    stamp: Option<FileStamp>,
    /// None until the source was read; then the time until which the keys need no second look.
    fresh_until: Option<DateTime<Utc>>,
    attempted_at: Option<DateTime<Utc>>,
    read_at: Option<DateTime<Utc>>,
    /// Why the last attempt failed; none if it did not.
    failure: Option<&'static str>,
}

/// What is known of a key set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeySetStatus {
    /// The keys: name and algorithm.
    pub keys: Vec<(Option<String>, Algorithm)>,
    /// When the keys were last read.
    pub read_at: Option<DateTime<Utc>>,
    /// When the source was last asked.
    pub attempted_at: Option<DateTime<Utc>>,
    /// Why the last attempt failed, as a fixed sentence; none if it did not.
    pub failure: Option<&'static str>,
}

/// What the set says of a key before the source is asked.
enum Look {
    Fresh(Arc<VerificationKey>),
    Outdated(Arc<VerificationKey>),
    Absent(KeyAbsent),
}

impl KeySet {
    /// A set in a file, which must be readable and hold a usable key already: a wrong path shows at start, not at the first visitor.
    pub fn in_file(path: PathBuf) -> Result<Self, KeySetError> {
        match source::read_file(&path, None)? {
            Reading::Changed { keys, .. } if !keys.is_empty() => {
                Ok(Self::of(KeySetSource::File(path)))
            }
            _ => Err(KeySetError::NoUsableKey),
        }
    }

    /// A set at an address, which is asked when the first token comes: the service starts although its identity provider is down.
    pub fn at_url(url: Url) -> Result<Self, KeySetError> {
        Ok(Self::of(KeySetSource::at(url)?))
    }

    /// A set of a server that an administrator of a company may have chosen. It is asked when the first token comes.
    #[must_use]
    pub fn remote(client: OutboundClient, location: KeyLocation) -> Self {
        Self::of(KeySetSource::Remote { client, location })
    }

    /// What is known of the set, without asking the source.
    #[must_use]
    pub fn status(&self) -> KeySetStatus {
        let state = self.shared.state.read();
        let state = state.unwrap_or_else(PoisonError::into_inner);
        let keys = state.keys.iter();
        KeySetStatus {
            keys: keys.map(|key| (key.kid.clone(), key.algorithm)).collect(),
            read_at: state.read_at,
            attempted_at: state.attempted_at,
            failure: state.failure,
        }
    }

    /// The key a token names, as far as it is known without asking the source.
    #[must_use]
    pub fn cached(&self, kid: Option<&str>, now: DateTime<Utc>) -> Option<Arc<VerificationKey>> {
        match self.shared.look(kid, now) {
            Look::Fresh(key) => Some(key),
            Look::Outdated(_) | Look::Absent(_) => None,
        }
    }

    fn of(source: KeySetSource) -> Self {
        Self {
            shared: Arc::new(Shared {
                source,
                state: RwLock::default(),
                turn: Arc::default(),
            }),
        }
    }

    /// The key a token names, or the only one when it names none.
    pub async fn find(
        &self,
        kid: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Arc<VerificationKey>, KeyAbsent> {
        match self.shared.look(kid, now) {
            Look::Fresh(key) => return Ok(key),
            // One caller refreshes and waits for it; the others do with what there is.
            Look::Outdated(key) => match Arc::clone(&self.shared.turn).try_lock_owned() {
                Ok(turn) => self.refresh(turn, now).await,
                Err(_) => return Ok(key),
            },
            Look::Absent(_) => {
                self.refresh(Arc::clone(&self.shared.turn).lock_owned().await, now)
                    .await;
            }
        }
        match self.shared.look(kid, now) {
            Look::Fresh(key) | Look::Outdated(key) => Ok(key),
            Look::Absent(reason) => Err(reason),
        }
    }

    /// Runs to its end although the caller may go away: otherwise visitors who hang up could keep a new key from ever being learnt.
    async fn refresh(&self, turn: OwnedMutexGuard<()>, now: DateTime<Utc>) {
        if !self.shared.may_attempt(now) {
            return;
        }
        let shared = Arc::clone(&self.shared);
        let task = tokio::spawn(async move {
            shared.reload(now).await;
            drop(turn);
        });
        if let Err(error) = task.await {
            tracing::error!(%error, "refreshing the key set broke off");
        }
    }
}

impl Shared {
    fn look(&self, kid: Option<&str>, now: DateTime<Utc>) -> Look {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let Some(fresh_until) = state
            .fresh_until
            .filter(|fresh_until| now - fresh_until < SERVES_ON)
        else {
            return Look::Absent(KeyAbsent::Unavailable);
        };
        let found = match (kid, state.keys.as_slice()) {
            (None, [only]) => Some(only),
            (None, _) => None,
            (Some(kid), keys) => keys.iter().find(|key| key.kid.as_deref() == Some(kid)),
        };
        match found.cloned() {
            Some(key) if now < fresh_until => Look::Fresh(key),
            Some(key) => Look::Outdated(key),
            None => Look::Absent(KeyAbsent::Unknown),
        }
    }

    /// The distance counts in both directions, so that neither a request that read the clock a little earlier nor a clock that was set
    /// back changes how often the source is asked.
    fn may_attempt(&self, now: DateTime<Utc>) -> bool {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        state
            .attempted_at
            .is_none_or(|attempted_at| (now - attempted_at).abs() >= BETWEEN_ATTEMPTS)
    }

    async fn reload(&self, now: DateTime<Utc>) {
        let known = {
            let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
            state.attempted_at = Some(now);
            state.stamp
        };
        let reading = self.source.read(known).await;
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.failure = reading.as_ref().err().map(KeySetError::sentence);
        if reading.is_ok() {
            state.read_at = Some(now);
        }
        match reading {
            Ok(Reading::Unchanged) => state.fresh_until = Some(now + BETWEEN_ATTEMPTS),
            Ok(Reading::Changed {
                keys,
                stamp,
                lifetime,
            }) => {
                tracing::info!(keys = keys.len(), "read the key set");
                state.keys = keys.into_iter().map(Arc::new).collect();
                state.stamp = stamp;
                state.fresh_until = Some(now + lifetime.unwrap_or(BETWEEN_ATTEMPTS));
            }
            Err(error) => {
                tracing::warn!(?error, "could not read the key set; the old one serves on");
            }
        }
    }
}
