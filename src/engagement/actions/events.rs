//! Preparing, announcing and calling off.

use chrono::{DateTime, Utc};
use entity::{
    EngagementEventId, EngagementEventKind, EngagementEventState, Standing, engagement_event,
};

use super::{event_change, promote};
use crate::access::Permission;
use crate::checks::{Checks, same_version};
use crate::engagement::rules::{self, EventEdit};
use crate::engagement::store;
use crate::error::{Result, UserErrorCode};
use crate::scope::{Scope, Transaction};

/// Makes a draft. Requires `events:write`.
pub async fn create(
    scope: &Scope,
    kind: EngagementEventKind,
    (starts_at, ends_at): (DateTime<Utc>, DateTime<Utc>),
    edit: EventEdit,
) -> Result<engagement_event::Model> {
    scope.require(Permission::EventsWrite)?;
    let now = scope.now();
    let mut event = engagement_event::Model {
        id: scope.new_id(),
        company_id: scope.company()?,
        kind,
        state: EngagementEventState::Draft,
        title: String::new(),
        summary: None,
        description: None,
        starts_at,
        ends_at,
        venue: None,
        online_url: None,
        capacity: None,
        going_count: 0,
        waiting_count: 0,
        host_id: None,
        cancelled_reason: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let transaction = scope.begin().await?;
    let mut checks = Checks::default();
    rules::apply(&mut checks, &mut event, edit);
    if let Some(host) = event.host_id {
        let known = store::host_standing(scope, &*transaction, host).await?;
        host_is_known(&mut checks, known);
    }
    checks.done()?;
    let change = event_change(&event, "engagement_event.created", vec![]);
    let mut writes = transaction.writes();
    writes.insert(vec![event.clone()]);
    transaction.write(writes, vec![change]).await?;
    transaction.commit().await?;
    Ok(event)
}

/// Edits an event; places that come free are given to those who wait. Requires `events:write`.
pub async fn update(
    scope: &Scope,
    id: EngagementEventId,
    expected: Option<i32>,
    edit: EventEdit,
) -> Result<engagement_event::Model> {
    scope.require(Permission::EventsWrite)?;
    let transaction = scope.begin().await?;
    let host = match edit.host_id.value() {
        Some(host) => store::host_standing(scope, &*transaction, *host).await?,
        None => None,
    };
    let found = store::get_for_update(scope, &*transaction, id).await?;
    same_version(expected, found.version)?;
    rules::may_edit(&found)?;
    let mut event = found.clone();
    let mut checks = Checks::default();
    rules::apply(&mut checks, &mut event, edit);
    if event.host_id.is_some() && event.host_id != found.host_id {
        host_is_known(&mut checks, host);
    }
    checks.done()?;
    let fields = rules::differences(&found, &event);
    if fields.is_empty() {
        return Ok(found);
    }
    (event.updated_at, event.version) = (scope.now(), found.version + 1);
    let mut changes = vec![event_change(&event, "engagement_event.updated", fields)];
    let mut writes = transaction.writes();
    let events = std::slice::from_mut(&mut event);
    changes.extend(promote(scope, &transaction, &mut writes, events, &[]).await?);
    writes.save(event.clone())?;
    transaction.write(writes, changes).await?;
    transaction.commit().await?;
    Ok(event)
}

/// Announces a draft. Requires `events:write`.
pub async fn publish(
    scope: &Scope,
    id: EngagementEventId,
    expected: Option<i32>,
) -> Result<engagement_event::Model> {
    scope.require(Permission::EventsWrite)?;
    let transaction = scope.begin().await?;
    let mut event = store::get_for_update(scope, &*transaction, id).await?;
    same_version(expected, event.version)?;
    rules::may_publish(&event, scope.now())?;
    event.state = EngagementEventState::Published;
    moved(
        scope,
        transaction,
        event,
        "engagement_event.published",
        &["state"],
    )
    .await
}

/// Cancels a published event; its responses are kept. Requires `events:write`.
pub async fn cancel(
    scope: &Scope,
    id: EngagementEventId,
    expected: Option<i32>,
    reason: &str,
) -> Result<engagement_event::Model> {
    scope.require(Permission::EventsWrite)?;
    let mut checks = Checks::default();
    let reason = checks.line("reason", reason, 500);
    let transaction = scope.begin().await?;
    let mut event = store::get_for_update(scope, &*transaction, id).await?;
    same_version(expected, event.version)?;
    rules::may_cancel(&event, scope.now())?;
    checks.done()?;
    event.state = EngagementEventState::Cancelled;
    event.cancelled_reason = Some(reason);
    moved(
        scope,
        transaction,
        event,
        "engagement_event.cancelled",
        &["state", "cancelledReason"],
    )
    .await
}

/// Stores an event in its new state, with the change record.
async fn moved(
    scope: &Scope,
    transaction: Transaction<'_>,
    mut event: engagement_event::Model,
    kind: &'static str,
    fields: &[&str],
) -> Result<engagement_event::Model> {
    (event.updated_at, event.version) = (scope.now(), event.version + 1);
    let fields = fields.iter().map(ToString::to_string).collect();
    let change = event_change(&event, kind, fields);
    let mut writes = transaction.writes();
    writes.save(event.clone())?;
    transaction.write(writes, vec![change]).await?;
    transaction.commit().await?;
    Ok(event)
}

fn host_is_known(checks: &mut Checks, known: Option<Standing>) {
    if known.is_none() {
        checks.refuse(
            UserErrorCode::NotFound,
            "hostId",
            "there is no such person for you",
        );
    }
}
