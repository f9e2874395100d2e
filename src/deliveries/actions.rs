//! What is done to deliveries: queued and cancelled within another slice's transaction, queued again by staff, cleaned by a job.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use entity::{
    CompanyId, ConsentPurpose, DeliveryId, DeliveryKind, DeliveryReason, DeliveryState, Id,
    PersonId, SubjectKind, delivery,
};
use uuid::Uuid;

use super::message::{Message, Parameters, token_bytes};
use super::{rules, store};
use crate::access::Permission;
use crate::checks::{Checks, same_version};
use crate::error::{Error, Result, UserErrorCode};
use crate::mail;
use crate::outbox::Change;
use crate::scope::{Scope, Transaction};
use crate::telemetry::names;
use crate::writes::Writes;

/// What separates the keys of messages' secrets from those of other sealed values.
const LABEL: &[u8] = b"alumni-api/delivery";

/// A message to queue.
#[derive(Clone, Debug)]
pub struct NewDelivery {
    /// What it says.
    pub message: Message,
    /// E-mail address. An invalid one ends as `UNDELIVERABLE`.
    pub recipient: String,
    /// BCP 47 tag of the recipient's language.
    pub locale: String,
    /// The person it goes to; null: somebody who is no person of the company.
    pub person: Option<PersonId>,
    /// The invitation or other row that causes it; [`cancel`] finds it by this.
    pub subject: Option<Uuid>,
    /// The purpose to which the person must consent when it is sent; null: no consent is needed.
    pub purpose: Option<ConsentPurpose>,
    /// A second message with the same key is not queued in the company. No personal data, as `membership-invitation:{id}:1`.
    pub dedupe_key: String,
    /// After this instant it is not sent; null: three days from now. Never after the link's end.
    pub not_after: Option<DateTime<Utc>>,
}

/// What [`queue`] added to the caller's writes.
#[derive(Clone, Debug, Default)]
pub struct Queued {
    /// The new rows, in the order given. Messages whose key was known are left out.
    pub rows: Vec<delivery::Model>,
    /// The changes to record with them.
    pub changes: Vec<Change>,
}

/// Adds messages to what an action writes: they are sent once its transaction is committed, and never without it. Thousands in one call are
/// fine. The caller checks permissions, and hands the changes to [`Transaction::write`] with the writes.
pub async fn queue(
    scope: &Scope,
    transaction: &Transaction<'_>,
    writes: &mut Writes,
    new: Vec<NewDelivery>,
) -> Result<Queued> {
    if new.is_empty() {
        return Ok(Queued::default());
    }
    let company = scope.company()?;
    let keys: Vec<&str> = new.iter().map(|new| new.dedupe_key.as_str()).collect();
    let mut known: HashSet<String> = store::known_keys(&**transaction, company, &keys).await?;
    let mut rows = Vec::with_capacity(new.len());
    for new in new {
        if known.insert(new.dedupe_key.clone()) {
            rows.push(row(scope, company, new)?);
        }
    }
    // another transaction may queue the same key in this moment: one of them wins
    let active: Vec<delivery::ActiveModel> = rows.iter().cloned().map(Into::into).collect();
    writes.insert_new(&active);
    for row in &rows {
        names::DELIVERIES_QUEUED.count(&[("kind", row.kind.word())]);
    }
    let changes = rows.iter().map(|row| change(row, QUEUED)).collect();
    Ok(Queued { rows, changes })
}

/// A message was queued.
const QUEUED: &str = "delivery.queued";

fn row(scope: &Scope, company: CompanyId, new: NewDelivery) -> Result<delivery::Model> {
    let id: DeliveryId = scope.new_id();
    let now = scope.now();
    let kind = new.message.kind();
    let (mut parameters, token) = new.message.split();
    for text in [&mut parameters.name, &mut parameters.invited_by] {
        *text = text.take().map(|text| mail::one_line(&text));
    }
    // a blank makes it invalid, and a control character could not be stored
    let recipient = new.recipient.trim().replace(char::is_control, " ");
    let sealed = match token {
        Some(token) => {
            let mail = scope.mail();
            let mail = mail.ok_or_else(|| Error::internal("a scope that cannot seal a token"))?;
            let sealed = mail
                .sealer()
                .seal(&[LABEL], id.uuid().as_bytes(), token_bytes(&token));
            Some(sealed.ok_or_else(|| Error::internal("a token that cannot be sealed"))?)
        }
        None => None,
    };
    let not_after = new.not_after.unwrap_or(now + rules::USEFUL);
    let not_after = parameters
        .expires_at
        .map_or(not_after, |end| end.min(not_after));
    Ok(delivery::Model {
        id,
        company_id: company,
        kind,
        purpose: new.purpose,
        person_id: new.person,
        subject_id: new.subject,
        recipient: Some(recipient),
        locale: new.locale,
        dedupe_key: new.dedupe_key,
        parameters: Some(serde_json::to_value(parameters).map_err(Error::internal)?),
        sealed,
        state: DeliveryState::Pending,
        reason: None,
        attempt_count: 0,
        attempt_limit: rules::ATTEMPTS,
        next_attempt_at: Some(now),
        lease_owner: None,
        message_id: message_id(scope, id),
        server_code: None,
        server_answer: None,
        not_after,
        sent_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    })
}

