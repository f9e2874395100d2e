//! Who reads deliveries, and what of them.

use alumni_api::deliveries::NewDelivery;
use alumni_api::mail::MailSettings;
use entity::{DeliveryState, PersonId, PersonalField, ProfileField, access_log_entry};
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use super::{invitation, plain, queue_in, queue_some, send, sending_to, states, to_person};
use crate::support::smtp::{Mode, SmtpServer};
use crate::support::{AOZORA, MERIDIAN, TestApp};

/// What the access log holds: of whom, and which fields, a bit each.
async fn read_of(app: &TestApp) -> Vec<(Option<PersonId>, i64)> {
    app.app.access_log.drain(&app.app.database).await.unwrap();
    let entries = access_log_entry::Entity::find().all(app.connection());
    let entries = entries.await.unwrap().into_iter();
    entries
        .map(|entry| (entry.person_id, entry.fields))
        .collect()
}

const LIST: &str = "query($filter: DeliveryFilter) { deliveries(filter: $filter, orderBy: OLDEST) { totalCount nodes { recipient } } }";

async fn listed(app: &TestApp, filter: Value) -> Vec<String> {
    let reply = app.hr().run(LIST, json!({ "filter": filter })).await;
    reply.texts("/deliveries/nodes", "recipient")
}

#[tokio::test]
async fn hr_finds_messages_by_state_kind_person_and_time() {
    let server = SmtpServer::start(Mode::RefuseRecipient("bad")).await;
    let app = TestApp::start_with_mail(sending_to(&server)).await;
    let person = app.new_alumnus("山田", "").insert().await.id;
    queue_some(
        &app,
        vec![plain("good@example.com"), plain("bad@example.com")],
    )
    .await;
    send(&app).await;
    app.clock.advance(chrono::TimeDelta::hours(1));
    queue_some(
        &app,
        vec![
            to_person(person, "p@example.com"),
            invitation(&app, "i@example.com"),
        ],
    )
    .await;
    queue_in(&app, MERIDIAN, vec![plain("foreign@example.com")]).await;
    let all = [
        "good@example.com",
        "bad@example.com",
        "p@example.com",
        "i@example.com",
    ];
    assert_eq!(listed(&app, json!({})).await, all);
    assert_eq!(
        listed(&app, json!({ "states": ["FAILED"] })).await,
        ["bad@example.com"]
    );
    assert_eq!(
        listed(&app, json!({ "states": [] })).await,
        Vec::<String>::new()
    );
    assert_eq!(
        listed(&app, json!({ "kinds": ["MEMBERSHIP_INVITATION"] })).await,
        ["i@example.com"]
    );
    assert_eq!(
        listed(&app, json!({ "personId": person.to_string() })).await,
        ["p@example.com"]
    );
    let early = json!({ "createdAt": { "before": "2026-04-01T00:30:00Z" } });
    assert_eq!(listed(&app, early).await, all[..2]);
}

#[tokio::test]
async fn a_message_tells_its_whole_way_and_is_a_node() {
    let server = SmtpServer::start(Mode::Defer).await;
    let app = TestApp::start_with_mail(sending_to(&server)).await;
    let person = app.new_alumnus("山田", "太郎").insert().await.id;
    let queued = queue_some(&app, vec![to_person(person, "taro@example.com")]).await;
    send(&app).await;
    server.set(Mode::Accept);
    app.clock.advance(chrono::TimeDelta::minutes(2));
    send(&app).await;
    let query = "query($id: ID!) { node(id: $id) { ... on Delivery { kind purpose state reason recipient locale attemptCount nextAttemptAt sentAt messageId serverCode serverAnswer content { subject } person { displayName } attempts { number outcome serverCode endedAt } version } } }";
    let reply = app
        .hr()
        .run(query, json!({ "id": queued[0].id.to_string() }))
        .await;
    assert_eq!(
        reply.at("/node"),
        &json!({
            "kind": "TEST",
            "purpose": null,
            "state": "SENT",
            "reason": null,
            "recipient": "taro@example.com",
            "locale": "en",
            "attemptCount": 2,
            "nextAttemptAt": null,
            "sentAt": "2026-04-01T00:02:00+00:00",
            "messageId": queued[0].message_id,
            "serverCode": 250,
            "serverAnswer": "2.0.0 queued as 1",
            "content": null,
            "person": { "displayName": "山田 太郎" },
            "attempts": [
                { "number": 1, "outcome": "DEFERRED", "serverCode": 450, "endedAt": "2026-04-01T00:00:00+00:00" },
                { "number": 2, "outcome": "SENT", "serverCode": 250, "endedAt": "2026-04-01T00:02:00+00:00" },
            ],
            "version": 5,
        })
    );
}

/// An attacker with another role or of another company tries to learn of messages.
#[tokio::test]
async fn nobody_but_hr_and_admins_of_the_company_learns_of_a_message() {
    let app = TestApp::start().await;
    let queued = queue_some(&app, vec![plain("taro@example.com")]).await;
    let id = json!({ "id": queued[0].id.to_string() });
    let node = "query($id: ID!) { node(id: $id) { ... on Delivery { recipient } } }";
    for role in ["recruiter", "supporter", "employee", "alumnus"] {
        let actor = app.actor(role);
        assert_eq!(
            actor.run(LIST, json!({})).await.codes(),
            ["FORBIDDEN"],
            "{role}"
        );
        assert!(
            actor.run(node, id.clone()).await.at("/node").is_null(),
            "{role}"
        );
    }
    assert_eq!(
        app.anonymous().run(LIST, json!({})).await.codes(),
        ["UNAUTHENTICATED"]
    );
    assert!(
        app.stranger()
            .run(node, id.clone())
            .await
            .at("/node")
            .is_null()
    );
    assert_eq!(
        app.stranger()
            .run(LIST, json!({}))
            .await
            .at("/deliveries/totalCount"),
        0
    );
    for role in ["hr", "admin"] {
        let seen = app.actor(role).run(node, id.clone()).await;
        assert_eq!(seen.at("/node/recipient"), "taro@example.com", "{role}");
    }
}

