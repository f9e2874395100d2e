//! The way out. Told to stop, the process first says that it is no longer ready and goes on as before, until whoever stands before it has seen that and
//! sends it nothing new; then it stops in earnest (`server::connections`).

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, Version, header};
use axum::middleware::Next;
use axum::response::Response;
use tokio_util::sync::CancellationToken;

use crate::app::App;

/// Cancels when the process is interrupted or asked to end.
pub fn on_signal() -> std::io::Result<CancellationToken> {
    use tokio::signal::unix::{SignalKind, signal};
    let told = CancellationToken::new();
    let (mut interrupted, mut ended) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    let tell = told.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = ended.recv() => {}
        }
        tracing::info!("stopping");
        tell.cancel();
    });
    Ok(told)
}

/// Once told to, lets the app be seen to leave for as long as the delay, then stops it.
pub async fn leave(app: App, told: CancellationToken, delay: Duration) {
    told.cancelled().await;
    app.leaving.cancel();
    tokio::time::sleep(delay).await;
    app.stop.cancel();
}

/// Who leaves keeps no connection for the next request, so that none is on its way when the connections end.
pub(super) async fn last_answer(State(app): State<App>, request: Request, next: Next) -> Response {
    let may_say = request.version() < Version::HTTP_2;
    let mut response = next.run(request).await;
    if may_say && app.leaving.is_cancelled() {
        let headers = response.headers_mut();
        // that of a WebSocket says what it becomes
        headers
            .entry(header::CONNECTION)
            .or_insert(HeaderValue::from_static("close"));
    }
    response
}
