//! Connections to the mail server. A failure says whether it concerns the server or the message, for only the second counts as an attempt.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp::authentication::{DEFAULT_MECHANISMS, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::response::Response;
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::settings::{SmtpServer, Tls};

/// How long one command may take.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a whole message may take, its connection included.
const MESSAGE_TIMEOUT: Duration = Duration::from_mins(2);
/// How long an unused connection is kept; servers close theirs after some minutes.
const IDLE: Duration = Duration::from_secs(20);
/// Messages sent over one connection, at most: servers limit it.
const MESSAGES: u32 = 100;
/// The reply code of a server that closes the connection.
const CLOSING: u16 = 421;

/// A reply of the mail server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Reply code; null: the server did not answer.
    pub code: Option<u16>,
    /// Its text, or what happened instead.
    pub text: String,
}

/// Why a message was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The server cannot be used: no connection, no encryption, no login. It concerns every message.
    Unavailable(String),
    /// The server asked to try this message later (4xx).
    Deferred(Answer),
    /// The server rejected this message (5xx), or cannot transport it.
    Rejected(Answer),
    /// The connection was lost while this message was sent. Whether the server has it is not known.
    ConnectionLost(Answer),
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
enum NoConnection {
    #[error("{0}")]
    Network(#[from] std::io::Error),
    #[error("{}", text_of(.0))]
    Smtp(#[from] lettre::transport::smtp::Error),
}

/// One connection.
pub struct Connection {
    inner: AsyncSmtpConnection,
    sent: u32,
    used_at: Instant,
}

impl Connection {
    /// Connects, encrypts and logs in.
    pub async fn open(server: &SmtpServer) -> Result<Self, Failure> {
        let opened = tokio::time::timeout(MESSAGE_TIMEOUT / 2, Self::connect(server)).await;
        let inner = match opened {
            Ok(Ok(inner)) => inner,
            Ok(Err(error)) => return Err(Failure::Unavailable(error.to_string())),
            Err(_) => {
                return Err(Failure::Unavailable(
                    "the mail server took too long".to_owned(),
                ));
            }
        };
        Ok(Self {
            inner,
            sent: 0,
            used_at: Instant::now(),
        })
    }

    async fn connect(server: &SmtpServer) -> Result<AsyncSmtpConnection, NoConnection> {
        let parameters = || TlsParameters::new(server.host.clone());
        let hello = server.hello.clone().unwrap_or_default();
        let address = (server.host.as_str(), server.port);
        let mut connection = if server.tls == Tls::Implicit {
            let timeout = Some(COMMAND_TIMEOUT);
            AsyncSmtpConnection::connect_tokio1(address, timeout, &hello, Some(parameters()?), None)
                .await?
        } else {
            let stream = TcpStream::connect(address).await?;
            // a message is written in two parts, and the second must not wait until the first is acknowledged
            stream.set_nodelay(true)?;
            AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello).await?
        };
        let upgrade = match server.tls {
            Tls::Required => true,
            Tls::Opportunistic => connection.can_starttls(),
            Tls::None | Tls::Implicit => false,
        };
        if upgrade {
            connection.starttls(parameters()?, &hello).await?;
        }
        if let Some(credentials) = &server.credentials {
            let mechanisms: &[Mechanism] = DEFAULT_MECHANISMS;
            connection.auth(mechanisms, credentials).await?;
        }
        Ok(connection)
    }

    /// Sends a message.
    pub async fn send(&mut self, envelope: &Envelope, message: &[u8]) -> Result<Answer, Failure> {
        let sent = tokio::time::timeout(MESSAGE_TIMEOUT, self.inner.send(envelope, message)).await;
        self.used_at = Instant::now();
        self.sent += 1;
        let error = match sent {
            Ok(Ok(response)) => return Ok(answer(&response)),
            Ok(Err(error)) => error,
            Err(_) => {
                self.sent = MESSAGES;
                let text = "the mail server took too long".to_owned();
                return Err(Failure::ConnectionLost(Answer { code: None, text }));
            }
        };
        let code = error.status().map(u16::from);
        let text = whole(&error);
        let answer = Answer { code, text };
        Err(match code {
            // the server wants encryption or a login: that is no fault of the message
            Some(530 | 534 | 535 | 538) => Failure::Unavailable(format!(
                "{} {}",
                answer.code.unwrap_or_default(),
                answer.text
            )),
            _ if error.is_permanent() => Failure::Rejected(answer),
            _ if error.is_transient() => Failure::Deferred(answer),
            // the server cannot transport what the address or the text needs
            _ if error.is_client() => Failure::Rejected(answer),
            _ => Failure::ConnectionLost(answer),
        })
    }

    /// Whether another message can be sent over it.
    fn usable(&self) -> bool {
        !self.inner.has_broken() && self.sent < MESSAGES
    }

    /// Says goodbye.
    pub async fn close(mut self) {
        if !self.inner.has_broken() {
            tokio::time::timeout(Duration::from_secs(1), self.inner.quit())
                .await
                .ok();
        }
    }
}

/// Connections to one server, kept for the next message.
pub struct Pool {
    server: SmtpServer,
    idle: Mutex<Vec<Connection>>,
}

impl Pool {
    /// Without a connection yet.
    #[must_use]
    pub fn new(server: SmtpServer) -> Self {
        Self {
            server,
            idle: Mutex::default(),
        }
    }

    /// Makes sure that there is a connection.
    pub async fn ready(&self) -> Result<(), Failure> {
        let connection = match self.take().await {
            Some(connection) => connection,
            None => Connection::open(&self.server).await?,
        };
        self.keep(connection);
        Ok(())
    }

    /// Sends a message over a kept connection or a new one.
    pub async fn send(&self, envelope: &Envelope, message: &[u8]) -> Result<Answer, Failure> {
        if let Some(mut connection) = self.take().await {
            let sent = connection.send(envelope, message).await;
            match &sent {
                // the server ends this connection, not the message
                Err(Failure::Deferred(answer)) if answer.code == Some(CLOSING) => {}
                _ => {
                    self.keep(connection);
                    return sent;
                }
            }
        }
        let mut connection = Connection::open(&self.server).await?;
        let sent = connection.send(envelope, message).await;
        self.keep(connection);
        sent
    }

    /// A kept connection that still works.
    async fn take(&self) -> Option<Connection> {
        loop {
            let mut connection = self.idle().pop()?;
            let fresh = connection.used_at.elapsed() < Duration::from_secs(1);
            let alive = connection.used_at.elapsed() < IDLE
                && (fresh || connection.inner.test_connected().await);
            if alive {
                return Some(connection);
            }
            connection.close().await;
        }
    }

    fn keep(&self, connection: Connection) {
        if connection.usable() {
            self.idle().push(connection);
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes the kept connections.
    pub async fn close(&self) {
        let idle = std::mem::take(&mut *self.idle());
        for connection in idle {
            connection.close().await;
        }
    }
}

fn answer(response: &Response) -> Answer {
    let text: Vec<&str> = response.message().collect();
    Answer {
        code: Some(response.code().into()),
        text: text.join(" "),
    }
}

/// An error with its reply code, if the server answered.
fn text_of(error: &lettre::transport::smtp::Error) -> String {
    let text = whole(error);
    match error.status().map(u16::from) {
        Some(code) => format!("{code} {text}"),
        None => text,
    }
}

/// An error with its causes.
fn whole(error: &lettre::transport::smtp::Error) -> String {
    use std::error::Error as _;
    // with a reply code the cause is the server's own text
    if error.status().is_some()
        && let Some(source) = error.source()
    {
        return source.to_string();
    }
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let said = next.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = next.source();
    }
    text
}
