//! Lingering close: the rest of a body that a handler did not read is read and dropped for a short time. A connection closed with bytes of
//! a request unread is reset by the operating system, and the client loses the response that says what is wrong.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use http_body_util::{BodyExt, Limited};
use tokio::runtime::Handle;
use tokio::time::timeout;

/// Longest time the rest of a body is read for.
const LINGER: Duration = Duration::from_secs(2);
/// How much of the rest is read at most, in bytes.
const LINGER_BYTES: usize = 32 * 1024 * 1024;

/// The body of a request. If it is dropped before its end, the rest is read in the background.
pub(super) struct Lingering<B>
where
    B: HttpBody<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<axum::BoxError>,
{
    body: Option<B>,
    /// Whether the client sends the body without being asked for it, or was asked.
    sends: bool,
}

impl<B> Lingering<B>
where
    B: HttpBody<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<axum::BoxError>,
{
    /// With `Expect: 100-continue` the client waits to be asked for the body, and a refusal must not ask for it.
    pub fn new(body: B, expects_continue: bool) -> Self {
        Self {
            body: Some(body),
            sends: !expects_continue,
        }
    }
}

impl<B> HttpBody for Lingering<B>
where
    B: HttpBody<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<axum::BoxError>,
{
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        self.sends = true;
        match &mut self.body {
            Some(body) => Pin::new(body).poll_frame(context),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body
            .as_ref()
            .map(HttpBody::size_hint)
            .unwrap_or_default()
    }
}

impl<B> Drop for Lingering<B>
where
    B: HttpBody<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<axum::BoxError>,
{
    fn drop(&mut self) {
        let unread = self.body.take();
        let unread = unread.filter(|body| self.sends && !body.is_end_stream());
        let (Some(body), Ok(runtime)) = (unread, Handle::try_current()) else {
            return;
        };
        runtime.spawn(timeout(LINGER, async move {
            let mut rest = Limited::new(body, LINGER_BYTES);
            while let Some(Ok(_)) = rest.frame().await {}
        }));
    }
}
