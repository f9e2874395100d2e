//! Entries wait for the database in files. Each is written before its answer is sent, so a killed process loses none; a machine that loses
//! power loses what the database does not have, because no write waits for the disk.
//!
//! Each process owns a directory in the shared folder and locks it ([`folder`]). A process that gets the lock of another directory takes its
//! files over. Files that cannot be parsed are renamed, and files that the database refuses go to the end of the queue, so none blocks the rest.
//!
//! The backlog is bounded: while a process has more than its limit, callers whose reads are logged wait before their operation runs.

mod backlog;
mod folder;
mod segment;

use std::io;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use self::backlog::Queue;
use self::folder::Directory;
use self::segment::{ClosedSegment, Content, OpenSegment};
use super::record::Record;
use super::rules::pause;
use super::store;
use crate::clock::Clock;
use crate::database::Database;
use crate::error::{Error, Result};

/// Bytes after which a file is closed.
const LARGEST: u64 = 1024 * 1024;
/// How often the folder is searched for files of processes that ended.
const TAKE_OVER: Duration = Duration::from_mins(1);
/// How long to wait after the database refused entries.
const RETRY: Duration = Duration::from_secs(5);
/// Bytes of its own entries with which a process lets logged readers wait, unless it is configured.
pub const DEFAULT_LIMIT: u64 = 256 * 1024 * 1024;

/// Backlog of this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// Bytes of entries.
    pub bytes: u64,
    /// Files with entries.
    pub files: usize,
    /// Age of the oldest entry.
    pub oldest: Duration,
    /// Bytes of this process's own entries above which logged readers wait.
    pub limit: u64,
}

/// The files of this process, and what reports that they have content. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Spool(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    clock: Clock,
    limit: u64,
    writer: Mutex<Writer>,
    queue: Mutex<Queue>,
    /// Bytes of this process's own entries that are not stored.
    own_bytes: AtomicU64,
    /// Held while files are stored.
    draining: tokio::sync::Mutex<()>,
    written: Notify,
    stored: Notify,
}

#[derive(Debug)]
struct Writer {
    // closed before the directory is removed
    segment: OpenSegment,
    directory: Directory,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Spool {
    /// Opens the shared folder, which is created if missing, and takes over the files of processes that ended. Refuses a folder that other
    /// users can write to.
    pub fn open(folder: &Path, clock: Clock) -> io::Result<Self> {
        Self::open_limited(folder, clock, DEFAULT_LIMIT)
    }

    /// The same with another limit, in bytes.
    pub fn open_limited(folder: &Path, clock: Clock, limit: u64) -> io::Result<Self> {
        folder::create(folder)?;
        let directory = Directory::create(folder, &clock)?;
        folder::require_own(folder, &directory)?;
        let segment = OpenSegment::create(directory.path(), &clock)?;
        let spool = Self(Arc::new(Inner {
            folder: folder.to_owned(),
            clock,
            limit,
            writer: Mutex::new(Writer { segment, directory }),
            queue: Mutex::default(),
            own_bytes: AtomicU64::new(0),
            draining: tokio::sync::Mutex::default(),
            written: Notify::new(),
            stored: Notify::new(),
        }));
        spool.take_over()?;
        Ok(spool)
    }

    /// Appends a record with one write. After it, the operating system holds the data.
    pub fn append(&self, record: &Record) -> io::Result<()> {
        let mut line = Vec::with_capacity(256 + 64 * record.people.len());
        serde_json::to_writer(&mut line, record)?;
        line.push(b'\n');
        let mut writer = lock(&self.0.writer);
        let segment = &writer.segment;
        if segment.size > LARGEST || segment.broken || segment.removed()? {
            self.rotate(&mut writer)?;
        }
        writer.segment.append(&line)?;
        // before the file can be closed and stored
        let bytes = line.len() as u64;
        self.0.own_bytes.fetch_add(bytes, Ordering::Relaxed);
        drop(writer);
        self.0.written.notify_one();
        Ok(())
    }

    /// Closes the file that is written, and opens another.
    fn rotate(&self, writer: &mut Writer) -> io::Result<()> {
        let removed = writer.segment.removed()?;
        if writer.directory.removed()? {
            folder::create(&self.0.folder)?;
            writer.directory = Directory::create(&self.0.folder, &self.0.clock)?;
        }
        let mut next = OpenSegment::create(writer.directory.path(), &self.0.clock)?;
        if removed && writer.segment.size > 0 {
            next.append_rescued(&mut writer.segment)?;
        }
        let closed = std::mem::replace(&mut writer.segment, next);
        if !removed && let Some(closed) = closed.close() {
            lock(&self.0.queue).push(closed);
        }
        Ok(())
    }

    /// Waits while the backlog of this process's own entries is at its limit.
    pub async fn wait_for_room(&self) {
        loop {
            let mut stored = pin!(self.0.stored.notified());
            stored.as_mut().enable();
            if self.has_room() {
                return;
            }
            stored.await;
        }
    }

    /// Whether the backlog of this process's own entries is below its limit.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.0.own_bytes.load(Ordering::Relaxed) < self.0.limit
    }

    #[must_use]
    pub fn backlog(&self) -> Backlog {
        let writer = lock(&self.0.writer);
        let (size, since) = (writer.segment.size, writer.segment.since());
        drop(writer);
        let queue = lock(&self.0.queue);
        let oldest = queue.oldest().into_iter().chain(since).min();
        Backlog {
            bytes: size + queue.bytes(),
            files: queue.len() + usize::from(size > 0),
            oldest: oldest.map_or(Duration::ZERO, |since| since.elapsed()),
            limit: self.0.limit,
        }
    }

