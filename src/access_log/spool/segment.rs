//! One file of entries that wait, and the folder it lies in.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use entity::{AccessLogEntryId, Id};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio::time::Instant;

use crate::access_log::record::Record;
use crate::clock::Clock;

/// What files are called that hold entries.
const EXTENSION: &str = "jsonl";
/// What files are called of which something cannot be read.
const ASIDE: &str = "bad";
/// Nobody but us reads or writes them.
const OURS: u32 = 0o600;

/// One file, locked for as long as it is held.
#[derive(Debug)]
pub struct Segment {
    path: PathBuf,
    file: File,
    /// Bytes of whole lines.
    pub size: u64,
    /// Since when there is something in it, as far as we know.
    pub since: Option<Instant>,
    /// Whether some of it may be in the database already.
    pub again: bool,
}

/// What a file says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// What can be read.
    pub records: Vec<Record>,
    /// Lines that cannot.
    pub bad: usize,
}

impl Segment {
    /// A new file. It gets its name when it is locked, so that nobody takes it for one that was left.
    pub fn create(folder: &Path, clock: &Clock) -> io::Result<Self> {
        let id: AccessLogEntryId = clock.new_id();
        let name = folder.join(id.uuid().to_string());
        let file = OpenOptions::new()
            .create_new(true)
            .read(true)
            .append(true)
            .mode(OURS)
            .open(&name)?;
        file.lock()?;
        let path = name.with_extension(EXTENSION);
        fs::rename(&name, &path)?;
        Ok(Self {
            path,
            file,
            size: 0,
            since: None,
            again: false,
        })
    }

    /// A file that was there; null where another process writes it or has just brought it in.
    pub fn left(path: PathBuf) -> io::Result<Option<Self>> {
        let file = match File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        let mine = file.try_lock().is_ok() && path.exists();
        Ok(mine.then(|| Self {
            size: file.metadata().map_or(0, |about| about.len()),
            path,
            file,
            since: Some(Instant::now()),
            again: true,
        }))
    }

    /// Whether somebody took the file away: what is written into it then survives nothing.
    pub fn gone(&self) -> io::Result<bool> {
        Ok(self.file.metadata()?.nlink() == 0)
    }

    /// Writes whole lines by one write; half a one is taken back.
    pub fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        if let Err(error) = self.file.write_all(lines) {
            if self.file.set_len(self.size).is_err() {
                // nothing more is written after it
                self.size = u64::MAX;
            }
            return Err(error);
        }
        self.size += lines.len() as u64;
        self.since.get_or_insert_with(Instant::now);
        Ok(())
    }

    /// What it says, by the handle it is held by, whatever became of its name.
    pub async fn read(&self) -> io::Result<Said> {
        let mut file = tokio::fs::File::from_std(self.file.try_clone()?);
        let mut bytes = Vec::new();
        file.rewind().await?;
        file.read_to_end(&mut bytes).await?;
        Ok(said(&bytes))
    }

    /// It is in the database.
    pub fn remove(self) -> io::Result<()> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }

    /// There is nothing in it.
    pub fn discard(&self) {
        let _ = fs::remove_file(&self.path);
    }

    /// Something of it cannot be read: it is left to people, under another name.
    pub fn set_aside(self) -> io::Result<PathBuf> {
        let aside = self.path.with_extension(ASIDE);
        fs::rename(&self.path, &aside)?;
        Ok(aside)
    }

    /// Its name, for logs.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Makes a folder that is nobody's business but ours, and refuses one that others could write into.
pub fn make(folder: &Path) -> io::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let about = fs::symlink_metadata(folder)?;
    if !about.is_dir() {
        return Err(io::Error::other("it is no folder"));
    }
    if about.mode() & 0o022 != 0 {
        return Err(io::Error::other(
            "others may write into it; name one that only this user may write into, or one that is not there yet",
        ));
    }
    Ok(())
}

/// Refuses a folder that is somebody else's.
pub fn belongs(folder: &Path, own: &Segment) -> io::Result<()> {
    // whose we are is told by what we made
    if fs::metadata(folder)?.uid() == own.file.metadata()?.uid() {
        return Ok(());
    }
    own.discard();
    Err(io::Error::other("it belongs to another user"))
}

/// The files of a folder that hold entries, oldest first.
pub fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == EXTENSION) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// What the lines say. Text that no line break follows is of an answer that did not leave.
fn said(bytes: &[u8]) -> Said {
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
    let mut said = Said::default();
    for line in bytes[..whole].split(|byte| *byte == b'\n') {
        if line.is_empty() {
            continue;
        }
        match serde_json::from_slice(line) {
            Ok(record) => said.records.push(record),
            Err(_) => said.bad += 1,
        }
    }
    said
}
