//! The wire of one socket: whole messages in and out, none waited for without end, and a last word before it is cut.

use std::{future::pending, time::Duration};

use axum::extract::ws::{Message, WebSocket};
use tokio::time::timeout;

use super::message::{ClientMessage, Close, ServerMessage};

/// How long the other side has to answer a close.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// The wire of one socket.
pub(super) struct Line {
    socket: WebSocket,
    /// How long a message may be, in bytes.
    longest: u64,
    /// Whether something came that cannot be read on from.
    deaf: bool,
}

impl Line {
    pub fn new(socket: WebSocket, longest: u32) -> Self {
        Self {
            socket,
            longest: longest.into(),
            deaf: false,
        }
    }

    /// What the client says next; none where it only shows that it is there. Nothing is lost when this is not waited for to its end.
    pub async fn hear(&mut self) -> Result<Option<ClientMessage>, Close> {
        match self.socket.recv().await {
            Some(Ok(Message::Text(text))) if text.len() as u64 > self.longest => {
                Err(Close::TooBig(self.longest))
            }
            Some(Ok(Message::Text(text))) => match ClientMessage::read(&text) {
                Some(message) => Ok(Some(message)),
                None => Err(Close::BadMessage),
            },
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(None),
            Some(Ok(Message::Binary(_))) => Err(Close::BadMessage),
            Some(Ok(Message::Close(_))) => Err(Close::Done),
            Some(Err(error)) => {
                self.deaf = true;
                Err(self.broken(&error))
            }
            None => Err(Close::Gone),
        }
    }

    pub async fn say(&mut self, message: &ServerMessage<'_>) -> Result<(), Close> {
        let text = serde_json::to_string(message).map_err(|_| Close::Internal)?;
        self.say_text(text).await
    }

    pub async fn say_text(&mut self, text: String) -> Result<(), Close> {
        self.send(Message::Text(text.into())).await
    }

    pub async fn ping(&mut self) -> Result<(), Close> {
        self.send(Message::Ping(Vec::new().into())).await
    }

    /// Who takes nothing of it for too long is cut off by the connection itself.
    async fn send(&mut self, message: Message) -> Result<(), Close> {
        self.socket.send(message).await.map_err(|_| Close::Gone)
    }

    /// Says why, and waits a moment for the other side to have read it: a connection cut at once, with something still unread, takes the
    /// reason with it. What cannot be read on from has no end to wait for, and takes the whole moment.
    pub async fn close(mut self, closed: &Close) {
        let ended = async {
            if let Some(frame) = closed.frame() {
                self.socket.send(Message::Close(Some(frame))).await?;
            }
            while let Some(Ok(_)) = self.socket.recv().await {}
            if self.deaf {
                pending::<()>().await;
            }
            Ok::<_, axum::Error>(())
        };
        if *closed != Close::Gone {
            // Whether the other side answers, and in time, makes no difference.
            let _ = timeout(CLOSE_TIMEOUT, ended).await;
        }
    }

    /// The library's own kinds of error cannot be named from here; its sentences can.
    fn broken(&self, error: &axum::Error) -> Close {
        let sentence = error.to_string();
        if sentence.starts_with("Space limit exceeded") {
            Close::TooBig(self.longest)
        } else if sentence.starts_with("UTF-8 encoding error") {
            Close::NotText
        } else if sentence.starts_with("WebSocket protocol error")
            && !sentence.ends_with("without closing handshake")
        {
            Close::Protocol
        } else {
            Close::Gone
        }
    }
}
