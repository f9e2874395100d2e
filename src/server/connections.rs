//! The connections: HTTP/1.1 and HTTP/2 on one port, none of them waited for without end, and let go in good form when the process stops.
//! axum's own way of serving has no timer, so half a header would hold a connection for ever.

use std::time::Duration;

use axum::Router;
use axum::http::{Request, header};
use axum::serve::Listener;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;

use super::linger::Lingering;
use super::patience::Patience;
use crate::app::App;
use crate::graphql::limits::Limits;
use crate::http::Peer;

/// Longest time requests in flight are waited for when the process stops.
const DRAIN: Duration = Duration::from_secs(20);
/// How often a client is asked over HTTP/2 whether it is still there.
const ASKED_AFTER: Duration = Duration::from_secs(20);
/// How long it may take to say so.
const ANSWERED_WITHIN: Duration = Duration::from_secs(10);
/// How much of what is sent over HTTP/1.1 lies with a connection before it is taken, in bytes; a request's header has room in it. It stays with the
/// connection, be it idle.
const AT_HAND: usize = 128 * 1024;
/// How many requests may be under way on one connection.
const REQUESTS_AT_ONCE: u32 = 100;

/// Serves until the app stops, then lets requests in flight finish and sockets say why they go.
pub async fn serve(mut listener: TcpListener, router: Router, app: App) {
    let limits = &app.http.limits;
    let protocols = protocols(limits);
    let open = GracefulShutdown::new();
    loop {
        // axum's accept goes on where the process is short of files, or a connection broke before it was taken.
        let (stream, address) = tokio::select! {
            accepted = Listener::accept(&mut listener) => accepted,
            () = app.stop.cancelled() => break,
        };
        let peer = Peer(address.ip());
        let service = router.clone().map_request(move |mut request: Request<_>| {
            request.extensions_mut().insert(peer);
            let expects_continue = request.headers().contains_key(header::EXPECT);
            request.map(|body| Lingering::new(body, expects_continue))
        });
        let service = TowerToHyperService::new(service);
        let stream = TokioIo::new(patient(stream, limits));
        let connection = protocols.serve_connection_with_upgrades(stream, service);
        let connection = open.watch(connection.into_owned());
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke");
            }
        });
    }
    drop(listener);
    app.sockets.close();
    let done = async { tokio::join!(open.shutdown(), app.sockets.wait()) };
    if tokio::time::timeout(DRAIN, done).await.is_err() {
        tracing::warn!("requests were still running when time was up");
    }
}

/// WebSockets are opened over HTTP/1.1 alone: over HTTP/2 they are not offered, so that nobody tries.
fn protocols(limits: &Limits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .max_buf_size(AT_HAND)
        .header_read_timeout(millis(limits.header_timeout_ms));
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(ASKED_AFTER)
        .keep_alive_timeout(ANSWERED_WITHIN)
        .max_concurrent_streams(REQUESTS_AT_ONCE);
    builder
}

fn patient(stream: TcpStream, limits: &Limits) -> Patience<TcpStream> {
    // An answer in several small parts, as a socket's messages are, must not wait for the other side to confirm the first.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps its delay");
    }
    let (first, send) = (limits.header_timeout_ms, limits.send_timeout_ms);
    Patience::new(stream, millis(first), millis(send))
}

fn millis(number: u32) -> Duration {
    Duration::from_millis(number.max(1).into())
}
