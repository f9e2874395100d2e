//! Where entries wait for the database: files of lines, of which each is written before the answer it is about leaves. Killing the process
//! loses none; losing the machine loses what is not yet in the database, for nothing waits for the disk.
//!
//! A file is written by one process, which holds its lock; whoever can take the lock knows that nobody writes it any more, and brings it in.
//! What cannot be read is set aside under another name, and what the database does not take goes behind the rest: nothing holds up the others.

mod segment;

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use self::segment::Segment;
use super::record::Record;
use super::rules::{GATHER, pause};
use super::store;
use crate::clock::Clock;
use crate::database::Database;
use crate::error::{Error, Result};

/// Bytes after which a file is ended: one is read whole, and is some 25,000 people.
const LARGEST: u64 = 1024 * 1024;
/// How often files are looked for that processes which ended left.
const LOOK: Duration = Duration::from_mins(1);
/// How long the database is left alone when it takes nothing.
const REST: Duration = Duration::from_secs(5);

/// What waits in the files that this process holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// How much it is.
    pub bytes: u64,
    /// In how many files.
    pub files: usize,
    /// How long the oldest of it has waited.
    pub oldest: Duration,
}

/// The files, and what tells that there is something in them. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Spool(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    clock: Clock,
    open: Mutex<Segment>,
    /// Files nobody writes any more, oldest first.
    closed: Mutex<VecDeque<Segment>>,
    /// Held by whoever brings in.
    turn: tokio::sync::Mutex<()>,
    written: Notify,
}

impl Spool {
    /// Opens a folder, made where there is none, and takes over what processes that ended left in it. Refused where others may write into it.
    pub fn open(folder: &Path, clock: Clock) -> io::Result<Self> {
        segment::make(folder)?;
        let open = Segment::create(folder, &clock)?;
        segment::belongs(folder, &open)?;
        let spool = Self(Arc::new(Inner {
            folder: folder.to_owned(),
            clock,
            open: Mutex::new(open),
            closed: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
            written: Notify::new(),
        }));
        spool.take_over()?;
        Ok(spool)
    }

    /// Writes a record down: one write, which is the system's to keep from then on.
    pub fn append(&self, record: &Record) -> io::Result<()> {
        let mut line = Vec::with_capacity(256 + 64 * record.people.len());
        serde_json::to_writer(&mut line, record)?;
        line.push(b'\n');
        let mut open = self.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.size > LARGEST || open.gone()? {
            self.end(&mut open)?;
        }
        open.append(&line)?;
        drop(open);
        self.0.written.notify_one();
        Ok(())
    }

    /// Begins another file; the one before is brought in.
    fn end(&self, open: &mut Segment) -> io::Result<()> {
        segment::make(&self.0.folder)?;
        let next = Segment::create(&self.0.folder, &self.0.clock)?;
        let ended = std::mem::replace(open, next);
        if ended.size > 0 {
            self.closed(|closed| closed.push_back(ended));
        }
        Ok(())
    }

