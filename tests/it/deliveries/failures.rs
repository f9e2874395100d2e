//! What happens when the mail server, the network or the sender fails.

use std::collections::BTreeMap;

use alumni_api::deliveries::Sender;
use chrono::TimeDelta;
use entity::DeliveryState::{Sent, Undeliverable};
use entity::{DeliveryOutcome, DeliveryReason, DeliveryState};

use super::{
    attempts, later, plain, queue_in, queue_some, rows, send, sending_to, sending_to_url, states,
};
use crate::support::smtp::{Mode, SmtpServer};
use crate::support::{AOZORA, MERIDIAN, TestApp};

fn recipients(count: usize) -> Vec<String> {
    (0..count)
        .map(|number| format!("person{number:03}@example.com"))
        .collect()
}

#[tokio::test]
async fn a_message_that_the_server_defers_is_sent_later_with_the_same_message_id() {
    let server = SmtpServer::start(Mode::Defer).await;
    let app = TestApp::start_with_mail(sending_to(&server)).await;
    let queued = queue_some(&app, vec![plain("taro@example.com")]).await;
    send(&app).await;
    let row = &rows(&app).await[0];
    assert_eq!((row.state, row.attempt_count), (DeliveryState::Pending, 1));
    assert_eq!(row.server_code, Some(450));
    assert_eq!(
        row.server_answer.as_deref(),
        Some("4.2.0 <(recipient)>: try again later")
    );
    let wait = row.next_attempt_at.unwrap() - app.clock.now();
    assert!((48..=72).contains(&wait.num_seconds()), "{wait}");
    server.set(Mode::Accept);
    assert_eq!(send(&app).await.claimed, 0);
    later(&app, TimeDelta::seconds(73));
    send(&app).await;
    assert_eq!(states(&app).await, [Sent]);
    assert_eq!(
        server.accepted()[0].header("Message-ID"),
        queued[0].message_id
    );
    let outcomes: Vec<_> = attempts(&app)
        .await
        .iter()
        .map(|row| (row.number, row.outcome))
        .collect();
    assert_eq!(
        outcomes,
        [(1, DeliveryOutcome::Deferred), (2, DeliveryOutcome::Sent)]
    );
}

#[tokio::test]
async fn a_rejected_message_fails_with_the_answer_and_stops_no_other() {
    let server = SmtpServer::start(Mode::RefuseRecipient("person003")).await;
    let app = TestApp::start_with_mail(sending_to(&server)).await;
    queue_some(&app, recipients(10).iter().map(|to| plain(to)).collect()).await;
    assert_eq!(send(&app).await.claimed, 10);
    let rows = rows(&app).await;
    for (number, row) in rows.iter().enumerate() {
        let failed = number == 3;
        let state = if failed { DeliveryState::Failed } else { Sent };
        assert_eq!(row.state, state, "{number}");
    }
    assert_eq!(rows[3].reason, Some(DeliveryReason::Rejected));
    assert_eq!(rows[3].server_code, Some(550));
    assert_eq!(
        rows[3].server_answer.as_deref(),
        Some("5.1.1 <(recipient)>: no such user")
    );
    assert_eq!(rows[4].server_answer.as_deref(), Some("2.0.0 queued as 1"));
    assert_eq!(server.accepted().len(), 9);
    let kinds = app.change_kinds().await;
    let count = |kind: &str| kinds.iter().filter(|each| *each == kind).count();
    assert_eq!(
        [
            count("delivery.queued"),
            count("delivery.sent"),
            count("delivery.failed")
        ],
        [10, 9, 1]
    );
}

