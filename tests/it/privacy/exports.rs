//! Everything held of a person, in one file, once.

use chrono::TimeDelta;
use entity::ParticipationState;
use serde_json::{Value, json};

use super::{another, opens, step, verified};
use crate::support::{AOZORA, Actor, TestApp};

/// Reads a file: its status and text.
async fn get(app: &TestApp, path: &str, login: Option<&Actor<'_>>) -> (u16, String) {
    let mut request = app.client().get(app.url(path));
    if let Some(token) = login.and_then(Actor::token) {
        request = request.bearer_auth(token);
    }
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

async fn path(actor: &Actor<'_>) -> String {
    let reply = opens(actor, json!({ "kind": "EXPORT" })).await;
    let path = reply.at("/dataRequestOpen/exportPath");
    path.as_str().unwrap().to_owned()
}

fn section<'d>(document: &'d Value, name: &str) -> &'d Value {
    let sections = document["sections"].as_array().unwrap();
    let found = sections.iter().find(|section| section["name"] == name);
    &found.unwrap_or_else(|| panic!("no {name}"))["entries"]
}

#[tokio::test]
async fn it_holds_all_of_the_person_and_nothing_of_others() {
    let app = TestApp::start().await;
    let own = AOZORA.person("alumnus");
    app.mail_of(own, "own@example.com").await;
    app.give_skill(AOZORA.id(), own, "Rust").await;
    let (other, other_login) = another(&app, "stranger").await;
    let block =
        "mutation($id: ID!) { personBlock(input: { personId: $id }) { userErrors { code } } }";
    app.alumnus()
        .run(block, json!({ "id": other.id.to_string() }))
        .await;
    let (third, third_login) = another(&app, "blocks you").await;
    third_login
        .run(block, json!({ "id": own.to_string() }))
        .await;
    let event = app.new_event("Meetup").insert().await;
    app.answered(&event, own, ParticipationState::Going).await;
    let opportunity = app.new_opportunity("Engineer").insert().await;
    app.new_referral(&opportunity)
        .with(|row| row.recommendation = Some("knows the work".into()))
        .insert()
        .await;
    app.new_referral(&opportunity)
        .by(own)
        .outsider("Outside Person", "outside@example.com")
        .insert()
        .await;

    let (status, text) = get(&app, &path(&app.alumnus()).await, None).await;
    assert_eq!(status, 200);
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["schema"], "alumni-api/person-export");
    assert_eq!(document["version"], 1);
    assert_eq!(document["personId"], own.to_string());
    assert_eq!(
        section(&document, "profile")[0]["personalEmail"],
        "own@example.com"
    );
    assert_eq!(
        section(&document, "profile")[0]["visibility"]["phone"],
        "HR"
    );
    assert_eq!(section(&document, "skills")[0]["skillName"], "Rust");
    assert_eq!(
        section(&document, "blocks")[0]["blockedId"],
        other.id.to_string()
    );
    assert_eq!(
        section(&document, "participations")[0]["eventTitle"],
        "Meetup"
    );
    assert_eq!(
        section(&document, "employments")[0]["departmentName"],
        "開発部"
    );
    assert_eq!(section(&document, "membership")[0]["state"], "ACTIVE");
    assert_eq!(section(&document, "logins")[0]["subject"], "alumnus@aozora");
    let received = &section(&document, "referralsReceived")[0];
    assert_eq!(received["recommendation"], "knows the work");
    assert_eq!(
        section(&document, "referralsMade")[0]["opportunityTitle"],
        "Engineer"
    );
    assert_eq!(section(&document, "dataRequests")[0]["kind"], "EXPORT");
    assert!(!section(&document, "changes").as_array().unwrap().is_empty());
    // who blocks them, who recommended them, and whom they recommended
    for foreign in [
        third.id.to_string(),
        AOZORA.person("employee").to_string(),
        "Outside Person".to_owned(),
        "outside@example.com".to_owned(),
    ] {
        assert!(!text.contains(&foreign), "{foreign}");
    }
    drop(other_login);
}

#[tokio::test]
async fn the_shape_stays() {
    let app = TestApp::start().await;
    let (_, text) = get(&app, &path(&app.alumnus()).await, None).await;
    let document: Value = serde_json::from_str(&text).unwrap();
    let names: Vec<&str> = document["sections"]
        .as_array()
        .unwrap()
        .iter()
        .map(|section| section["name"].as_str().unwrap())
        .collect();
    insta::assert_snapshot!(names.join(" "));
}

