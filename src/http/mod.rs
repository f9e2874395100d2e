//! The transports: GraphQL over HTTP, as streams of events, over sockets, and the playground's pages. They carry operations to the schema
//! and answers back, under the limits, and know nothing of what an operation is about. `http::graphql` and `http::websocket` are the ways
//! in, `http::work` and `http::operation` are where they meet, `http::lasting` is what stays open.

mod accept;
mod answer;
mod asked;
mod bill;
mod body;
mod client_address;
mod errors;
mod event_stream;
mod exports;
mod fault;
mod graphql;
mod keyed;
mod lasting;
mod named;
mod observe;
mod once;
mod operation;
mod params;
pub mod playground;
mod request_id;
mod settings;
mod steps;
mod trusted_only;
mod turns;
mod websocket;
mod work;

use std::{any::Any, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    http::{HeaderName, HeaderValue, Method, Response, StatusCode, header},
    middleware::{from_fn_with_state, map_response},
    routing::any,
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    cors::{AllowOrigin, CorsLayer},
};

pub use client_address::Peer;
pub use request_id::RequestId;
pub use settings::{HttpSettings, Origin};
pub use trusted_only::TrustedOnly;
pub use turns::{Overload, Turn, Turns};

use crate::app::App;

/// Default headers of each response: no content sniffing, framing, referrer or embedding by other origins.
const SECURITY_HEADERS: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

/// The router: `/graphql` on all transports, exports, and the playground.
pub fn router(app: App) -> Router {
    let (clock, settings) = (app.clock.clone(), Arc::clone(&app.http));
    let mut router = Router::new()
        .route("/graphql", any(graphql::endpoint))
        .route("/exports/{token}", any(exports::endpoint))
        .with_state(app);
    if settings.playground {
        router = router.merge(playground::router());
    }
    if let Some(cors) = cors(&settings) {
        router = router.layer(cors);
    }
    router = router.layer(CompressionLayer::new());
    router
        .layer(map_response(secured))
        .layer(CatchPanicLayer::custom(broken))
        .layer(from_fn_with_state(clock, observe::observe))
}

async fn secured(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    for (name, value) in SECURITY_HEADERS {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    response
}

/// CORS: the listed origins, and in development those of this machine. Credentials are not allowed, because cookies are not used.
fn cors(settings: &HttpSettings) -> Option<CorsLayer> {
    let origins = settings.allowed_origins.iter().map(Origin::header_value);
    let origins = match (settings.allowed_origins.is_empty(), settings.development) {
        (true, true) => AllowOrigin::predicate(|origin, _| {
            let sent = origin.to_str().ok().and_then(|text| text.parse().ok());
            sent.is_some_and(|origin: Origin| origin.is_loopback())
        }),
        (true, false) => return None,
        (false, _) => AllowOrigin::list(origins),
    };
    let request_headers = [
        header::AUTHORIZATION,
        header::CONTENT_TYPE,
        header::ACCEPT,
        request_id::HEADER,
        HeaderName::from_static("idempotency-key"),
        HeaderName::from_static(graphql::COMPANY),
        HeaderName::from_static("traceparent"),
        HeaderName::from_static("tracestate"),
    ];
    Some(
        CorsLayer::new()
            .allow_origin(origins)
            .allow_methods([Method::GET, Method::POST])
            .allow_headers(request_headers)
            .expose_headers([
                request_id::HEADER,
                HeaderName::from_static("traceresponse"),
                header::RETRY_AFTER,
                header::WWW_AUTHENTICATE,
                bill::RATE_LIMIT,
                bill::RATE_LIMIT_POLICY,
            ])
            .max_age(Duration::from_mins(10)),
    )
}

/// Response to a panic in a transport; panics of operations are handled before.
fn broken(panic: Box<dyn Any + Send + 'static>) -> Response<Body> {
    tracing::error!(
        panic = operation::panic_message(&*panic),
        "a transport broke"
    );
    let body = serde_json::json!({ "errors": [errors::internal()] });
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, accept::MediaType::Json.header_value());
    response
}
