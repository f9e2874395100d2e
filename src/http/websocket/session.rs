//! One socket from its opening to its end. A single task reads, writes and keeps time; each operation is a task of its own that sends its
//! answers here and dies with its place in the table, so that `complete`, or the end of the socket, frees all it held.

use std::{collections::HashMap, time::Duration};

use axum::extract::ws::WebSocket;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval_at, sleep_until},
};
use tokio_util::task::AbortOnDropHandle;
use tracing::{Instrument, field::Empty};

use super::{
    line::Line,
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
/// What a socket is told whose token's time is over.
const EXPIRED: &str = "token expired";
/// A timer further away than this would never be waited for.
const FAR_AWAY: Duration = Duration::from_hours(30 * 24);

/// One socket.
pub(super) struct Session {
    app: App,
    line: Line,
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
        let line = Line::new(socket, app.http.limits.socket_message_bytes);
        let (viewer, running) = (None, HashMap::new());
        Self {
            app,
            line,
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
        self.line.close(&closed).await;
        drop(open);
    }

    async fn talk(&mut self) -> Close {
        let period = millis(self.app.http.limits.socket_heartbeat_ms);
        let stop = self.app.stop.clone();
        let mut heartbeat = interval_at(Instant::now() + period, period);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let done = tokio::select! {
                heard = self.line.hear() => self.answer(heard).await,
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

    async fn answer(&mut self, heard: Result<Option<ClientMessage>, Close>) -> Result<(), Close> {
        self.unanswered = 0;
        match heard? {
            Some(ClientMessage::Init(payload)) => self.init(&payload).await,
            Some(ClientMessage::Ping(payload)) => {
                self.line.say(&ServerMessage::Pong { payload }).await
            }
            Some(ClientMessage::Subscribe { id, params }) => self.subscribe(id, params).await,
            Some(ClientMessage::Complete { id }) => {
                self.running.remove(&id);
                Ok(())
            }
            Some(ClientMessage::Pong) | None => Ok(()),
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
        self.line.say(&ServerMessage::ConnectionAck).await
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
                suggestions: false,
            }
            .one(&mut error, Phase::Validation);
            return self
                .line
                .say(&ServerMessage::Error {
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
        self.line.say_text(told.text).await
    }

    /// Ends a socket nobody is at, and one whose token no longer holds.
    async fn beat(&mut self) -> Result<(), Close> {
        if self.unanswered >= MOST_UNANSWERED {
            return Err(Close::Gone);
        }
        if let (Some(known), Some(token)) = (&self.viewer, &self.token) {
            let expired = known
                .expires_at()
                .is_some_and(|end| end <= self.app.clock.now());
            match self.app.access.authenticate(Some(token)).await {
                // What runs was let in under the old rights: whoever comes back comes under the new.
                Ok(viewer) if viewer != *known => return Err(Close::Forbidden("rights changed")),
                Err(Error::Unauthenticated(_) | Error::Forbidden(_)) if expired => {
                    return Err(Close::Forbidden(EXPIRED));
                }
                Err(Error::Unauthenticated(_) | Error::Forbidden(_)) => {
                    return Err(Close::Forbidden("token revoked"));
                }
                // Not being able to look is no reason to think the worst.
                Ok(_) | Err(_) => {}
            }
        }
        self.unanswered += 1;
        self.line.ping().await
    }
}

/// Counts down when it goes, however that happens.
struct Gauge(&'static str);

impl Drop for Gauge {
    fn drop(&mut self) {
        metrics::gauge!(self.0).decrement(1);
    }
}

fn millis(number: u32) -> Duration {
    Duration::from_millis(number.max(1).into())
}