#[tokio::test]
async fn its_link_works_once() {
    let app = TestApp::start().await;
    let path = path(&app.alumnus()).await;
    let head = app.client().head(app.url(&path)).send().await.unwrap();
    assert_eq!(head.status().as_u16(), 405);
    assert_eq!(get(&app, &path, None).await.0, 200);
    let (status, used) = get(&app, &path, Some(&app.alumnus())).await;
    assert_eq!(status, 404);
    // a link that never was is answered by the same
    let never = format!("/exports/{}", "A".repeat(43));
    let (status, unknown) = get(&app, &never, Some(&app.alumnus())).await;
    assert_eq!(status, 404);
    let said = |text: &str| {
        let mut body: Value = serde_json::from_str(text).unwrap();
        body["errors"][0]["extensions"]["requestId"] = json!(null);
        body.to_string()
    };
    assert_eq!(said(&used), said(&unknown));
}

#[tokio::test]
async fn two_who_read_at_once_do_not_both_get_it() {
    let app = TestApp::start().await;
    let path = path(&app.alumnus()).await;
    let (one, two) = tokio::join!(get(&app, &path, None), get(&app, &path, None));
    let mut both = [one.0, two.0];
    both.sort_unstable();
    assert_eq!(both, [200, 404]);
}

#[tokio::test]
async fn its_link_runs_out() {
    let app = TestApp::start().await;
    let path = path(&app.alumnus()).await;
    app.clock.advance(TimeDelta::minutes(15));
    assert_eq!(get(&app, &path, None).await.0, 404);
}

#[tokio::test]
async fn another_persons_login_does_not_open_it_and_does_not_use_it_up() {
    let app = TestApp::start().await;
    let path = path(&app.alumnus()).await;
    let (_, other) = another(&app, "other").await;
    let system = app.system(&["alumni:read"]).await;
    for actor in [&other, &app.hr(), &app.operator(), &app.stranger(), &system] {
        assert_eq!(get(&app, &path, Some(actor)).await.0, 404);
    }
    assert_eq!(get(&app, &path, Some(&app.alumnus())).await.0, 200);
}

#[tokio::test]
async fn a_login_that_has_ended_opens_nothing() {
    use sea_orm::{ActiveModelTrait, ActiveValue::Set};
    let app = TestApp::start().await;
    let path = path(&app.alumnus()).await;
    let account = entity::account::ActiveModel {
        id: Set(entity::AccountId(AOZORA.person("alumnus").0)),
        disabled_at: Set(Some(app.clock.now())),
        ..Default::default()
    };
    account.update(app.connection()).await.unwrap();
    assert_eq!(get(&app, &path, None).await.0, 404);
}

#[tokio::test]
async fn a_new_link_ends_the_one_before_and_a_day_has_one_request() {
    let app = TestApp::start().await;
    let (first, second) = (path(&app.alumnus()).await, path(&app.alumnus()).await);
    assert_eq!(get(&app, &first, None).await.0, 404);
    assert_eq!(get(&app, &second, None).await.0, 200);
    let query = "{ viewer { dataRequests { totalCount nodes { id } } } }";
    let own = app.alumnus().ask(query).await;
    assert_eq!(own.at("/viewer/dataRequests/totalCount"), 1);
    let id = own.at("/viewer/dataRequests/nodes/0/id").as_str().unwrap();
    let third = step(&app.alumnus(), "IssueLink", id, json!({})).await;
    let path = third
        .at("/dataRequestIssueLink/exportPath")
        .as_str()
        .unwrap();
    assert_eq!(get(&app, path, None).await.0, 200);
}

#[tokio::test]
async fn what_the_person_keeps_from_the_company_is_not_in_a_copy_through_its_hands() {
    let app = TestApp::start().await;
    let own = AOZORA.person("alumnus");
    let (other, _) = another(&app, "other").await;
    let block =
        "mutation($id: ID!) { personBlock(input: { personId: $id }) { userErrors { code } } }";
    app.alumnus()
        .run(block, json!({ "id": other.id.to_string() }))
        .await;
    let id = verified(&app, own, "EXPORT").await;
    let done = step(&app.hr(), "Fulfil", &id, json!({})).await;
    let path = done.at("/dataRequestFulfil/exportPath").as_str().unwrap();
    let (status, text) = get(&app, path, Some(&app.hr())).await;
    assert_eq!(status, 200);
    let document: Value = serde_json::from_str(&text).unwrap();
    let left_out = document["leftOut"].as_array().unwrap();
    assert!(left_out.iter().any(|line| line["what"] == "blocks"));
    assert!(!text.contains(&other.id.to_string()));
    // the person's own login makes a whole one of the same request
    let again = step(&app.alumnus(), "IssueLink", &id, json!({})).await;
    let path = again
        .at("/dataRequestIssueLink/exportPath")
        .as_str()
        .unwrap();
    let (_, text) = get(&app, path, None).await;
    assert!(text.contains(&other.id.to_string()));
}

