//! One bad value costs one row, and a row that is older than what is known changes nothing.

use insta::assert_snapshot;
use sea_orm::DbBackend;
use serde_json::{Value, json};

use super::{SYNC, ann, outcome, people, sync, with};
use crate::support::TestApp;

fn good(id: &str) -> Value {
    with(ann(), json!({ "externalId": id }))
}

/// A call of three rows, of which the second has these values.
async fn between_two(app: &TestApp, fields: Value) -> String {
    let bad = with(good("2"), fields);
    outcome(&sync(&app.hr(), json!([good("1"), bad, good("3")])).await)
}

#[tokio::test]
async fn a_value_that_no_field_reads_costs_its_row_alone() {
    for (fields, fault) in [
        (
            json!({ "startedOn": "2015-02-30" }),
            "startedOn: \"2015-02-30\" is not accepted; send a day of the calendar from year 1 to 9999, as 2015-04-01, or null",
        ),
        (
            json!({ "startedOn": "" }),
            "startedOn: \"\" is not accepted; send a day of the calendar from year 1 to 9999, as 2015-04-01, or null",
        ),
        (
            json!({ "startedOn": "0000-00-00" }),
            "startedOn: \"0000-00-00\" is not accepted; send a day of the calendar from year 1 to 9999, as 2015-04-01, or null",
        ),
        (
            json!({ "startedOn": 20_150_401 }),
            "startedOn: 20150401 is not accepted; send a day of the calendar from year 1 to 9999, as 2015-04-01, or null",
        ),
        (
            json!({ "employmentType": "FULL_TIME" }),
            "employmentType: \"FULL_TIME\" is not accepted; send one of CONTRACTOR, DISPATCHED, EXECUTIVE, FIXED_TERM, INTERN, OTHER, PART_TIME, REGULAR, or null",
        ),
        (
            json!({ "status": "Active" }),
            "status: \"Active\" is not accepted; send one of ACTIVE, LEFT, ON_LEAVE, or null",
        ),
        (
            json!({ "familyName": "Do\u{0}e" }),
            "familyName: \"Do\\u0000e\" is not accepted; send a text without the character U+0000, or null",
        ),
        (
            json!({ "familyName": { "de": "Doe" } }),
            "familyName: {\"de\":\"Doe\"} is not accepted; send a text, or null",
        ),
        (
            json!({ "salary": 1 }),
            "salary: there is no such field in WorkerInput; leave it out",
        ),
        (
            json!({ "sourceUpdatedAt": "2026-03-01" }),
            "sourceUpdatedAt: \"2026-03-01\" is not accepted; send an instant as in RFC 3339, as 2026-04-01T09:00:00+09:00, or null",
        ),
    ] {
        let app = TestApp::start().await;
        let told = between_two(&app, fields).await;
        assert_eq!(told, format!("1 CREATED\n2 INVALID {fault}\n3 CREATED"));
        assert_eq!(people(&app).await.len(), 2);
    }
}

#[tokio::test]
async fn a_bad_row_is_found_by_its_position_and_its_key() {
    let app = TestApp::start().await;
    let query = "mutation($workers: [WorkerInput!]!) { workersSync(input: { source: \"s\", workers: $workers }) { results { position externalId status errors { field reason } } } }";
    let workers = json!([good("1"), "x", null, with(good("1"), json!({ "externalId": 42 })), { "familyName": "Doe" }, { "$faults": [] }]);
    let reply = app.hr().run(query, json!({ "workers": workers })).await;
    let bad = |position: i32, id: &str, field: &str, reason: &str| json!({ "position": position, "externalId": id, "status": "INVALID", "errors": [{ "field": field, "reason": reason }] });
    let mut both = bad(
        5,
        "",
        "$faults",
        "there is no such field in WorkerInput; leave it out",
    );
    both["errors"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "field": "externalId", "reason": "is required" }));
    assert_eq!(
        reply.at("/workersSync/results"),
        &json!([
            { "position": 0, "externalId": "1", "status": "CREATED", "errors": [] },
            bad(1, "", "", "\"x\" is not accepted; send an object of type WorkerInput"),
            bad(2, "", "", "null is not accepted; send an object of type WorkerInput"),
            bad(3, "42", "externalId", "42 is not accepted; send a text"),
            bad(4, "", "externalId", "is required"),
            both,
        ])
    );
    assert_eq!(people(&app).await.len(), 1);
}

