//! Who was erased is not made anew, and the answer tells nothing of them.

use entity::{PersonId, person};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use super::{step, verified};
use crate::support::{Actor, MERIDIAN, TestApp};

async fn sync(actor: &Actor<'_>, source: &str, workers: Value) -> crate::support::Reply {
    let query = "mutation($source: String!, $workers: [WorkerInput!]!) { workersSync(input: { source: $source, workers: $workers }) { results { externalId status personId errors { field reason } remarks } userErrors { code } } }";
    actor
        .run(query, json!({ "source": source, "workers": workers }))
        .await
}

/// Her as the HR system knows her, with other values where something is said.
fn worker(edit: Value) -> Value {
    let mut worker = json!({
        "externalId": "4711", "employeeNumber": "ZX-7", "familyName": "Qwertz", "givenName": "Mina", "personalEmail": "mina@example.net",
        "workEmail": "m.qwertz@aozora.example", "phone": "+81 90-5550-7788", "startedOn": "2010-04-01", "lastWorkingDay": "2019-03-31",
    });
    for (field, value) in edit.as_object().unwrap() {
        worker[field] = value.clone();
    }
    worker
}

/// Somebody of whom nothing but what is said is hers.
fn like(edit: Value) -> Value {
    let mut other = worker(
        json!({ "externalId": "new", "employeeNumber": null, "familyName": "Other", "givenName": null, "personalEmail": null, "workEmail": null, "phone": null }),
    );
    for (field, value) in edit.as_object().unwrap() {
        other[field] = value.clone();
    }
    other
}

async fn erased(app: &TestApp) {
    let made = sync(&app.hr(), "zyxhr", json!([worker(json!({}))])).await;
    let id = made.at("/workersSync/results/0/personId").as_str().unwrap();
    let id = <PersonId as entity::Id>::parse(id).unwrap();
    let request = verified(app, id, "ERASURE").await;
    let done = step(&app.hr(), "Fulfil", &request, json!({ "confirm": true })).await;
    assert_eq!(done.user_errors(), "");
}

async fn people(app: &TestApp) -> u64 {
    person::Entity::find()
        .count(app.connection())
        .await
        .unwrap()
}

#[tokio::test]
async fn no_import_makes_them_anew_by_whatever_they_were_known() {
    let app = TestApp::start().await;
    erased(&app).await;
    let before = people(&app).await;
    let same = sync(&app.hr(), "zyxhr", json!([worker(json!({}))])).await;
    let suppressed = |id: &str| json!({ "externalId": id, "status": "SUPPRESSED", "personId": null, "errors": [], "remarks": [] });
    assert_eq!(same.at("/workersSync/results/0"), &suppressed("4711"));
    for (source, edit) in [
        ("zyxhr", json!({ "externalId": "4711" })),
        ("another", json!({ "employeeNumber": "zx-7 " })),
        ("another", json!({ "personalEmail": "MINA@example.net" })),
        ("another", json!({ "workEmail": "mina@EXAMPLE.net" })),
        ("another", json!({ "workEmail": "m.qwertz@aozora.example" })),
        (
            "another",
            json!({ "phone": "090 5550 7788", "familyName": "Qwertz", "givenName": "Mina" }),
        ),
    ] {
        let reply = sync(&app.hr(), source, json!([like(edit.clone())])).await;
        let id = edit["externalId"].as_str().unwrap_or("new");
        assert_eq!(
            reply.at("/workersSync/results/0"),
            &suppressed(id),
            "{edit}"
        );
    }
    assert_eq!(people(&app).await, before);
    // the others of the batch are taken over
    let both = sync(
        &app.hr(),
        "zyxhr",
        json!([worker(json!({})), like(json!({}))]),
    )
    .await;
    assert_eq!(
        both.texts("/workersSync/results", "status"),
        ["SUPPRESSED", "CREATED"]
    );
}

