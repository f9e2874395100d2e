//! Where a request comes in: the routes, health and metrics, and the way out when the process is told to stop. The connections
//! themselves are `server::connections`.

mod connections;
mod departure;
mod health;
mod host;
mod linger;
mod patience;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Redirect;
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;

pub use self::connections::serve;
pub use self::departure::{leave, on_signal};
use crate::app::App;
use crate::http;
use crate::telemetry::gauges;

/// Every route.
pub fn router(app: App, metrics: PrometheusHandle) -> Router {
    let departing = app.clone();
    Router::new()
        .merge(http::router(app.clone()))
        .route("/", get(|| async { Redirect::temporary("/graphiql") }))
        .route("/healthz", get(|| async { StatusCode::NO_CONTENT }))
        .route("/readyz", get(health::ready).with_state(app.clone()))
        .route(
            "/metrics",
            get(move || async move {
                gauges::read(&app);
                (
                    [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
                    metrics.render(),
                )
            }),
        )
        .layer(from_fn(host::named_once))
        .layer(from_fn_with_state(departing, departure::last_answer))
}
