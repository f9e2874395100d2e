//! What is said of each request while it passes: a span with its method, route and id, one log line with its status and duration, and the
//! statistics. Nothing a caller wrote goes in there but the id and an operation's name, which can be no more than identifiers.

use axum::{
    extract::{MatchedPath, Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};
use tokio::time::Instant;
use tracing::{
    Instrument,
    field::{Empty, display},
};

use super::request_id::{self, RequestId};
use crate::clock::Clock;
use crate::telemetry::{names, request};

/// Assigns the request id, records telemetry, and adds the id to the response.
pub(super) async fn observe(
    State(clock): State<Clock>,
    mut request: Request,
    next: Next,
) -> Response {
    let begun = Instant::now();
    let request_id = RequestId::of(request.headers(), &clock);
    request.extensions_mut().insert(request_id.clone());
    let method = method_name(request.method());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("none", MatchedPath::as_str)
        .to_owned();
    let span = tracing::info_span!("request", method, route, %request_id, trace_id = Empty, operation_type = Empty, operation_name = Empty);
    let within = request::begin(&request, method, &route);
    if let Some(trace_id) = within.trace_id() {
        span.record("trace_id", display(trace_id));
    }

    let answer = within.clone().around(next.run(request));
    let answer = answer.instrument(span.clone());
    let mut response = answer.await;

    let (status, elapsed) = (response.status().as_u16(), begun.elapsed());
    span.in_scope(|| {
        tracing::info!(
            status,
            latency_ms = elapsed.as_secs_f64() * 1000.0,
            "answered"
        );
    });
    let labels = [
        ("method", method.to_owned()),
        ("route", route),
        ("status", status.to_string()),
    ];
    names::REQUESTS.count(&labels);
    names::REQUEST_DURATION.record(elapsed.as_secs_f64(), &labels[..2]);
    request::answered(&within, response.status());
    let headers = response.headers_mut();
    if let Some(value) = request_id.header_value() {
        headers.insert(request_id::HEADER, value);
    }
    headers.extend(request::response(&within));
    response
}

/// Method for metrics: unknown methods are grouped, because a client can invent them.
fn method_name(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
