//! What HR systems push, by the mutation and by the command.

mod employments;
mod files;
mod last_day;
mod reading;
mod rows;
mod runs;
mod systems;

use entity::{Standing, department, employment, external_identity, membership, person};
use insta::assert_snapshot;
use sea_orm::{ColumnTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

use crate::support::{AOZORA, Actor, MERIDIAN, Reply, TestApp};

const SYNC: &str = "mutation($input: WorkersSyncInput!) { workersSync(input: $input) {
    results { externalId status personId errors { field reason } remarks } userErrors { code field message } } }";

async fn sync(actor: &Actor<'_>, workers: Value) -> Reply {
    actor
        .run(
            SYNC,
            json!({ "input": { "source": "smarthr", "workers": workers } }),
        )
        .await
}

/// One line a worker: `7 CREATED` or `7 INVALID field: reason`.
fn outcome(reply: &Reply) -> String {
    let line = |row: &Value| {
        let faults = row["errors"].as_array().unwrap().iter().map(|fault| {
            format!(
                " {}: {}",
                fault["field"].as_str().unwrap(),
                fault["reason"].as_str().unwrap()
            )
        });
        format!(
            "{} {}{}",
            row["externalId"].as_str().unwrap(),
            row["status"].as_str().unwrap(),
            faults.collect::<String>()
        )
    };
    reply
        .at("/workersSync/results")
        .as_array()
        .unwrap()
        .iter()
        .map(line)
        .collect::<Vec<_>>()
        .join("\n")
}

fn ann() -> Value {
    json!({ "externalId": "7", "familyName": "山田", "givenName": "花子", "familyNameKana": "ﾔﾏﾀﾞ", "startedOn": "2015-04-01", "department": "営業部", "position": "課長", "employmentType": "REGULAR", "personalEmail": "hanako@mail.example" })
}

fn with(mut worker: Value, more: Value) -> Value {
    worker
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    worker
}

async fn people(app: &TestApp) -> Vec<person::Model> {
    let known: Vec<_> = external_identity::Entity::find()
        .all(app.connection())
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.person_id)
        .collect();
    person::Entity::find()
        .filter(person::Column::Id.is_in(known))
        .all(app.connection())
        .await
        .unwrap()
}

