//! What those who run the service are told: numbers, what was slow, traces.

mod collector;
mod deployed;
pub mod log;
mod numbers;
mod slow;
mod standing;
mod traces;

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use alumni_api::server;
use alumni_api::telemetry::recorder::recorder;
use axum::body::Body;
use axum::http::{Request, header::HOST};
use http_body_util::BodyExt;
use metrics::LocalRecorderGuard;
use metrics_exporter_prometheus::PrometheusHandle;
use tower::ServiceExt;

use crate::support::TestApp;

/// What `/metrics` tells, by name and labels as they stand there.
pub struct Numbers(BTreeMap<String, String>);

/// Keeps the numbers of a test, all of which runs on one thread.
pub struct Kept {
    handle: PrometheusHandle,
    _listening: LocalRecorderGuard<'static>,
}

impl Kept {
    /// From now on.
    pub fn begin() -> Self {
        // as long as the process, as the real one is
        let recorder = Box::leak(Box::new(recorder().unwrap()));
        Self {
            handle: recorder.handle(),
            _listening: metrics::set_default_local_recorder(recorder),
        }
    }

    /// What is answered to who asks for them.
    pub async fn text(&self, app: &TestApp) -> String {
        let request = Request::get("/metrics").header(HOST, "x");
        let response = server::router(app.app.clone(), self.handle.clone())
            .oneshot(request.body(Body::empty()).unwrap())
            .await
            .unwrap();
        assert_eq!(
            response.headers()["content-type"],
            "text/plain; version=0.0.4"
        );
        let body = response.into_body().collect().await.unwrap().to_bytes();
        String::from_utf8(body.to_vec()).unwrap()
    }

    pub async fn scrape(&self, app: &TestApp) -> Numbers {
        let text = self.text(app).await;
        let lines = text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        let pairs = lines.map(|line| {
            let (name, value) = line.rsplit_once(' ').unwrap();
            (name.to_owned(), value.to_owned())
        });
        Numbers(pairs.collect())
    }

    /// Waits until a number stands so; what is dropped elsewhere goes in its own time.
    pub async fn until(&self, line: &str) {
        let there = poll_fn(|context| {
            context.waker().wake_by_ref();
            if self.handle.render().lines().any(|told| told == line) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        });
        let patience = Duration::from_mins(1);
        tokio::time::timeout(patience, there).await.expect(line);
    }
}

impl Numbers {
    /// One of them as it is written; 0 where nothing is told.
    pub fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("0", String::as_str)
    }

    /// One of them, which is whole; 0 where nothing is told.
    pub fn get(&self, name: &str) -> u64 {
        self.text(name).parse().expect(name)
    }

    /// Those of a name, with their labels.
    pub fn of(&self, name: &str) -> Vec<(&str, u64)> {
        let named = |key: &str| key.split('{').next() == Some(name);
        let found = self.0.iter().filter(|(key, _)| named(key));
        found
            .map(|(key, _)| (key.as_str(), self.get(key)))
            .collect()
    }
}
