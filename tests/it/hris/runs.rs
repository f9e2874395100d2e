//! Each call and each file is a run, whose results say what it did, and which can be undone while nothing else has touched what it created.

use std::path::PathBuf;
use std::process::{Command, Output};

use alumni_api::jobs::{JOBS, run_if_due};
use chrono::TimeDelta;
use entity::{
    Id, PersonId, Standing, SyncRunState, department, employment, external_identity, membership,
    person, sync_run, sync_run_result,
};
use sea_orm::{DbBackend, EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use super::files::{import, report};
use super::{ann, outcome, sync, with};
use crate::support::{AOZORA, Actor, Reply, TestApp};

const CALL: &str = "mutation($input: WorkersSyncInput!) { workersSync(input: $input) {
    results { externalId status fields errors { field reason } } syncRun { id state } userErrors { code field message } } }";
const RUN: &str = "query($id: ID!) { syncRun(id: $id) { source state actorKind actorId startedAt finishedAt resultsDeletedAt
    counts { created updated unchanged invalid stale suppressed } undo { removedPeople removedEmployments removedDepartments kept }
    results(first: 100) { nodes { position externalId status employmentCreated fields undoOutcome person { displayName } } } } }";
const UNDO: &str = "mutation($id: ID!) { syncRunUndo(input: { id: $id }) { syncRun { state undo { removedPeople removedEmployments removedDepartments kept }
    results { nodes { position externalId personId employmentId undoOutcome } } } userErrors { code field message } } }";

async fn call(actor: &Actor<'_>, workers: Value, more: Value) -> Reply {
    let input = with(json!({ "source": "smarthr", "workers": workers }), more);
    actor.run(CALL, json!({ "input": input })).await
}

fn run_of(reply: &Reply) -> String {
    let id = reply.at("/workersSync/syncRun/id");
    id.as_str().unwrap().to_owned()
}

/// A call that is a run, as the run's id.
async fn ran(app: &TestApp, workers: Value) -> String {
    run_of(&call(&app.hr(), workers, json!({})).await)
}

async fn seen(actor: &Actor<'_>, run: &str) -> Value {
    let reply = actor.run(RUN, json!({ "id": run })).await;
    reply.at("/syncRun").clone()
}

