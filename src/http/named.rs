//! Which document was sent: its text, or what names it, and whether whoever sent it may have it run at all. Who may have trusted documents
//! run and no others is refused here, before anything else of what they sent is looked at, and in the same words whatever it is: so that
//! nothing of the schema is learnt by trying.

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

/// The document, with the hash by which it may be remembered; none where it is known for good.
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

/// Of a hash alone.
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

/// Of a text, with the hash it is said to have. A trusted document's own text is as good as its name: some clients' sockets can send
/// nothing else.
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

/// In the words that Apollo's clients look for, to send the document then.
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
