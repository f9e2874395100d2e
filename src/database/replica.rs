//! A replica that answers queries: PostgreSQL's streaming replication, one standby. What holds: **whatever an answer of a mutation or an event of a
//! subscription has told, every request sent after it sees, whoever sends it and whichever instance and database answer it.** Nobody has to
//! keep a token for that, and no read asks anybody first:
//!
//! - Before a mutation's answer leaves, it waits until the replica has what was committed ([`Replica::settled`]); so does an event. That is a
//!   millisecond or two.
//! - An instance reads from the replica only while it knows that all is there that was committed longer than `max_lag` ago. So an answer that
//!   has waited for `max_lag` may leave in any case: whoever lacks what it tells reads from the primary by then.
//! - And it waits for nothing where nobody reads from the replica. Whoever does holds a lock on the primary that all others see; it has held it for
//!   [`ENTERED_AFTER`] before its first read, and what it reads is no older than the lock. So a replica that is down or hangs
//!   behind costs the mutations of its first moments `max_lag` each, and later ones nothing.
//!
//! A replica that was restarted may have less than before. Every connection to it breaks then; so what is known of it goes with the connection
//! it was learnt by, and a connection made after the last look is not read by before the next.

mod lag;
mod lines;
mod unread;
mod watch;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use sea_orm::sea_query::SelectStatement;
use sea_orm::{DbErr, QueryResult};
use tokio::sync::{Notify, watch as told};
use tokio::time::timeout;
use tokio_util::task::AbortOnDropHandle;

pub use self::watch::Watch;
use super::answers::Answers;
use super::standing::Standing as Pooled;
use super::{Planning, took_too_long};
use crate::telemetry::names;

/// How long others can have seen that an instance will read, before it does. They look more often.
const ENTERED_AFTER: Duration = Duration::from_secs(2);
/// What clocks may make of a moment.
const MARGIN: Duration = Duration::from_millis(10);

/// The connections to the replica, and what is known of it.
#[derive(Debug)]
pub struct Replica {
    answers: [Answers; 2],
    known: Arc<Known>,
    max_lag: Duration,
    watching: AbortOnDropHandle<()>,
}

/// What the watch finds out.
#[derive(Debug)]
struct Known {
    standing: told::Sender<Standing>,
    /// How many wait for the next look.
    waiting: AtomicUsize,
    asked: Notify,
}

/// Where the replica stands, as of the last look.
#[derive(Clone, Copy, Debug, Default)]
struct Standing {
    /// All that was committed before is on it.
    holds: Option<Instant>,
    /// When the last look at it began: what is known holds for connections that were there before.
    looked: Option<Instant>,
    /// Whether reads may go there as long as it is not late.
    entered: bool,
    /// When the last look began by which nobody could read from it.
    unread: Option<Instant>,
    /// Why nothing is read from it.
    aside: Option<Aside>,
}

/// Why nothing is read from the replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aside {
    /// It is in time, and others are given the time to see that it will be read from.
    Begun,
    /// It does not answer.
    Silent,
    /// It lacks what was committed longer ago than it may.
    Late,
    /// It takes writes itself, or belongs to another database.
    Foreign,
    /// The primary does not answer, by which alone it is known how late it is.
    Alone,
}

impl Aside {
    /// For people.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Begun => {
                "The replica is read from in a moment; until then queries are answered by the primary."
            }
            Self::Silent => "The replica does not answer; queries are answered by the primary.",
            Self::Late => "The replica is too late; queries are answered by the primary.",
            Self::Foreign => {
                "DATABASE_REPLICA_URL names no replica of DATABASE_URL; queries are answered by the primary."
            }
            Self::Alone => {
                "The primary does not answer, so there is no telling how late the replica is."
            }
        }
    }

    /// For statistics.
    fn label(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Silent => "silent",
            Self::Late => "late",
            Self::Foreign => "foreign",
            Self::Alone => "alone",
        }
    }
}

