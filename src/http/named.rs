//! Resolves the document of a request: its text, or a reference to it, and whether the caller may execute it. Callers restricted to trusted documents
//! are rejected here, before any other inspection and always with the same message, so that they learn nothing about other documents.

use std::sync::Arc;

use async_graphql::ServerError;

use super::{
    errors::coded,
    params::{Malformed, Name},
};
use crate::graphql::{
    engine::{Engine, Roots},
    limits::{Limit, Limits},
    persisted::Digest,
};

/// The document, with the hash for the cache; no hash for a trusted document.
pub(super) fn text<R: Roots>(
    engine: &Engine<R>,
    limits: &Limits,
    sent: String,
    name: Option<Result<Name, Malformed>>,
    trusted_only: bool,
) -> Result<(Arc<str>, Option<Digest>), Vec<ServerError>> {
    match name.transpose().map_err(malformed)? {
        Some(Name::Id(id)) => {
            let text = engine.trusted().by_id(&id);
            text.map(|text| (Arc::clone(text), None))
                .ok_or_else(|| vec![not_in_list()])
        }
        Some(Name::Hash(digest)) if sent.is_empty() => hashed(engine, digest, trusted_only),
        Some(Name::Hash(digest)) => written(engine, limits, sent, Some(digest), trusted_only),
        None if trusted_only => written(engine, limits, sent, None, trusted_only),
        None => Ok((sent.into(), None)),
    }
}

/// A document by its hash only.
fn hashed<R: Roots>(
    engine: &Engine<R>,
    digest: Digest,
    trusted_only: bool,
) -> Result<(Arc<str>, Option<Digest>), Vec<ServerError>> {
    if let Some(text) = engine.trusted().by_digest(digest) {
        return Ok((Arc::clone(text), None));
    }
    if trusted_only {
        return Err(vec![id_required()]);
    }
    let text = engine.persisted().get(digest);
    text.map(|text| (text, Some(digest)))
        .ok_or_else(|| vec![not_found()])
}

/// A document by its text and expected hash. The text of a trusted document is accepted like its id, because some socket clients can send nothing else.
fn written<R: Roots>(
    engine: &Engine<R>,
    limits: &Limits,
    sent: String,
    said: Option<Digest>,
    trusted_only: bool,
) -> Result<(Arc<str>, Option<Digest>), Vec<ServerError>> {
    let length = Limit::DocumentBytes.holds(sent.len() as u64, limits.document_bytes);
    // what is longer than any document may be is not even hashed
    let digest = length.is_ok().then(|| Digest::of(&sent));
    let trusted = digest.and_then(|digest| engine.trusted().by_digest(digest));
    if trusted_only && trusted.is_none() {
        return Err(vec![id_required()]);
    }
    length.map_err(|refusal| vec![refusal.into()])?;
    if said.is_some() && said != digest {
        let message = "`extensions.persistedQuery.sha256Hash` is not the SHA-256 of `query`.";
        return Err(malformed(message.to_owned()));
    }
    Ok(match trusted {
        Some(text) => (Arc::clone(text), None),
        None => (sent.into(), said),
    })
}

fn malformed(message: Malformed) -> Vec<ServerError> {
    vec![coded("BAD_REQUEST", message)]
}

/// The message that Apollo clients expect before they send the document.
fn not_found() -> ServerError {
    coded("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")
}

/// Apollo Router's code: sending the document would not help.
fn not_in_list() -> ServerError {
    coded(
        "PERSISTED_QUERY_NOT_IN_LIST",
        "No trusted document has this `documentId`.",
    )
}

/// Apollo Router's code.
fn id_required() -> ServerError {
    coded(
        "PERSISTED_QUERY_ID_REQUIRED",
        "You may have trusted documents run and no others: name one by `documentId`.",
    )
}
