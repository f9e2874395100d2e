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
    let trusted = engine.trusted();
    let found = match name.transpose().map_err(malformed)? {
        Some(Name::Id(id)) => {
            let text = trusted.by_id(&id).ok_or_else(|| vec![not_in_list()])?;
            return Ok((Arc::clone(text), None));
        }
        Some(Name::Hash(digest)) if sent.is_empty() => {
            return match trusted.by_digest(digest) {
                Some(text) => Ok((Arc::clone(text), None)),
                None if trusted_only => Err(vec![id_required()]),
                None => {
                    let text = engine.persisted().get(digest);
                    text.map(|text| (text, Some(digest)))
                        .ok_or_else(|| vec![not_found()])
                }
            };
        }
        Some(Name::Hash(digest)) => Some(digest),
        None => None,
    };
    if found.is_none() && !trusted_only {
        return Ok((sent.into(), None));
    }
    // what is longer than any document may be is not read to its end
    let length = Limit::DocumentBytes.holds(sent.len() as u64, limits.document_bytes);
    let known = length.is_ok().then(|| trusted.same(&sent)).flatten();
    if trusted_only && known.is_none() {
        return Err(vec![id_required()]);
    }
    length.map_err(|refusal| vec![refusal.into()])?;
    if found.is_some_and(|digest| digest != Digest::of(&sent)) {
        let message = "`extensions.persistedQuery.sha256Hash` is not the SHA-256 of `query`.";
        return Err(malformed(message.to_owned()));
    }
    Ok(match known {
        Some(text) => (Arc::clone(text), None),
        None => (sent.into(), found),
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
