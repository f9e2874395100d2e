//! The way of a data request, and whose it is.

use insta::assert_snapshot;
use serde_json::json;

use super::{REGISTER, another, opens, registered, step, verified};
use crate::support::{AOZORA, MERIDIAN, TestApp};

#[tokio::test]
async fn a_correction_waits_for_hr_and_is_due_in_a_month() {
    let app = TestApp::start().await;
    let reply = opens(
        &app.alumnus(),
        json!({ "kind": "CORRECTION", "wish": "I left in April" }),
    )
    .await;
    let request = reply.at("/dataRequestOpen/dataRequest");
    assert_eq!(request["state"], "IDENTITY_VERIFIED");
    assert_eq!(request["receivedOn"], "2026-04-01");
    assert_eq!(request["dueOn"], "2026-05-01");
    assert_eq!(reply.at("/dataRequestOpen/exportPath"), &json!(null));
    let listed = app
        .hr()
        .ask("{ dataRequests(filter: { open: true }) { totalCount nodes { kind wish origin person { displayName } } } }")
        .await;
    assert_eq!(
        listed.at("/dataRequests"),
        &json!({ "totalCount": 1, "nodes": [{ "kind": "CORRECTION", "wish": "I left in April", "origin": "OWN", "person": { "displayName": "aozora alumnus" } }] })
    );
    assert_eq!(app.change_kinds().await, ["data_request.opened"]);
}

