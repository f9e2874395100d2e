//! Shared parts of sockets and streams, which stay open: metrics, and an admission whose token expires and is checked at each heartbeat.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::watch;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use crate::{access::Viewer, app::App, error::Error, telemetry::names::Metric};

/// Later deadlines need no timer.
const FAR_AWAY: Duration = Duration::from_hours(30 * 24);

/// Interval of the checks of rights, in addition to each change of rights in this process.
const CHECKED_EVERY: Duration = Duration::from_secs(5);

/// Credentials with which a socket or a stream was opened.
#[derive(Clone, Default)]
pub(super) struct Credentials {
    /// Value of the `Authorization` header; none for anonymous callers.
    pub token: Option<String>,
    /// The company that the request named.
    pub company: Option<String>,
}

/// The admitted viewer, with the token and its expiry.
pub(super) struct Admission {
    pub viewer: Viewer,
    credentials: Credentials,
    pub until: Instant,
    rights: watch::Receiver<u64>,
    checks: Interval,
}

/// Why an admission ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Lapse {
    Expired,
    Revoked,
    /// The rights changed. A new connection gets the new rights.
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

    /// Checks whether the token is still valid with the same rights. A failed check does not end the admission.
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
    /// The close reason.
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

/// Counts an open socket or stream until it is dropped.
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

/// An interval timer; the first tick is after one period.
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
