//! Messages are rows of the transaction that causes them.

use alumni_api::deliveries::{NewDelivery, queue};
use chrono::TimeDelta;
use entity::{DeliveryState, Id};
use sea_orm::DbBackend;

use super::{invitation, plain, queue_in, queue_some, rows, send, sending_to, service};
use crate::support::smtp::{Mode, SmtpServer};
use crate::support::{AOZORA, MERIDIAN, TestApp};

#[tokio::test]
async fn a_message_of_a_transaction_that_is_rolled_back_is_not_sent() {
    let server = SmtpServer::start(Mode::Accept).await;
    let app = TestApp::start_with_mail(sending_to(&server)).await;
    let scope = service(&app, AOZORA);
    let transaction = scope.begin().await.unwrap();
    let mut writes = transaction.writes();
    let queued = queue(
        &scope,
        &transaction,
        &mut writes,
        vec![plain("taro@example.com")],
    );
    let queued = queued.await.unwrap();
    transaction.write(writes, queued.changes).await.unwrap();
    drop(transaction);
    assert_eq!(send(&app).await.claimed, 0);
    assert_eq!(rows(&app).await, []);
    assert!(server.read().is_empty());
}

#[tokio::test]
async fn a_key_is_queued_once_in_a_company() {
    let app = TestApp::start().await;
    let twice = vec![
        plain("a@example.com"),
        plain("a@example.com"),
        plain("b@example.com"),
    ];
    assert_eq!(queue_some(&app, twice).await.len(), 2);
    assert_eq!(queue_some(&app, vec![plain("a@example.com")]).await, []);
    assert_eq!(
        queue_in(&app, MERIDIAN, vec![plain("a@example.com")])
            .await
            .len(),
        1
    );
    assert_eq!(rows(&app).await.len(), 3);
    let queued = app.changes().await;
    let queued: Vec<_> = queued
        .iter()
        .filter(|change| change.kind == "delivery.queued")
        .collect();
    assert_eq!(queued.len(), 3);
    assert_eq!(queued[0].subject_id, rows(&app).await[0].id.uuid());
}

#[tokio::test]
async fn a_message_is_of_no_use_after_its_links_end() {
    let app = TestApp::start().await;
    let now = app.clock.now();
    let with = |not_after, key: &str| NewDelivery {
        not_after,
        dedupe_key: key.into(),
        ..invitation(&app, "taro@example.com")
    };
    let days = |days| now + TimeDelta::days(days);
    let rows = queue_some(&app, vec![with(None, "a"), with(Some(days(60)), "b")]).await;
    assert_eq!([rows[0].not_after, rows[1].not_after], [days(3), days(14)]);
}

#[tokio::test]
async fn twelve_thousand_messages_are_queued_by_few_statements() {
    let app = TestApp::start().await;
    let new: Vec<_> = (0..12_000)
        .map(|number| invitation(&app, &format!("person{number}@example.com")))
        .collect();
    let (statements, queued) = app.statements(queue_some(&app, new)).await;
    assert_eq!(queued.len(), 12_000);
    // two look for known keys; PostgreSQL writes all rows and changes as one
    match app.app.database.backend() {
        DbBackend::Postgres => assert_eq!(statements, 3),
        _ => assert!(statements < 60, "{statements}"),
    }
    let rows = rows(&app).await;
    assert_eq!(rows.len(), 12_000);
    assert!(
        rows.iter()
            .all(|row| row.state == DeliveryState::Pending && row.sealed.is_some())
    );
}