#[tokio::test]
async fn a_contact_that_is_none_costs_itself_and_not_the_row() {
    let app = TestApp::start().await;
    sync(
        &app.hr(),
        json!([with(good("1"), json!({ "phone": "03-1234-5678" }))]),
    )
    .await;
    let odd = json!({ "phone": "call me", "personalEmail": "nobody", "workEmail": 7 });
    let reply = sync(&app.hr(), json!([with(good("1"), odd)])).await;
    assert_eq!(
        reply.at("/workersSync/results/0/remarks"),
        &json!([
            "workEmail: 7 is not accepted; send a text, or null; it was left out",
            "personalEmail: “nobody” is not one e-mail address; it was left out",
            "phone: “call me” is not one telephone number; it was left out",
        ])
    );
    assert_snapshot!(outcome(&reply), @"1 UNCHANGED");
    let stored = people(&app).await.remove(0);
    assert_eq!(
        (stored.phone.as_deref(), stored.personal_email.as_deref()),
        (Some("03-1234-5678"), Some("hanako@mail.example"))
    );
}

#[tokio::test]
async fn a_bad_value_outside_the_rows_or_in_a_literal_is_refused_as_a_whole() {
    let app = TestApp::start().await;
    let query = "mutation($source: String!, $workers: [WorkerInput!]!) { workersSync(input: { source: $source, workers: $workers }) { results { status } } }";
    let reply = app
        .hr()
        .run(query, json!({ "source": "a\u{0}", "workers": [] }))
        .await;
    assert_eq!(reply.codes(), ["BAD_USER_INPUT"]);
    let literal = "mutation { workersSync(input: { source: \"s\", workers: [{ externalId: \"1\", startedOn: \"2015-02-30\" }] }) { results { status } } }";
    assert_eq!(
        app.hr().ask(literal).await.codes(),
        ["GRAPHQL_VALIDATION_FAILED"]
    );
    assert!(people(&app).await.is_empty());
}

fn aged(position: &str, at: &str) -> Value {
    with(
        good("1"),
        json!({ "position": position, "sourceUpdatedAt": at }),
    )
}

#[tokio::test]
async fn a_row_older_than_what_is_known_is_stale_and_reverts_nothing() {
    let app = TestApp::start().await;
    let send = async |row: Value| sync(&app.hr(), json!([row])).await;
    assert_snapshot!(outcome(&send(aged("課長", "2026-03-01T09:00:00+09:00")).await), @"1 CREATED");
    assert_snapshot!(outcome(&send(aged("部長", "2026-03-03T00:00:00Z")).await), @"1 UPDATED");
    let changes = app.changes().await.len();
    let stale = send(aged("課長", "2026-03-02T23:59:59Z")).await;
    assert_snapshot!(outcome(&stale), @"1 STALE");
    assert_eq!(
        stale.at("/workersSync/results/0/remarks"),
        &json!([
            "sourceUpdatedAt: a row from 2026-03-03T00:00:00Z was taken over before; this one is older and was not"
        ])
    );
    assert_eq!(app.changes().await.len(), changes);
    // of the same age, and without one, it is taken over
    assert_snapshot!(outcome(&send(aged("主任", "2026-03-03T00:00:00Z")).await), @"1 UPDATED");
    assert_snapshot!(outcome(&send(with(good("1"), json!({ "position": "係長" }))).await), @"1 UPDATED");
    assert_snapshot!(outcome(&send(aged("課長", "2026-03-02T00:00:00Z")).await), @"1 STALE");
}

#[tokio::test]
async fn a_newer_row_that_changes_nothing_makes_older_ones_stale() {
    let app = TestApp::start().await;
    let send = async |row: Value| sync(&app.hr(), json!([row])).await;
    send(aged("課長", "2026-03-01T00:00:00Z")).await;
    let changes = app.changes().await.len();
    assert_snapshot!(outcome(&send(aged("課長", "2026-03-03T00:00:00Z")).await), @"1 UNCHANGED");
    assert_eq!(app.changes().await.len(), changes);
    assert_snapshot!(outcome(&send(aged("部長", "2026-03-02T00:00:00Z")).await), @"1 STALE");
    // a dry run and a refused row note no age
    let bad = with(
        aged("課長", "2026-03-09T00:00:00Z"),
        json!({ "lastWorkingDay": "2014-01-01" }),
    );
    assert!(outcome(&send(bad).await).starts_with("1 INVALID lastWorkingDay"));
    assert_snapshot!(outcome(&send(aged("部長", "2026-03-04T00:00:00Z")).await), @"1 UPDATED");
    // another source has ages of its own
    let other = json!({ "source": "workday", "workers": [aged("部長", "2026-03-01T00:00:00Z")] });
    let reply = app.hr().run(SYNC, json!({ "input": other })).await;
    assert_snapshot!(outcome(&reply), @"1 CREATED");
}