/// The same for every attempt; the domain is the service's own.
fn message_id(scope: &Scope, id: DeliveryId) -> String {
    let domain = scope
        .mail()
        .map(|mail| mail.sender().email.domain().to_owned());
    format!("<{id}@{}>", domain.as_deref().unwrap_or("localhost"))
}

/// The token of a message; null if it has none. Refuses one that this process's secret does not open.
pub fn token(scope: &Scope, row: &delivery::Model) -> Result<Option<String>, Unreadable> {
    let Some(sealed) = &row.sealed else {
        return Ok(None);
    };
    let sealer = scope.mail().ok_or(Unreadable)?.sealer();
    let opened = sealer.open(&[LABEL], row.id.uuid().as_bytes(), sealed);
    let token = String::from_utf8(opened.ok_or(Unreadable)?);
    token.map(Some).map_err(|_| Unreadable)
}

/// The stored message cannot be read with the service's secret.
#[derive(Clone, Copy, Debug)]
pub struct Unreadable;

/// The values of a message.
pub fn parameters(row: &delivery::Model) -> Parameters {
    let stored = row.parameters.clone();
    stored
        .and_then(|stored| serde_json::from_value(stored).ok())
        .unwrap_or_default()
}

/// Suppresses what is not sent yet of some subjects, as when their invitations are revoked: part of the caller's transaction. Answers the
/// changes to record. A message that is being sent in this moment may still arrive.
pub async fn cancel(
    scope: &Scope,
    transaction: &Transaction<'_>,
    writes: &mut Writes,
    subjects: &[Uuid],
) -> Result<Vec<Change>> {
    let company = scope.company()?;
    let found = store::unfinished_of_subjects(scope, &**transaction, company, subjects).await?;
    let now = scope.now();
    let rows: Vec<delivery::Model> = found
        .into_iter()
        .map(|row| {
            let reason = Some(DeliveryReason::Cancelled);
            finished(row, DeliveryState::Suppressed, reason, now)
        })
        .collect();
    save(writes, &rows);
    Ok(rows.iter().map(ended).collect())
}

/// A row in a final state.
pub fn finished(
    row: delivery::Model,
    state: DeliveryState,
    reason: Option<DeliveryReason>,
    now: DateTime<Utc>,
) -> delivery::Model {
    delivery::Model {
        state,
        reason,
        next_attempt_at: None,
        sealed: row.sealed.filter(|_| rules::keeps_secret(state)),
        sent_at: (state == DeliveryState::Sent).then_some(now),
        updated_at: now,
        version: row.version + 1,
        ..row
    }
}

/// Writes what a sender or a cancellation changes of rows.
pub fn save(writes: &mut Writes, rows: &[delivery::Model]) {
    use delivery::Column as C;
    let rows: Vec<delivery::ActiveModel> = rows.iter().cloned().map(Into::into).collect();
    let changed = [
        C::State,
        C::Reason,
        C::AttemptCount,
        C::NextAttemptAt,
        C::LeaseOwner,
        C::Sealed,
        C::ServerCode,
        C::ServerAnswer,
        C::SentAt,
        C::UpdatedAt,
        C::Version,
    ];
    writes.edit(&rows, C::Id, &changed, &[]);
}

/// The change that tells of a final state, and its count in the metrics.
pub fn ended(row: &delivery::Model) -> Change {
    let kind = match row.state {
        DeliveryState::Sent => "delivery.sent",
        DeliveryState::Failed => "delivery.failed",
        DeliveryState::Expired => "delivery.expired",
        DeliveryState::Suppressed => "delivery.suppressed",
        DeliveryState::Undeliverable => "delivery.undeliverable",
        DeliveryState::NotSent => "delivery.not_sent",
        DeliveryState::Pending | DeliveryState::Sending => QUEUED,
    };
    let labels = [("kind", row.kind.word()), ("state", row.state.word())];
    names::DELIVERIES_ENDED.count(&labels);
    change(row, kind)
}

