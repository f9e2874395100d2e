//! Whose request it is (RFC 9112, section 3.2): one that names no host, several, or none that could be one is refused, for whoever stands
//! between may take it for another site's than we do.

use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

pub(super) async fn named_once(request: Request, next: Next) -> Response {
    if is_named_once(request.version(), request.headers()) {
        return next.run(request).await;
    }
    (
        StatusCode::BAD_REQUEST,
        "A request needs one Host header, which names a host.",
    )
        .into_response()
}

fn is_named_once(version: Version, headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) => version != Version::HTTP_11,
        (Some(host), None) if host.is_empty() => true,
        (Some(host), None) => Authority::try_from(host.as_bytes())
            .is_ok_and(|authority| !authority.as_str().contains('@')),
        (Some(_), Some(_)) => false,
    }
}
