//! Looks at both databases, often where somebody waits for it, and tells where the replica stands.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use tokio::time::sleep;

use super::lag::Lag;
use super::lines::{Primary, Standby};
use super::unread::Unread;
use super::{Aside, ENTERED_AFTER, Known, Standing};
use crate::telemetry::names;

/// How often one looks where nobody waits.
const EVERY: Duration = Duration::from_millis(100);
/// The shortest and the longest rest between looks somebody waits for.
const QUICK: Duration = Duration::from_millis(1);
const SLOW: Duration = Duration::from_millis(20);

/// The connections, and what they have shown.
#[derive(Debug)]
pub struct Watch {
    primary: Primary,
    standby: Standby,
    lag: Lag,
    unread: Unread,
}

impl Watch {
    pub fn new(primary: PgConnectOptions, replica: PgConnectOptions) -> Self {
        Self {
            primary: Primary::new(primary),
            standby: Standby::new(replica),
            lag: Lag::default(),
            unread: Unread::default(),
        }
    }

    pub(super) async fn run(mut self, known: Arc<Known>, max_lag: Duration) {
        let mut rest = QUICK;
        loop {
            let moved = self.look(&known, max_lag).await;
            rest = if moved { QUICK } else { SLOW.min(rest * 2) };
            sleep(rest).await;
            if known.waiting.load(Ordering::Relaxed) == 0 {
                tokio::select! {
                    () = known.asked.notified() => rest = QUICK,
                    () = sleep(EVERY) => {}
                }
            }
        }
    }

    /// One look; whether the replica has moved on.
    async fn look(&mut self, known: &Known, max_lag: Duration) -> bool {
        let began = Instant::now();
        let found = self.primary.look().await;
        let looked = Instant::now();
        let place = self.standby.look(self.primary.cluster()).await;
        let Some(found) = found else {
            // without the primary there is no telling how late it is
            self.lag = Lag::default();
            self.unread = Unread::default();
            tell(
                known,
                Standing {
                    aside: Some(Aside::Alone),
                    ..Standing::default()
                },
            );
            return false;
        };
        let seen = found.read_by_others || self.primary.announced().is_some();
        let unread = self.unread.looked(began, looked, seen, max_lag);
        let (moved, late) = match place {
            Ok(place) => {
                self.lag.primary_at(began, found.place);
                let moved = self.lag.replica_at(place);
                let late = self
                    .lag
                    .holds()
                    .is_none_or(|holds| holds.elapsed() > max_lag);
                (moved, late.then_some(Aside::Late))
            }
            Err(aside) => {
                self.lag = Lag::default();
                (false, Some(aside))
            }
        };
        let holds = self.lag.holds();
        if let Some(holds) = holds {
            names::REPLICA_LAG.set(holds.elapsed().as_secs_f64(), names::NO_LABELS);
        }
        let entered = late.is_none()
            && self.primary.announced().is_some_and(|since| {
                since.elapsed() >= ENTERED_AFTER && holds.is_some_and(|holds| holds > since)
            });
        let aside = late.or_else(|| (!entered).then_some(Aside::Begun));
        tell(
            known,
            Standing {
                holds,
                looked: Some(looked),
                entered,
                unread,
                aside,
            },
        );
        match (late, self.primary.announced()) {
            (None, None) => self.primary.announce().await,
            // nobody here begins a read there any more
            (Some(_), Some(_)) => self.primary.withdraw().await,
            _ => {}
        }
        moved
    }
}

/// Tells those who wait, and the log where reads go elsewhere from now on.
fn tell(known: &Known, standing: Standing) {
    let before = known.standing.send_replace(standing);
    match (before.aside, standing.aside) {
        (Some(_), None) => tracing::info!("queries are answered by the replica"),
        (before, Some(now)) if before != Some(now) && now != Aside::Begun => {
            names::REPLICA_SET_ASIDE.count(&[("why", now.label())]);
            tracing::warn!("{}", now.sentence());
        }
        _ => {}
    }
}
