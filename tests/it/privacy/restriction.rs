//! Data that is only kept.

use insta::assert_snapshot;
use serde_json::json;

use super::{another, opens, step};
use crate::support::TestApp;

const SEEN: &str = "query($id: ID!) { node(id: $id) { id } alumnus(id: $id) { familyName } alumni(filter: { search: \"Hideaway\" }) { totalCount } }";

#[tokio::test]
async fn it_is_shown_to_nobody_but_the_person_and_who_answers_for_it() {
    let app = TestApp::start().await;
    let (person, login) = another(&app, "Hideaway").await;
    let id = json!({ "id": person.id.to_string() });
    let employment = json!({ "id": entity::EmploymentId(person.id.0).to_string() });
    let system = app.system(&["alumni:read"]).await;
    let reply = opens(&login, json!({ "kind": "RESTRICTION" })).await;
    assert_eq!(reply.at("/dataRequestOpen/dataRequest/state"), "FULFILLED");
    let none = json!({ "node": null, "alumnus": null, "alumni": { "totalCount": 0 } });
    for actor in [
        &system,
        &app.operator(),
        &app.employee(),
        &app.recruiter(),
        &app.alumnus(),
        &app.supporter(),
    ] {
        assert_eq!(actor.run(SEEN, id.clone()).await.data(), &none);
        let node = "query($id: ID!) { node(id: $id) { id } }";
        assert_eq!(
            actor.run(node, employment.clone()).await.at("/node"),
            &json!(null)
        );
    }
    // who answers for it looks it up, and is not shown it among others
    let hr = app.hr().run(SEEN, id.clone()).await;
    assert_eq!(hr.at("/alumnus/familyName"), "Hideaway");
    assert_eq!(hr.at("/alumni/totalCount"), 0);
    assert_eq!(
        login.run(SEEN, id.clone()).await.at("/alumnus/familyName"),
        "Hideaway"
    );
    // and it ends when the person says so
    let request = reply
        .at("/dataRequestOpen/dataRequest/id")
        .as_str()
        .unwrap();
    let ended = step(&login, "Withdraw", request, json!({})).await;
    assert_eq!(
        ended.at("/dataRequestWithdraw/dataRequest/state"),
        "WITHDRAWN"
    );
    assert_eq!(
        app.hr()
            .run(SEEN, id.clone())
            .await
            .at("/alumni/totalCount"),
        1
    );
    assert_eq!(
        app.employee().run(SEEN, id).await.at("/alumni/totalCount"),
        1
    );
}

#[tokio::test]
async fn nothing_else_is_done_with_it() {
    let app = TestApp::start().await;
    let (person, login) = another(&app, "Hideaway").await;
    let opportunity = app.new_opportunity("Engineer").insert().await;
    opens(&login, json!({ "kind": "RESTRICTION" })).await.data();
    let id = person.id.to_string();
    let invite = app
        .hr()
        .run("mutation($ids: [ID!]!) { membershipInvite(input: { personIds: $ids }) { results { userErrors { code message } } userErrors { code } } }", json!({ "ids": [id] }))
        .await;
    assert_snapshot!(invite.at("/membershipInvite/results/0/userErrors"), @r#"[{"code":"REFUSED","message":"the person's data is only kept, as they asked: nothing else is done with it until they say so"}]"#);
    let record = app
        .hr()
        .run("mutation($id: ID!) { personRecordUpdate(input: { id: $id, employeeNumber: \"7\" }) { userErrors { code field message } } }", json!({ "id": id }))
        .await;
    assert_snapshot!(record.user_errors(), @"REFUSED : the person's data is only kept, as they asked: nothing else is done with it until they say so");
    let refer = app
        .hr()
        .run("mutation($id: ID!, $who: ID!) { referralSubmit(input: { opportunityId: $id, candidateId: $who }) { userErrors { code field message } } }", json!({ "id": opportunity.id.to_string(), "who": id }))
        .await;
    assert_snapshot!(refer.user_errors(), @"NOT_FOUND candidateId: there is no such alumnus for you");
}

#[tokio::test]
async fn asking_twice_is_asking_once() {
    let app = TestApp::start().await;
    let (_, login) = another(&app, "Hideaway").await;
    let first = opens(&login, json!({ "kind": "RESTRICTION" })).await;
    let again = opens(&login, json!({ "kind": "RESTRICTION" })).await;
    assert_eq!(
        first.at("/dataRequestOpen/dataRequest/id"),
        again.at("/dataRequestOpen/dataRequest/id")
    );
    assert_eq!(
        app.change_kinds().await,
        ["person.restricted", "data_request.fulfilled"]
    );
}
