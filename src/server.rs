//! Where a request comes in: the routes, health and metrics, and the way out when the process is told to stop. The connections
//! themselves are `server::connections`.

mod connections;
mod departure;
mod health;
mod host;
mod patience;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Redirect;
use axum::routing::get;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

pub use self::connections::serve;
pub use self::departure::{leave, on_signal};
use crate::app::App;
use crate::http;

/// Where histograms of times are cut, in seconds.
const SECONDS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// Every route.
pub fn router(app: App, metrics: PrometheusHandle) -> Router {
    Router::new()
        .merge(http::router(app.clone()))
        .route("/", get(|| async { Redirect::temporary("/graphiql") }))
        .route("/healthz", get(|| async { StatusCode::NO_CONTENT }))
        .route("/readyz", get(health::ready).with_state(app.clone()))
        .route(
            "/metrics",
            get(move || async move {
                (
                    [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
                    metrics.render(),
                )
            }),
        )
        .layer(from_fn(host::named_once))
        .layer(from_fn_with_state(app, departure::last_answer))
}

/// The process's metrics; installed once.
pub fn metrics() -> Result<PrometheusHandle, metrics_exporter_prometheus::BuildError> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .install_recorder()
}