#[tokio::test]
async fn the_same_desk_and_the_same_name_are_not_the_same_person() {
    let app = TestApp::start().await;
    erased(&app).await;
    let desk = like(json!({ "phone": "+81 90-5550-7788" }));
    let namesake =
        like(json!({ "externalId": "namesake", "familyName": "Qwertz", "givenName": "Mina" }));
    let reply = sync(&app.hr(), "another", json!([desk, namesake])).await;
    assert_eq!(
        reply.texts("/workersSync/results", "status"),
        ["CREATED", "CREATED"]
    );
}

#[tokio::test]
async fn an_employment_that_begins_later_is_a_new_one_of_somebody_new() {
    let app = TestApp::start().await;
    erased(&app).await;
    let back = worker(json!({ "startedOn": "2026-05-01", "lastWorkingDay": null }));
    let reply = sync(&app.hr(), "zyxhr", json!([back])).await;
    assert_eq!(reply.at("/workersSync/results/0/status"), "CREATED");
}

#[tokio::test]
async fn another_company_knows_nothing_of_it() {
    let app = TestApp::start().await;
    erased(&app).await;
    let reply = sync(
        &app.actor_of(MERIDIAN, "hr"),
        "zyxhr",
        json!([worker(json!({}))]),
    )
    .await;
    assert_eq!(reply.at("/workersSync/results/0/status"), "CREATED");
}

#[tokio::test]
async fn who_may_not_sync_learns_nothing() {
    let app = TestApp::start().await;
    erased(&app).await;
    let key = app.system(&["alumni:read"]).await;
    for actor in [&app.employee(), &app.alumnus(), &app.recruiter(), &key] {
        let known = sync(actor, "zyxhr", json!([worker(json!({}))])).await;
        let unknown = sync(actor, "zyxhr", json!([like(json!({}))])).await;
        assert_eq!(known.codes(), ["FORBIDDEN"]);
        assert_eq!(known.codes(), unknown.codes());
    }
    // recommending somebody by an address answers the same whoever's that was
    let opportunity = app.new_opportunity("Engineer").insert().await;
    let invite = "mutation($input: CandidateInviteInput!) { candidateInvite(input: $input) { candidateInvitation { state } userErrors { code message } } }";
    let by = async |email: &str| {
        let input =
            json!({ "opportunityId": opportunity.id.to_string(), "name": "x", "email": email });
        let reply = app.employee().run(invite, json!({ "input": input })).await;
        reply.data().clone()
    };
    assert_eq!(by("mina@example.net").await, by("never@example.net").await);
}

#[tokio::test]
async fn whether_they_were_a_member_is_not_told() {
    let app = TestApp::start().await;
    // one who was asked and joined, one who never was
    let members = app
        .new_alumnus("joined", "")
        .with(|row| row.personal_email = Some("joined@example.net".into()))
        .insert()
        .await;
    let never = app
        .new_alumnus("never", "")
        .state(entity::MembershipState::Candidate)
        .with(|row| row.personal_email = Some("never@example.net".into()))
        .insert()
        .await;
    for person in [members.id, never.id] {
        let request = verified(&app, person, "ERASURE").await;
        step(&app.hr(), "Fulfil", &request, json!({ "confirm": true }))
            .await
            .data();
    }
    let answer = async |email: &str| {
        let reply = sync(
            &app.hr(),
            "any",
            json!([like(json!({ "personalEmail": email }))]),
        )
        .await;
        reply.body
    };
    assert_eq!(
        answer("joined@example.net").await,
        answer("never@example.net").await
    );
}

#[tokio::test]
async fn it_takes_as_many_statements_whoever_is_found() {
    let app = TestApp::start().await;
    erased(&app).await;
    let hr = app.hr();
    let invalid = |email: &str| json!([like(json!({ "personalEmail": email, "startedOn": null }))]);
    hr.ask("{ viewer { kind } }").await;
    let (none, _) = app
        .statements(sync(&hr, "s", invalid("nobody@example.net")))
        .await;
    let (found, _) = app
        .statements(sync(&hr, "s", invalid("mina@example.net")))
        .await;
    assert_eq!(none, found);
}
