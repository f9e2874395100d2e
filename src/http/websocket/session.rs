//! One socket from its opening to its end. A single task reads, writes and keeps time; each operation is a task of its own that sends its
//! answers here and dies with its place in the table, so that `complete`, or the end of the socket, frees all it held.

use std::{collections::HashMap, time::Duration};

use axum::extract::ws::{Message, WebSocket};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout},
};
use tokio_util::task::AbortOnDropHandle;
use tracing::{Instrument, field::Empty};

use super::{
    message::{ClientMessage, Close, ServerMessage, token},
    work::{Teller, Told, carry},
};
use crate::{
    access::Viewer,
    app::App,
    error::Error,
    graphql::limits::Limit,
    http::{
        errors::{Finish, Phase},
        params::Params,
        request_id::RequestId,
    },
};

/// How many answers may wait for a slow client before the operations themselves have to.
const WAITING_ANSWERS: usize = 32;
/// How many pings may remain without an answer.
const MOST_UNANSWERED: u32 = 2;
/// How long one message may take to be sent before the client counts as gone.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the other side has to answer a close.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// What a socket is told whose token's time is over.
const EXPIRED: &str = "token expired";
/// A timer further away than this would never be waited for.
const FAR_AWAY: Duration = Duration::from_hours(30 * 24);

/// One socket.
pub(super) struct Session {
    app: App,
    socket: WebSocket,
    request_id: RequestId,
    /// The value of the `Authorization` header it was opened with, or that `connection_init` brought instead.
    token: Option<String>,
    /// Who speaks; none until the connection is acknowledged.
    viewer: Option<Viewer>,
    /// When the socket ends unless something happens before: without `connection_init`, or with the token.
    deadline: Instant,
    /// Pings since anything was heard.
    unanswered: u32,
    running: HashMap<String, Running>,
    begun_count: u64,
    answers: mpsc::Sender<Told>,
    told: mpsc::Receiver<Told>,
}

/// An operation under way. Its number tells it from an earlier one that had the same id.
struct Running {
    number: u64,
    _task: AbortOnDropHandle<()>,
}

impl Session {
    pub fn new(app: App, socket: WebSocket, request_id: RequestId, token: Option<String>) -> Self {
        let (answers, told) = mpsc::channel(WAITING_ANSWERS);
        let now = Instant::now();
        let deadline = now + millis(app.http.limits.socket_init_timeout_ms);
        let (viewer, running) = (None, HashMap::new());
        Self {
            app,
            socket,
            request_id,
            token,
            viewer,
            deadline,
            unanswered: 0,
            running,
            begun_count: 0,
            answers,
            told,
        }
    }

    /// Talks until the end. `spoken` says whether both sides agreed on our subprotocol.
    pub async fn run(mut self, spoken: bool) {
        metrics::gauge!("graphql_sockets").increment(1);
        let open = Gauge("graphql_sockets");
        let span = tracing::info_span!("socket", request_id = %self.request_id);
        let closed = if spoken {
            self.talk().instrument(span.clone()).await
        } else {
            Close::Subprotocol
        };
        self.running.clear();
        span.in_scope(|| tracing::info!(reason = ?closed, "socket closed"));
        self.close(&closed).await;
        drop(open);
    }