#[tokio::test]
async fn new_workers_become_employees_of_a_department_made_for_them() {
    let app = TestApp::start().await;
    let reply = sync(
        &app.hr(),
        json!([
            ann(),
            with(ann(), json!({ "externalId": "8", "givenName": "愛" }))
        ]),
    )
    .await;
    assert_snapshot!(outcome(&reply), @r"
    7 CREATED
    8 CREATED
    ");
    let stored = people(&app).await;
    assert_eq!(stored.len(), 2);
    assert_eq!(
        (stored[0].standing, stored[0].family_name_kana.as_deref()),
        (Standing::Employee, Some("ヤマダ"))
    );
    let made = department::Entity::find()
        .filter(department::Column::Name.eq("営業部"))
        .count(app.connection())
        .await
        .unwrap();
    assert_eq!(made, 1);
    assert_eq!(
        app.change_kinds().await,
        ["person.created", "person.created", "department.created"]
    );
}

#[tokio::test]
async fn the_same_call_again_changes_nothing() {
    let app = TestApp::start().await;
    let workers = json!([
        ann(),
        with(
            ann(),
            json!({ "externalId": "8", "lastWorkingDay": "2026-03-31" })
        )
    ]);
    sync(&app.hr(), workers.clone()).await;
    let (people_before, changes) = (people(&app).await, app.changes().await.len());
    app.clock.advance(chrono::TimeDelta::minutes(5));
    let reply = sync(&app.hr(), workers).await;
    assert_snapshot!(outcome(&reply), @r"
    7 UNCHANGED
    8 UNCHANGED
    ");
    assert_eq!(
        (people(&app).await, app.changes().await.len()),
        (people_before, changes)
    );
}

#[tokio::test]
async fn a_leaver_is_a_candidate_hr_finds_among_the_alumni() {
    let app = TestApp::start().await;
    sync(&app.hr(), json!([ann()])).await;
    let leaver = with(
        ann(),
        json!({ "lastWorkingDay": "2026-03-31", "leaveType": "VOLUNTARY", "leaveReason": "転職" }),
    );
    let reply = sync(&app.hr(), json!([leaver])).await;
    let id = reply.at("/workersSync/results/0/personId").clone();
    let query = "query($id: ID!) { alumnus(id: $id) { leftOn membership { state } employments { leaveReason } } }";
    let found = app.hr().run(query, json!({ "id": id })).await;
    assert_eq!(
        found.at("/alumnus"),
        &json!({ "leftOn": "2026-03-31", "membership": { "state": "CANDIDATE" }, "employments": [{ "leaveReason": "転職" }] })
    );
    assert_eq!(
        app.change_kinds().await[2..],
        ["person.left", "membership.created"]
    );
}

#[tokio::test]
async fn the_last_day_is_over_when_it_is_over_where_the_company_is() {
    // It is nine in the morning of the first of April in Tokyo, one in Dublin.
    let app = TestApp::start().await;
    let worker = with(ann(), json!({ "lastWorkingDay": "2026-04-01" }));
    sync(&app.hr(), json!([worker.clone()])).await;
    assert_eq!(people(&app).await[0].standing, Standing::Employee);
    // Fifteen hours later it is the second in Tokyo, and still the first in Dublin.
    app.clock.advance(chrono::TimeDelta::hours(15));
    sync(&app.stranger(), json!([worker.clone()])).await;
    assert_snapshot!(outcome(&sync(&app.hr(), json!([worker])).await), @"7 UPDATED");
    let standings: Vec<_> = people(&app)
        .await
        .into_iter()
        .map(|person| (person.company_id, person.standing))
        .collect();
    assert!(
        standings.contains(&(AOZORA.id(), Standing::Candidate))
            && standings.contains(&(MERIDIAN.id(), Standing::Employee))
    );
}

#[tokio::test]
async fn a_rehire_opens_a_second_stint_and_a_leave_taken_back_does_not() {
    let app = TestApp::start().await;
    let leaver = with(ann(), json!({ "lastWorkingDay": "2020-03-31" }));
    sync(
        &app.hr(),
        json!([leaver, with(leaver.clone(), json!({ "externalId": "8" }))]),
    )
    .await;
    let back = json!([
        with(ann(), json!({ "startedOn": "2025-01-01" })),
        with(ann(), json!({ "externalId": "8", "lastWorkingDay": null }))
    ]);
    let reply = sync(&app.hr(), back).await;
    assert_snapshot!(outcome(&reply), @r"
    7 UPDATED
    8 UPDATED
    ");
    let query = "query($id: ID!) { employee(id: $id) { membership: id employments { startedOn lastWorkingDay } } }";
    let stints = async |row: usize| {
        let id = reply
            .at(&format!("/workersSync/results/{row}/personId"))
            .clone();
        app.hr()
            .run(query, json!({ "id": id }))
            .await
            .at("/employee/employments")
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!((stints(0).await, stints(1).await), (2, 1));
    assert_eq!(
        app.change_kinds().await[5..],
        [
            "person.rehired",
            "membership.rehired",
            "person.reinstated",
            "membership.ended"
        ]
    );
}

#[tokio::test]
async fn each_worker_is_refused_or_taken_over_by_itself() {
    let app = TestApp::start().await;
    let reply = sync(&app.hr(), json!([
        ann(),
        with(ann(), json!({ "givenName": "again" })),
        { "externalId": "9", "familyName": "Lee" },
        with(ann(), json!({ "externalId": "10", "lastWorkingDay": "2014-01-01", "workEmail": "nobody" })),
        with(ann(), json!({ "externalId": "11", "status": "LEFT" })),
        with(ann(), json!({ "externalId": "12", "lastWorkingDay": "2026-03-31", "leaveType": "DEATH" })),
    ])).await;
    assert_snapshot!(outcome(&reply), @r"
    7 CREATED
    7 INVALID externalId: came in an earlier row of this call; send several employments of a worker with a first day each
    9 INVALID startedOn: is needed for a worker who is not known yet
    10 INVALID lastWorkingDay: 2014-01-01 is before the first day, 2015-04-01
    11 INVALID lastWorkingDay: is needed for a worker whose status is LEFT
    12 UNCHANGED
    ");
    assert_eq!(people(&app).await.len(), 1);
    assert_eq!(
        app.change_kinds().await,
        ["person.created", "department.created"]
    );
}

#[tokio::test]
async fn a_dry_run_tells_and_stores_nothing() {
    let app = TestApp::start().await;
    let input = json!({ "source": "smarthr", "workers": [ann()], "dryRun": true });
    let reply = app.hr().run(SYNC, json!({ "input": input })).await;
    assert_eq!(
        (
            outcome(&reply).as_str(),
            reply.at("/workersSync/results/0/personId")
        ),
        ("7 CREATED", &Value::Null)
    );
    assert!(people(&app).await.is_empty() && app.changes().await.is_empty());
}

#[tokio::test]
async fn a_call_that_is_too_large_or_names_no_source_is_refused_whole() {
    let app = TestApp::start().await;
    let workers: Vec<Value> = (0..1_001)
        .map(|number| json!({ "externalId": number.to_string() }))
        .collect();
    let reply = sync(&app.hr(), json!(workers)).await;
    assert_snapshot!(reply.user_errors(), @"TOO_LONG workers: must hold at most 1000 workers, and holds 1001");
    let reply = app
        .hr()
        .run(SYNC, json!({ "input": { "source": " ", "workers": [] } }))
        .await;
    assert_snapshot!(reply.user_errors(), @"REQUIRED source: must not be empty");
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn only_who_may_sync_does() {
    let app = TestApp::start().await;
    for role in ["recruiter", "supporter", "employee", "alumnus"] {
        assert_eq!(
            sync(&app.actor(role), json!([ann()])).await.codes(),
            ["FORBIDDEN"],
            "{role}"
        );
    }
    assert_eq!(
        sync(&app.anonymous(), json!([ann()])).await.codes(),
        ["UNAUTHENTICATED"]
    );
    assert!(people(&app).await.is_empty() && app.changes().await.is_empty());
}

#[tokio::test]
async fn a_key_that_may_push_but_not_read_makes_nobody_twice() {
    let app = TestApp::start().await;
    let create = "mutation { apiKeyCreate(input: { name: \"SmartHR\", scopes: [WORKERS_SYNC] }) { secret } }";
    let reply = app.admin().ask(create).await;
    let key = app.with_token(reply.at("/apiKeyCreate/secret").as_str().unwrap());
    assert_snapshot!(outcome(&sync(&key, json!([ann()])).await), @"7 CREATED");
    assert_snapshot!(outcome(&sync(&key, json!([with(ann(), json!({ "position": "部長" }))])).await), @"7 UPDATED");
    assert_eq!(people(&app).await.len(), 1);
}

#[tokio::test]
async fn another_company_with_the_same_ids_has_people_of_its_own() {
    let app = TestApp::start().await;
    let first = sync(&app.hr(), json!([ann()])).await;
    let second = sync(&app.stranger(), json!([ann()])).await;
    assert_eq!(
        (outcome(&second).as_str(), people(&app).await.len()),
        ("7 CREATED", 2)
    );
    assert_ne!(
        first.at("/workersSync/results/0/personId"),
        second.at("/workersSync/results/0/personId")
    );
}

#[tokio::test]
async fn a_thousand_workers_take_a_fixed_number_of_statements() {
    let app = TestApp::start().await;
    let workers = |last: &str| -> Value {
        (0..1_000).map(|number| with(ann(), json!({ "externalId": number.to_string(), "department": format!("部{}", number % 7), "lastWorkingDay": last }))).collect()
    };
    let written = |postgres, sqlite| match app.app.database.backend() {
        DbBackend::Postgres => postgres,
        _ => sqlite,
    };
    // the account is cached for seconds of the machine's own time, so that it is read before what is counted
    let warm = async || app.hr().ask("{ viewer { kind } }").await;
    warm().await;
    let (made, reply) = app.statements(sync(&app.hr(), workers("2027-03-31"))).await;
    assert_eq!(reply.at("/workersSync/results/999/status"), "CREATED");
    // company, sources, identities, departments, whether anybody was ever erased; then all rows as one on PostgreSQL, a few of each table on SQLite:
    // the run and its results among them.
    assert_eq!(made, 5 + written(1, 1 + 4 + 1 + 2 + 2 + 3));
    warm().await;
    let (left, reply) = app.statements(sync(&app.hr(), workers("2026-03-31"))).await;
    assert_eq!(reply.at("/workersSync/results/999/status"), "UPDATED");
    // company, sources, identities, memberships, people, employments, departments, places, accounts.
    assert_eq!(left, 9 + written(1, 1 + 1 + 2 + 3 + 3));
    warm().await;
    let (same, _) = app.statements(sync(&app.hr(), workers("2026-03-31"))).await;
    // the run alone is written
    assert_eq!(same, 7 + 1);
    assert_eq!(
        membership::Entity::find()
            .count(app.connection())
            .await
            .unwrap(),
        1_002
    );
    assert_eq!(
        employment::Entity::find()
            .count(app.connection())
            .await
            .unwrap(),
        1_012
    );
}
