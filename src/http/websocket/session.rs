//! Lifetime of one socket. A single task reads, writes and handles timers. Each operation is a task that sends its responses here. It is aborted when
//! it is removed from the table, by `complete` or by the end of the socket.

use std::{collections::HashMap, net::IpAddr};

use axum::extract::ws::WebSocket;
use opentelemetry::trace::SpanContext;
use serde_json::{Map, Value};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until},
};
use tokio_util::task::AbortOnDropHandle;
use tracing::{
    Instrument,
    field::{Empty, display},
};

use super::{
    line::Line,
    message::{ClientMessage, Close, ServerMessage, company, token},
    work::{Teller, Told, carry},
};
use crate::{
    app::App,
    error::Error,
    graphql::limits::Limit,
    http::{
        errors::{Finish, Phase},
        lasting::{Admission, Credentials, Lapse, heartbeat, millis},
        params::Params,
        request_id::RequestId,
    },
    telemetry::request,
};

/// Buffered responses of a slow client before its operations wait.
const WAITING_ANSWERS: usize = 32;
/// Maximum number of unanswered pings.
const MOST_UNANSWERED: u32 = 2;

pub(super) struct Session {
    app: App,
    line: Line,
    request_id: RequestId,
    /// Headers of the upgrade request, used if `connection_init` has no credentials.
    credentials: Credentials,
    /// Client address.
    address: Option<IpAddr>,
    /// The span of the request that opened it.
    opened_by: Option<SpanContext>,
    /// The admitted viewer; none before `connection_ack`.
    admission: Option<Admission>,
    /// Deadline of `connection_init`.
    init_until: Instant,
    /// Pings since the last received message.
    unanswered: u32,
    running: HashMap<String, Running>,
    begun_count: u64,
    answers: mpsc::Sender<Told>,
    told: mpsc::Receiver<Told>,
}

/// A running operation. Its number distinguishes it from an earlier operation with the same id.
struct Running {
    number: u64,
    _task: AbortOnDropHandle<()>,
}

impl Session {
    pub fn new(
        app: App,
        socket: WebSocket,
        request_id: RequestId,
        credentials: Credentials,
        address: Option<IpAddr>,
        opened_by: Option<SpanContext>,
    ) -> Self {
        let (answers, told) = mpsc::channel(WAITING_ANSWERS);
        let init_until = Instant::now() + millis(app.http.limits.socket_init_timeout_ms);
        let line = Line::new(socket, app.http.limits.socket_message_bytes);
        let (admission, running) = (None, HashMap::new());
        Self {
            app,
            line,
            request_id,
            credentials,
            address,
            opened_by,
            admission,
            init_until,
            unanswered: 0,
            running,
            begun_count: 0,
            answers,
            told,
        }
    }

    /// Runs the session. `spoken` is whether both sides agreed on our subprotocol.
    pub async fn run(mut self, spoken: bool) {
        let span = tracing::info_span!("socket", request_id = %self.request_id);
        let stop = self.app.stop.clone();
        let closed = if spoken {
            tokio::select! {
                closed = self.talk().instrument(span.clone()) => closed,
                () = stop.cancelled() => Close::Stopping,
            }
        } else {
            Close::Subprotocol
        };
        self.running.clear();
        span.in_scope(|| tracing::info!(reason = ?closed, "socket closed"));
        self.line.close(&closed).await;
    }

    async fn talk(&mut self) -> Close {
        let mut heartbeat = heartbeat(self.app.http.limits.socket_heartbeat_ms);
        loop {
            let deadline = self
                .admission
                .as_ref()
                .map_or(self.init_until, |admission| admission.until);
            let done = tokio::select! {
                heard = self.line.hear() => self.answer(heard).await,
                Some(told) = self.told.recv() => self.tell(told).await,
                () = sleep_until(deadline) => Err(self.overdue()),
                () = due(&mut self.admission) => self.check().await,
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
        if self.admission.is_some() {
            return Err(Close::TooManyInits);
        }
        let mut credentials = std::mem::take(&mut self.credentials);
        if let Some(token) = token(payload) {
            credentials.token = Some(token?);
        }
        if let Some(company) = company(payload) {
            credentials.company = Some(company?);
        }
        let (token, company) = (credentials.token.as_deref(), credentials.company.as_deref());
        let viewer = self.app.access.authenticate(token, company).await;
        let viewer = viewer.map_err(|error| match error {
            Error::Internal(cause) => {
                tracing::error!(%cause, "a caller could not be recognised");
                Close::Internal
            }
            Error::Unauthenticated(_) | Error::Forbidden(_) => Close::Forbidden("Forbidden"),
            _ => Close::Internal,
        })?;
        self.admission = Some(Admission::new(&self.app, credentials, viewer));
        self.line.say(&ServerMessage::ConnectionAck).await
    }

    fn overdue(&self) -> Close {
        if self.admission.is_some() {
            Lapse::Expired.into()
        } else {
            Close::InitTimeout
        }
    }

    async fn subscribe(&mut self, id: String, params: Params) -> Result<(), Close> {
        let Some(admission) = &self.admission else {
            return Err(Close::Unauthorized);
        };
        let viewer = admission.viewer.clone();
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
                development: false,
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
        let span = tracing::info_span!("operation", %request_id, trace_id = Empty, operation_type = Empty, operation_name = Empty);
        let within = request::message(self.opened_by.clone());
        if let Some(trace_id) = within.trace_id() {
            span.record("trace_id", display(trace_id));
        }
        let work = carry(
            self.app.clone(),
            viewer,
            self.address,
            request_id,
            params,
            teller,
        );
        let task = tokio::spawn(within.around(work).instrument(span));
        self.running.insert(
            id,
            Running {
                number: self.begun_count,
                _task: AbortOnDropHandle::new(task),
            },
        );
        Ok(())
    }

    /// Forwards a message of an operation, unless the operation was completed meanwhile.
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

    /// Closes a socket whose client no longer responds.
    async fn beat(&mut self) -> Result<(), Close> {
        if self.unanswered >= MOST_UNANSWERED {
            return Err(Close::Gone);
        }
        self.unanswered += 1;
        self.line.ping().await
    }

    /// Closes a socket whose token or rights changed.
    async fn check(&mut self) -> Result<(), Close> {
        match &self.admission {
            Some(admission) => Ok(admission.look_again(&self.app).await?),
            None => Ok(()),
        }
    }
}

/// Waits until the rights of an admitted socket are to be checked.
async fn due(admission: &mut Option<Admission>) {
    match admission {
        Some(admission) => admission.due().await,
        None => std::future::pending().await,
    }
}
