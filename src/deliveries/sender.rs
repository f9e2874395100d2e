//! Sends what is due. Each process has a sender, and any number of them work on the same rows: a row is claimed by a lease in one transaction, sent
//! over SMTP, and its result recorded in another. A sender that is killed in between leaves a row that another one claims when the lease ends. If the
//! mail server cannot be used at all, claimed rows are released, and no attempt is counted.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::{
    DeliveryId, DeliveryKind, DeliveryOutcome, DeliveryReason, DeliveryState, PersonId, SubjectId,
    delivery, delivery_attempt,
};
use futures_util::StreamExt;
use futures_util::stream;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::actions::{ended, finished, save};
use super::compose::{self, Sending};
use super::rules::{self, Due};
use super::templates::{Language, render};
use super::{message::Parameters, store};
use crate::access::Viewer;
use crate::app::App;
use crate::clock::Clock;
use crate::database::Database;
use crate::error::{Error, Result};
use crate::mail::{self, Answer, Connection, Failure, Headers, Mail, Pool};
use crate::scope::Scope;
use crate::telemetry::names;

/// Rows of one claim.
const BATCH: usize = 100;
/// How often a sender looks for what is due if nothing tells it earlier.
const EVERY: Duration = Duration::from_secs(5);
/// The shortest time between two looks.
const SHORTEST: Duration = Duration::from_millis(250);
/// How long a sender waits when the mail server cannot be used: twice as long each time, up to the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// How often the recording of results is tried.
const RECORD_TRIES: u32 = 5;

/// What one round of sending did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Rows that were claimed.
    pub claimed: usize,
    /// Why the mail server cannot be used; null: it can.
    pub unavailable: Option<String>,
}

/// A sender of this process.
pub struct Sender {
    app: App,
    owner: Uuid,
    pool: Option<Pool>,
}

/// The result of one claimed row.
enum Outcome {
    /// An attempt was made.
    Attempted(DeliveryOutcome, Option<Answer>),
    /// It was not tried; another round may.
    Released,
    /// It cannot be sent.
    Ended(DeliveryState, Option<DeliveryReason>),
}

struct Done {
    row: delivery::Model,
    started_at: DateTime<Utc>,
    ended_at: DateTime<Utc>,
    outcome: Outcome,
}

