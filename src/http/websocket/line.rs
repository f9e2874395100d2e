//! Transport of one socket: whole messages with timeouts, and a close frame before the disconnect.

use std::{future::pending, time::Duration};

use axum::extract::ws::{Message, WebSocket};
use tokio::time::timeout;

use super::message::{ClientMessage, Close, ServerMessage};

/// Time to wait for the response to a close frame.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// Transport of one socket.
pub(super) struct Line {
    socket: WebSocket,
    /// Maximum message size in bytes.
    longest: u64,
    /// Whether the input cannot be read any further.
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

    /// The next message of the client; none for a control frame. Cancel-safe.
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

    /// A client that does not read is disconnected by the connection's own timeout.
    async fn send(&mut self, message: Message) -> Result<(), Close> {
        self.socket.send(message).await.map_err(|_| Close::Gone)
    }

    /// Sends the close frame, and waits briefly for the client to read it: an immediate disconnect with unread input would discard the reason. Waits the
    /// full time if the input cannot be read.
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
