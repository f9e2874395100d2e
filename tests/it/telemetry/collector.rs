//! A collector that a test starts, and what it was sent: OTLP, as protobuf over HTTP.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// A collector.
pub struct Collector {
    /// Where it takes what is sent.
    pub address: String,
    sent: Sent,
}

type Sent = Arc<Mutex<Vec<(HeaderMap, Bytes)>>>;

impl Collector {
    pub async fn start() -> Self {
        let sent = Sent::default();
        let take = |State(sent): State<Sent>, headers: HeaderMap, body: Bytes| async move {
            sent.lock().unwrap().push((headers, body));
            StatusCode::OK
        };
        let router = axum::Router::new()
            .route("/v1/traces", post(take))
            .with_state(Arc::clone(&sent));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async { axum::serve(listener, router).await });
        Self { address, sent }
    }

    /// Whether anything it was sent holds a text.
    pub fn holds(&self, text: &str) -> bool {
        let sent = self.sent.lock().unwrap();
        let held = |bytes: &Bytes| {
            bytes
                .windows(text.len())
                .any(|part| part == text.as_bytes())
        };
        sent.iter().any(|(_, body)| held(body))
    }

    /// The values of a header, of each time something was sent.
    pub fn headers(&self, name: &str) -> Vec<String> {
        let sent = self.sent.lock().unwrap();
        let values = sent.iter().filter_map(|(headers, _)| headers.get(name));
        values
            .map(|value| value.to_str().unwrap().to_owned())
            .collect()
    }

    /// What is said of the service itself.
    pub fn resource(&self) -> BTreeMap<String, Value> {
        let requests = self.requests();
        let resource = requests[0].resource_spans[0].resource.as_ref().unwrap();
        plain(&resource.attributes)
    }

    fn requests(&self) -> Vec<ExportTraceServiceRequest> {
        let sent = self.sent.lock().unwrap();
        let read = |(_, body): &(HeaderMap, Bytes)| {
            ExportTraceServiceRequest::decode(body.clone()).unwrap()
        };
        sent.iter().map(read).collect()
    }

    /// Every span, in the order of their beginnings.
    pub fn spans(&self) -> Vec<Span> {
        let requests = self.requests().into_iter();
        let resources = requests.flat_map(|request| request.resource_spans);
        let scopes = resources.flat_map(|resource| resource.scope_spans);
        let mut spans: Vec<Span> = scopes.flat_map(|scope| scope.spans).collect();
        spans.sort_by_key(|span| span.start_time_unix_nano);
        spans
    }

    /// The one span of a name.
    pub fn span(&self, name: &str) -> Span {
        let mut spans = self.spans();
        let names: Vec<String> = spans.iter().map(|span| span.name.clone()).collect();
        spans.retain(|span| span.name == name);
        assert_eq!(spans.len(), 1, "{name}: {names:?}");
        spans.remove(0)
    }
}

/// A span's attributes.
pub fn attributes(span: &Span) -> BTreeMap<String, Value> {
    plain(&span.attributes)
}

fn plain(attributes: &[KeyValue]) -> BTreeMap<String, Value> {
    let pairs = attributes.iter();
    pairs
        .map(|pair| (pair.key.clone(), value(pair.value.as_ref())))
        .collect()
}

fn value(value_of: Option<&AnyValue>) -> Value {
    match value_of.and_then(|any| any.value.as_ref()) {
        Some(any_value::Value::StringValue(text)) => json!(text),
        Some(any_value::Value::IntValue(number)) => json!(number),
        Some(any_value::Value::BoolValue(flag)) => json!(flag),
        Some(any_value::Value::ArrayValue(array)) => {
            array.values.iter().map(|one| value(Some(one))).collect()
        }
        other => panic!("no plain value: {other:?}"),
    }
}

/// An id as headers write it.
pub fn hex(id: &[u8]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}