    async fn talk(&mut self) -> Close {
        let period = millis(self.app.http.limits.socket_heartbeat_ms);
        let stop = self.app.stop.clone();
        let mut heartbeat = interval_at(Instant::now() + period, period);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let done = tokio::select! {
                message = self.socket.recv() => self.hear(message).await,
                Some(told) = self.told.recv() => self.tell(told).await,
                () = sleep_until(self.deadline) => Err(self.overdue()),
                () = stop.cancelled() => Err(Close::Stopping),
                _ = heartbeat.tick() => self.beat().await,
            };
            if let Err(close) = done {
                return close;
            }
        }
    }

    async fn hear(&mut self, message: Option<Result<Message, axum::Error>>) -> Result<(), Close> {
        self.unanswered = 0;
        let text = match message {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => return Ok(()),
            Some(Ok(Message::Binary(_))) => return Err(Close::BadMessage),
            Some(Ok(Message::Close(_))) => return Err(Close::Done),
            Some(Err(error)) => return Err(broken(&error)),
            None => return Err(Close::Gone),
        };
        if text.len() as u64 > u64::from(self.app.http.limits.socket_message_bytes) {
            return Err(Close::TooBig);
        }
        match ClientMessage::read(&text).ok_or(Close::BadMessage)? {
            ClientMessage::Init(payload) => self.init(&payload).await,
            ClientMessage::Ping(payload) => self.send(&ServerMessage::Pong { payload }).await,
            ClientMessage::Pong => Ok(()),
            ClientMessage::Subscribe { id, params } => self.subscribe(id, params).await,
            ClientMessage::Complete { id } => {
                self.running.remove(&id);
                Ok(())
            }
        }
    }

    async fn init(&mut self, payload: &Map<String, Value>) -> Result<(), Close> {
        if self.viewer.is_some() {
            return Err(Close::TooManyInits);
        }
        if let Some(token) = token(payload) {
            self.token = Some(token?);
        }
        let viewer = self
            .app
            .access
            .authenticate(self.token.as_deref())
            .await
            .map_err(|error| match error {
                Error::Internal(cause) => {
                    tracing::error!(%cause, "a caller could not be recognised");
                    Close::Internal
                }
                Error::Unauthenticated(_) | Error::Forbidden(_) => Close::Forbidden("Forbidden"),
                _ => Close::Internal,
            })?;
        self.admit(viewer);
        self.send(&ServerMessage::ConnectionAck).await
    }

    fn admit(&mut self, viewer: Viewer) {
        let left =
            |until: DateTime<Utc>| (until - self.app.clock.now()).to_std().unwrap_or_default();
        self.deadline = Instant::now() + viewer.expires_at().map_or(FAR_AWAY, left).min(FAR_AWAY);
        self.viewer = Some(viewer);
    }

    fn overdue(&self) -> Close {
        if self.viewer.is_some() {
            Close::Forbidden(EXPIRED)
        } else {
            Close::InitTimeout
        }
    }

    async fn subscribe(&mut self, id: String, params: Params) -> Result<(), Close> {
        let Some(viewer) = self.viewer.clone() else {
            return Err(Close::Unauthorized);
        };
        if self.running.contains_key(&id) {
            return Err(Close::Duplicate(id));
        }
        let request_id = RequestId::fresh(&self.app.clock);
        if let Err(refusal) = Limit::SocketOperations.holds(
            self.running.len() as u64 + 1,
            self.app.http.limits.socket_operations,
        ) {
            let mut error = refusal.into();
            Finish {
                request_id: &request_id,
                document: "",
                suggestions: false,
            }
            .one(&mut error, Phase::Validation);
            return self
                .send(&ServerMessage::Error {
                    id: &id,
                    payload: &[error],
                })
                .await;
        }
        self.begun_count += 1;
        let teller = Teller {
            id: id.clone(),
            number: self.begun_count,
            answers: self.answers.clone(),
        };
        let span = tracing::info_span!("operation", %request_id, operation_type = Empty, operation_name = Empty);
        let task = tokio::spawn(
            carry(self.app.clone(), viewer, request_id, params, teller).instrument(span),
        );
        self.running.insert(
            id,
            Running {
                number: self.begun_count,
                _task: AbortOnDropHandle::new(task),
            },
        );
        Ok(())
    }

    /// Passes on what an operation says, unless it was completed meanwhile.
    async fn tell(&mut self, told: Told) -> Result<(), Close> {
        if self
            .running
            .get(&told.id)
            .is_none_or(|running| running.number != told.number)
        {
            return Ok(());
        }
        if told.last {
            self.running.remove(&told.id);
        }
        self.send_text(told.text).await
    }

    /// Ends a socket nobody is at, and one whose token no longer holds.
    async fn beat(&mut self) -> Result<(), Close> {
        if self.unanswered >= MOST_UNANSWERED {
            return Err(Close::Gone);
        }
        if let (Some(viewer), Some(_)) = (&self.viewer, &self.token) {
            let expired = viewer
                .expires_at()
                .is_some_and(|end| end <= self.app.clock.now());
            match self.app.access.authenticate(self.token.as_deref()).await {
                Ok(viewer) => self.admit(viewer),
                Err(Error::Unauthenticated(_) | Error::Forbidden(_)) => {
                    return Err(Close::Forbidden(if expired {
                        EXPIRED
                    } else {
                        "token revoked"
                    }));
                }
                // Not being able to look is no reason to think the worst.
                Err(_) => {}
            }
        }
        self.unanswered += 1;
        self.deliver(Message::Ping(Vec::new().into())).await
    }

    async fn send(&mut self, message: &ServerMessage<'_>) -> Result<(), Close> {
        let text = serde_json::to_string(message).map_err(|_| Close::Internal)?;
        self.send_text(text).await
    }

    async fn send_text(&mut self, text: String) -> Result<(), Close> {
        self.deliver(Message::Text(text.into())).await
    }

    async fn deliver(&mut self, message: Message) -> Result<(), Close> {
        match timeout(SEND_TIMEOUT, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Close::Gone),
        }
    }

    /// Says why, and waits a moment for the other side to have read it: a connection cut at once may take the reason with it.
    async fn close(mut self, closed: &Close) {
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

/// Counts down when it goes, however that happens.
struct Gauge(&'static str);

impl Drop for Gauge {
    fn drop(&mut self) {
        metrics::gauge!(self.0).decrement(1);
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

fn millis(number: u32) -> Duration {
    Duration::from_millis(number.max(1).into())
}
