//! What axum alone takes: a server that reads each body posted to `/graphql` and answers the same bytes with the same headers every time.
//! `benches/load/run --extras` tells it what our own server answers to `{ __typename }`, and measures the two side by side.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::routing::post;
use axum::serve::ListenerExt;
use clap::Parser;
use tokio::net::TcpListener;

// As in our own server, so that it makes no difference.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Answers each POST to /graphql with the same bytes.
#[derive(Parser)]
struct Arguments {
    /// Host and port to listen on.
    #[arg(long)]
    bind: SocketAddr,
    /// The body of every answer.
    #[arg(long)]
    body: String,
    /// A header of every answer, as `name: value`; any number of them.
    #[arg(long = "header", value_parser = header)]
    headers: Vec<(HeaderName, HeaderValue)>,
}

fn header(text: &str) -> Result<(HeaderName, HeaderValue), String> {
    let (name, value) = text.split_once(": ").ok_or("no `name: value`")?;
    let name = name.parse().map_err(|_| "no name of a header")?;
    let value = value.parse().map_err(|_| "no value of a header")?;
    Ok((name, value))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let arguments = Arguments::parse();
    let headers: HeaderMap = arguments.headers.into_iter().collect();
    let body = Bytes::from(arguments.body);
    // The argument has axum read the whole body of the request.
    let answer = post(move |_: Bytes| async move { (headers, body) });
    let listener = TcpListener::bind(arguments.bind)
        .await?
        .tap_io(|connection| {
            // Set by our own server too; one that keeps its delay answers all the same.
            let _kept = connection.set_nodelay(true);
        });
    axum::serve(listener, Router::new().route("/graphql", answer)).await
}
