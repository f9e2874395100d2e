//! Spans, and where they go: to an OpenTelemetry collector over OTLP, as protobuf over HTTP, in batches by a thread of its own. Without one nothing is
//! made of them. Who takes them, how many are sampled and what the service is called there is said by OpenTelemetry's own `OTEL_…` keys, which its
//! SDK reads by itself; `config` only asks whether somebody is named.

use std::borrow::Cow;
use std::sync::OnceLock;
use std::time::Duration;

use opentelemetry::trace::{
    Link, SpanBuilder, SpanContext, SpanKind, TraceContextExt, TracerProvider,
};
use opentelemetry::{Context, Key, KeyValue};
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};

/// The process's own; none where nobody takes spans.
static TRACER: OnceLock<SdkTracer> = OnceLock::new();

/// How long the end of the process waits for the last spans to leave.
const LAST_SPANS: Duration = Duration::from_secs(5);

/// What sends spans away, until the process ends.
#[derive(Debug)]
pub struct Exporting(SdkTracerProvider);

/// Begins to make spans and to send them away; once.
pub fn start() -> Result<Exporting, Box<dyn std::error::Error>> {
    let exporter = SpanExporter::builder().with_http().build()?;
    let provider = SdkTracerProvider::builder()
        .with_resource(resource())
        .with_batch_exporter(exporter)
        .build();
    let _ = TRACER.set(provider.tracer(env!("CARGO_PKG_NAME")));
    Ok(Exporting(provider))
}

impl Exporting {
    /// Sends the last spans away, for so long and no longer.
    pub async fn finish(self) {
        let finished =
            tokio::task::spawn_blocking(move || self.0.shutdown_with_timeout(LAST_SPANS));
        match finished.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the last spans were not sent"),
            Err(error) => tracing::warn!(%error, "the last spans were not sent"),
        }
    }
}

/// What the environment says of the service; our own name where it says none.
fn resource() -> Resource {
    let named = Resource::builder().build();
    let name = named.get(&Key::from_static_str("service.name"));
    let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    let resource = Resource::builder_empty()
        .with_attribute(version)
        .with_attributes(
            named
                .iter()
                .map(|(key, value)| KeyValue::new(key.clone(), value.clone())),
        );
    match name {
        Some(name) if !name.as_str().starts_with("unknown_service") => resource,
        _ => resource.with_service_name(env!("CARGO_PKG_NAME")),
    }
    .build()
}

/// Begins the span of something that came in; null where nobody takes spans. It ends when nobody holds on to it any more.
pub fn server(
    name: String,
    parent: Option<SpanContext>,
    link: Option<SpanContext>,
    attributes: Vec<KeyValue>,
) -> Option<Context> {
    let tracer = TRACER.get()?;
    let around = parent.map_or_else(Context::new, |parent| {
        Context::new().with_remote_span_context(parent)
    });
    let links = link.map(|link| Link::new(link, Vec::new(), 0));
    let span = named(name, SpanKind::Server)
        .with_attributes(attributes)
        .with_links(links.into_iter().collect())
        .start_with_context(tracer, &around);
    Some(around.with_span(span))
}

/// Begins a span within another.
pub fn child(around: &Context, span: SpanBuilder) -> Option<Context> {
    let span = span.start_with_context(TRACER.get()?, around);
    Some(around.with_span(span))
}

/// A span to be.
pub fn named(name: impl Into<Cow<'static, str>>, kind: SpanKind) -> SpanBuilder {
    SpanBuilder::from_name(name).with_kind(kind)
}
