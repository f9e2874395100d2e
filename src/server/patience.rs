//! A connection that ends by itself where the other side leaves it hanging: before it has said in which version of HTTP it speaks, when
//! nobody else holds a clock yet; and where it takes nothing of what is sent to it.

use std::future::Future;
use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// So many bytes tell HTTP/2 from HTTP/1.1.
const PREFACE: usize = 24;

/// A connection, and how long it is waited for.
pub(super) struct Patience<S> {
    stream: S,
    /// The end of waiting for the first bytes; none once they came.
    first: Option<Pin<Box<Sleep>>>,
    heard: usize,
    send_timeout: Duration,
    /// The end of waiting for the other side to take something; none while it does.
    unsent: Option<Pin<Box<Sleep>>>,
}

impl<S> Patience<S> {
    pub fn new(stream: S, first_timeout: Duration, send_timeout: Duration) -> Self {
        Self {
            stream,
            first: Some(Box::pin(sleep(first_timeout))),
            heard: 0,
            send_timeout,
            unsent: None,
        }
    }

    /// What came of sending, unless that has led nowhere for too long.
    fn sent<T>(
        &mut self,
        context: &mut Context<'_>,
        polled: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if polled.is_ready() {
            self.unsent = None;
            return polled;
        }
        let timeout = self.send_timeout;
        let unsent = self.unsent.get_or_insert_with(|| Box::pin(sleep(timeout)));
        ready!(unsent.as_mut().poll(context));
        Poll::Ready(Err(ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patience<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        let Some(first) = &mut self.first else {
            return polled;
        };
        if polled.is_ready() {
            self.heard += buffer.filled().len() - before;
            if self.heard >= PREFACE {
                self.first = None;
            }
            return polled;
        }
        ready!(first.as_mut().poll(context));
        Poll::Ready(Err(ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patience<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.sent(context, polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.sent(context, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