/// Sends what is due until the process stops.
pub async fn run(app: App) {
    if app.mail.settings().waits() {
        tracing::warn!("no mail server is set, so messages wait: set ALUMNI_SMTP_URL");
        return;
    }
    let sender = Sender::new(&app);
    let mut changes = app.feed.follow();
    let mut pause = FIRST_PAUSE;
    while !app.stop.is_cancelled() {
        let failed = match sender.send_due().await {
            Ok(round) => round.unavailable,
            Err(error) => Some(error.to_string()),
        };
        if let Some(cause) = failed {
            tracing::warn!(cause, "messages cannot be sent now");
            tokio::select! {
                () = app.stop.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
            continue;
        }
        pause = FIRST_PAUSE;
        tokio::select! {
            () = app.stop.cancelled() => {}
            _ = changes.changed() => tokio::time::sleep(SHORTEST).await,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
    sender.close().await;
}

impl Sender {
    /// A sender of the process, by its mail settings.
    #[must_use]
    pub fn new(app: &App) -> Self {
        let owner: SubjectId = app.clock.new_id();
        let server = app.mail.settings().server.clone();
        Self {
            app: app.clone(),
            owner: owner.0,
            pool: server.map(Pool::new),
        }
    }

    /// Sends what is due, company by company in turns, until nothing is due or the mail server cannot be used.
    pub async fn send_due(&self) -> Result<Round> {
        let mut round = Round::default();
        if self.app.mail.settings().waits() {
            return Ok(round);
        }
        loop {
            let before = round.claimed;
            let now = self.app.clock.now();
            let companies = store::due_companies_without_scope(&self.app.database, now).await?;
            if let (Some(pool), false) = (&self.pool, companies.is_empty())
                && let Err(Failure::Unavailable(cause)) = pool.ready().await
            {
                // nothing is claimed that cannot be sent
                round.unavailable = Some(cause);
                return Ok(round);
            }
            for company in companies {
                if self.app.stop.is_cancelled() {
                    return Ok(round);
                }
                let scope = self.app.scope(Viewer::System(company), "deliveries.send");
                match self.send_some(&scope).await {
                    Ok((claimed, unavailable)) => {
                        round.claimed += claimed;
                        if unavailable.is_some() {
                            round.unavailable = unavailable;
                            return Ok(round);
                        }
                    }
                    Err(error) => {
                        tracing::warn!(%company, %error, "messages of one company wait");
                    }
                }
            }
            if round.claimed == before {
                return Ok(round);
            }
        }
    }

    /// Closes the connections to the mail server.
    pub async fn close(&self) {
        if let Some(pool) = &self.pool {
            pool.close().await;
        }
    }

    /// Sends one batch of a company: how many rows were claimed, and why the mail server cannot be used.
    async fn send_some(&self, scope: &Scope) -> Result<(usize, Option<String>)> {
        let (claimed, rows, sending) = self.claim(scope).await?;
        let unavailable = Mutex::new(None::<String>);
        let connections = self.app.mail.settings().connections.max(1);
        let (sender, mut results) = mpsc::channel::<Done>(BATCH);
        let sends = async {
            stream::iter(rows)
                .for_each_concurrent(connections, |row| async {
                    let done = self.attempt(scope, &sending, row, &unavailable).await;
                    sender.send(done).await.ok();
                })
                .await;
            drop(sender);
        };
        let records = async {
            let mut some = Vec::new();
            while results.recv_many(&mut some, BATCH).await > 0 {
                self.record(scope, std::mem::take(&mut some)).await;
            }
        };
        tokio::join!(sends, records);
        let unavailable = unavailable.into_inner();
        Ok((claimed, unavailable.unwrap_or_else(PoisonError::into_inner)))
    }

    /// Claims what is due: decides about each row whether it is still to be sent, and takes the lease of those that are.
    async fn claim(&self, scope: &Scope) -> Result<(usize, Vec<delivery::Model>, Sending)> {
        let now = scope.now();
        let transaction = scope.begin().await?;
        let company = store::company(scope, &*transaction).await?;
        let sending = Sending::of(&company, &self.app.mail);
        let due = store::due_for_update(scope, &*transaction, BATCH as u64).await?;
        if due.is_empty() {
            return Ok((0, Vec::new(), sending));
        }
        let claimed = due.len();
        let mut people: Vec<PersonId> = due.iter().filter_map(|row| row.person_id).collect();
        people.sort_unstable();
        people.dedup();
        let people = store::recipients(scope, &*transaction, &people).await?;
        let (mut sent, mut over, mut lost) = (Vec::new(), Vec::new(), Vec::new());
        for row in due {
            if row.state == DeliveryState::Sending {
                lost.push(attempt_lost(&row));
            }
            let person = row.person_id.and_then(|id| people.get(&id).copied());
            match rules::refused(due_of(&row), person, now) {
                Some((state, reason)) => over.push(finished(row, state, reason, now)),
                None => sent.push(delivery::Model {
                    state: DeliveryState::Sending,
                    attempt_count: row.attempt_count + 1,
                    next_attempt_at: Some(now + rules::LEASE),
                    lease_owner: Some(self.owner),
                    updated_at: now,
                    version: row.version + 1,
                    ..row
                }),
            }
        }
        let changes = over.iter().map(ended).collect();
        let mut writes = transaction.writes();
        writes.insert_new(&lost);
        over.extend(sent.iter().cloned());
        save(&mut writes, &over);
        transaction.write(writes, changes).await?;
        transaction.commit().await?;
        Ok((claimed, sent, sending))
    }

    /// Makes one attempt.
    async fn attempt(
        &self,
        scope: &Scope,
        sending: &Sending,
        row: delivery::Model,
        unavailable: &Mutex<Option<String>>,
    ) -> Done {
        let started_at = scope.now();
        let is_down = || {
            let down = unavailable.lock().unwrap_or_else(PoisonError::into_inner);
            down.is_some()
        };
        let lease = row.next_attempt_at.unwrap_or(started_at);
        let outcome = if self.app.stop.is_cancelled()
            || is_down()
            || lease - started_at < rules::LEASE_RESERVE
        {
            Outcome::Released
        } else {
            match compose::message(scope, sending, &row) {
                Err((state, reason)) => Outcome::Ended(state, Some(reason)),
                Ok((envelope, message)) => match &self.pool {
                    None => shown(scope, sending, &row),
                    Some(pool) => match pool.send(&envelope, &message).await {
                        Ok(answer) => Outcome::Attempted(DeliveryOutcome::Sent, Some(answer)),
                        Err(Failure::Deferred(answer)) => {
                            Outcome::Attempted(DeliveryOutcome::Deferred, Some(answer))
                        }
                        Err(Failure::Rejected(answer)) => {
                            Outcome::Attempted(DeliveryOutcome::Rejected, Some(answer))
                        }
                        Err(Failure::ConnectionLost(answer)) => {
                            Outcome::Attempted(DeliveryOutcome::ConnectionLost, Some(answer))
                        }
                        Err(Failure::Unavailable(cause)) => {
                            let mut down =
                                unavailable.lock().unwrap_or_else(PoisonError::into_inner);
                            down.get_or_insert(cause);
                            Outcome::Released
                        }
                    },
                },
            }
        };
        Done {
            row,
            started_at,
            ended_at: scope.now(),
            outcome,
        }
    }

    /// Records results. What cannot be recorded is sent again when its lease ends.
    async fn record(&self, scope: &Scope, done: Vec<Done>) {
        for done in &done {
            count(&done.outcome);
        }
        for attempt in 1..=RECORD_TRIES {
            match self.try_record(scope, &done).await {
                Ok(()) => return,
                Err(error) => {
                    tracing::warn!(%error, attempt, "results of messages could not be recorded");
                    tokio::time::sleep(FIRST_PAUSE).await;
                }
            }
        }
    }

    async fn try_record(&self, scope: &Scope, done: &[Done]) -> Result<()> {
        let ids: Vec<DeliveryId> = done.iter().map(|done| done.row.id).collect();
        let now = scope.now();
        let transaction = scope.begin().await?;
        let held = store::held_for_update(scope, &*transaction, &ids, self.owner).await?;
        let mut held: HashMap<DeliveryId, delivery::Model> =
            held.into_iter().map(|row| (row.id, row)).collect();
        let (mut rows, mut attempts, mut changes) = (Vec::new(), Vec::new(), Vec::new());
        for done in done {
            let Some(row) = held.remove(&done.row.id) else {
                tracing::warn!(delivery = %done.row.id, "another sender claimed the message meanwhile");
                continue;
            };
            attempts.extend(attempt_of(done));
            if let Some(row) = after(row, done, now) {
                if row.next_attempt_at.is_none() {
                    changes.push(ended(&row));
                }
                rows.push(row);
            }
        }
        let mut writes = transaction.writes();
        save(&mut writes, &rows);
        writes.insert_new(&attempts);
        transaction.write(writes, changes).await?;
        transaction.commit().await
    }
}

/// The row after a result; null if the result changes nothing.
fn after(row: delivery::Model, done: &Done, now: DateTime<Utc>) -> Option<delivery::Model> {
    let recipient = done.row.recipient.as_deref().unwrap_or_default();
    let (outcome, answer) = match &done.outcome {
        Outcome::Attempted(outcome, answer) => (*outcome, answer),
        // it was cancelled meanwhile
        _ if row.state != DeliveryState::Sending => return None,
        Outcome::Released => {
            return Some(delivery::Model {
                state: DeliveryState::Pending,
                attempt_count: row.attempt_count - 1,
                next_attempt_at: Some(now),
                lease_owner: None,
                updated_at: now,
                version: row.version + 1,
                ..row
            });
        }
        Outcome::Ended(state, reason) => {
            let row = delivery::Model {
                attempt_count: row.attempt_count - 1,
                ..row
            };
            return Some(finished(row, *state, *reason, now));
        }
    };
    if row.state != DeliveryState::Sending && outcome != DeliveryOutcome::Sent {
        return None;
    }
    let (state, reason, next) = rules::after_attempt(outcome, due_of(&row), now, jitter());
    let answered = delivery::Model {
        server_code: answer
            .as_ref()
            .and_then(|answer| answer.code.map(i32::from)),
        server_answer: answer
            .as_ref()
            .map(|answer| rules::stored_answer(&answer.text, recipient)),
        ..row
    };
    Some(match next {
        Some(next) => delivery::Model {
            state,
            reason,
            next_attempt_at: Some(next),
            lease_owner: None,
            updated_at: now,
            version: answered.version + 1,
            ..answered
        },
        None => finished(answered, state, reason, now),
    })
}

fn due_of(row: &delivery::Model) -> Due {
    Due {
        kind: row.kind,
        purpose: row.purpose,
        not_after: row.not_after,
        attempts: row.attempt_count,
        attempt_limit: row.attempt_limit,
    }
}

/// A number from 0 to 1.
fn jitter() -> f64 {
    let mut bytes = [0_u8; 4];
    match getrandom::fill(&mut bytes) {
        Ok(()) => f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX),
        Err(_) => 0.5,
    }
}

/// The log entry of an attempt that was made.
fn attempt_of(done: &Done) -> Option<delivery_attempt::ActiveModel> {
    let Outcome::Attempted(outcome, answer) = &done.outcome else {
        return None;
    };
    let recipient = done.row.recipient.as_deref().unwrap_or_default();
    let answer = answer.as_ref();
    let row = delivery_attempt::Model {
        delivery_id: done.row.id,
        number: done.row.attempt_count,
        company_id: done.row.company_id,
        started_at: done.started_at,
        ended_at: Some(done.ended_at),
        outcome: *outcome,
        server_code: answer.and_then(|answer| answer.code.map(i32::from)),
        server_answer: answer.map(|answer| rules::stored_answer(&answer.text, recipient)),
    };
    Some(row.into())
}

/// The log entry of an attempt whose sender was stopped.
fn attempt_lost(row: &delivery::Model) -> delivery_attempt::ActiveModel {
    let row = delivery_attempt::Model {
        delivery_id: row.id,
        number: row.attempt_count,
        company_id: row.company_id,
        started_at: row.updated_at,
        ended_at: None,
        outcome: DeliveryOutcome::Unknown,
        server_code: None,
        server_answer: None,
    };
    row.into()
}

fn count(outcome: &Outcome) {
    let name = match outcome {
        Outcome::Attempted(DeliveryOutcome::Sent, _) => "sent",
        Outcome::Attempted(DeliveryOutcome::Deferred, _) => "deferred",
        Outcome::Attempted(DeliveryOutcome::Rejected, _) => "rejected",
        Outcome::Attempted(_, _) => "connection_lost",
        Outcome::Released => "released",
        Outcome::Ended(..) => return,
    };
    names::DELIVERY_ATTEMPTS.count(&[("outcome", name)]);
}

/// Development without a mail server: the message is logged, and clients can read it.
fn shown(scope: &Scope, sending: &Sending, row: &delivery::Model) -> Outcome {
    if let Ok(body) = compose::body(scope, sending, row) {
        let to = row.recipient.as_deref().unwrap_or_default();
        tracing::info!(
            delivery = %row.id,
            "no mail server is set; this message was not sent\nTo: {to}\nSubject: {}\n\n{}",
            body.subject,
            body.text
        );
    }
    Outcome::Ended(DeliveryState::NotSent, None)
}

/// Sends a test message now, without a stored row: the mail server's answer, or why it was not sent.
pub async fn send_test(
    mail: &Mail,
    clock: &Clock,
    company: Option<(&Database, &str)>,
    address: &str,
) -> Result<Answer, String> {
    let server = mail.settings().server.as_ref();
    let server = server.ok_or("no mail server is set: set ALUMNI_SMTP_URL")?;
    let to = mail::parse_address(address);
    let to = to.ok_or_else(|| {
        format!("`{address}` must be an e-mail address, for example `taro@example.com`")
    })?;
    let (sending, language) = match company {
        None => (Sending::of_the_service(mail), Language::English),
        Some((database, slug)) => {
            let found = store::company_of_slug_without_scope(database, slug).await;
            let found = found.map_err(|error| error.to_string())?;
            let company = found.ok_or_else(|| format!("no company has the slug `{slug}`"))?;
            (Sending::of(&company, mail), Language::of(&company.locale))
        }
    };
    let id: DeliveryId = clock.new_id();
    let body = render(
        DeliveryKind::Test,
        language,
        &sending.profile,
        &Parameters::default(),
        None,
        None,
    );
    let headers = Headers {
        message_id: format!("<{id}@{}>", mail.sender().email.domain()),
        from: sending.from,
        to,
        reply_to: sending.reply_to,
        date: clock.now(),
        language: language.tag(),
    };
    let (envelope, message) =
        mail::encode(headers, body).map_err(|error: Error| error.to_string())?;
    let said = |answer: &Answer| match answer.code {
        Some(code) => format!("{code} {}", answer.text),
        None => answer.text.clone(),
    };
    let failed = |failure: Failure| match failure {
        Failure::Unavailable(cause) => {
            format!("the mail server {server:?} cannot be used: {cause}")
        }
        Failure::Deferred(answer) => {
            format!("the mail server asks to try later: {}", said(&answer))
        }
        Failure::Rejected(answer) => {
            format!("the mail server rejected the message: {}", said(&answer))
        }
        Failure::ConnectionLost(answer) => {
            format!(
                "the connection to the mail server was lost: {}",
                said(&answer)
            )
        }
    };
    let mut connection = Connection::open(server).await.map_err(failed)?;
    let answer = connection.send(&envelope, &message).await.map_err(failed)?;
    connection.close().await;
    Ok(answer)
}
