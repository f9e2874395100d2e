//! Who gets no message, and what remains of messages to them.

use alumni_api::deliveries::{Message, NewDelivery, cancel, clean};
use alumni_api::jobs::{JOBS, run_if_due};
use chrono::TimeDelta;
use entity::DeliveryState::{Sent, Suppressed};
use entity::{ConsentPurpose, DeliveryReason, LeaveType, MembershipState, PersonId};
use uuid::Uuid;

use super::{later, plain, queue_some, rows, send, sending_to, service, states, to_person};
use crate::support::smtp::{Mode, SmtpServer};
use crate::support::{AOZORA, TestApp};

fn news(person: PersonId, recipient: &str) -> NewDelivery {
    NewDelivery {
        purpose: Some(ConsentPurpose::EmailNews),
        ..to_person(person, recipient)
    }
}

#[tokio::test]
async fn whoever_left_the_audience_since_gets_nothing_and_every_reason_is_told() {
    let server = SmtpServer::start(Mode::Accept).await;
    let app = TestApp::start_with_mail(sending_to(&server)).await;
    let member = app.new_alumnus("member", "").insert().await.id;
    let silent = app
        .new_alumnus("silent", "")
        .consents(&[])
        .insert()
        .await
        .id;
    let paused = app
        .new_alumnus("paused", "")
        .state(MembershipState::Paused)
        .insert()
        .await
        .id;
    let restricted = app.new_alumnus("restricted", "");
    let at = app.clock.now();
    let restricted = restricted
        .with(|row| row.restricted_at = Some(at))
        .insert()
        .await
        .id;
    let dead = app
        .new_alumnus("dead", "")
        .left_because(LeaveType::Death, "")
        .insert()
        .await
        .id;
    let erased = app
        .new_alumnus("erased", "")
        .state(MembershipState::Erased)
        .insert()
        .await
        .id;
    let people = [member, silent, paused, restricted, dead, erased];
    let new = people.iter().enumerate();
    let new = new.map(|(number, person)| news(*person, &format!("p{number}@example.com")));
    queue_some(&app, new.collect()).await;
    send(&app).await;
    let ends: Vec<_> = rows(&app)
        .await
        .iter()
        .map(|row| (row.state, row.reason))
        .collect();
    let suppressed = |reason| (Suppressed, Some(reason));
    assert_eq!(
        ends,
        [
            (Sent, None),
            suppressed(DeliveryReason::NoConsent),
            suppressed(DeliveryReason::Paused),
            suppressed(DeliveryReason::Restricted),
            suppressed(DeliveryReason::Deceased),
            suppressed(DeliveryReason::Erased),
        ]
    );
    assert_eq!(server.accepted().len(), 1);
    assert!(
        rows(&app).await[1..]
            .iter()
            .all(|row| row.attempt_count == 0 && row.sealed.is_none())
    );
}

#[tokio::test]
async fn a_reminder_after_joining_is_not_sent() {
    let server = SmtpServer::start(Mode::Accept).await;
    let app = TestApp::start_with_mail(sending_to(&server)).await;
    let reminder = |person, key: &str| NewDelivery {
        message: Message::MembershipReminder {
            name: "x".into(),
            expires_at: app.clock.now() + TimeDelta::days(1),
            token: "t".into(),
        },
        dedupe_key: key.into(),
        ..to_person(person, "p@example.com")
    };
    let invited = app
        .new_alumnus("invited", "")
        .state(MembershipState::Invited)
        .insert()
        .await
        .id;
    let joined = app.new_alumnus("joined", "").insert().await.id;
    queue_some(&app, vec![reminder(invited, "1"), reminder(joined, "2")]).await;
    send(&app).await;
    assert_eq!(states(&app).await, [Sent, Suppressed]);
    assert_eq!(
        rows(&app).await[1].reason,
        Some(DeliveryReason::NotApplicable)
    );
}

