//! Where entries wait for the database: files of lines, of which each is written before the answer it is about leaves. Killing the process
//! loses none; losing the machine loses what is not yet in the database, for nothing waits for the disk.
//!
//! A file is written by one process, which holds its lock; whoever can take the lock knows that nobody writes it any more, and brings it in.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::{AccessLogEntryId, ActorKind, CompanyId, Id, PersonId, access_log_entry};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::store;
use crate::clock::Clock;
use crate::database::Database;
use crate::error::{Error, Result};

/// How long entries gather before they are brought in together.
const GATHER: Duration = Duration::from_millis(500);
/// What finished files are called.
const EXTENSION: &str = "jsonl";

/// What one operation read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Of the first entry; the others' follow.
    pub id: Uuid,
    /// The reader's; null where an operator read, who belongs to none.
    pub company: Option<CompanyId>,
    /// What kind of hand read.
    pub reader_kind: ActorKind,
    /// Which account or key.
    pub reader_id: Uuid,
    /// What the client calls the operation.
    pub operation_name: Option<String>,
    /// The request.
    pub request_id: String,
    /// When it was answered.
    pub at: DateTime<Utc>,
    /// Who was read, and of each which fields.
    pub people: Vec<(PersonId, i64)>,
}

impl Record {
    /// Its entries; `company_of` is asked for the people of an operator's reading, and who it does not know is left out. Their ids are the same each time, so that bringing them in twice makes no second one.
    #[must_use]
    pub fn entries(
        &self,
        company_of: impl Fn(PersonId) -> Option<CompanyId>,
    ) -> Vec<access_log_entry::Model> {
        let entries = (0u128..)
            .zip(&self.people)
            .filter_map(|(place, (person, fields))| {
                Some(access_log_entry::Model {
                    company_id: self.company.or_else(|| company_of(*person))?,
                    id: AccessLogEntryId::of(Uuid::from_u128(
                        self.id.as_u128().wrapping_add(place),
                    )),
                    person_id: *person,
                    reader_kind: self.reader_kind,
                    reader_id: self.reader_id,
                    fields: *fields,
                    operation_name: self.operation_name.clone(),
                    request_id: self.request_id.clone(),
                    at: self.at,
                })
            });
        entries.collect()
    }
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
    closed: tokio::sync::Mutex<Vec<Segment>>,
    written: Notify,
}

/// One file, locked for as long as it is held.
#[derive(Debug)]
struct Segment {
    path: PathBuf,
    file: File,
    used: bool,
}

impl Spool {
    /// Opens a folder, made where there is none, and takes over what processes that ended left in it.
    pub fn open(folder: &Path, clock: Clock) -> io::Result<Self> {
        make(folder)?;
        let open = Segment::create(folder, &clock)?;
        let mut closed = Vec::new();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path != open.path && path.extension().is_some_and(|ending| ending == EXTENSION) {
                closed.extend(Segment::left(path)?);
            }
        }
        closed.sort_by(|one: &Segment, other| one.path.cmp(&other.path));
        Ok(Self(Arc::new(Inner {
            folder: folder.to_owned(),
            clock,
            open: Mutex::new(open),
            closed: tokio::sync::Mutex::new(closed),
            written: Notify::new(),
        })))
    }

    /// Writes a record down: one write, which is the system's to keep from then on.
    pub fn append(&self, record: &Record) -> io::Result<()> {
        // a line begins with its own break as well, should the one before it have been cut off
        let mut line = vec![b'\n'];
        serde_json::to_writer(&mut line, record)?;
        line.push(b'\n');
        let mut open = self.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.used = true;
        open.file.write_all(&line)?;
        drop(open);
        self.0.written.notify_one();
        Ok(())
    }

    /// Brings in what was written until now; how many entries that were. What cannot be brought in stays where it is.
    pub async fn drain(&self, database: &Database) -> Result<u64> {
        let mut closed = self.0.closed.lock().await;
        closed.extend(self.turn().map_err(Error::internal)?);
        let mut count = 0;
        while let Some(segment) = closed.first() {
            let text = tokio::fs::read_to_string(&segment.path).await;
            let records = records(&text.map_err(Error::internal)?);
            count += store::keep(database, &records).await?;
            fs::remove_file(&segment.path).map_err(Error::internal)?;
            closed.remove(0);
        }
        Ok(count)
    }

    /// Ends the file that is written, where there is something in it, and begins another.
    fn turn(&self) -> io::Result<Option<Segment>> {
        let mut open = self.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        if !open.used {
            return Ok(None);
        }
        let next = Segment::create(&self.0.folder, &self.0.clock)?;
        Ok(Some(std::mem::replace(&mut *open, next)))
    }

    /// Brings in what is written, a batch at a time, until stopped; what is then left waits for [`Self::drain`].
    pub async fn run(self, database: Database, stop: CancellationToken) {
        while !stop.is_cancelled() {
            if let Err(error) = self.drain(&database).await {
                tracing::warn!(%error, "entries of the access log wait in their files; trying again");
                self.0.written.notify_one();
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.0.written.notified() => {}
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(GATHER) => {}
            }
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let open = self.open.get_mut().unwrap_or_else(PoisonError::into_inner);
        if !open.used {
            // whatever becomes of it, there is nothing in it
            let _ = fs::remove_file(&open.path);
        }
    }
}

impl Segment {
    /// A new file. It gets its name when it is locked, so that nobody takes it for one that was left.
    fn create(folder: &Path, clock: &Clock) -> io::Result<Self> {
        let id: AccessLogEntryId = clock.new_id();
        let name = folder.join(id.uuid().to_string());
        let file = OpenOptions::new()
            .create_new(true)
            .append(true)
            .open(&name)?;
        file.lock()?;
        let path = name.with_extension(EXTENSION);
        fs::rename(&name, &path)?;
        Ok(Self {
            path,
            file,
            used: false,
        })
    }

    /// A file that was there; null where another process writes it or has just brought it in.
    fn left(path: PathBuf) -> io::Result<Option<Self>> {
        let file = match File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        let mine = file.try_lock().is_ok() && path.exists();
        Ok(mine.then_some(Self {
            path,
            file,
            used: true,
        }))
    }
}

/// The folder is nobody's business but ours.
fn make(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

/// What the lines say. One that was cut off belongs to an answer that did not leave.
fn records(text: &str) -> Vec<Record> {
    let lines = text.lines().filter(|line| !line.is_empty());
    let records = lines.filter_map(|line| {
        let record = serde_json::from_str(line);
        if record.is_err() {
            tracing::warn!("a line of the access log is cut off and left out");
        }
        record.ok()
    });
    records.collect()
}
