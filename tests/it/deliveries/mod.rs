//! Messages from the moment they are queued to their final state, against a mail server that fails as real ones do.

mod content;
mod failures;
mod queueing;
mod reading;
mod retrying;
mod settings;
mod suppression;

use alumni_api::access::Viewer;
use alumni_api::deliveries::{Message, NewDelivery, Round, Sender, queue};
use alumni_api::mail::{MailSettings, parse_portal_url, parse_sender, parse_smtp_url};
use alumni_api::scope::Scope;
use chrono::{DateTime, TimeDelta, Utc};
use entity::{CompanyId, DeliveryId, DeliveryState, PersonId, delivery, delivery_attempt};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, QueryOrder};

use crate::support::smtp::SmtpServer;
use crate::support::{AOZORA, Company, TestApp};

/// Settings that send to a server.
pub fn sending_to(server: &SmtpServer) -> MailSettings {
    sending_to_url(&server.url())
}

pub fn sending_to_url(url: &str) -> MailSettings {
    MailSettings {
        connections: 4,
        server: Some(parse_smtp_url(url).unwrap()),
        from: Some(parse_sender("Alumni <alumni@service.example>").unwrap()),
        sender_domains: vec![("aozora".into(), "aozora.example".into())],
        portal_url: Some(parse_portal_url("https://portal.example/open?lang=ja").unwrap()),
        development: false,
    }
}

pub fn service(app: &TestApp, company: Company) -> Scope {
    app.app.scope(Viewer::System(company.id()), "tests")
}

/// An invitation to join with a token of its own.
pub fn invitation(app: &TestApp, recipient: &str) -> NewDelivery {
    NewDelivery {
        message: Message::MembershipInvitation {
            name: "山田 太郎".into(),
            expires_at: app.clock.now() + TimeDelta::days(14),
            token: format!("token-of-{recipient}").into(),
        },
        recipient: recipient.into(),
        locale: "ja".into(),
        person: None,
        subject: None,
        purpose: None,
        dedupe_key: format!("invitation:{recipient}"),
        not_after: None,
    }
}

/// A message without values.
pub fn plain(recipient: &str) -> NewDelivery {
    NewDelivery {
        message: Message::Test,
        recipient: recipient.into(),
        locale: "en".into(),
        person: None,
        subject: None,
        purpose: None,
        dedupe_key: format!("test:{recipient}"),
        not_after: None,
    }
}

pub fn to_person(person: PersonId, recipient: &str) -> NewDelivery {
    NewDelivery {
        person: Some(person),
        ..plain(recipient)
    }
}

/// Queues messages of a company in a transaction of their own.
pub async fn queue_of(
    app: &TestApp,
    company: CompanyId,
    new: Vec<NewDelivery>,
) -> Vec<delivery::Model> {
    let scope = app.app.scope(Viewer::System(company), "tests");
    let transaction = scope.begin().await.unwrap();
    let mut writes = transaction.writes();
    let queued = queue(&scope, &transaction, &mut writes, new).await.unwrap();
    transaction.write(writes, queued.changes).await.unwrap();
    transaction.commit().await.unwrap();
    queued.rows
}

pub async fn queue_in(
    app: &TestApp,
    company: Company,
    new: Vec<NewDelivery>,
) -> Vec<delivery::Model> {
    queue_of(app, company.id(), new).await
}

pub async fn queue_some(app: &TestApp, new: Vec<NewDelivery>) -> Vec<delivery::Model> {
    queue_in(app, AOZORA, new).await
}

/// Sends what is due.
pub async fn send(app: &TestApp) -> Round {
    Sender::new(&app.app).send_due().await.unwrap()
}

/// Every delivery, in the order of queueing.
pub async fn rows(app: &TestApp) -> Vec<delivery::Model> {
    delivery::Entity::find()
        .order_by_asc(delivery::Column::Id)
        .all(app.connection())
        .await
        .unwrap()
}

pub async fn states(app: &TestApp) -> Vec<DeliveryState> {
    rows(app).await.into_iter().map(|row| row.state).collect()
}

/// Every attempt, by delivery and number.
pub async fn attempts(app: &TestApp) -> Vec<delivery_attempt::Model> {
    delivery_attempt::Entity::find()
        .order_by_asc(delivery_attempt::Column::DeliveryId)
        .order_by_asc(delivery_attempt::Column::Number)
        .all(app.connection())
        .await
        .unwrap()
}

/// Makes a delivery one that failed.
pub async fn fail(app: &TestApp, id: DeliveryId) {
    let row = delivery::ActiveModel {
        id: Set(id),
        state: Set(DeliveryState::Failed),
        next_attempt_at: Set(None),
        ..Default::default()
    };
    row.update(app.connection()).await.unwrap();
}

pub fn later(app: &TestApp, by: TimeDelta) -> DateTime<Utc> {
    app.clock.advance(by);
    app.clock.now()
}