    fn closed<T>(&self, work: impl FnOnce(&mut VecDeque<Segment>) -> T) -> T {
        work(&mut self.0.closed.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What waits.
    #[must_use]
    pub fn waiting(&self) -> Waiting {
        let open = self.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        let (open, since) = (open.size, open.since);
        self.closed(|closed| Waiting {
            bytes: open + closed.iter().map(|segment| segment.size).sum::<u64>(),
            files: closed.len() + usize::from(open > 0),
            oldest: closed
                .iter()
                .filter_map(|segment| segment.since)
                .chain(since)
                .min()
                .map_or(Duration::ZERO, |since| since.elapsed()),
        })
    }

    /// Takes over the files that nobody writes any more; how many.
    pub fn take_over(&self) -> io::Result<usize> {
        let mut count = 0;
        for path in segment::files(&self.0.folder)? {
            match Segment::left(path.clone()) {
                Ok(Some(left)) => {
                    self.closed(|closed| closed.push_back(left));
                    count += 1;
                }
                Ok(None) => {}
                Err(error) => {
                    tracing::error!(path = %path.display(), %error, "a file of the access log cannot be opened");
                }
            }
        }
        Ok(count)
    }

    /// Brings in what was written until now; how many entries that were. What cannot be brought in stays where it is.
    pub async fn drain(&self, database: &Database) -> Result<u64> {
        self.turn().map_err(Error::internal)?;
        let mut count = 0;
        for _ in 0..self.closed(|closed| closed.len()) {
            count += self.bring_in(database).await?;
        }
        Ok(count)
    }

    /// Brings in what was written, for so long and no longer: what is left comes in at the next start.
    pub async fn finish(&self, database: &Database, limit: Duration) {
        match timeout(limit, self.drain(database)).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => {
                tracing::warn!(%error, "entries of the access log are left for the next start");
            }
            Err(_) => {
                tracing::warn!(
                    ?limit,
                    "entries of the access log are left for the next start: the database took too long"
                );
            }
        }
    }

    /// Ends the file that is written, where there is something in it.
    fn turn(&self) -> io::Result<()> {
        let mut open = self.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.size > 0 {
            self.end(&mut open)?;
        }
        Ok(())
    }

    /// Brings in one file; how many entries it held.
    async fn bring_in(&self, database: &Database) -> Result<u64> {
        let _turn = self.0.turn.lock().await;
        let Some(mut segment) = self.closed(VecDeque::pop_front) else {
            return Ok(0);
        };
        let said = match segment.read().await {
            Ok(said) => said,
            Err(error) => {
                tracing::error!(path = %segment.path().display(), %error, "a file of the access log cannot be read");
                set_aside(segment);
                return Ok(0);
            }
        };
        match store::keep(database, &said.records, segment.again).await {
            Ok(count) => {
                if said.bad > 0 {
                    tracing::error!(path = %segment.path().display(), lines = said.bad, "lines of the access log cannot be read");
                    set_aside(segment);
                } else {
                    segment.remove().map_err(Error::internal)?;
                }
                Ok(count)
            }
            Err(error) => {
                // some of it may be in; and others may fare better
                segment.again = true;
                self.closed(|closed| closed.push_back(segment));
                Err(error)
            }
        }
    }

    /// Brings in what is written, a file at a time and at the pace of [`pause`], until stopped; what is then left waits for [`Self::finish`].
    pub async fn run(self, database: Database, stop: CancellationToken) {
        let mut looked = Instant::now();
        while !stop.is_cancelled() {
            let rest = self.step(&database).await;
            if looked.elapsed() >= LOOK {
                looked = Instant::now();
                if let Err(error) = self.take_over() {
                    tracing::warn!(%error, "the access log's folder cannot be read");
                }
            }
            let more = self.closed(|closed| !closed.is_empty());
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.0.written.notified(), if !more => {}
                () = tokio::time::sleep(LOOK), if !more => {}
                () = std::future::ready(()), if more => {}
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(rest) => {}
            }
        }
    }

    /// Brings in one file; how long the database is to be left alone then.
    async fn step(&self, database: &Database) -> Duration {
        let begun = Instant::now();
        let first = |closed: &mut VecDeque<Segment>| closed.front().map(|first| first.since);
        let turned = match self.closed(first) {
            Some(_) => Ok(()),
            None => self.turn(),
        };
        let since = self.closed(first).flatten();
        let done = match turned {
            Ok(()) => self.bring_in(database).await.map(drop),
            Err(error) => Err(Error::internal(error)),
        };
        match done {
            Ok(()) => pause(
                begun.elapsed(),
                since.map_or(GATHER, |since| since.elapsed()),
            ),
            Err(error) => {
                tracing::warn!(%error, "entries of the access log wait in their files; trying again");
                self.0.written.notify_one();
                REST
            }
        }
    }
}

fn set_aside(segment: Segment) {
    match segment.set_aside() {
        Ok(path) => tracing::error!(path = %path.display(), "it is set aside"),
        Err(error) => tracing::error!(%error, "it cannot be set aside"),
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let open = self.open.get_mut().unwrap_or_else(PoisonError::into_inner);
        if open.size == 0 {
            // whatever becomes of it, there is nothing in it
            open.discard();
        }
    }
}
