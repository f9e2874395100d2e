//! Engagement events: what is announced, who answers, who gets a place, and what of it whom is shown.

mod answers;
mod check_in;
mod events;
mod leaving;
mod reads;
mod shown;

use entity::{ParticipationState, engagement_event, participation};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use crate::support::{Actor, Reply, TestApp};

const RESPOND: &str = "mutation($input: ParticipationRespondInput!) { participationRespond(input: $input) {
    participation { id state note waitingPosition waitingSince promotedAt version event { goingCount waitingCount } }
    userErrors { code field message } } }";
const UPDATE: &str = "mutation($input: EngagementEventUpdateInput!) { engagementEventUpdate(input: $input) {
    engagementEvent { title capacity goingCount waitingCount version } userErrors { code field message } } }";
const PUBLISH: &str =
    "mutation($input: EngagementEventPublishInput!) { engagementEventPublish(input: $input) {
    engagementEvent { state version } userErrors { code field message } } }";
const CANCEL: &str =
    "mutation($input: EngagementEventCancelInput!) { engagementEventCancel(input: $input) {
    engagementEvent { state cancelledReason version } userErrors { code field message } } }";
const CHECK_IN: &str =
    "mutation($input: ParticipationCheckInInput!) { participationCheckIn(input: $input) {
    participation { state checkedInAt version } userErrors { code field message } } }";
const RELEASE: &str =
    "mutation($input: ParticipationReleaseInput!) { participationRelease(input: $input) {
    participation { state releasedAt releaseReason version event { goingCount waitingCount } }
    userErrors { code field message } } }";

const PROMOTE: &str =
    "mutation($input: ParticipationPromoteInput!) { participationPromote(input: $input) {
    participation { state promotedAt version event { goingCount waitingCount } } userErrors { code field message } } }";

/// Somebody answers an event.
async fn says(who: &Actor<'_>, event: &engagement_event::Model, answer: &str) -> Reply {
    let input = json!({ "eventId": event.id.to_string(), "answer": answer });
    who.run(RESPOND, json!({ "input": input })).await
}

/// An organiser edits an event.
async fn edits(app: &TestApp, event: &engagement_event::Model, mut edit: Value) -> Reply {
    edit["id"] = json!(event.id.to_string());
    app.supporter().run(UPDATE, json!({ "input": edit })).await
}

/// The event as it is stored now.
async fn stored(app: &TestApp, event: &engagement_event::Model) -> engagement_event::Model {
    let found = engagement_event::Entity::find_by_id(event.id);
    found.one(app.connection()).await.unwrap().unwrap()
}

/// The event's answers as they are stored now, oldest first.
async fn answers_to(app: &TestApp, event: &engagement_event::Model) -> Vec<participation::Model> {
    participation::Entity::find()
        .filter(participation::Column::EventId.eq(event.id))
        .order_by_asc(participation::Column::Id)
        .all(app.connection())
        .await
        .unwrap()
}

/// Where each of the event's answers stands, oldest first.
async fn states(app: &TestApp, event: &engagement_event::Model) -> Vec<ParticipationState> {
    let answers = answers_to(app, event).await;
    answers.into_iter().map(|answer| answer.state).collect()
}
