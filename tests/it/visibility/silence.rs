//! An attacker's question: is there a way to what is hidden? By any field of the schema, by a filter, by an order, by what a write answers.

use insta::assert_snapshot;

use super::*;
use crate::support::Crawler;

/// The world's alumnus with everything marked, shown to nobody.
async fn hides_everything(app: &TestApp) -> person::Model {
    let found = person::Entity::find_by_id(AOZORA.person("alumnus"));
    let mut row = found.one(app.connection()).await.unwrap().unwrap();
    fill(&mut row, "zqx");
    show_all(&mut row, Audience::OnlyMe);
    store(app, &row).await;
    row
}

#[tokio::test]
async fn no_field_of_the_schema_holds_what_is_hidden_for_anybody_but_its_owner() {
    let app = TestApp::start().await;
    let id = hides_everything(&app).await.id;
    let event = app.new_event("Meetup").insert().await;
    app.answered(&event, id, entity::ParticipationState::Going)
        .await;
    let offer = app.new_opportunity("Engineer").insert().await;
    app.new_referral(&offer)
        .by(AOZORA.person("employee"))
        .insert()
        .await;
    let other = app.new_alumnus("other", "").insert().await;
    let schema = Crawler::new().await;
    let holds = async |actor: &Actor<'_>| {
        let mut answers = String::new();
        for query in schema.queries(false) {
            answers += &actor.ask(&schema.document(&query)).await.body.to_string();
        }
        assert!(answers.len() > 1_000);
        answers.contains("zqx")
    };
    assert!(holds(&app.alumnus()).await);
    let system = app
        .system(&[
            "alumni:read",
            "events:read",
            "referrals:read",
            "opportunities:read",
        ])
        .await;
    for actor in [
        app.admin(),
        app.hr(),
        app.recruiter(),
        app.supporter(),
        app.employee(),
        app.operator(),
        app.login_of(&other).await,
        app.stranger(),
        system,
    ] {
        assert!(!holds(&actor).await);
    }
}

#[tokio::test]
async fn hr_cannot_try_out_a_hidden_address_by_editing_the_record() {
    let app = TestApp::start().await;
    let row = hides_everything(&app).await;
    let edit = "mutation($id: ID!, $email: String) { personRecordUpdate(input: { id: $id, personalEmail: $email }) { person { ... on Alumnus { personalEmail } } userErrors { code field message } } }";
    let tries = async |email: &str| {
        let variables = json!({ "id": row.id.to_string(), "email": email });
        app.hr().run(edit, variables).await
    };
    let right = tries("zqxmail@example.com").await;
    let wrong = tries("other@example.com").await;
    assert_snapshot!(wrong.user_errors(), @"REFUSED personalEmail: belongs to the alumnus, who has joined: only they change it");
    assert_eq!(right.data(), wrong.data());
}

#[tokio::test]
async fn hr_cannot_try_out_a_hidden_phone_by_syncing() {
    let app = TestApp::start().await;
    let sync = "mutation($dry: Boolean!, $phone: String, $email: String, $other: String) { workersSync(input: { source: \"hr\", dryRun: $dry, workers: [
        { externalId: \"1\", familyName: \"Ann\", startedOn: \"2020-04-01\", phone: $phone, personalEmail: $email, otherName: $other }] }) { results { status errors { field reason } remarks } } }";
    let syncs = async |dry: bool, phone: &str, email: &str, other: &str| {
        let variables = json!({ "dry": dry, "phone": phone, "email": email, "other": other });
        app.hr()
            .run(sync, variables)
            .await
            .at("/workersSync")
            .clone()
    };
    syncs(false, "0312345678", "ann@example.com", "Annie").await;
    // whoever joined once and was rehired is an employee, whose contact details an HR system writes unless they hide them
    let people = person::Entity::find().all(app.connection()).await.unwrap();
    let mut ann = people
        .into_iter()
        .find(|row| row.family_name == "Ann")
        .unwrap();
    show_all(&mut ann, Audience::OnlyMe);
    store(&app, &ann).await;
    let right = syncs(true, "0312345678", "ann@example.com", "Annie").await;
    let wrong = syncs(true, "0398765432", "bob@example.com", "Bobby").await;
    assert_eq!(right["results"][0]["status"], "UNCHANGED");
    assert_eq!(right, wrong);
    syncs(false, "0398765432", "bob@example.com", "Bobby").await;
    let stored = person::Entity::find_by_id(ann.id)
        .one(app.connection())
        .await;
    assert_eq!(
        stored.unwrap().unwrap().phone.as_deref(),
        ann.phone.as_deref()
    );
}

#[tokio::test]
async fn a_write_answers_no_more_of_the_person_than_a_read() {
    let app = TestApp::start().await;
    let row = hides_everything(&app).await;
    let reply = app
        .hr()
        .run(
            "mutation($id: ID!) { personRecordUpdate(input: { id: $id, employeeNumber: \"E7\" }) { person { ... on Alumnus { employeeNumber phone headline links { url } } } userErrors { code } } }",
            json!({ "id": row.id.to_string() }),
        )
        .await;
    assert_eq!(
        reply.at("/personRecordUpdate/person"),
        &json!({ "employeeNumber": "E7", "phone": null, "headline": null, "links": [] })
    );
    // and takes nothing away
    let stored = person::Entity::find_by_id(row.id)
        .one(app.connection())
        .await;
    let stored = stored.unwrap().unwrap();
    assert_eq!((stored.phone, stored.headline), (row.phone, row.headline));
}

#[tokio::test]
async fn a_cursor_of_a_hidden_day_does_not_hold_it() {
    use base64::Engine;
    let app = TestApp::start().await;
    let mut row = hides_everything(&app).await;
    row.left_on = chrono::NaiveDate::from_ymd_opt(2023, 7, 13);
    store(&app, &row).await;
    let query = "{ alumni(orderBy: LEFT_ON) { edges { cursor node { leftOn } } } }";
    let cursor = async |actor: Actor<'_>| {
        let reply = actor.ask(query).await;
        let cursor = reply
            .at("/alumni/edges/0/cursor")
            .as_str()
            .unwrap()
            .to_owned();
        let bytes = base64::prelude::BASE64_URL_SAFE_NO_PAD
            .decode(cursor)
            .unwrap();
        String::from_utf8(bytes).unwrap()
    };
    assert!(cursor(app.hr()).await.contains("2023-07-13"));
    assert!(!cursor(app.employee()).await.contains("2023"));
}