/// The results of a run, a line each: `0 7 CREATED`, with the fields and the outcome of the undo.
fn lines(run: &Value) -> Vec<String> {
    let nodes = run["results"]["nodes"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let line = |row: &Value| {
        let mut parts = vec![row["position"].to_string(), text(&row["externalId"])];
        if !row["status"].is_null() {
            parts.push(text(&row["status"]));
        }
        let fields = row["fields"].as_array().into_iter().flatten();
        parts.extend(fields.map(text));
        if !row["undoOutcome"].is_null() {
            parts.push(text(&row["undoOutcome"]));
        }
        parts.join(" ")
    };
    nodes.iter().map(line).collect()
}

async fn undone(actor: &Actor<'_>, run: &str) -> Value {
    let reply = actor.run(UNDO, json!({ "id": run })).await;
    assert_eq!(reply.user_errors(), "");
    reply.at("/syncRunUndo/syncRun").clone()
}

/// `removed people, employments, departments, kept`.
fn counts(run: &Value) -> [i64; 4] {
    let counts = [
        "removedPeople",
        "removedEmployments",
        "removedDepartments",
        "kept",
    ];
    counts.map(|name| run["undo"][name].as_i64().unwrap())
}

fn worker(id: &str) -> Value {
    with(ann(), json!({ "externalId": id }))
}

/// How many rows there are of everything a sync writes.
async fn stored(app: &TestApp) -> [u64; 5] {
    let connection = app.connection();
    [
        person::Entity::find().count(connection).await.unwrap(),
        employment::Entity::find().count(connection).await.unwrap(),
        membership::Entity::find().count(connection).await.unwrap(),
        external_identity::Entity::find()
            .count(connection)
            .await
            .unwrap(),
        department::Entity::find().count(connection).await.unwrap(),
    ]
}

/// The synced people in the order they were created in.
async fn people(app: &TestApp) -> Vec<person::Model> {
    let mut people = super::people(app).await;
    people.sort_unstable_by_key(|person| person.id);
    people
}

async fn the_job(app: &TestApp) {
    let job = JOBS.iter().find(|job| job.name == "hris.clean_runs");
    assert!(run_if_due(&app.app, *job.unwrap()).await.unwrap());
}

#[tokio::test]
async fn a_call_is_a_run_with_counts_and_a_result_for_each_row_that_did_something() {
    let app = TestApp::start().await;
    sync(&app.hr(), json!([worker("1"), worker("2")])).await;
    let rows = json!([
        worker("1"),
        with(
            worker("2"),
            json!({ "position": "部長", "workEmail": "two@aozora.example", "lastWorkingDay": "2026-03-31" })
        ),
        worker("3"),
        with(
            worker("4"),
            json!({ "startedOn": "2015-02-30", "salary": 1 })
        ),
        with(
            worker("2"),
            json!({ "startedOn": "2010-01-01", "sourceUpdatedAt": null, "lastWorkingDay": "2012-01-01" })
        ),
    ]);
    let run = ran(&app, rows).await;
    let run = seen(&app.hr(), &run).await;
    assert_eq!(
        lines(&run),
        [
            "1 2 UPDATED lastWorkingDay position workEmail leftOn",
            "2 3 CREATED",
            "3 4 INVALID startedOn",
            "4 2 UPDATED",
        ]
    );
    assert_eq!(
        run["counts"],
        json!({ "created": 1, "updated": 2, "unchanged": 1, "invalid": 1, "stale": 0, "suppressed": 0 })
    );
    let rest = [
        "source",
        "state",
        "actorKind",
        "startedAt",
        "finishedAt",
        "undo",
    ];
    let account = entity::AccountId(AOZORA.person("hr").0).to_string();
    assert_eq!(run["actorId"], json!(account));
    assert_eq!(
        rest.map(|name| run[name].clone()),
        [
            json!("smarthr"),
            json!("COMPLETED"),
            json!("ACCOUNT"),
            json!("2026-04-01T00:00:00+00:00"),
            json!("2026-04-01T00:00:00+00:00"),
            Value::Null,
        ]
    );
}

#[tokio::test]
async fn each_field_of_a_worker_is_named_where_it_is_at_fault() {
    let app = TestApp::start().await;
    let query = "{ __type(name: \"WorkerInput\") { inputFields { name } } }";
    let names = app
        .hr()
        .ask(query)
        .await
        .texts("/__type/inputFields", "name");
    // a contact that is none is left out
    let contacts = ["personalEmail", "workEmail", "phone"].map(str::to_owned);
    let names: Vec<&String> = names
        .iter()
        .filter(|name| !contacts.contains(name))
        .collect();
    assert_eq!(names.len(), 21);
    let row = |name: &&String| {
        with(
            json!({ "externalId": name }),
            json!({ (*name): { "bad": 1 } }),
        )
    };
    let run = ran(&app, names.iter().map(row).collect()).await;
    let query =
        "query($id: ID!) { syncRun(id: $id) { results(first: 100) { nodes { status fields } } } }";
    let reply = app.hr().run(query, json!({ "id": run })).await;
    for (node, name) in reply
        .at("/syncRun/results/nodes")
        .as_array()
        .unwrap()
        .iter()
        .zip(names)
    {
        let fields = node["fields"].as_array().unwrap();
        assert!(fields.contains(&json!(name)), "{name}: {node}");
    }
}

#[tokio::test]
async fn a_dry_run_is_no_run_and_names_the_fields_that_would_change() {
    let app = TestApp::start().await;
    let input = json!({ "dryRun": true });
    let reply = call(&app.hr(), json!([worker("1")]), input.clone()).await;
    assert_eq!(reply.at("/workersSync/syncRun"), &Value::Null);
    assert_eq!(
        sync_run::Entity::find()
            .count(app.connection())
            .await
            .unwrap(),
        0
    );
    sync(&app.hr(), json!([worker("1")])).await;
    let moved = with(
        worker("1"),
        json!({ "department": "法務部", "givenName": "花" }),
    );
    let reply = call(&app.hr(), json!([moved]), input).await;
    assert_eq!(
        reply.at("/workersSync/results/0/fields"),
        &json!(["department", "givenName"])
    );
    for (more, refused) in [
        (
            json!({ "keepOpen": true }),
            "INVALID keepOpen: a dry run belongs to no run; leave it out",
        ),
        (
            json!({ "syncRunId": entity::SyncRunId(uuid::Uuid::nil()).to_string() }),
            "INVALID syncRunId: a dry run belongs to no run; leave it out",
        ),
    ] {
        let reply = call(&app.hr(), json!([]), with(more, json!({ "dryRun": true }))).await;
        assert_eq!(reply.user_errors(), refused);
    }
    assert_eq!(
        sync_run::Entity::find()
            .count(app.connection())
            .await
            .unwrap(),
        1
    );
}

#[tokio::test]
async fn several_calls_are_one_run_until_the_last_closes_it() {
    let app = TestApp::start().await;
    let hr = app.hr();
    let first = call(&hr, json!([worker("1")]), json!({ "keepOpen": true })).await;
    let run = run_of(&first);
    assert_eq!(first.at("/workersSync/syncRun/state"), "RUNNING");
    let more = json!({ "syncRunId": run, "keepOpen": true });
    call(&hr, json!([worker("1"), worker("2")]), more)
        .await
        .data();
    let last = call(&hr, json!([worker("3")]), json!({ "syncRunId": run })).await;
    assert_eq!(
        last.at("/workersSync/syncRun"),
        &json!({ "id": run, "state": "COMPLETED" })
    );
    assert_eq!(
        lines(&seen(&hr, &run).await),
        ["0 1 CREATED", "2 2 CREATED", "3 3 CREATED"]
    );
    let more = json!({ "syncRunId": run });
    assert_eq!(
        call(&hr, json!([worker("4")]), more.clone())
            .await
            .user_errors(),
        "REFUSED syncRunId: the run is COMPLETED and takes no more rows; send them without `syncRunId`"
    );
    // of another actor, another company and another source
    let open = call(&hr, json!([]), json!({ "keepOpen": true })).await;
    let more = json!({ "syncRunId": run_of(&open) });
    for actor in [&app.admin(), &app.stranger()] {
        assert_eq!(
            call(actor, json!([worker("4")]), more.clone())
                .await
                .user_errors(),
            "NOT_FOUND syncRunId: there is no run with this id that you opened"
        );
    }
    let more = with(more, json!({ "source": "jinjer" }));
    assert_eq!(
        call(&hr, json!([worker("4")]), more).await.user_errors(),
        "INVALID syncRunId: is a run of the source “smarthr”; send `source` alike in all calls of a run"
    );
    assert_eq!(people(&app).await.len(), 3);
}

#[tokio::test]
async fn an_undone_run_leaves_nothing_behind_and_the_same_file_creates_everybody_anew() {
    let app = TestApp::start().await;
    let before = stored(&app).await;
    let rows = json!([
        worker("1"),
        with(worker("2"), json!({ "lastWorkingDay": "2026-03-31" })),
        with(
            worker("3"),
            json!({ "startedOn": "2010-01-01", "lastWorkingDay": "2012-01-01", "department": "法務部" })
        ),
        worker("3"),
        with(worker("4"), json!({ "startedOn": "x" })),
    ]);
    let run = ran(&app, rows.clone()).await;
    let changes = app.changes().await.len();
    let undone = undone(&app.hr(), &run).await;
    assert_eq!(counts(&undone), [3, 4, 2, 0]);
    assert_eq!(
        lines(&undone),
        [
            "0 - UNDONE",
            "1 - UNDONE",
            "2 - UNDONE",
            "3 - UNDONE",
            "4 4"
        ]
    );
    let ids = undone["results"]["nodes"].as_array().unwrap().iter();
    assert!(
        ids.clone()
            .all(|row| row["personId"].is_null() && row["employmentId"].is_null())
    );
    assert_eq!(stored(&app).await, before);
    assert_eq!(
        app.change_kinds().await[changes..],
        [
            "person.removed",
            "person.removed",
            "person.removed",
            "department.removed",
            "department.removed",
            "sync_run.undone",
        ]
    );
    let again = call(&app.hr(), rows, json!({})).await;
    assert!(outcome(&again).starts_with("1 CREATED\n2 CREATED\n3 CREATED\n3 CREATED\n"));
}

#[tokio::test]
async fn a_run_is_undone_once() {
    let app = TestApp::start().await;
    let run = ran(&app, json!([worker("1")])).await;
    undone(&app.hr(), &run).await;
    sync(&app.hr(), json!([worker("1")])).await;
    let reply = app.hr().run(UNDO, json!({ "id": run })).await;
    assert_eq!(reply.user_errors(), "REFUSED id: the run was undone before");
    assert_eq!(people(&app).await.len(), 1);
}

#[tokio::test]
async fn whoever_something_else_touched_is_kept_with_the_reason() {
    let app = TestApp::start().await;
    let leaver = |id: &str| with(worker(id), json!({ "lastWorkingDay": "2026-03-31" }));
    let run = ran(
        &app,
        json!([
            worker("untouched"),
            leaver("edited by HR"),
            leaver("joined"),
            leaver("invited"),
            worker("updated by another run"),
            worker("rehired by another run"),
            worker("host"),
            worker("answered"),
            worker("unchanged in another run"),
        ]),
    )
    .await;
    let ids: Vec<PersonId> = seen_ids(&app, &run).await;
    let edit = "mutation($id: ID!) { personRecordUpdate(input: { id: $id, employeeNumber: \"7\" }) { userErrors { code field message } } }";
    let edited = app
        .hr()
        .run(edit, json!({ "id": ids[1].to_string() }))
        .await;
    assert_eq!(edited.user_errors(), "");
    let invite = "mutation($ids: [ID!]!) { membershipInvite(input: { personIds: $ids }) { userErrors { code field message } } }";
    let invited = json!({ "ids": [ids[2].to_string(), ids[3].to_string()] });
    assert_eq!(app.hr().run(invite, invited).await.user_errors(), "");
    let joined = person::Entity::find_by_id(ids[2])
        .one(app.connection())
        .await
        .unwrap();
    let login = app.login_of(&joined.unwrap()).await;
    let accept = "mutation { membershipAccept(input: {}) { userErrors { code field message } } }";
    assert_eq!(login.ask(accept).await.user_errors(), "");
    let rows = json!([
        with(
            worker("updated by another run"),
            json!({ "position": "部長" })
        ),
        with(
            worker("rehired by another run"),
            json!({ "lastWorkingDay": "2020-03-31" })
        ),
        with(
            worker("rehired by another run"),
            json!({ "startedOn": "2024-01-01" })
        ),
        worker("unchanged in another run"),
    ]);
    sync(&app.hr(), rows).await.data();
    let hosted = app
        .new_event("Meetup")
        .with(|row| row.host_id = Some(ids[6]))
        .insert()
        .await;
    app.answered(&hosted, ids[7], entity::ParticipationState::Going)
        .await;
    let undone = undone(&app.hr(), &run).await;
    assert_eq!(
        lines(&undone),
        [
            "0 - UNDONE",
            "1 edited by HR KEPT_CHANGED",
            "2 joined KEPT_JOINED",
            "3 invited KEPT_REFERENCED",
            "4 updated by another run KEPT_CHANGED",
            "5 rehired by another run KEPT_CHANGED",
            "6 host KEPT_REFERENCED",
            "7 answered KEPT_REFERENCED",
            "8 - UNDONE",
        ]
    );
    assert_eq!(counts(&undone), [2, 2, 0, 7]);
    let left: Vec<PersonId> = people(&app).await.into_iter().map(|row| row.id).collect();
    assert_eq!(left, ids[1..8]);
}

/// The people of a run's results, in their order.
async fn seen_ids(app: &TestApp, run: &str) -> Vec<PersonId> {
    let query = "query($id: ID!) { syncRun(id: $id) { results { nodes { personId } } } }";
    let reply = app.hr().run(query, json!({ "id": run })).await;
    let ids = reply.texts("/syncRun/results/nodes", "personId");
    ids.iter().map(|id| PersonId::parse(id).unwrap()).collect()
}

#[tokio::test]
async fn what_the_run_edited_itself_in_a_later_call_does_not_keep_it() {
    let app = TestApp::start().await;
    let hr = app.hr();
    let first = with(
        worker("1"),
        json!({ "startedOn": "2010-01-01", "lastWorkingDay": "2012-01-01" }),
    );
    let open = call(&hr, json!([first]), json!({ "keepOpen": true })).await;
    let run = run_of(&open);
    let more = json!({ "syncRunId": run });
    let last = call(
        &hr,
        json!([with(worker("1"), json!({ "givenName": "愛" }))]),
        more,
    )
    .await;
    assert_eq!(last.at("/workersSync/results/0/status"), "UPDATED");
    assert_eq!(counts(&undone(&hr, &run).await), [1, 2, 1, 0]);
    assert_eq!(people(&app).await.len(), 0);
}

#[tokio::test]
async fn an_undone_rehire_makes_the_person_a_leaver_again() {
    let app = TestApp::start().await;
    let leaver = with(worker("1"), json!({ "lastWorkingDay": "2020-03-31" }));
    sync(&app.hr(), json!([leaver, worker("2")])).await;
    let before = people(&app).await;
    let rows = json!([
        with(worker("1"), json!({ "startedOn": "2025-01-01" })),
        // what only changes is not reverted
        with(worker("2"), json!({ "position": "部長" })),
    ]);
    let run = ran(&app, rows).await;
    assert_eq!(people(&app).await[0].standing, Standing::Employee);
    let changes = app.changes().await.len();
    let undone = undone(&app.hr(), &run).await;
    assert_eq!(lines(&undone), ["0 1 UNDONE", "1 2"]);
    assert_eq!(counts(&undone), [0, 1, 0, 0]);
    let after = people(&app).await;
    assert_eq!(
        (after[0].standing, after[0].left_on, after[1].standing),
        (Standing::Candidate, before[0].left_on, Standing::Employee)
    );
    assert_eq!(
        app.change_kinds().await[changes..],
        ["person.left", "membership.reactivated", "sync_run.undone"]
    );
    let again = json!([with(worker("1"), json!({ "startedOn": "2025-01-01" }))]);
    assert_eq!(outcome(&sync(&app.hr(), again).await), "1 UPDATED");
}

#[tokio::test]
async fn a_transfer_is_kept_because_its_other_half_cannot_be_reverted() {
    let app = TestApp::start().await;
    let before = stored(&app).await;
    sync(&app.hr(), json!([worker("1")])).await;
    let rows = json!([
        with(worker("1"), json!({ "lastWorkingDay": "2025-12-31" })),
        with(worker("1"), json!({ "startedOn": "2026-01-01" })),
    ]);
    let run = ran(&app, rows).await;
    let undone = undone(&app.hr(), &run).await;
    assert_eq!(lines(&undone), ["0 1", "1 1 KEPT_UPDATED"]);
    assert_eq!(counts(&undone), [0, 0, 0, 1]);
    assert_eq!(people(&app).await[0].standing, Standing::Employee);
    assert_eq!(stored(&app).await[1], before[1] + 2);
}

#[tokio::test]
async fn a_department_that_is_used_elsewhere_is_kept() {
    let app = TestApp::start().await;
    let run = ran(&app, json!([worker("1")])).await;
    sync(&app.hr(), json!([worker("2")])).await;
    assert_eq!(counts(&undone(&app.hr(), &run).await), [1, 1, 0, 0]);
}

#[tokio::test]
async fn a_run_of_another_company_does_not_exist() {
    let app = TestApp::start().await;
    let run = ran(&app, json!([worker("1")])).await;
    let stranger = app.stranger();
    let reply = stranger.run(UNDO, json!({ "id": run })).await;
    assert_eq!(reply.codes(), ["NOT_FOUND"]);
    assert_eq!(seen(&stranger, &run).await, Value::Null);
    let listed = stranger.ask("{ syncRuns { nodes { id } } }").await;
    assert_eq!(listed.at("/syncRuns/nodes"), &json!([]));
    assert_eq!(people(&app).await.len(), 1);
}

#[tokio::test]
async fn only_who_may_sync_sees_runs_and_undoes_them() {
    let app = TestApp::start().await;
    let run = ran(&app, json!([worker("1")])).await;
    for actor in [
        app.recruiter(),
        app.supporter(),
        app.employee(),
        app.alumnus(),
        app.operator(),
        app.system(&["alumni:read"]).await,
    ] {
        assert_eq!(seen(&actor, &run).await, Value::Null);
        let listed = actor.ask("{ syncRuns { nodes { id } } }").await;
        assert_eq!(listed.codes(), ["FORBIDDEN"]);
        let undo = actor.run(UNDO, json!({ "id": run })).await;
        assert_eq!(undo.codes(), ["FORBIDDEN"]);
    }
    assert_eq!(people(&app).await.len(), 1);
}

#[tokio::test]
async fn a_key_that_may_push_sees_its_runs_and_not_who_the_people_are() {
    let app = TestApp::start().await;
    let key = app.system(&["workers:sync"]).await;
    let run = run_of(&call(&key, json!([worker("1")]), json!({})).await);
    let query = "query($id: ID!) { node(id: $id) { ... on SyncRun { actorKind results { nodes { externalId person { displayName } } } } } }";
    let reply = key.run(query, json!({ "id": run })).await;
    assert_eq!(
        reply.at("/node"),
        &json!({ "actorKind": "API_KEY", "results": { "nodes": [{ "externalId": "1", "person": null }] } })
    );
    assert_eq!(counts(&undone(&key, &run).await), [1, 1, 1, 0]);
}

#[tokio::test]
async fn runs_are_filtered_and_results_too() {
    let app = TestApp::start().await;
    let run = ran(
        &app,
        json!([worker("1"), with(worker("2"), json!({ "startedOn": "x" }))]),
    )
    .await;
    app.clock.advance(TimeDelta::hours(1));
    let other = call(
        &app.hr(),
        json!([]),
        json!({ "source": "jinjer", "keepOpen": true }),
    )
    .await;
    let other = run_of(&other);
    let query =
        "query($filter: SyncRunFilter) { syncRuns(filter: $filter) { totalCount nodes { id } } }";
    for (filter, found) in [
        (json!({}), vec![&other, &run]),
        (json!({ "sources": ["smarthr"] }), vec![&run]),
        (json!({ "states": ["RUNNING"] }), vec![&other]),
        (json!({ "states": [] }), vec![]),
        (
            json!({ "startedAt": { "before": "2026-04-01T00:30:00Z" } }),
            vec![&run],
        ),
    ] {
        let reply = app.hr().run(query, json!({ "filter": filter })).await;
        assert_eq!(reply.at("/syncRuns/totalCount"), found.len(), "{filter}");
        assert_eq!(
            &reply
                .texts("/syncRuns/nodes", "id")
                .iter()
                .collect::<Vec<_>>(),
            &found
        );
    }
    let query = "query($id: ID!) { syncRun(id: $id) { results(filter: { statuses: [INVALID] }, orderBy: LAST) { totalCount nodes { externalId } } } }";
    let reply = app.hr().run(query, json!({ "id": run })).await;
    assert_eq!(
        reply.at("/syncRun/results"),
        &json!({ "totalCount": 1, "nodes": [{ "externalId": "2" }] })
    );
}

#[tokio::test]
async fn a_run_that_no_row_comes_for_is_closed_and_old_results_are_deleted() {
    let app = TestApp::start().await;
    let open = run_of(&call(&app.hr(), json!([worker("1")]), json!({ "keepOpen": true })).await);
    app.clock.advance(TimeDelta::minutes(59));
    the_job(&app).await;
    assert_eq!(seen(&app.hr(), &open).await["state"], "RUNNING");
    app.clock.advance(TimeDelta::minutes(6));
    the_job(&app).await;
    let run = seen(&app.hr(), &open).await;
    assert_eq!(
        (&run["state"], &run["finishedAt"]),
        (&json!("FAILED"), &json!("2026-04-01T00:00:00+00:00"))
    );
    app.clock.advance(TimeDelta::days(89));
    the_job(&app).await;
    assert_eq!(lines(&seen(&app.hr(), &open).await), ["0 1 CREATED"]);
    app.clock.advance(TimeDelta::days(1));
    the_job(&app).await;
    let run = seen(&app.hr(), &open).await;
    assert_eq!(lines(&run), Vec::<String>::new());
    assert_eq!(run["counts"]["created"], 1);
    assert!(run["resultsDeletedAt"].is_string());
    let refused = app
        .hr()
        .run(UNDO, json!({ "id": open }))
        .await
        .user_errors();
    assert_eq!(
        refused,
        "REFUSED id: the results of the run were deleted, 90 days after its end; what it created is not known any more"
    );
    assert_eq!(people(&app).await.len(), 1);
}

#[tokio::test]
async fn an_erasure_deletes_the_results_of_the_person_also_of_rows_refused_before_they_were_known()
{
    let app = TestApp::start().await;
    let wrong = with(worker("1"), json!({ "startedOn": "x" }));
    let refused = ran(
        &app,
        json!([wrong, with(worker("2"), json!({ "startedOn": "x" }))]),
    )
    .await;
    let leaver = with(
        worker("1"),
        json!({ "startedOn": "2005-04-01", "lastWorkingDay": "2012-03-31" }),
    );
    let created = ran(&app, json!([leaver])).await;
    let id = people(&app).await[0].id;
    let register = "mutation($id: ID!) { dataRequestRegister(input: { personId: $id, kind: ERASURE }) { dataRequest { id } } }";
    let request = app
        .hr()
        .run(register, json!({ "id": id.to_string() }))
        .await;
    let request = request.at("/dataRequestRegister/dataRequest/id").clone();
    for step in [
        "dataRequestVerifyIdentity(input: { id: $id, how: \"seen\" })",
        "dataRequestFulfil(input: { id: $id, confirm: true })",
    ] {
        let query =
            format!("mutation($id: ID!) {{ {step} {{ userErrors {{ code field message }} }} }}");
        assert_eq!(
            app.hr()
                .run(&query, json!({ "id": request }))
                .await
                .user_errors(),
            ""
        );
    }
    assert_eq!(
        lines(&seen(&app.hr(), &refused).await),
        ["1 2 INVALID startedOn"]
    );
    assert_eq!(
        lines(&seen(&app.hr(), &created).await),
        Vec::<String>::new()
    );
    // and what is sent again is not recorded with the id
    let again = json!([
        leaver_again(),
        with(worker("1"), json!({ "startedOn": "x" }))
    ]);
    let again = ran(&app, again).await;
    assert_eq!(
        lines(&seen(&app.hr(), &again).await),
        ["0 - SUPPRESSED", "1 - INVALID startedOn"]
    );
    let kept = sync_run_result::Entity::find()
        .all(app.connection())
        .await
        .unwrap();
    assert!(
        kept.iter()
            .all(|row| row.person_id.is_none() && row.external_id.as_deref() != Some("1"))
    );
}

fn leaver_again() -> Value {
    with(
        worker("1"),
        json!({ "startedOn": "2005-04-01", "lastWorkingDay": "2012-03-31" }),
    )
}

#[tokio::test]
async fn an_undo_of_a_thousand_people_takes_a_fixed_number_of_statements() {
    let app = TestApp::start().await;
    let workers = |count: usize| -> Value {
        (0..count)
            .map(|number| worker(&number.to_string()))
            .collect()
    };
    let mut taken = Vec::new();
    for count in [1, 1_000] {
        let run = ran(&app, workers(count)).await;
        app.hr().ask("{ viewer { kind } }").await;
        let (statements, undone) = app.statements(undone(&app.hr(), &run)).await;
        assert_eq!(counts(&undone)[0], i64::try_from(count).unwrap());
        taken.push(statements);
    }
    // company, run; people, four marks; employments: two marks, those that can be removed; counts; all that is removed; two for the links;
    // departments; all that is written; the run again
    let expected = match app.app.database.backend() {
        DbBackend::Postgres => 2 + 1 + 4 + 3 + 1 + 1 + 2 + 1 + 1 + 1,
        _ => 2 + 4 + 3 + 1 + 5 + 2 + 1 + 4 + 1,
    };
    assert_eq!(taken, [expected, expected]);
    assert_eq!(people(&app).await.len(), 0);
}

fn undo_by_command(app: &TestApp, run: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_alumni-api"))
        .args(["sync-run", "undo", run])
        .env("DATABASE_URL", app.database_url())
        .output()
        .unwrap()
}

fn csv(folder: &tempfile::TempDir, rows: &str) -> PathBuf {
    let path = folder.path().join("workers.csv");
    let head = "Employee ID,Last Name,First Name,Hire Date,Department";
    std::fs::write(&path, format!("{head}\n{rows}")).unwrap();
    path
}

async fn only_run(app: &TestApp) -> sync_run::Model {
    let runs = sync_run::Entity::find()
        .all(app.connection())
        .await
        .unwrap();
    let [run] = <[_; 1]>::try_from(runs).unwrap();
    run
}

#[tokio::test]
async fn a_file_is_one_run_with_lines_and_is_undone_by_the_command() {
    let app = TestApp::start().await;
    let before = stored(&app).await;
    let folder = tempfile::tempdir().unwrap();
    let many: String = (0..1_500)
        .map(|number| format!("w{number},Lee,No {number},2020-01-01,Legal\n"))
        .collect();
    let path = csv(&folder, &format!("bad,Lee,Ann,never,Legal\n{many}"));
    let output = import(&app, &path, &[]);
    assert_eq!(output.status.code(), Some(3));
    let run = only_run(&app).await;
    assert_eq!(
        (
            run.state,
            run.source.as_str(),
            run.created_count,
            run.invalid_count
        ),
        (SyncRunState::Completed, "files", 1_500, 1)
    );
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.contains(&format!("\nSync run: {}\n", run.id)),
        "{said}"
    );
    let first = &lines(&seen(&app.hr(), &run.id.to_string()).await)[..2];
    assert_eq!(first, ["3 w0 CREATED", "4 w1 CREATED"]);
    let query = "query($id: ID!) { syncRun(id: $id) { results(filter: { statuses: [INVALID] }) { nodes { position externalId status fields } } } }";
    let bad = app
        .hr()
        .run(query, json!({ "id": run.id.to_string() }))
        .await;
    assert_eq!(lines(bad.at("/syncRun")), ["2 bad INVALID startedOn"]);
    let undone = undo_by_command(&app, &run.id.to_string());
    assert_eq!(
        String::from_utf8(undone.stdout).unwrap(),
        format!(
            "{} is undone: 1500 people, 1500 employments and 1 departments removed; 0 results kept\n",
            run.id
        )
    );
    assert_eq!(stored(&app).await, before);
    let again = undo_by_command(&app, &run.id.to_string());
    assert_eq!(again.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(again.stderr).unwrap(),
        "error: id: the run was undone before\n"
    );
    let none = undo_by_command(&app, "syncrun_00000000000000000000000000");
    assert_eq!(
        String::from_utf8(none.stderr).unwrap(),
        "error: there is no sync run `syncrun_00000000000000000000000000`; see `sync-run list`\n"
    );
}