#[tokio::test]
async fn an_address_that_a_person_hides_from_staff_is_hidden_here_too() {
    let app = TestApp::start().await;
    let bit = alumni_api::access::visibility::bit(ProfileField::PersonalEmail);
    let hides = app
        .new_alumnus("hides", "")
        .with(|row| row.seen_by_hr &= !bit)
        .insert()
        .await
        .id;
    let shows = app.new_alumnus("shows", "").insert().await.id;
    queue_some(
        &app,
        vec![
            to_person(hides, "hidden@example.com"),
            to_person(shows, "shown@example.com"),
        ],
    )
    .await;
    assert_eq!(listed(&app, json!({})).await, ["null", "shown@example.com"]);
}

#[tokio::test]
async fn reading_a_persons_address_is_in_the_access_log() {
    let app = TestApp::start().await;
    let person = app.new_alumnus("山田", "").insert().await.id;
    queue_some(
        &app,
        vec![
            to_person(person, "taro@example.com"),
            plain("else@example.com"),
        ],
    )
    .await;
    app.hr()
        .ask("{ deliveries { nodes { state sentAt } } }")
        .await
        .data();
    assert_eq!(read_of(&app).await, []);
    app.hr()
        .ask("{ deliveries { nodes { recipient } } }")
        .await
        .data();
    let personal_email = 1 << (PersonalField::PersonalEmail as i64);
    assert_eq!(read_of(&app).await, [(Some(person), personal_email)]);
}

#[tokio::test]
async fn in_development_without_a_mail_server_messages_are_kept_with_their_links() {
    let app = TestApp::start().await;
    queue_some(&app, vec![invitation(&app, "taro@example.com")]).await;
    assert_eq!(send(&app).await.claimed, 1);
    assert_eq!(states(&app).await, [DeliveryState::NotSent]);
    let reply = app
        .hr()
        .ask("{ deliveries { nodes { state content { subject text html } } } }")
        .await;
    let node = reply.at("/deliveries/nodes/0");
    assert_eq!(node["state"], "NOT_SENT");
    let text = node["content"]["text"].as_str().unwrap();
    assert!(text.contains("token-of-taro@example.com"), "{text}");
    assert!(
        node["content"]["subject"]
            .as_str()
            .unwrap()
            .contains("アルムナイ・コミュニティへのご招待")
    );
    assert!(
        node["content"]["html"]
            .as_str()
            .unwrap()
            .starts_with("<!DOCTYPE html>")
    );
}

#[tokio::test]
async fn in_production_without_a_mail_server_messages_wait_and_readiness_says_so() {
    let app = TestApp::start_with_mail(MailSettings::default()).await;
    queue_some(&app, vec![invitation(&app, "taro@example.com")]).await;
    assert_eq!(send(&app).await.claimed, 0);
    assert_eq!(states(&app).await, [DeliveryState::Pending]);
    let ready = app.client().get(app.url("/readyz")).send().await.unwrap();
    assert_eq!(ready.status(), 200);
    let ready: Value = ready.json().await.unwrap();
    assert_eq!(
        ready["mail"],
        "No mail server is set, so messages wait: set ALUMNI_SMTP_URL."
    );
    let content = app
        .hr()
        .ask("{ deliveries { nodes { content { text } } } }")
        .await;
    assert!(content.at("/deliveries/nodes/0/content").is_null());
}

#[tokio::test]
async fn an_export_tells_the_messages_without_their_secrets() {
    let server = SmtpServer::start(Mode::Accept).await;
    let app = TestApp::start_with_mail(sending_to(&server)).await;
    let person = AOZORA.person("alumnus");
    let message = NewDelivery {
        person: Some(person),
        ..plain("me@example.com")
    };
    queue_some(&app, vec![message]).await;
    send(&app).await;
    let open = "mutation { dataRequestOpen(input: { kind: EXPORT }) { exportPath userErrors { message } } }";
    let opened = app.alumnus().ask(open).await;
    let path = opened
        .at("/dataRequestOpen/exportPath")
        .as_str()
        .unwrap()
        .to_owned();
    let document = app.client().get(app.url(&path)).send().await.unwrap();
    let document: Value = document.json().await.unwrap();
    let section = |name: &str| {
        let sections = document["sections"].as_array().unwrap();
        let section = sections.iter().find(|section| section["name"] == name);
        section.unwrap_or_else(|| panic!("no {name}"))["entries"].clone()
    };
    let told = section("deliveries");
    assert_eq!(told[0]["recipient"], "me@example.com");
    assert_eq!(told[0]["state"], "SENT");
    assert!(told[0]["id"].as_str().unwrap().starts_with("delivery_"));
    assert!(told[0].get("sealed").is_none() && told[0].get("dedupeKey").is_none());
    assert_eq!(section("deliveryAttempts")[0]["outcome"], "SENT");
}
