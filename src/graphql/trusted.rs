//! Trusted documents: documents that client builds wrote into manifests. A request references one by `documentId` (GraphQL over HTTP, appendix A,
//! "Persisted Documents"); restricted callers can execute no other document. They are read and validated once at the start and stay in memory.
//! `trusted::manifest` reads the files.

mod manifest;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use self::manifest::Entry;
use super::engine::{Engine, Roots};
use super::limits::{Limits, beforehand};
use super::persisted::Digest;
use super::validation;

/// How many bytes all manifests together may have: what is trusted stays in memory.
pub const MOST_BYTES: u64 = 20_000_000;

/// How the identifier begins that is a document's SHA-256, in 64 hexadecimal digits of lower case.
const SHA256: &str = "sha256:";

/// The documents that are trusted, by their identifiers and by their hashes.
#[derive(Debug, Default)]
pub struct Trusted {
    by_id: HashMap<String, Arc<str>>,
    by_digest: HashMap<Digest, Arc<str>>,
}

/// Why the documents cannot be trusted.
#[derive(Debug, thiserror::Error)]
pub enum Distrust {
    /// A file cannot be read.
    #[error("the manifest {0} cannot be read: {1}")]
    Unreadable(PathBuf, std::io::Error),
    /// The files are too long.
    #[error(
        "the manifests have more than {MOST_BYTES} bytes together, the last of them being {0}: leave out what no client uses any more"
    )]
    TooLong(PathBuf),
    /// A file holds something else.
    #[error("the manifest {0} {1}")]
    NoManifest(PathBuf, String),
    /// What stands for a document cannot, or the document cannot be run.
    #[error("the manifest {file}, document `{id}`: {reason}")]
    Document {
        /// The manifest.
        file: PathBuf,
        /// Under which identifier.
        id: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl Trusted {
    /// Reads the manifests, of which several may hold the same document. Each document is valid in the schema and within the limits, as
    /// far as that can be told without variables; where one is not, none is trusted.
    pub fn read<R: Roots>(
        files: &[PathBuf],
        engine: &Engine<R>,
        limits: &Limits,
        introspection: bool,
    ) -> Result<Self, Distrust> {
        let mut trusted = Self::default();
        let mut left = MOST_BYTES;
        for file in files {
            let text = manifest::text(file, left)?;
            left -= text.len() as u64;
            let entries = manifest::entries(&text);
            let entries = entries.map_err(|reason| Distrust::NoManifest(file.clone(), reason))?;
            for Entry { id, text } in entries {
                let text = text.as_str();
                let added =
                    trusted.add(&id, text, |text| judge(engine, limits, introspection, text));
                added.map_err(|reason| Distrust::Document {
                    file: file.clone(),
                    id,
                    reason,
                })?;
            }
        }
        Ok(trusted)
    }

    /// Trusts a document under an identifier; one that is trusted under another lies once, and is judged once.
    fn add(
        &mut self,
        id: &str,
        text: &str,
        judge: impl FnOnce(&str) -> Result<(), String>,
    ) -> Result<(), String> {
        let digest = Digest::of(text);
        identifies(id, digest)?;
        let held = if let Some(held) = self.by_digest.get(&digest) {
            Arc::clone(held)
        } else {
            judge(text)?;
            let held: Arc<str> = text.into();
            self.by_digest.insert(digest, Arc::clone(&held));
            held
        };
        match self.by_id.insert(id.to_owned(), Arc::clone(&held)) {
            Some(other) if !Arc::ptr_eq(&other, &held) => {
                Err("stands for two documents that differ".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// The document of an identifier: of the manifest's own, or of `sha256:` and its hash.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<&Arc<str>> {
        let digest = || Digest::from_lower_hex(id.strip_prefix(SHA256)?);
        self.by_id.get(id).or_else(|| self.by_digest(digest()?))
    }

    /// The document of a hash.
    #[must_use]
    pub fn by_digest(&self, digest: Digest) -> Option<&Arc<str>> {
        self.by_digest.get(&digest)
    }

    /// The same document, byte for byte.
    #[must_use]
    pub fn same(&self, text: &str) -> Option<&Arc<str>> {
        if self.is_empty() {
            return None;
        }
        self.by_digest(Digest::of(text))
    }

    /// How many there are, by whatever identifiers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_digest.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_digest.is_empty()
    }
}

/// Refuses what is no identifier by the appendix, and one that says it is a hash but not this document's.
fn identifies(id: &str, digest: Digest) -> Result<(), String> {
    let free = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
    };
    match id.split_once(':') {
        Some(("sha256", digits)) => match Digest::from_lower_hex(digits) {
            Some(said) if said == digest => Ok(()),
            _ => Err("is not the SHA-256 of its document".to_owned()),
        },
        Some((prefix, rest)) if free(rest) && prefix.strip_prefix("x-").is_some_and(free) => Ok(()),
        None if free(id) => Ok(()),
        _ => Err(
            "is no document identifier: letters, digits and -._~, after `sha256:` or `x-…:` where it has a colon"
                .to_owned(),
        ),
    }
}

/// Whether a document could be run at all; why not, where it could not.
fn judge<R: Roots>(
    engine: &Engine<R>,
    limits: &Limits,
    introspection: bool,
    text: &str,
) -> Result<(), String> {
    let judged = beforehand(limits, text).map_err(|refusal| refusal.to_string())?;
    if judged.introspects && !introspection {
        return Err("asks for introspection, which is off".to_owned());
    }
    let mut document = judged.document;
    validation::without_null_flags(engine.definitions(), &mut document);
    let first = document.operations.iter().next();
    let name = first.and_then(|(name, _)| name.map(ToString::to_string));
    let faults = validation::faults(engine, &document, name.as_deref());
    match faults.first() {
        None => Ok(()),
        Some(fault) => Err(fault.message.clone()),
    }
}
