//! The file of the command.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::ImportError;

/// What is read twice: a file, or what a pipe gave.
pub(super) enum Input {
    File { path: PathBuf, size: u64 },
    Pipe { path: PathBuf, bytes: Arc<[u8]> },
}

impl Input {
    pub(super) fn of(path: &Path) -> Result<Self, ImportError> {
        let unopened = |error| ImportError::Unopened(path.display().to_string(), error);
        let mut file = File::open(path).map_err(unopened)?;
        let facts = file.metadata().map_err(unopened)?;
        let path = path.to_owned();
        if facts.is_file() {
            let size = facts.len();
            return Ok(Self::File { path, size });
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(unopened)?;
        let bytes = bytes.into();
        Ok(Self::Pipe { path, bytes })
    }

    pub(super) fn open(&self, read: &Arc<AtomicU64>) -> Result<Box<dyn Read + Send>, ImportError> {
        match self {
            Self::File { path, .. } => {
                let file = File::open(path)
                    .map_err(|error| ImportError::Unopened(path.display().to_string(), error))?;
                let read = Arc::clone(read);
                Ok(Box::new(Counted { file, read }))
            }
            Self::Pipe { bytes, .. } => Ok(Box::new(Cursor::new(Arc::clone(bytes)))),
        }
    }

    pub(super) fn size(&self) -> u64 {
        match self {
            Self::File { size, .. } => *size,
            Self::Pipe { .. } => 0,
        }
    }

    pub(super) fn name(&self) -> String {
        let (Self::File { path, .. } | Self::Pipe { path, .. }) = self;
        let name = path.file_name();
        name.map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default()
    }
}

/// A file that counts what was read of it.
struct Counted {
    file: File,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let count = self.file.read(into)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