impl Standing {
    /// The instant before which a connection must have been made to be read by now; null where none may.
    fn readable(&self, max_lag: Duration) -> Option<Instant> {
        let fresh = self.holds.is_some_and(|holds| holds.elapsed() <= max_lag);
        self.looked.filter(|_| self.entered && fresh)
    }

    /// Whether every read that begins from now on sees what was committed at an instant.
    fn shows(&self, committed: Instant) -> bool {
        let reached = |since: Option<Instant>| since.is_some_and(|since| since >= committed);
        reached(self.holds) || reached(self.unread)
    }
}

impl Replica {
    /// How its pools stand.
    pub fn standing(&self) -> impl Iterator<Item = Pooled> {
        self.answers.iter().map(Answers::standing)
    }

    /// Begins to look after it; reads go there once it is known to be in time.
    pub fn open(watch: Watch, answers: [Answers; 2], max_lag: Duration) -> Self {
        let known = Arc::new(Known {
            standing: told::Sender::new(Standing {
                aside: Some(Aside::Begun),
                ..Standing::default()
            }),
            waiting: AtomicUsize::new(0),
            asked: Notify::new(),
        });
        let watching = watch.run(Arc::clone(&known), max_lag);
        Self {
            answers,
            known,
            max_lag,
            watching: AbortOnDropHandle::new(tokio::spawn(watching)),
        }
    }

    /// The one row of a statement; null where it is to be asked of the primary.
    pub async fn answer(
        &self,
        planning: Planning,
        statement: &SelectStatement,
    ) -> Option<Result<QueryResult, DbErr>> {
        let made_before = self.known.standing.borrow().readable(self.max_lag)?;
        let [once, by_value] = &self.answers;
        let answers = match planning {
            Planning::Once => once,
            Planning::ByValue => by_value,
        };
        let mut standing = self.known.standing.subscribe();
        let answered = tokio::select! {
            biased;
            answered = answers.answer_by(made_before, statement) => answered,
            // who waits for one that hangs waits no longer than it takes to see that
            _ = standing.wait_for(|standing| standing.aside == Some(Aside::Silent)) => return None,
        };
        match answered {
            // whatever is wrong with it, or is no matter for a replica; but what took too long there would again
            Err(error) if !took_too_long(&error) => {
                tracing::debug!(%error, "the replica did not answer; asking the primary");
                None
            }
            Err(error) => Some(Err(error)),
            Ok(row) => {
                let row = row?;
                names::REPLICA_ANSWERS.count(names::NO_LABELS);
                Some(Ok(row))
            }
        }
    }

    /// Waits until every read that begins from now on sees what is committed, whichever instance it comes to.
    pub async fn settled(&self) {
        let committed = Instant::now();
        let mut standing = self.known.standing.subscribe();
        let waiting = Waiting::of(&self.known);
        let shown = standing.wait_for(|standing| standing.shows(committed));
        // after that, whoever lacks it reads from the primary
        let _ = timeout(self.max_lag + MARGIN, shown).await;
        drop(waiting);
        let waited = committed.elapsed().as_secs_f64();
        names::REPLICA_WAIT.record(waited, names::NO_LABELS);
    }

    /// Why nothing is read from it; null where it is.
    #[must_use]
    pub fn aside(&self) -> Option<Aside> {
        let standing = *self.known.standing.borrow();
        match standing.readable(self.max_lag) {
            Some(_) => None,
            None => Some(standing.aside.unwrap_or(Aside::Late)),
        }
    }

    /// Ends its connections.
    pub fn close(&self) {
        self.watching.abort();
        for answers in &self.answers {
            answers.close();
        }
    }
}

/// Somebody for whom the watch looks at once.
struct Waiting<'k>(&'k Known);

impl<'k> Waiting<'k> {
    fn of(known: &'k Known) -> Self {
        known.waiting.fetch_add(1, Ordering::Relaxed);
        known.asked.notify_one();
        Self(known)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}
