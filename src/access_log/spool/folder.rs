//! The folder that instances share, and the directory in it that one process owns. The process locks one file, `lock`, and not each file
//! of entries: the process that gets that lock knows that the owner ended, and moves its files to a directory of its own.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use entity::{AccessLogEntryId, Id};

use super::segment::{self, ClosedSegment, EXTENSION};
use crate::clock::Clock;

/// Extension of the directory of one process.
const PROCESS: &str = "process";
/// Extension of such a directory before its lock is taken. Other processes ignore it.
const UNFINISHED: &str = "new";
/// Name of the file that the process locks.
const LOCK: &str = "lock";

/// The directory of this process, locked until it is dropped.
#[derive(Debug)]
pub struct Directory {
    path: PathBuf,
    lock: File,
}

impl Directory {
    /// Creates a directory. It gets its name when it is locked, so that no other process takes it over.
    pub fn create(folder: &Path, clock: &Clock) -> io::Result<Self> {
        let id: AccessLogEntryId = clock.new_id();
        let unfinished = folder.join(format!("{}.{UNFINISHED}", id.uuid()));
        DirBuilder::new().mode(0o700).create(&unfinished)?;
        let lock = open_lock(&unfinished)?;
        lock.lock()?;
        let path = unfinished.with_extension(PROCESS);
        fs::rename(&unfinished, &path)?;
        Ok(Self { path, lock })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether another program removed it, or its lock.
    pub fn removed(&self) -> io::Result<bool> {
        Ok(self.lock.metadata()?.nlink() == 0)
    }

    /// Moves the files of processes that ended into this directory, oldest first.
    pub fn take_over(&self, folder: &Path, clock: &Clock) -> io::Result<Vec<ClosedSegment>> {
        let mut taken = Vec::new();
        let mut paths: Vec<PathBuf> = fs::read_dir(folder)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<io::Result<_>>()?;
        paths.sort();
        for path in paths {
            let moved = match path.extension().and_then(OsStr::to_str) {
                Some(PROCESS) if path != self.path => self.take_directory(&path, &mut taken, clock),
                // written by an earlier release, which locks each file
                Some(EXTENSION) => self.take_file(&path, &mut taken, clock),
                _ => Ok(()),
            };
            if let Err(error) = moved {
                tracing::error!(path = %path.display(), %error, "the access log cannot take over the files of an ended process");
            }
        }
        taken.sort_by(|one, other| one.path().file_name().cmp(&other.path().file_name()));
        Ok(taken)
    }

    fn take_directory(
        &self,
        path: &Path,
        taken: &mut Vec<ClosedSegment>,
        clock: &Clock,
    ) -> io::Result<()> {
        // without a lock its owner was killed while it removed the directory
        let lock = match open_lock(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            opened => opened?,
        };
        if lock.try_lock().is_err() || lock.metadata()?.nlink() == 0 {
            return Ok(());
        }
        for entry in fs::read_dir(path)? {
            let file = entry?.path();
            if file.extension().is_some_and(|ending| ending == EXTENSION) {
                self.move_here(&file, taken, clock)?;
            }
        }
        remove_directory(path);
        Ok(())
    }

    fn take_file(
        &self,
        path: &Path,
        taken: &mut Vec<ClosedSegment>,
        clock: &Clock,
    ) -> io::Result<()> {
        let file = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            opened => opened?,
        };
        if file.try_lock().is_ok() && path.exists() {
            self.move_here(path, taken, clock)?;
        }
        Ok(())
    }

    fn move_here(
        &self,
        from: &Path,
        taken: &mut Vec<ClosedSegment>,
        clock: &Clock,
    ) -> io::Result<()> {
        let mut to = self.path.join(from.file_name().unwrap_or_default());
        if to.exists() {
            to = segment::new_path(&self.path, clock);
        }
        fs::rename(from, &to)?;
        taken.push(ClosedSegment::taken_over(to));
        Ok(())
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let is_lock =
            |entry: io::Result<fs::DirEntry>| entry.is_ok_and(|file| file.file_name() == LOCK);
        if fs::read_dir(&self.path).is_ok_and(|mut entries| entries.all(is_lock)) {
            remove_directory(&self.path);
        }
    }
}

/// Removes a directory that contains only its lock file.
fn remove_directory(path: &Path) {
    let _ = fs::remove_file(path.join(LOCK));
    let _ = fs::remove_dir(path);
}

fn open_lock(directory: &Path) -> io::Result<File> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(directory.join(LOCK))
}

/// Creates the shared folder, and refuses one that other users can write to.
pub fn create(folder: &Path) -> io::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let metadata = fs::symlink_metadata(folder)?;
    if !metadata.is_dir() {
        return Err(io::Error::other("it is no folder"));
    }
    if metadata.mode() & 0o022 != 0 {
        return Err(io::Error::other(
            "others may write into it; name one that only this user may write into, or one that is not there yet",
        ));
    }
    Ok(())
}

/// Refuses a shared folder of another user.
pub fn require_own(folder: &Path, own: &Directory) -> io::Result<()> {
    // the owner of what this process created is its user
    if fs::metadata(folder)?.uid() == own.lock.metadata()?.uid() {
        return Ok(());
    }
    Err(io::Error::other("it belongs to another user"))
}