#[tokio::test]
async fn nobody_exports_another_without_the_right_to() {
    let app = TestApp::start().await;
    let id = verified(&app, AOZORA.person("alumnus"), "EXPORT").await;
    for actor in [
        app.employee(),
        app.recruiter(),
        app.supporter(),
        app.operator(),
    ] {
        let reply = step(&actor, "Fulfil", &id, json!({})).await;
        assert_eq!(reply.codes(), ["FORBIDDEN"]);
    }
    let reply = step(&app.stranger(), "Fulfil", &id, json!({})).await;
    assert_eq!(reply.codes(), ["NOT_FOUND"]);
}

#[tokio::test]
async fn much_of_it_comes_in_many_parts() {
    use futures_util::StreamExt;
    let app = TestApp::start().await;
    for number in 0..300 {
        app.give_skill(
            AOZORA.id(),
            AOZORA.person("alumnus"),
            &format!("skill number {number}"),
        )
        .await;
    }
    let request = app.client().get(app.url(&path(&app.alumnus()).await));
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["transfer-encoding"], "chunked");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let parts: Vec<_> = response.bytes_stream().collect().await;
    assert!(parts.len() > 1, "{}", parts.len());
    let whole: Vec<u8> = parts.into_iter().flat_map(Result::unwrap).collect();
    let document: Value = serde_json::from_slice(&whole).unwrap();
    assert_eq!(section(&document, "skills").as_array().unwrap().len(), 300);
}

#[tokio::test]
async fn through_the_companys_hands_goes_nothing_that_a_person_keeps_from_it() {
    let app = TestApp::start().await;
    let own = AOZORA.person("alumnus");
    app.give_skill(AOZORA.id(), own, "Beekeeping").await;
    let profile = "mutation { alumnusProfileUpdate(input: { phone: \"+81 90-0000-1234\", headline: \"Beekeeper of Uji\", links: [{ label: \"hives\", url: \"https://hives.example.com/\" }] }) { userErrors { code field message } } }";
    assert_eq!(app.alumnus().ask(profile).await.user_errors(), "");
    let hide = "mutation { profileVisibilityUpdate(input: { fields: [{ field: PHONE, audience: ONLY_ME }, { field: HEADLINE, audience: ONLY_ME }, { field: LINKS, audience: ONLY_ME }, { field: SKILLS, audience: ONLY_ME }] }) { userErrors { code field message } } }";
    assert_eq!(app.alumnus().ask(hide).await.user_errors(), "");
    let (other, _) = another(&app, "stranger").await;
    let block =
        "mutation($id: ID!) { personBlock(input: { personId: $id }) { userErrors { code } } }";
    let who = json!({ "id": other.id.to_string() });
    app.alumnus().run(block, who).await.data();
    let position = app.new_opportunity("engineer").insert().await;
    app.new_invitation(&position).by(own).insert().await;
    let copy = async |actor: &Actor<'_>, path: &str| {
        let (status, text) = get(&app, path, Some(actor)).await;
        assert_eq!(status, 200);
        text
    };
    let theirs = copy(&app.alumnus(), &path(&app.alumnus()).await).await;
    let request = verified(&app, own, "EXPORT").await;
    let issued = step(&app.hr(), "Fulfil", &request, json!({})).await;
    let issued = issued.at("/dataRequestFulfil/exportPath").as_str().unwrap();
    let companys = copy(&app.hr(), issued).await;
    for kept in [
        "1234",
        "Beekeeper",
        "hives",
        "Beekeeping",
        "person.blocked",
        "person.visibility_updated",
        "\"visibility\"",
        "WAITING",
    ] {
        assert!(theirs.contains(kept), "{kept}");
        assert!(!companys.contains(kept), "{kept}");
    }
    let document: Value = serde_json::from_str(&companys).unwrap();
    let profile = &section(&document, "profile")[0];
    assert_eq!(
        (
            &profile["phone"],
            &profile["links"],
            &profile["displayName"]
        ),
        (&Value::Null, &json!([]), &Value::Null)
    );
    assert_eq!(section(&document, "skills"), &json!([]));
    // what they show is there
    assert_eq!(profile["familyName"], "alumnus");
}
