//! The request body: content type, size limit, time limit, and the concurrency limit of large bodies.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, StatusCode, header},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::fault::Fault;
use crate::graphql::limits::Limits;

/// Accepts only content types that a browser does not send cross-site without a CORS preflight.
pub(super) fn is_json(headers: &HeaderMap) -> Result<(), Fault> {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let accepted = match (types.next(), types.next()) {
        (Some(value), None) => value.to_str().is_ok_and(|text| {
            let mut parts = text.split(';').map(str::trim);
            let json = parts
                .next()
                .is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
            json && parts
                .filter_map(|part| part.split_once('='))
                .all(|(name, value)| {
                    !name.trim().eq_ignore_ascii_case("charset")
                        || value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
                })
        }),
        _ => false,
    };
    let plain = headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .all(|value| value.as_bytes().eq_ignore_ascii_case(b"identity"));
    if accepted && plain {
        Ok(())
    } else {
        Err(Fault::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Content-Type must be application/json in UTF-8, without a Content-Encoding.",
        ))
    }
}

/// Reads a body up to its size limit and time limit, regardless of the announced length.
pub(super) async fn read(body: Body, headers: &HeaderMap, limits: &Limits) -> Result<Bytes, Fault> {
    let most = limits.body_bytes;
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if let Some(announced) = announced
        && announced > u64::from(most)
    {
        return Err(Fault::too_long(announced, most));
    }
    let most_bytes = usize::try_from(most).unwrap_or(usize::MAX);
    let time = Duration::from_millis(limits.body_timeout_ms.into());
    match timeout(time, Limited::new(body, most_bytes).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            Err(Fault::too_long(u64::from(most) + 1, most))
        }
        Ok(Err(_)) => Err(Fault::new(StatusCode::BAD_REQUEST, "The body broke off.")),
        Err(_) => Err(Fault::too_slow(limits.body_timeout_ms)),
    }
}

/// Bodies above this size need a permit.
const LARGE: usize = 64_000;

/// The permit of a large body while it is processed; none for a small body.
pub(super) async fn turn(
    body: &Bytes,
    turns: &Arc<Semaphore>,
    limits: &Limits,
) -> Result<Option<OwnedSemaphorePermit>, Fault> {
    if body.len() <= LARGE {
        return Ok(None);
    }
    let time = Duration::from_millis(limits.body_timeout_ms.into());
    match timeout(time, Arc::clone(turns).acquire_owned()).await {
        // they are never closed
        Ok(turn) => Ok(turn.ok()),
        Err(_) => Err(Fault::too_many(limits.large_bodies)),
    }
}
