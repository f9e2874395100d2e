//! Where a request comes in: the routes, health and metrics, and the way out when the process is told to stop. The connections
//! themselves are `server::connections`.

mod connections;
mod health;
mod host;
mod patience;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::middleware::from_fn;
use axum::response::Redirect;
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::sync::CancellationToken;

pub use self::connections::serve;
use crate::app::App;
use crate::http;
use crate::telemetry::gauges;

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
                gauges::read(&app);
                (
                    [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
                    metrics.render(),
                )
            }),
        )
        .layer(from_fn(host::named_once))
}

/// Cancels when the process is interrupted or asked to end.
pub fn on_signal() -> std::io::Result<CancellationToken> {
    use tokio::signal::unix::{SignalKind, signal};
    let stop = CancellationToken::new();
    let (mut interrupted, mut ended) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    let told = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = ended.recv() => {}
        }
        tracing::info!("stopping");
        told.cancel();
    });
    Ok(stop)
}