fn change(row: &delivery::Model, kind: &'static str) -> Change {
    Change {
        company: row.company_id,
        kind,
        subject: SubjectKind::Delivery,
        id: row.id.0,
        person: row.person_id,
        fields: vec![],
    }
}

/// Queues a message again that was not sent. Requires `alumni:write` and `deliveries:read`.
pub async fn retry(
    scope: &Scope,
    id: DeliveryId,
    expected: Option<i32>,
    recipient: Option<String>,
) -> Result<delivery::Model> {
    scope.require(Permission::AlumniWrite)?;
    scope.require(Permission::DeliveriesRead)?;
    let transaction = scope.begin().await?;
    let found = store::get_for_update(scope, &*transaction, id).await?;
    same_version(expected, found.version)?;
    let now = scope.now();
    let mut checks = Checks::default();
    if !rules::can_retry(found.state) {
        let message = format!(
            "has the state {}: only FAILED, EXPIRED and UNDELIVERABLE messages are queued again",
            found.state.word()
        );
        checks.refuse(UserErrorCode::Refused, "id", message);
        return checks.done().map(|()| found);
    }
    let parameters = parameters(&found);
    let end = parameters.expires_at;
    if end.is_some_and(|end| end <= now) {
        checks.refuse(
            UserErrorCode::Refused,
            "id",
            "its link has expired: send a new invitation",
        );
    } else if end.is_some() && found.sealed.is_none() {
        let message = "its link is no longer stored: send a new invitation";
        checks.refuse(UserErrorCode::Refused, "id", message);
    } else if found.reason == Some(DeliveryReason::Unreadable) && token(scope, &found).is_err() {
        let message = "its link cannot be read with the current link secret: send a new invitation";
        checks.refuse(UserErrorCode::Refused, "id", message);
    }
    let recipient = match recipient {
        Some(text) => Some(corrected(&mut checks, &found, &text)),
        None => found.recipient.clone(),
    };
    if recipient.is_none() {
        let message = "the address is no longer stored: give one";
        checks.refuse(UserErrorCode::Required, "recipient", message);
    }
    checks.done()?;
    let queued = delivery::Model {
        recipient,
        state: DeliveryState::Pending,
        reason: None,
        attempt_limit: found.attempt_count + rules::ATTEMPTS,
        next_attempt_at: Some(now),
        lease_owner: None,
        not_after: end.map_or(now + rules::USEFUL, |end| end.min(now + rules::USEFUL)),
        updated_at: now,
        version: found.version + 1,
        ..found
    };
    let mut writes = transaction.writes();
    writes.save(queued.clone())?;
    let change = Change {
        kind: "delivery.retried",
        ..change(&queued, QUEUED)
    };
    transaction.write(writes, vec![change]).await?;
    transaction.commit().await?;
    Ok(queued)
}

/// A corrected address. The link of an account gives roles to its holder, so its address is not changed: that would be a way to them.
fn corrected(checks: &mut Checks, row: &delivery::Model, text: &str) -> String {
    if row.kind == DeliveryKind::AccountInvitation {
        let message = "the address of an account invitation cannot be changed: revoke the invitation and send a new one";
        checks.refuse(UserErrorCode::Refused, "recipient", message);
    } else if mail::parse_address(text).is_none() {
        let message = format!("`{text}` must be an e-mail address, for example `taro@example.com`");
        checks.refuse(UserErrorCode::Invalid, "recipient", message);
    }
    text.trim().to_owned()
}

/// Adds to the writes that what messages about some subjects say of the recipient is removed. Those that wait are not sent.
pub fn remove_content(writes: &mut Writes, company: CompanyId, subjects: &[Uuid]) {
    writes.also(store::content_removed(company, subjects));
}

/// Removes what is no longer needed of finished messages, as the service's own work in one company.
pub async fn clean(scope: &Scope) -> Result<()> {
    let now = scope.now();
    let transaction = scope.begin().await?;
    let (secrets, content) = (now - rules::SECRET_KEPT, now - rules::CONTENT_KEPT);
    store::clean(scope, &*transaction, secrets, content).await?;
    transaction.commit().await
}
