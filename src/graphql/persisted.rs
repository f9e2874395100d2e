//! Automatic persisted queries (Apollo): a client sends the SHA-256 hash of its document, and the document itself only if it is unknown here
//! (`extensions.persistedQuery { version: 1, sha256Hash }`; Apollo Server documentation, "Automatic persisted queries").

use std::fmt;
use std::sync::Arc;

use async_graphql::Value;
use moka::sync::Cache;
use sha2::{Digest as _, Sha256};

use crate::telemetry::names;

/// How many bytes of text are remembered.
const MOST_BYTES: u64 = 2_000_000;

/// The SHA-256 of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Of a document.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(Sha256::digest(text).into())
    }

    /// Reads what `persistedQuery` of the extensions says; what is wrong with it, for people.
    pub fn read(extension: &Value) -> Result<Self, String> {
        let Value::Object(fields) = extension else {
            return Err("`extensions.persistedQuery` must be an object.".to_owned());
        };
        match fields.get("version") {
            Some(Value::Number(version)) if version.as_u64() == Some(1) => {}
            _ => return Err("`extensions.persistedQuery.version` must be 1.".to_owned()),
        }
        let hash = match fields.get("sha256Hash") {
            Some(Value::String(hash)) => bytes(hash),
            _ => None,
        };
        hash.map(Self).ok_or_else(|| {
            "`extensions.persistedQuery.sha256Hash` must be 64 hexadecimal digits.".to_owned()
        })
    }

    /// Reads 64 hexadecimal digits, in lower case: so the identifiers of persisted documents are written.
    #[must_use]
    pub fn from_lower_hex(digits: &str) -> Option<Self> {
        let lower = !digits.bytes().any(|byte| byte.is_ascii_uppercase());
        lower.then(|| bytes(digits)).flatten().map(Self)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

fn bytes(hash: &str) -> Option<[u8; 32]> {
    if hash.len() != 64 || !hash.is_ascii() {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, place) in bytes.iter_mut().zip((0..64).step_by(2)) {
        let digits = &hash[place..place + 2];
        if digits.starts_with('+') {
            return None;
        }
        *byte = u8::from_str_radix(digits, 16).ok()?;
    }
    Some(bytes)
}

/// The documents known by their hashes. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Persisted(Cache<Digest, Arc<str>>);

impl Default for Persisted {
    fn default() -> Self {
        let weight =
            |_: &Digest, text: &Arc<str>| u32::try_from(text.len() + 100).unwrap_or(u32::MAX);
        Self(
            Cache::builder()
                .max_capacity(MOST_BYTES)
                .weigher(weight)
                .build(),
        )
    }
}

impl Persisted {
    /// The document of a hash.
    #[must_use]
    pub fn get(&self, digest: Digest) -> Option<Arc<str>> {
        let found = self.0.get(&digest);
        looked_up("persisted", found.is_some());
        found
    }

    /// How many are remembered.
    #[must_use]
    pub fn count(&self) -> u64 {
        // what was remembered just now is counted only then
        self.0.run_pending_tasks();
        self.0.entry_count()
    }

    /// Remembers a valid document.
    pub fn remember(&self, digest: Digest, text: &Arc<str>) {
        if !self.0.contains_key(&digest) {
            self.0.insert(digest, Arc::clone(text));
        }
    }
}

/// A document was looked up.
pub(super) fn looked_up(cache: &'static str, found: bool) {
    let result = if found { "hit" } else { "miss" };
    names::DOCUMENT_LOOKUPS.count(&[("cache", cache), ("result", result)]);
}

#[cfg(test)]
mod tests {
    use async_graphql::value;

    use super::*;

    #[test]
    fn a_hash_is_read_in_either_case_and_nothing_else_is() {
        let text = "{ viewer { kind } }";
        let hash: String = Sha256::digest(text)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        for hash in [hash.clone(), hash.to_uppercase()] {
            let extension = value!({ "version": 1, "sha256Hash": hash });
            assert_eq!(Digest::read(&extension), Ok(Digest::of(text)));
        }
        let (short, signed) = (&hash[1..], format!("+a{}", &hash[2..]));
        for wrong in [
            value!(1),
            value!({ "version": 2, "sha256Hash": hash }),
            value!({ "sha256Hash": hash }),
            value!({ "version": 1 }),
            value!({ "version": 1, "sha256Hash": short }),
            value!({ "version": 1, "sha256Hash": signed }),
            value!({ "version": 1, "sha256Hash": 1 }),
        ] {
            assert!(Digest::read(&wrong).is_err(), "{wrong}");
        }
    }
}