#[tokio::test]
async fn a_dry_run_of_a_file_shows_what_would_change_field_by_field() {
    let app = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    report(&import(
        &app,
        &csv(
            &folder,
            "1,Lee,Ann,2020-01-01,Sales\n2,Doe,Bob,2020-01-01,Sales\n",
        ),
        &[],
    ));
    let path = csv(
        &folder,
        "1,Lee,Anna,2020-01-01,Legal\n2,Doe,Bob,2020-01-01,Legal\n",
    );
    let said = report(&import(&app, &path, &["--dry-run"]));
    assert!(
        said.contains(
            "Fields that would change (2):\n  department: 2 rows\n    line 2 (id 1): “Sales” → “Legal”\n    line 3 (id 2): “Sales” → “Legal”\n  givenName: 1 row\n    line 2 (id 1): “Ann” → “Anna”\n"
        ),
        "{said}"
    );
    let json = report(&import(&app, &path, &["--dry-run", "--report", "json"]));
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["report"]["runId"], Value::Null);
    assert_eq!(
        json["report"]["changedFields"]["givenName"],
        json!({ "count": 1, "samples": [{ "line": 2, "entry": null, "id": "1", "before": "Ann", "after": "Anna" }] })
    );
    let said = report(&import(&app, &path, &[]));
    assert!(
        said.contains("Fields changed (2):\n  department: 2 rows\n  givenName: 1 row\n"),
        "{said}"
    );
}

