//! What sockets and streams have in common, which both stay open: they are counted while they are, and stand on a token whose time ends
//! and which is looked at again at every heartbeat.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::watch;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use crate::{access::Viewer, app::App, error::Error, telemetry::names::Metric};

/// A timer further away than this would never be waited for.
const FAR_AWAY: Duration = Duration::from_hours(30 * 24);

/// How often the rights of open sockets and streams are checked, beside every change of rights in this process.
const CHECKED_EVERY: Duration = Duration::from_secs(5);

/// What a socket or a stream was opened with.
#[derive(Clone, Default)]
pub(super) struct Credentials {
    /// The value of the `Authorization` header; none for anonymous callers.
    pub token: Option<String>,
    /// The company that the request named.
    pub company: Option<String>,
}

/// Who was let in, by what, and until when.
pub(super) struct Admission {
    pub viewer: Viewer,
    credentials: Credentials,
    pub until: Instant,
    rights: watch::Receiver<u64>,
    checks: Interval,
}

/// Why a token no longer carries what was opened with it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Lapse {
    Expired,
    Revoked,
    /// What runs was let in under the old rights: whoever comes back comes under the new.
    Changed,
}

impl Admission {
    pub fn new(app: &App, credentials: Credentials, viewer: Viewer) -> Self {
        let left = |end: DateTime<Utc>| (end - app.clock.now()).to_std().unwrap_or_default();
        let left = viewer.expires_at().map_or(FAR_AWAY, left).min(FAR_AWAY);
        let mut rights = app.feed.follow_rights();
        // rights that changed since the token was verified count too
        rights.mark_changed();
        Self {
            viewer,
            credentials,
            until: Instant::now() + left,
            rights,
            checks: ticks(CHECKED_EVERY),
        }
    }

    /// Waits until the rights are to be checked: after a change of rights in this process, and every few seconds for changes on other instances.
    pub async fn due(&mut self) {
        if self.credentials.token.is_none() {
            std::future::pending::<()>().await;
        }
        tokio::select! {
            Ok(()) = self.rights.changed() => {}
            _ = self.checks.tick() => {}
        }
    }

    /// Looks whether the token still means what it meant. Not being able to look is no reason to think the worst.
    pub async fn look_again(&self, app: &App) -> Result<(), Lapse> {
        let Some(token) = &self.credentials.token else {
            return Ok(());
        };
        let company = self.credentials.company.as_deref();
        let expired = self
            .viewer
            .expires_at()
            .is_some_and(|end| end <= app.clock.now());
        match app.access.authenticate(Some(token), company).await {
            Ok(viewer) if viewer != self.viewer => Err(Lapse::Changed),
            Err(Error::Unauthenticated(_) | Error::Forbidden(_)) if expired => Err(Lapse::Expired),
            Err(Error::Unauthenticated(_) | Error::Forbidden(_)) => Err(Lapse::Revoked),
            Ok(_) | Err(_) => Ok(()),
        }
    }
}

impl Lapse {
    /// In the words a socket is closed with.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Expired => "token expired",
            Self::Revoked => "token revoked",
            Self::Changed => "rights changed",
        }
    }
}

impl From<Lapse> for Error {
    fn from(lapse: Lapse) -> Self {
        Self::Unauthenticated(match lapse {
            Lapse::Expired => "The token has expired.",
            Lapse::Revoked => "The token was revoked.",
            Lapse::Changed => "What the token allows has changed: subscribe again.",
        })
    }
}

/// Something open, in the statistics until it goes, however that happens.
pub(super) struct Open(&'static Metric);

impl Open {
    pub fn counted(gauge: &'static Metric) -> Self {
        gauge.change(1.0);
        Self(gauge)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.change(-1.0);
    }
}

/// Ticks for as long as something is open; the first time after one period.
pub(super) fn heartbeat(period_ms: u32) -> Interval {
    ticks(millis(period_ms))
}

fn ticks(period: Duration) -> Interval {
    let mut ticks = interval_at(Instant::now() + period, period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

pub(super) fn millis(number: u32) -> Duration {
    Duration::from_millis(number.max(1).into())
}
