//! When applications are deleted, and what a copy of a person's data has of them.

use alumni_api::jobs::{JOBS, run_if_due};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Applicant, WITHDRAW, approves, leaver, messages, open_app, rejects, stored};
use crate::support::TestApp;

async fn delete_old(app: &TestApp) {
    let job = JOBS
        .iter()
        .find(|job| job.name == "membership_applications.delete_old");
    assert!(run_if_due(&app.app, *job.unwrap()).await.unwrap());
}

#[tokio::test]
async fn rejected_and_withdrawn_applications_are_deleted_after_90_days() {
    let app = open_app().await;
    let person = leaver(&app, "leaver").await;
    let rejected = Applicant::verified(&app, "rejected", "rejected@private.example");
    rejects(&app, &rejected.applied("rejected").await, Some("note"))
        .await
        .data();
    let withdrawn = Applicant::new(&app, "withdrawn");
    let id = withdrawn.applied("withdrawn").await;
    withdrawn
        .run(WITHDRAW, json!({ "input": { "id": id } }))
        .await
        .data();
    let approved = Applicant::new(&app, "approved").applied("leaver").await;
    approves(&app, &approved, &person).await.data();
    Applicant::new(&app, "pending").applied("pending").await;
    app.clock
        .advance(TimeDelta::days(90) - TimeDelta::seconds(1));
    delete_old(&app).await;
    assert_eq!(stored(&app).await.len(), 4);
    app.clock.advance(TimeDelta::hours(1));
    delete_old(&app).await;
    let kept: Vec<String> = stored(&app)
        .await
        .into_iter()
        .map(|row| row.subject)
        .collect();
    assert_eq!(kept, ["approved", "pending"]);
    // neither is the note kept in the message
    let message = &messages(&app).await[0];
    assert_eq!(
        (message.recipient.as_deref(), message.parameters.as_ref()),
        (None, None)
    );
    let kinds = app.change_kinds().await;
    let deleted = kinds
        .iter()
        .filter(|kind| *kind == "membership_application.deleted");
    assert_eq!(deleted.count(), 2);
}

/// A person who applied twice: rejected first, then approved, and a member now.
async fn member(app: &TestApp) -> entity::person::Model {
    let person = leaver(app, "leaver").await;
    let applicant = Applicant::verified(app, "new", "leaver@private.example");
    rejects(app, &applicant.applied("first").await, Some("note"))
        .await
        .data();
    app.clock.advance(TimeDelta::hours(24));
    let id = applicant.applied("second").await;
    approves(app, &id, &person).await.data();
    assert_eq!(applicant.joins(json!({})).await.user_errors(), "");
    person
}

#[tokio::test]
async fn an_erasure_deletes_every_application_of_the_person() {
    let app = open_app().await;
    member(&app).await;
    Applicant::new(&app, "other").applied("other").await;
    let login = app.with_token(&app.token("new"));
    let erase = "mutation { dataRequestOpen(input: { kind: ERASURE, confirm: true }) {
        dataRequest { receipt { stores { store deleted } } } userErrors { code field message } } }";
    let reply = login.ask(erase).await;
    assert_eq!(reply.user_errors(), "");
    let stores = reply
        .at("/dataRequestOpen/dataRequest/receipt/stores")
        .as_array()
        .unwrap();
    let own = stores
        .iter()
        .find(|store| store["store"] == "membershipApplications");
    assert_eq!(own.unwrap()["deleted"], 2);
    let kept: Vec<String> = stored(&app)
        .await
        .into_iter()
        .map(|row| row.subject)
        .collect();
    assert_eq!(kept, ["other"]);
    for message in messages(&app).await {
        assert_eq!((message.recipient, message.parameters), (None, None));
    }
}

#[tokio::test]
async fn an_export_has_the_approved_application() {
    let app = open_app().await;
    member(&app).await;
    let login = app.with_token(&app.token("new"));
    let open = "mutation { dataRequestOpen(input: { kind: EXPORT }) { exportPath } }";
    let path = login.ask(open).await;
    let path = path
        .at("/dataRequestOpen/exportPath")
        .as_str()
        .unwrap()
        .to_owned();
    let file = app.client().get(app.url(&path)).send().await.unwrap();
    let file: Value = serde_json::from_str(&file.text().await.unwrap()).unwrap();
    let sections = file["sections"].as_array().unwrap();
    let section = sections
        .iter()
        .find(|section| section["name"] == "membershipApplications");
    let entries = section.unwrap()["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0]["familyName"], "second");
    assert!(entries[0].get("reviewerAccountId").is_none());
}