#[tokio::test]
async fn a_connection_that_drops_in_the_message_is_a_retry_with_the_same_message_id() {
    let server = SmtpServer::start(Mode::DropInData).await;
    let app = TestApp::start_with_mail(sending_to(&server)).await;
    let queued = queue_some(&app, vec![plain("taro@example.com")]).await;
    send(&app).await;
    let row = &rows(&app).await[0];
    assert_eq!((row.state, row.attempt_count), (DeliveryState::Pending, 1));
    assert_eq!(row.server_code, None);
    assert_eq!(
        attempts(&app).await[0].outcome,
        DeliveryOutcome::ConnectionLost
    );
    server.set(Mode::Accept);
    later(&app, TimeDelta::minutes(2));
    send(&app).await;
    assert_eq!(states(&app).await, [Sent]);
    let ids: Vec<String> = server
        .read()
        .iter()
        .map(|message| message.header("Message-ID"))
        .collect();
    assert_eq!(
        ids,
        [queued[0].message_id.clone(), queued[0].message_id.clone()]
    );
}

#[tokio::test]
async fn a_server_that_is_down_for_an_hour_costs_no_attempt_and_skips_nobody() {
    let port = SmtpServer::start(Mode::Accept).await.port();
    let app = TestApp::start_with_mail(sending_to_url(&format!("smtp://127.0.0.1:{port}"))).await;
    queue_some(&app, recipients(250).iter().map(|to| plain(to)).collect()).await;
    for _ in 0..60 {
        let round = send(&app).await;
        assert!(round.unavailable.is_some(), "{round:?}");
        later(&app, TimeDelta::minutes(1));
    }
    for row in rows(&app).await {
        assert_eq!((row.state, row.attempt_count), (DeliveryState::Pending, 0));
    }
    assert_eq!(attempts(&app).await, []);
    let server = SmtpServer::start_at(port, Mode::Accept).await;
    let round = send(&app).await;
    assert_eq!((round.claimed, round.unavailable), (250, None));
    let mut to: Vec<String> = server
        .accepted()
        .into_iter()
        .flat_map(|message| message.to)
        .collect();
    to.sort();
    assert_eq!(to, recipients(250));
}

#[tokio::test]
async fn a_server_that_refuses_the_login_or_closes_at_once_fails_no_message() {
    let server = SmtpServer::start(Mode::RefuseLogin).await;
    let url = format!("smtp://me:wrong@127.0.0.1:{}", server.port());
    let app = TestApp::start_with_mail(sending_to_url(&url)).await;
    queue_some(&app, vec![plain("taro@example.com")]).await;
    for mode in [Mode::RefuseLogin, Mode::Closing] {
        server.set(mode);
        let cause = send(&app).await.unavailable.unwrap();
        assert!(!cause.contains("wrong@"), "{cause}");
        assert_eq!(states(&app).await, [DeliveryState::Pending]);
    }
    server.set(Mode::Accept);
    assert_eq!(send(&app).await.unavailable, None);
    assert_eq!(states(&app).await, [Sent]);
}

#[tokio::test]
async fn connections_are_kept_and_a_server_that_limits_them_gets_new_ones() {
    let server = SmtpServer::start(Mode::Accept).await;
    let app = TestApp::start_with_mail(sending_to(&server)).await;
    queue_some(&app, recipients(80).iter().map(|to| plain(to)).collect()).await;
    send(&app).await;
    assert_eq!(server.accepted().len(), 80);
    assert!(server.connections() <= 4, "{}", server.connections());
    server.set(Mode::FewPerConnection(5));
    let more: Vec<_> = recipients(120)[80..].iter().map(|to| plain(to)).collect();
    queue_some(&app, more).await;
    send(&app).await;
    assert_eq!(server.accepted().len(), 120);
    assert!(states(&app).await.iter().all(|state| *state == Sent));
    assert!(rows(&app).await.iter().all(|row| row.attempt_count == 1));
}

#[tokio::test]
async fn what_is_deferred_past_its_time_expires_and_is_not_sent_late() {
    let server = SmtpServer::start(Mode::Defer).await;
    let app = TestApp::start_with_mail(sending_to(&server)).await;
    queue_some(&app, vec![plain("taro@example.com")]).await;
    for _ in 0..72 {
        send(&app).await;
        later(&app, TimeDelta::hours(1));
    }
    server.set(Mode::Accept);
    send(&app).await;
    let row = &rows(&app).await[0];
    assert_eq!((row.state, row.reason), (DeliveryState::Expired, None));
    assert_eq!(row.server_code, Some(450));
    assert!(server.accepted().is_empty());
}

