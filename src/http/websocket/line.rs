//! The wire of one socket: whole messages in and out, none waited for without end, and a last word before it is cut.

use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use tokio::time::timeout;

use super::message::{ClientMessage, Close, ServerMessage};

/// How long one message may take to be sent before the client counts as gone.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the other side has to answer a close.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// The wire of one socket.
pub(super) struct Line {
    socket: WebSocket,
    /// How long a message may be, in bytes.
    longest: u64,
}

impl Line {
    pub fn new(socket: WebSocket, longest: u32) -> Self {
        Self {
            socket,
            longest: longest.into(),
        }
    }

    /// What the client says next; none where it only shows that it is there. Nothing is lost when this is not waited for to its end.
    pub async fn hear(&mut self) -> Result<Option<ClientMessage>, Close> {
        match self.socket.recv().await {
            Some(Ok(Message::Text(text))) if text.len() as u64 > self.longest => Err(Close::TooBig),
            Some(Ok(Message::Text(text))) => match ClientMessage::read(&text) {
                Some(message) => Ok(Some(message)),
                None => Err(Close::BadMessage),
            },
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(None),
            Some(Ok(Message::Binary(_))) => Err(Close::BadMessage),
            Some(Ok(Message::Close(_))) => Err(Close::Done),
            Some(Err(error)) => Err(broken(&error)),
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

    async fn send(&mut self, message: Message) -> Result<(), Close> {
        match timeout(SEND_TIMEOUT, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Close::Gone),
        }
    }

    /// Says why, and waits a moment for the other side to have read it: a connection cut at once may take the reason with it.
    pub async fn close(mut self, closed: &Close) {
        let ended = async {
            if let Some(frame) = closed.frame() {
                self.socket.send(Message::Close(Some(frame))).await?;
            }
            while let Some(Ok(_)) = self.socket.recv().await {}
            Ok::<_, axum::Error>(())
        };
        if *closed != Close::Gone {
            // Whether the other side answers, and in time, makes no difference.
            let _ = timeout(CLOSE_TIMEOUT, ended).await;
        }
    }
}

/// The library's own kinds of error cannot be named from here; its sentences can.
fn broken(error: &axum::Error) -> Close {
    let sentence = error.to_string();
    if sentence.starts_with("Space limit exceeded") {
        Close::TooBig
    } else if sentence.starts_with("UTF-8 encoding error") {
        Close::NotText
    } else {
        Close::Gone
    }
}
