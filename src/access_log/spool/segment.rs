//! One file of entries: open while this process appends to it, closed when it only waits for the database. A closed file has no descriptor;
//! the lock of its directory protects it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use entity::{AccessLogEntryId, Id};
use tokio::time::Instant;

use crate::access_log::record::Record;
use crate::clock::Clock;

/// Extension of files that contain entries.
pub const EXTENSION: &str = "jsonl";
/// Extension of files with lines that cannot be parsed.
const ASIDE: &str = "bad";
/// Only the user of this process reads or writes them.
const OURS: u32 = 0o600;

/// The file that this process appends to.
#[derive(Debug)]
pub struct OpenSegment {
    path: PathBuf,
    file: File,
    /// Bytes of complete lines.
    pub size: u64,
    /// When the first line was written.
    since: Option<Instant>,
    /// Whether the database may contain some of it.
    again: bool,
    /// Whether its end may be half a line: nothing more is appended.
    pub broken: bool,
}

/// A file that waits for the database.
#[derive(Clone, Debug)]
pub struct ClosedSegment {
    path: PathBuf,
    /// Bytes of complete lines.
    pub size: u64,
    /// Since when it waits, as far as this process knows.
    pub since: Instant,
    /// Whether the database may contain some of it.
    pub again: bool,
    /// Whether this process wrote it.
    pub own: bool,
}

/// The content of a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Content {
    /// Lines that could be parsed.
    pub records: Vec<Record>,
    /// Number of lines that could not.
    pub bad: usize,
}

impl OpenSegment {
    /// Creates a file in a directory whose lock this process has.
    pub fn create(directory: &Path, clock: &Clock) -> io::Result<Self> {
        let path = new_path(directory, clock);
        let file = OpenOptions::new()
            .create_new(true)
            .read(true)
            .append(true)
            .mode(OURS)
            .open(&path)?;
        Ok(Self {
            path,
            file,
            size: 0,
            since: None,
            again: false,
            broken: false,
        })
    }

    /// Whether another program removed the file: what is appended would be lost with this process.
    pub fn removed(&self) -> io::Result<bool> {
        Ok(self.file.metadata()?.nlink() == 0)
    }

    /// Appends complete lines with one write. Truncates the file if the write fails half-way.
    pub fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        if let Err(error) = self.file.write_all(lines) {
            self.broken = self.file.set_len(self.size).is_err();
            return Err(error);
        }
        self.size += lines.len() as u64;
        self.since.get_or_insert_with(Instant::now);
        Ok(())
    }

    /// Appends the lines of a removed file, which is still readable through its descriptor.
    pub fn append_rescued(&mut self, removed: &mut Self) -> io::Result<()> {
        let mut lines = Vec::new();
        removed.file.rewind()?;
        (&mut removed.file)
            .take(removed.size)
            .read_to_end(&mut lines)?;
        self.again = true;
        self.since = removed.since;
        self.append(&lines)
    }

    /// Since when its first line waits; null if it is empty.
    pub fn since(&self) -> Option<Instant> {
        self.since
    }

    /// Closes its descriptor. Null if it is empty: then the file is removed.
    pub fn close(self) -> Option<ClosedSegment> {
        let Some(since) = self.since.filter(|_| self.size > 0) else {
            self.discard();
            return None;
        };
        Some(ClosedSegment {
            path: self.path,
            size: self.size,
            since,
            again: self.again,
            own: true,
        })
    }

    /// Removes an empty file.
    pub fn discard(&self) {
        let _ = fs::remove_file(&self.path);
    }
}

impl ClosedSegment {
    /// A file that an ended process left, now in a directory whose lock this process has.
    pub fn taken_over(path: PathBuf) -> Self {
        Self {
            size: fs::metadata(&path).map_or(0, |metadata| metadata.len()),
            path,
            since: Instant::now(),
            again: true,
            own: false,
        }
    }

    /// Reads and parses the file.
    pub async fn read(&self) -> io::Result<Content> {
        tokio::fs::read(&self.path).await.map(|bytes| parse(&bytes))
    }

    /// Removes the file: the database contains all of it.
    pub fn remove(&self) -> io::Result<()> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }

    /// Moves a file that cannot be parsed to the shared folder, under another name, for an operator to read.
    pub fn set_aside(&self, folder: &Path) -> io::Result<PathBuf> {
        let name = self.path.file_name().unwrap_or_default();
        let aside = folder.join(name).with_extension(ASIDE);
        fs::rename(&self.path, &aside)?;
        Ok(aside)
    }

    /// Its path, for logs.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// A path that no other file has.
pub fn new_path(directory: &Path, clock: &Clock) -> PathBuf {
    let id: AccessLogEntryId = clock.new_id();
    directory.join(format!("{}.{EXTENSION}", id.uuid()))
}

/// Text after the last line break belongs to a response that was not sent.
fn parse(bytes: &[u8]) -> Content {
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
    let mut content = Content::default();
    for line in bytes[..whole].split(|byte| *byte == b'\n') {
        if line.is_empty() {
            continue;
        }
        match serde_json::from_slice(line) {
            Ok(record) => content.records.push(record),
            Err(_) => content.bad += 1,
        }
    }
    content
}