#[tokio::test]
async fn addresses_with_misplaced_dots_are_quoted_and_others_end_as_undeliverable() {
    let server = SmtpServer::start(Mode::Accept).await;
    let app = TestApp::start_with_mail(sending_to(&server)).await;
    let addresses = [
        "a..b@docomo.ne.jp",
        "a.@docomo.ne.jp",
        "no address",
        "eve@example.com>\r\nRCPT TO:<all@example.com",
        "taro@example.com",
    ];
    queue_some(&app, addresses.iter().map(|to| plain(to)).collect()).await;
    send(&app).await;
    assert_eq!(
        states(&app).await,
        [Sent, Sent, Undeliverable, Undeliverable, Sent]
    );
    assert_eq!(
        rows(&app).await[2].reason,
        Some(DeliveryReason::InvalidAddress)
    );
    let mut to: Vec<String> = server
        .accepted()
        .into_iter()
        .flat_map(|message| message.to)
        .collect();
    to.sort();
    assert_eq!(
        to,
        [
            "\"a.\"@docomo.ne.jp",
            "\"a..b\"@docomo.ne.jp",
            "taro@example.com"
        ]
    );
}

#[tokio::test]
async fn a_sender_that_is_killed_sends_again_only_after_its_lease_and_skips_nobody() {
    let server = SmtpServer::start(Mode::HangInData).await;
    let app = TestApp::start_with_mail(sending_to(&server)).await;
    queue_some(&app, recipients(12).iter().map(|to| plain(to)).collect()).await;
    let killed = app.app.clone();
    let killed = tokio::spawn(async move { Sender::new(&killed).send_due().await });
    server.until_read(4).await;
    killed.abort();
    server.set(Mode::Accept);
    assert!(
        states(&app)
            .await
            .iter()
            .all(|state| *state == DeliveryState::Sending)
    );
    later(&app, TimeDelta::minutes(9));
    assert_eq!(send(&app).await.claimed, 0);
    later(&app, TimeDelta::minutes(1));
    assert_eq!(send(&app).await.claimed, 12);
    assert!(states(&app).await.iter().all(|state| *state == Sent));
    let mut sent: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for message in server.read() {
        let ids = sent.entry(message.to[0].clone()).or_default();
        ids.push(message.header("Message-ID"));
    }
    assert_eq!(sent.keys().cloned().collect::<Vec<_>>(), recipients(12));
    let repeated = sent.values().filter(|ids| ids.len() == 2);
    assert_eq!(repeated.clone().count(), 4);
    assert!(repeated.into_iter().all(|ids| ids[0] == ids[1]));
    let unknown = attempts(&app).await;
    let unknown: Vec<_> = unknown.iter().filter(|row| row.number == 1).collect();
    assert_eq!(unknown.len(), 12);
    assert!(
        unknown
            .iter()
            .all(|row| row.outcome == DeliveryOutcome::Unknown && row.ended_at.is_none())
    );
}

#[tokio::test]
async fn two_instances_send_each_message_once() {
    let server = SmtpServer::start(Mode::Accept).await;
    let app = TestApp::start_with_mail(sending_to(&server)).await;
    queue_in(
        &app,
        AOZORA,
        recipients(150).iter().map(|to| plain(to)).collect(),
    )
    .await;
    queue_in(
        &app,
        MERIDIAN,
        recipients(150).iter().map(|to| plain(to)).collect(),
    )
    .await;
    let (one, other) = (Sender::new(&app.app), Sender::new(&app.app));
    let (first, second) = tokio::join!(one.send_due(), other.send_due());
    assert_eq!(first.unwrap().claimed + second.unwrap().claimed, 300);
    let mut ids: Vec<String> = server
        .accepted()
        .iter()
        .map(|message| message.header("Message-ID"))
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), server.accepted().len()), (300, 300));
    assert!(states(&app).await.iter().all(|state| *state == Sent));
}