#[tokio::test]
async fn ages_of_a_thousand_workers_cost_one_more_statement() {
    let app = TestApp::start().await;
    let workers = |at: &str| -> Value {
        let row = |number: i32| with(good(&number.to_string()), json!({ "sourceUpdatedAt": at }));
        (0..1_000).map(row).collect()
    };
    sync(&app.hr(), workers("2026-03-01T00:00:00Z"))
        .await
        .data();
    app.hr().ask("{ viewer { kind } }").await;
    let (noted, reply) = app
        .statements(sync(&app.hr(), workers("2026-03-02T00:00:00Z")))
        .await;
    assert_eq!(reply.at("/workersSync/results/999/status"), "UNCHANGED");
    let written = |postgres, sqlite| match app.app.database.backend() {
        DbBackend::Postgres => postgres,
        _ => sqlite,
    };
    // company, sources, identities, people, memberships, employments, departments; then the run, and the ages
    assert_eq!(noted, 7 + written(1, 2));
    let (stale, reply) = app
        .statements(sync(&app.hr(), workers("2026-03-01T00:00:00Z")))
        .await;
    assert_eq!(reply.at("/workersSync/results/999/status"), "STALE");
    // the run and its results
    assert_eq!(stale, 7 + written(1, 3));
}

#[tokio::test]
async fn two_spellings_of_a_source_are_one_source() {
    let app = TestApp::start().await;
    let call = |source: &str, worker: Value| {
        let input = json!({ "input": { "source": source, "workers": [worker] } });
        let hr = app.hr();
        async move { hr.run(SYNC, input).await }
    };
    assert_snapshot!(outcome(&call("SmartHR", good("1")).await), @"1 CREATED");
    for source in ["smarthr", "ＳｍａｒｔＨＲ", " SMARTHR "] {
        assert_eq!(outcome(&call(source, good("1")).await), "1 UNCHANGED");
    }
    assert_snapshot!(outcome(&call("SmartHR 2", good("1")).await), @"1 CREATED");
    let sources = "{ syncRuns(orderBy: OLDEST) { nodes { source } } }";
    let runs = app.hr().ask(sources).await;
    let runs = runs.at("/syncRuns/nodes").as_array().unwrap().clone();
    let sources: Vec<&str> = runs
        .iter()
        .map(|run| run["source"].as_str().unwrap())
        .collect();
    assert_eq!(
        sources,
        ["SmartHR", "SmartHR", "SmartHR", "SmartHR", "SmartHR 2"]
    );
}

#[tokio::test]
async fn characters_that_set_the_direction_are_removed_from_names() {
    let app = TestApp::start().await;
    let names =
        json!({ "familyName": "\u{202e}Doe\u{200f}", "givenName": "\u{2066}Ann\u{2069}\u{200e}" });
    sync(&app.hr(), json!([with(good("1"), names)]))
        .await
        .data();
    let stored = people(&app).await.remove(0);
    assert_eq!(
        (stored.family_name.as_str(), stored.given_name.as_str()),
        ("Doe", "Ann")
    );
    let only = with(
        good("2"),
        json!({ "familyName": "\u{202e}", "givenName": null }),
    );
    assert_snapshot!(outcome(&sync(&app.hr(), json!([only])).await), @"2 INVALID familyName: must not be empty");
}

#[tokio::test]
async fn an_instant_is_read_as_rfc_3339_has_it_and_in_no_other_form() {
    let app = TestApp::start().await;
    for odd in [
        "2026-03-01",
        "2026-03-01 00:00:00Z",
        "2026-03-01T00:00Z",
        "2026-03-01T00:00:00",
        "2026-03-01T00:00:00+0900",
        "2026-03-01T24:00:00Z",
        "20260301T000000Z",
        "Sun, 01 Mar 2026 00:00:00 +0000",
    ] {
        let reply = sync(&app.hr(), json!([aged("課長", odd)])).await;
        assert!(
            outcome(&reply).starts_with("1 INVALID sourceUpdatedAt"),
            "{odd}"
        );
    }
    for (at, became) in [
        ("2026-03-01t00:00:00.123456789z", "1 CREATED"),
        // the same to the microsecond, which is what is stored
        ("2026-03-01T09:00:00.123456+09:00", "1 UNCHANGED"),
        ("2026-03-01T00:00:00.123455Z", "1 STALE"),
        ("2026-12-31T23:59:60Z", "1 UNCHANGED"),
        ("2027-01-01T00:00:00Z", "1 UNCHANGED"),
        ("2026-12-31T23:59:59Z", "1 STALE"),
    ] {
        let reply = sync(&app.hr(), json!([aged("課長", at)])).await;
        assert_eq!(outcome(&reply), became, "{at}");
    }
}