#[tokio::test]
async fn a_revoked_invitation_is_not_sent_and_its_token_is_removed() {
    let server = SmtpServer::start(Mode::Accept).await;
    let app = TestApp::start_with_mail(sending_to(&server)).await;
    let (revoked, kept) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let of = |subject, key: &str| NewDelivery {
        subject: Some(subject),
        dedupe_key: key.into(),
        ..super::invitation(&app, "taro@example.com")
    };
    queue_some(
        &app,
        vec![of(revoked, "1"), of(revoked, "2"), of(kept, "3")],
    )
    .await;
    let scope = service(&app, AOZORA);
    let transaction = scope.begin().await.unwrap();
    let mut writes = transaction.writes();
    let changes = cancel(&scope, &transaction, &mut writes, &[revoked])
        .await
        .unwrap();
    assert_eq!(changes.len(), 2);
    transaction.write(writes, changes).await.unwrap();
    transaction.commit().await.unwrap();
    send(&app).await;
    assert_eq!(states(&app).await, [Suppressed, Suppressed, Sent]);
    let row = &rows(&app).await[0];
    assert_eq!(
        (row.reason, row.sealed.clone()),
        (Some(DeliveryReason::Cancelled), None)
    );
    assert_eq!(server.accepted().len(), 1);
}

#[tokio::test]
async fn an_erasure_leaves_no_address_and_no_value_and_stops_what_waits() {
    let server = SmtpServer::start(Mode::Defer).await;
    let app = TestApp::start_with_mail(sending_to(&server)).await;
    let person = app.new_alumnus("山田", "花子").insert().await.id;
    let message = NewDelivery {
        message: Message::MembershipExpiring {
            name: "山田 花子".into(),
            last_day: app.clock.now().date_naive(),
        },
        ..to_person(person, "hanako@example.com")
    };
    queue_some(&app, vec![message]).await;
    send(&app).await;
    let register = "mutation($id: ID!) { dataRequestRegister(input: { personId: $id, kind: ERASURE }) { dataRequest { id } userErrors { code field message } } }";
    let id = serde_json::json!({ "id": person.to_string() });
    let registered = app.hr().run(register, id).await;
    let id = registered.at("/dataRequestRegister/dataRequest/id").clone();
    let verify = "mutation($id: ID!) { dataRequestVerifyIdentity(input: { id: $id, how: \"seen\" }) { userErrors { code field message } } }";
    app.hr()
        .run(verify, serde_json::json!({ "id": id }))
        .await
        .data();
    let fulfil = "mutation($id: ID!) { dataRequestFulfil(input: { id: $id, confirm: true }) { userErrors { code field message } } }";
    let done = app.hr().run(fulfil, serde_json::json!({ "id": id })).await;
    assert_eq!(done.user_errors(), "");
    later(&app, TimeDelta::hours(1));
    server.set(Mode::Accept);
    send(&app).await;
    let row = &rows(&app).await[0];
    assert_eq!(
        (row.state, row.reason),
        (Suppressed, Some(DeliveryReason::Erased))
    );
    assert_eq!(
        (
            row.recipient.clone(),
            row.parameters.clone(),
            row.sealed.clone()
        ),
        (None, None, None)
    );
    assert_eq!(row.server_answer, None);
    assert_eq!(super::attempts(&app).await[0].server_answer, None);
    assert!(server.read().is_empty());
}

#[tokio::test]
async fn what_is_finished_loses_its_token_after_a_month_and_its_address_after_half_a_year() {
    let server = SmtpServer::start(Mode::RefuseRecipient("taro")).await;
    let app = TestApp::start_with_mail(sending_to(&server)).await;
    queue_some(
        &app,
        vec![
            super::invitation(&app, "taro@example.com"),
            plain("a@example.com"),
        ],
    )
    .await;
    send(&app).await;
    let clean = async || {
        let job = JOBS
            .iter()
            .find(|job| job.name == "deliveries.clean")
            .unwrap();
        assert!(run_if_due(&app.app, *job).await.unwrap());
        let row = rows(&app).await.remove(0);
        (row.sealed.is_some(), row.recipient.is_some())
    };
    assert_eq!(clean().await, (true, true));
    later(&app, TimeDelta::days(31));
    assert_eq!(clean().await, (false, true));
    later(&app, TimeDelta::days(150));
    assert_eq!(clean().await, (false, false));
    assert_eq!(rows(&app).await[1].recipient, None);
}

#[tokio::test]
async fn cleaning_leaves_what_waits() {
    let app = TestApp::start().await;
    queue_some(&app, vec![super::invitation(&app, "taro@example.com")]).await;
    later(&app, TimeDelta::days(400));
    clean(&service(&app, AOZORA)).await.unwrap();
    let row = &rows(&app).await[0];
    assert!(row.sealed.is_some() && row.recipient.is_some());
}