    /// Takes over the files of processes that ended. Returns their number.
    pub fn take_over(&self) -> io::Result<usize> {
        let writer = lock(&self.0.writer);
        let taken = writer.directory.take_over(&self.0.folder, &self.0.clock)?;
        drop(writer);
        let count = taken.len();
        let mut queue = lock(&self.0.queue);
        for segment in taken {
            queue.push(segment);
        }
        Ok(count)
    }

    /// Stores all records written so far. Returns the number of entries. On an error the remaining records stay in their files.
    pub async fn drain(&self, database: &Database) -> Result<u64> {
        self.close_written().map_err(Error::internal)?;
        let mut files = lock(&self.0.queue).len();
        let mut entries = 0;
        while files > 0 {
            let stored = self.store_next(database).await?;
            if stored.files == 0 {
                break;
            }
            files = files.saturating_sub(stored.files);
            entries += stored.entries;
        }
        Ok(entries)
    }

    /// Stores what was written, for at most this long. The next start stores the rest.
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

    /// Closes the file that is written if it has content.
    fn close_written(&self) -> io::Result<()> {
        let mut writer = lock(&self.0.writer);
        if writer.segment.size > 0 {
            self.rotate(&mut writer)?;
        }
        Ok(())
    }

    /// Stores the next files of the queue.
    async fn store_next(&self, database: &Database) -> Result<Stored> {
        let _draining = self.0.draining.lock().await;
        let batch = lock(&self.0.queue).next();
        let mut stored = Stored {
            files: batch.len(),
            entries: 0,
        };
        let mut readable = Vec::with_capacity(batch.len());
        let mut records = Vec::new();
        for segment in batch {
            match segment.read().await {
                Ok(Content { records: read, bad }) => {
                    records.extend(read);
                    readable.push((segment, bad));
                }
                Err(error) => {
                    tracing::error!(path = %segment.path().display(), %error, "a file of the access log cannot be read");
                    self.set_aside(&segment);
                }
            }
        }
        let again = readable.iter().any(|(segment, _)| segment.again);
        match store::keep(database, &records, again).await {
            Ok(entries) => stored.entries = entries,
            Err(error) => {
                // the database may contain some of it
                let mut queue = lock(&self.0.queue);
                for (segment, _) in &readable {
                    queue.postpone(segment);
                }
                return Err(error);
            }
        }
        for (segment, bad) in readable {
            if bad > 0 {
                tracing::error!(path = %segment.path().display(), lines = bad, "lines of the access log cannot be parsed");
                self.set_aside(&segment);
            } else if let Err(error) = segment.remove() {
                lock(&self.0.queue).postpone(&segment);
                return Err(Error::internal(error));
            } else {
                self.done(&segment);
            }
        }
        Ok(stored)
    }

    /// Moves a file out of the way that cannot be parsed.
    fn set_aside(&self, segment: &ClosedSegment) {
        match segment.set_aside(&self.0.folder) {
            Ok(path) => {
                tracing::error!(path = %path.display(), "the file was renamed for an operator to read");
            }
            Err(error) => {
                tracing::error!(path = %segment.path().display(), %error, "the file cannot be renamed");
            }
        }
        self.done(segment);
    }

    /// Forgets a file, and wakes the readers that wait for room.
    fn done(&self, segment: &ClosedSegment) {
        lock(&self.0.queue).remove(segment);
        if segment.own {
            self.0.own_bytes.fetch_sub(segment.size, Ordering::Relaxed);
            self.0.stored.notify_waiters();
        }
    }

    /// Stores what is written, with pauses as [`pause`] states, until stopped. [`Self::finish`] stores the rest.
    pub async fn run(self, database: Database, stop: CancellationToken) {
        let mut looked = Instant::now();
        while !stop.is_cancelled() {
            let rest = self.step(&database).await;
            if looked.elapsed() >= TAKE_OVER {
                looked = Instant::now();
                if let Err(error) = self.take_over() {
                    tracing::warn!(%error, "the folder of the access log cannot be read");
                }
            }
            let more = !lock(&self.0.queue).is_empty();
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.0.written.notified(), if !more => {}
                () = tokio::time::sleep(TAKE_OVER), if !more => {}
                () = std::future::ready(()), if more => {}
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(rest) => {}
            }
        }
    }

    /// Stores the next files. Returns how long the database is then left to others.
    async fn step(&self, database: &Database) -> Duration {
        let begun = Instant::now();
        let closed = if lock(&self.0.queue).is_empty() {
            self.close_written()
        } else {
            Ok(())
        };
        let done = match closed {
            Ok(()) => self.store_next(database).await.map(drop),
            Err(error) => Err(Error::internal(error)),
        };
        match done {
            Ok(()) => {
                let Backlog { bytes, oldest, .. } = self.backlog();
                pause(begun.elapsed(), oldest, bytes)
            }
            Err(error) => {
                tracing::warn!(%error, "entries of the access log wait in their files; trying again");
                self.0.written.notify_one();
                RETRY
            }
        }
    }
}

/// Result of one step.
#[derive(Clone, Copy, Debug)]
struct Stored {
    files: usize,
    entries: u64,
}

impl Drop for Inner {
    fn drop(&mut self) {
        let writer = self
            .writer
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        if writer.segment.size == 0 {
            writer.segment.discard();
        }
    }
}