#[tokio::test]
async fn a_correction_says_what_is_wrong_and_an_erasure_is_confirmed() {
    let app = TestApp::start().await;
    let reply = opens(&app.alumnus(), json!({ "kind": "CORRECTION", "wish": " " })).await;
    assert_snapshot!(reply.user_errors(), @"REQUIRED wish: must say what is wrong, and what is right");
    let reply = opens(&app.alumnus(), json!({ "kind": "ERASURE" })).await;
    assert_snapshot!(reply.user_errors(), @"REQUIRED confirm: must be true: what is erased does not come back");
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn a_letter_goes_its_way() {
    let app = TestApp::start().await;
    let person = AOZORA.person("alumnus");
    let id = registered(&app, person, "CORRECTION").await;
    let early = step(&app.hr(), "Take", &id, json!({})).await;
    assert_snapshot!(early.user_errors(), @"REFUSED : the request is RECEIVED, which allows verifying the identity, extending, refusing and withdrawing it");
    let how = json!({ "how": "called back", "expectedVersion": 1 });
    let reply = step(&app.hr(), "VerifyIdentity", &id, how).await;
    assert_eq!(
        reply.at("/dataRequestVerifyIdentity/dataRequest/state"),
        "IDENTITY_VERIFIED"
    );
    let stale = step(&app.hr(), "Take", &id, json!({ "expectedVersion": 1 })).await;
    assert_snapshot!(stale.user_errors(), @"STALE_VERSION expectedVersion: the version stored is 2, not 1: read again");
    let reply = step(&app.hr(), "Take", &id, json!({})).await;
    assert_eq!(
        reply.at("/dataRequestTake/dataRequest/handler/displayName"),
        "aozora hr"
    );
    let reply = step(
        &app.hr(),
        "Extend",
        &id,
        json!({ "reason": "many letters" }),
    )
    .await;
    assert_eq!(
        reply.at("/dataRequestExtend/dataRequest/dueOn"),
        "2026-07-01"
    );
    let again = step(
        &app.hr(),
        "Extend",
        &id,
        json!({ "reason": "more letters" }),
    )
    .await;
    assert_snapshot!(again.user_errors(), @"REFUSED : the last day was put off already, which is allowed once");
    let reply = step(&app.admin(), "Fulfil", &id, json!({ "answer": "done" })).await;
    assert_eq!(
        reply.at("/dataRequestFulfil/dataRequest/state"),
        "FULFILLED"
    );
    for name in ["Take", "Withdraw"] {
        let late = step(&app.hr(), name, &id, json!({})).await;
        assert_eq!(
            late.user_errors(),
            "REFUSED : the request is FULFILLED, which allows no further step"
        );
    }
    // how the identity was verified is not the person's to read, what they were answered is
    let own = "{ viewer { dataRequests { nodes { state answer identityProof handler { id } } } } }";
    assert_eq!(
        app.alumnus()
            .ask(own)
            .await
            .at("/viewer/dataRequests/nodes"),
        &json!([{ "state": "FULFILLED", "answer": "done", "identityProof": null, "handler": null }])
    );
}

#[tokio::test]
async fn what_is_late_is_not_put_off() {
    let app = TestApp::start().await;
    let id = registered(&app, AOZORA.person("alumnus"), "ERASURE").await;
    app.clock.advance(chrono::TimeDelta::days(31));
    let late = step(
        &app.hr(),
        "Extend",
        &id,
        json!({ "reason": "many letters" }),
    )
    .await;
    assert_snapshot!(late.user_errors(), @"REFUSED : it was due on 2026-05-01: the person is told of a delay before that day");
}

#[tokio::test]
async fn a_refusal_says_why_and_only_a_correction_is_done_in_part() {
    let app = TestApp::start().await;
    let person = AOZORA.person("alumnus");
    let id = verified(&app, person, "ERASURE").await;
    let none = step(&app.hr(), "Refuse", &id, json!({ "reason": " " })).await;
    assert_snapshot!(none.user_errors(), @"REQUIRED reason: must not be empty");
    let partly = json!({ "reason": "some of it", "partly": true });
    let reply = step(&app.hr(), "Refuse", &id, partly.clone()).await;
    assert_snapshot!(reply.user_errors(), @"REFUSED partly: only a correction is done in part; what the law keeps of an erasure is found by itself");
    let correction = verified(&app, person, "CORRECTION").await;
    let reply = step(&app.hr(), "Refuse", &correction, partly).await;
    assert_eq!(
        reply.at("/dataRequestRefuse/dataRequest/state"),
        "PARTLY_REFUSED"
    );
}

#[tokio::test]
async fn a_letter_may_have_come_earlier_and_not_later() {
    let app = TestApp::start().await;
    let input = |day: &str| json!({ "input": { "personId": AOZORA.person("alumnus").to_string(), "kind": "EXPORT", "receivedOn": day } });
    let reply = app.hr().run(REGISTER, input("2026-01-31")).await;
    assert_eq!(
        reply.at("/dataRequestRegister/dataRequest/dueOn"),
        "2026-02-28"
    );
    let reply = app.hr().run(REGISTER, input("2026-04-02")).await;
    assert_snapshot!(reply.user_errors(), @"INVALID receivedOn: lies ahead, in the company's time zone");
}

#[tokio::test]
async fn another_persons_request_does_not_exist() {
    let app = TestApp::start().await;
    let id = registered(&app, AOZORA.person("alumnus"), "EXPORT").await;
    let (_, other) = another(&app, "other").await;
    let query = "query($id: ID!) { dataRequest(id: $id) { id } node(id: $id) { id } }";
    let none = json!({ "dataRequest": null, "node": null });
    for actor in [
        &other,
        &app.employee(),
        &app.recruiter(),
        &app.operator(),
        &app.stranger(),
        &app.anonymous(),
    ] {
        let reply = actor.run(query, json!({ "id": id })).await;
        assert_eq!(reply.data(), &none);
    }
    for (actor, code) in [
        (&other, "NOT_FOUND"),
        (&app.employee(), "NOT_FOUND"),
        (&app.stranger(), "NOT_FOUND"),
        (&app.anonymous(), "UNAUTHENTICATED"),
    ] {
        let reply = step(actor, "Withdraw", &id, json!({})).await;
        assert_eq!(reply.codes(), [code]);
        let reply = step(actor, "IssueLink", &id, json!({})).await;
        assert_eq!(reply.codes(), [code]);
    }
    let foreign =
        json!({ "input": { "personId": AOZORA.person("alumnus").to_string(), "kind": "ERASURE" } });
    let reply = app.actor_of(MERIDIAN, "hr").run(REGISTER, foreign).await;
    assert_snapshot!(reply.user_errors(), @"NOT_FOUND personId: there is no such person for you");
}
