//! Staff queues messages again that were not sent.

use alumni_api::deliveries::{Message, NewDelivery};
use chrono::TimeDelta;
use entity::{DeliveryId, DeliveryState, Role};
use serde_json::{Value, json};

use super::{invitation, later, plain, queue_some, rows, send, sending_to, states};
use crate::support::smtp::{Mode, SmtpServer};
use crate::support::{Reply, TestApp};

const RETRY: &str = "mutation($input: DeliveryRetryInput!) { deliveryRetry(input: $input) { delivery { state recipient attemptCount } userErrors { code field message } } }";

async fn retry(app: &TestApp, id: DeliveryId, more: Value) -> Reply {
    let mut input = json!({ "id": id.to_string() });
    for (name, value) in more.as_object().unwrap() {
        input[name] = value.clone();
    }
    app.hr().run(RETRY, json!({ "input": input })).await
}

#[tokio::test]
async fn a_message_with_a_wrong_address_is_sent_to_the_corrected_one() {
    let server = SmtpServer::start(Mode::RefuseRecipient("typo")).await;
    let app = TestApp::start_with_mail(sending_to(&server)).await;
    let queued = queue_some(
        &app,
        vec![
            invitation(&app, "typo@example.com"),
            invitation(&app, "none"),
        ],
    )
    .await;
    send(&app).await;
    assert_eq!(
        states(&app).await,
        [DeliveryState::Failed, DeliveryState::Undeliverable]
    );
    for row in &queued {
        let done = retry(&app, row.id, json!({ "recipient": "right@example.com" })).await;
        assert_eq!(done.user_errors(), "");
        assert_eq!(done.at("/deliveryRetry/delivery/state"), "PENDING");
    }
    send(&app).await;
    assert_eq!(
        states(&app).await,
        [DeliveryState::Sent, DeliveryState::Sent]
    );
    let sent = server.accepted();
    let first = sent
        .iter()
        .find(|message| message.header("Message-ID") == queued[0].message_id);
    let [text, _] = first.unwrap().parts();
    assert!(text.contains("token=token-of-typo%40example.com"), "{text}");
    let kinds = app.change_kinds().await;
    assert_eq!(
        kinds
            .iter()
            .filter(|kind| *kind == "delivery.retried")
            .count(),
        2
    );
}

#[tokio::test]
async fn what_was_sent_or_waits_is_not_queued_again() {
    let server = SmtpServer::start(Mode::Accept).await;
    let app = TestApp::start_with_mail(sending_to(&server)).await;
    let queued = queue_some(&app, vec![plain("taro@example.com")]).await;
    for state in ["PENDING", "SENT"] {
        let refused = retry(&app, queued[0].id, json!({})).await;
        assert_eq!(
            refused.user_errors(),
            format!(
                "REFUSED id: has the state {state}: only FAILED, EXPIRED and UNDELIVERABLE messages are queued again"
            )
        );
        send(&app).await;
    }
    assert_eq!(server.accepted().len(), 1);
}

#[tokio::test]
async fn a_message_whose_link_has_expired_is_not_queued_again() {
    let server = SmtpServer::start(Mode::RefuseRecipient("taro")).await;
    let app = TestApp::start_with_mail(sending_to(&server)).await;
    let queued = queue_some(&app, vec![invitation(&app, "taro@example.com")]).await;
    send(&app).await;
    later(&app, TimeDelta::days(14));
    // the token of HR's login has expired with it
    let refused = retry(&app, queued[0].id, json!({})).await;
    assert_eq!(
        refused.user_errors(),
        "REFUSED id: its link has expired: send a new invitation"
    );
    assert_eq!(states(&app).await, [DeliveryState::Failed]);
}

#[tokio::test]
async fn another_version_and_an_invalid_address_are_refused() {
    let server = SmtpServer::start(Mode::RefuseRecipient("taro")).await;
    let app = TestApp::start_with_mail(sending_to(&server)).await;
    let queued = queue_some(&app, vec![plain("taro@example.com")]).await;
    send(&app).await;
    let id = queued[0].id;
    assert_eq!(
        retry(&app, id, json!({ "expectedVersion": 1 }))
            .await
            .user_errors(),
        "STALE_VERSION expectedVersion: the version stored is 3, not 1: read again"
    );
    assert_eq!(
        retry(&app, id, json!({ "recipient": "nobody" }))
            .await
            .user_errors(),
        "INVALID recipient: `nobody` must be an e-mail address, for example `taro@example.com`"
    );
    assert_eq!(rows(&app).await[0].state, DeliveryState::Failed);
}

/// HR may not give roles. The link of an account invitation does, so HR must not be able to have it sent to themselves.
#[tokio::test]
async fn the_link_of_an_account_is_never_sent_to_another_address() {
    let server = SmtpServer::start(Mode::RefuseRecipient("admin")).await;
    let app = TestApp::start_with_mail(sending_to(&server)).await;
    let invitation = NewDelivery {
        message: Message::AccountInvitation {
            roles: vec![Role::Admin],
            invited_by: None,
            expires_at: app.clock.now() + TimeDelta::days(7),
            token: "makes an admin".into(),
        },
        ..plain("new-admin@example.com")
    };
    let queued = queue_some(&app, vec![invitation]).await;
    send(&app).await;
    let refused = retry(&app, queued[0].id, json!({ "recipient": "me@example.com" })).await;
    assert_eq!(
        refused.user_errors(),
        "REFUSED recipient: the address of an account invitation cannot be changed: revoke the invitation and send a new one"
    );
    let foreign =
        json!({ "input": { "id": queued[0].id.to_string(), "recipient": "me@example.com" } });
    assert_eq!(
        app.stranger().run(RETRY, foreign.clone()).await.codes(),
        ["NOT_FOUND"]
    );
    for role in ["recruiter", "supporter", "employee", "alumnus"] {
        assert_eq!(
            app.actor(role).run(RETRY, foreign.clone()).await.codes(),
            ["FORBIDDEN"],
            "{role}"
        );
    }
    send(&app).await;
    let row = &rows(&app).await[0];
    assert_eq!(
        (row.state, row.recipient.as_deref()),
        (DeliveryState::Failed, Some("new-admin@example.com"))
    );
    assert!(server.accepted().is_empty());
}