#[tokio::test]
async fn a_killed_import_leaves_a_running_run_that_can_be_undone_at_once() {
    let app = TestApp::start().await;
    let before = stored(&app).await;
    let folder = tempfile::tempdir().unwrap();
    let many: String = (0..20_000)
        .map(|number| format!("w{number},Lee,No {number},2020-01-01,Legal\n"))
        .collect();
    let path = csv(&folder, &many);
    let mut child = Command::new(env!("CARGO_BIN_EXE_alumni-api"))
        .arg("import")
        .arg(&path)
        .args(["--company", "aozora", "--source", "files"])
        .env("DATABASE_URL", app.database_url())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let stored_some = async {
        while external_identity::Entity::find()
            .count(app.connection())
            .await
            .unwrap()
            == 0
        {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    stored_some.await;
    child.kill().unwrap();
    child.wait().unwrap();
    let run = only_run(&app).await;
    assert_eq!((run.state, run.finished_at), (SyncRunState::Running, None));
    let id = run.id.to_string();
    let undone = undone(&app.hr(), &id).await;
    assert_eq!(undone["state"], "FAILED");
    let run = only_run(&app).await;
    assert_eq!(counts(&undone)[0], i64::from(run.created_count));
    assert!(run.created_count > 0);
    assert_eq!(stored(&app).await, before);
}
