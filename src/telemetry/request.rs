//! What comes in: a request over HTTP, or an operation's message over a socket. Each is one span of the kind SERVER, whose attributes are called as
//! OpenTelemetry's conventions for HTTP and GraphQL say. Left out of those is what a client writes or is: the query, the document, addresses.

use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header};
use opentelemetry::trace::{SpanContext, Status, TraceContextExt};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator};

use super::trace_context;
use super::tracer;
use super::within::Within;

/// Begins to measure a request. `method` and `route` are ours, not the client's.
pub fn begin(request: &Request, method: &'static str, route: &str) -> Within {
    let parent = trace_context::parent(request.headers());
    let span = tracer::server(
        format!("{method} {route}"),
        parent.clone(),
        None,
        Vec::new(),
    );
    if let Some(span) = span {
        if span.span().is_recording() {
            span.span()
                .set_attributes(attributes(request, method, route));
        }
        return Within::of(Some(span));
    }
    Within::of(parent.map(named))
}

/// A place in the client's trace, although nobody takes spans: lines of the log and the answer name it.
fn named(parent: SpanContext) -> Context {
    let here = SpanContext::new(
        parent.trace_id(),
        RandomIdGenerator::default().new_span_id(),
        opentelemetry::trace::TraceFlags::default(),
        false,
        parent.trace_state().clone(),
    );
    Context::new().with_remote_span_context(here)
}

fn attributes(request: &Request, method: &'static str, route: &str) -> Vec<KeyValue> {
    let uri = request.uri();
    let scheme = uri.scheme_str().unwrap_or("http").to_owned();
    let mut attributes = vec![
        KeyValue::new("http.request.method", known(method)),
        KeyValue::new("http.route", route.to_owned()),
        KeyValue::new("url.scheme", scheme),
        KeyValue::new("network.protocol.name", "http"),
    ];
    // the part of a path that a client writes may be a secret, as that of an export is
    if uri.path() == route {
        attributes.push(KeyValue::new("url.path", route.to_owned()));
    }
    if let Some(version) = version(request.version()) {
        attributes.push(KeyValue::new("network.protocol.version", version));
    }
    if let Some(host) = host(request) {
        attributes.push(KeyValue::new("server.address", host.host().to_owned()));
        if let Some(port) = host.port_u16() {
            attributes.push(KeyValue::new("server.port", i64::from(port)));
        }
    }
    attributes
}

/// As the convention calls what it does not know.
fn known(method: &'static str) -> &'static str {
    if method == "other" { "_OTHER" } else { method }
}

fn version(version: Version) -> Option<&'static str> {
    match version {
        Version::HTTP_10 => Some("1.0"),
        Version::HTTP_11 => Some("1.1"),
        Version::HTTP_2 => Some("2"),
        _ => None,
    }
}

/// Whose request it is; none where that is longer than a name can be.
fn host(request: &Request) -> Option<Authority> {
    let from_header = |headers: &HeaderMap| {
        let value = headers.get(header::HOST)?;
        Authority::try_from(value.as_bytes()).ok()
    };
    let host = request.uri().authority().cloned();
    let host = host.or_else(|| from_header(request.headers()));
    host.filter(|host| host.as_str().len() <= 255)
}

/// Says how a request was answered.
pub fn answered(within: &Within, status: StatusCode) {
    let Some(span) = within.recording() else {
        return;
    };
    let code = i64::from(status.as_u16());
    span.set_attribute(KeyValue::new("http.response.status_code", code));
    if status.is_server_error() {
        span.set_attribute(KeyValue::new("error.type", code.to_string()));
        span.set_status(Status::error(""));
    }
}

/// The header by which an answer names its trace; none where there is no trace.
#[must_use]
pub fn response(within: &Within) -> Option<(HeaderName, HeaderValue)> {
    let said = trace_context::response(&within.span()?)?;
    Some((trace_context::RESPONSE, said))
}

/// Begins to measure an operation of a socket: a trace of its own, for a socket lasts, which is linked with the request that opened it.
#[must_use]
pub fn message(opened_by: Option<SpanContext>) -> Within {
    let attributes = vec![KeyValue::new("network.protocol.name", "websocket")];
    let name = super::operation::NAMELESS.to_owned();
    Within::of(tracer::server(name, None, opened_by, attributes))
}
