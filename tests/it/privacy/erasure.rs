//! Erased is erased: in every table, every index, and the files.

use chrono::NaiveDate;
use entity::{Id, PersonId, Role, account, person};
use insta::assert_snapshot;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};
use serde_json::{Value, json};

use super::search::{in_tables, places_of, scrub};
use super::{another, opens, step, verified};
use crate::support::world::account_row;
use crate::support::{AOZORA, Actor, TestApp};

/// Everything told of Wilhelmina, each found nowhere else.
const TOLD: [&str; 33] = [
    "Qwertzuiop",
    "Wilhelmina",
    "クヴェルツ",
    "ヴィルヘルミナ",
    "Kuverutsu",
    "Viruherumina",
    "Yxcvbnm",
    "wilhelmina.private@example.net",
    "wilhelmina.work@example.net",
    "+81 90-5550-7788",
    "Zyxtown",
    "Asdfghjkl Ltd",
    "Chief of Zyx",
    "I herd zyx",
    "My life among zyx",
    "https://zyx.example.net/me",
    "ZX-990077",
    "zyxhr-4711",
    "wilhelmina|subject",
    "Zyx Herding",
    "please seat me near the zyx",
    "knows every zyx",
    "she said zyx herself",
    "moved because of zyx",
    "W. Q. outside",
    "a zyx is miscounted",
    "Office of Zyx",
    "Keeper of Zyx",
    "tired of zyx",
    "wilhelmina.PRIVATE@EXAMPLE.net",
    "she recommends zyx",
    "wrote zyx down",
    "xq yz",
];

/// What the law keeps: the name as it is written, and the facts of employment.
const KEPT_BY_LAW: [&str; 5] = [
    "Qwertzuiop",
    "Wilhelmina",
    "Office of Zyx",
    "Keeper of Zyx",
    "tired of zyx",
];

/// Somebody of whom something lies in every store.
async fn wilhelmina<'a>(app: &'a TestApp, left_on: &str) -> (PersonId, Actor<'a>) {
    let sync = "mutation($workers: [WorkerInput!]!) { workersSync(input: { source: \"zyxhr\", workers: $workers }) { results { status personId errors { field reason } } } }";
    let worker = json!({
        "externalId": "zyxhr-4711", "employeeNumber": "ZX-990077", "familyName": "Qwertzuiop", "givenName": "Wilhelmina",
        "familyNameKana": "クヴェルツ", "givenNameKana": "ヴィルヘルミナ", "familyNameRomaji": "Kuverutsu", "givenNameRomaji": "Viruherumina",
        "otherName": "Yxcvbnm", "personalEmail": "wilhelmina.private@example.net", "workEmail": "wilhelmina.work@example.net",
        "phone": "+81 90-5550-7788", "location": "Office of Zyx", "department": "開発部", "position": "Keeper of Zyx",
        "startedOn": "2010-04-01", "lastWorkingDay": left_on, "leaveType": "VOLUNTARY", "leaveReason": "tired of zyx",
    });
    let reply = app.hr().run(sync, json!({ "workers": [worker] })).await;
    let id = reply.at("/workersSync/results/0/personId");
    let id = PersonId::parse(id.as_str().unwrap()).unwrap();
    let row = account_row(
        app.clock.new_id(),
        Some(AOZORA.id()),
        Some(id),
        "wilhelmina|subject",
        Role::Alumnus,
    );
    let row: account::ActiveModel = row.into();
    row.insert(app.connection()).await.unwrap();
    let login = app.with_token(&app.token("wilhelmina|subject"));
    let run = async |query: &str, variables: Value| {
        let reply = login.run(query, variables).await;
        assert_eq!(reply.user_errors(), "", "{query}");
    };
    app.hr()
        .run("mutation($ids: [ID!]!) { membershipInvite(input: { personIds: $ids }) { results { userErrors { code } } userErrors { code field message } } }", json!({ "ids": [id.to_string()] }))
        .await
        .data();
    run(
        "mutation { membershipAccept(input: {}) { userErrors { code field message } } }",
        json!({}),
    )
    .await;
    let profile = json!({ "input": { "location": "Zyxtown", "currentEmployer": "Asdfghjkl Ltd", "currentTitle": "Chief of Zyx", "headline": "I herd zyx",
        "biography": "My life among zyx", "links": [{ "label": "me", "url": "https://zyx.example.net/me" }], "intents": ["MENTOR"] } });
    run("mutation($input: AlumnusProfileUpdateInput!) { alumnusProfileUpdate(input: $input) { userErrors { code field message } } }", profile).await;
    run("mutation { skillAdd(input: { name: \"Zyx Herding\", level: EXPERT }) { userErrors { code field message } } }", json!({})).await;
    run("mutation { skillAdd(input: { name: \"SQL\", level: BASIC }) { userErrors { code field message } } }", json!({})).await;
    let directory =
        json!({ "input": { "purpose": "DIRECTORY", "noticeVersion": 1, "language": "en" } });
    run("mutation($input: ConsentGrantInput!) { consentGrant(input: $input) { userErrors { code field message } } }", directory).await;
    let (other, other_login) = another(app, "other").await;
    app.give_skill(AOZORA.id(), other.id, "SQL").await;
    let block = "mutation($id: ID!) { personBlock(input: { personId: $id }) { userErrors { code field message } } }";
    run(block, json!({ "id": other.id.to_string() })).await;
    let (third, third_login) = another(app, "third").await;
    third_login
        .run(block, json!({ "id": id.to_string() }))
        .await
        .data();
    drop((other_login, third));

    let event = app.new_event("Meetup").capacity(1).insert().await;
    run("mutation($id: ID!) { participationRespond(input: { eventId: $id, answer: GOING, note: \"please seat me near the zyx\" }) { userErrors { code field message } } }", json!({ "id": event.id.to_string() })).await;
    let opportunity = app.new_opportunity("Engineer").insert().await;
    let received = app
        .new_referral(&opportunity)
        .with(|row| {
            (row.candidate_id, row.candidate_key) = (Some(id), id.to_string());
            row.recommendation = Some("knows every zyx".into());
        })
        .insert()
        .await;
    app.recruiter()
        .run("mutation($id: ID!) { referralAdvance(input: { id: $id, to: SCREENING, note: \"moved because of zyx\" }) { userErrors { code field message } } }", json!({ "id": received.id.to_string() }))
        .await
        .data();
    let outside = app.new_opportunity("Designer").insert().await;
    app.new_referral(&outside)
        .outsider("W. Q. outside", "wilhelmina.private@example.net")
        .with(|row| {
            row.candidate_email = Some("wilhelmina.PRIVATE@EXAMPLE.net".into());
            row.recommendation = Some("she said zyx herself".into());
        })
        .insert()
        .await;
    let made = app
        .new_referral(&outside)
        .by(id)
        .outsider("Somebody Else", "else@example.com")
        .with(|row| row.recommendation = Some("she recommends zyx".into()))
        .insert()
        .await;
    run("mutation($id: ID!) { referralWithdraw(input: { id: $id, note: \"wrote zyx down\" }) { userErrors { code field message } } }", json!({ "id": made.id.to_string() })).await;
    let reply = opens(
        &login,
        json!({ "kind": "CORRECTION", "wish": "a zyx is miscounted" }),
    )
    .await;
    assert_eq!(reply.user_errors(), "");
    // as letter pairs the search's index holds the name
    app.change_person(id, |row| {
        let grams = row.grams.take().unwrap();
        row.grams = Set(format!("{grams} xq yz"));
    })
    .await;
    (id, login)
}

async fn erases(login: &Actor<'_>) -> crate::support::Reply {
    opens(login, json!({ "kind": "ERASURE", "confirm": true })).await
}

fn receipt(reply: &crate::support::Reply, at: &str) -> String {
    let stores = reply.at(at).as_array().unwrap();
    let line = |store: &Value| {
        format!(
            "{} -{} ~{} ={} {} {}",
            store["store"].as_str().unwrap(),
            store["deleted"],
            store["blanked"],
            store["kept"],
            store["keptUntil"].as_str().unwrap_or("-"),
            store["duty"].as_str().unwrap_or("-")
        )
    };
    stores.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn nothing_told_of_the_person_is_anywhere() {
    let app = TestApp::start().await;
    let (id, login) = wilhelmina(&app, "2019-03-31").await;
    for value in TOLD {
        assert!(!in_tables(&app, value).await.is_empty(), "{value} was told");
    }
    scrub(&app).await;
    let places = places_of(&app, "wilhelmina.private@example.net").await;
    assert!(
        places.iter().any(|place| place.starts_with("file")),
        "{places:?}"
    );
    let reply = erases(&login).await;
    assert_eq!(reply.at("/dataRequestOpen/dataRequest/state"), "FULFILLED");
    assert_eq!(
        reply.at("/dataRequestOpen/dataRequest/keptUntil"),
        &json!(null)
    );
    scrub(&app).await;
    for value in TOLD {
        assert_eq!(
            places_of(&app, value).await,
            Vec::<String>::new(),
            "{value}"
        );
    }
    assert_snapshot!(receipt(
        &reply,
        "/dataRequestOpen/dataRequest/receipt/stores"
    ));
    // what is left is a place that others' rows point at
    let left = person::Entity::find_by_id(id)
        .one(app.connection())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (left.standing, left.family_name.as_str(), left.left_on),
        (
            entity::Standing::Erased,
            "",
            NaiveDate::from_ymd_opt(2026, 4, 1)
        )
    );
}

#[tokio::test]
async fn what_the_law_keeps_stays_until_its_day_and_nobody_else_sees_it() {
    let app = TestApp::start().await;
    let (id, login) = wilhelmina(&app, "2025-03-31").await;
    let reply = erases(&login).await;
    assert_eq!(
        reply.at("/dataRequestOpen/dataRequest/state"),
        "PARTLY_REFUSED"
    );
    assert_eq!(
        reply.at("/dataRequestOpen/dataRequest/keptUntil"),
        "2030-03-31"
    );
    scrub(&app).await;
    for value in TOLD {
        let places = places_of(&app, value).await;
        assert_eq!(
            KEPT_BY_LAW.contains(&value),
            !places.is_empty(),
            "{value}: {places:?}"
        );
    }
    assert_snapshot!(receipt(
        &reply,
        "/dataRequestOpen/dataRequest/receipt/stores"
    ));
    // HR answers for it, and is not shown it among others
    let query = "query($id: ID!) { alumnus(id: $id) { familyName employments { position } skills { name } } }";
    let seen = app.hr().run(query, json!({ "id": id.to_string() })).await;
    assert_eq!(
        seen.at("/alumnus"),
        &json!({ "familyName": "Qwertzuiop", "employments": [{ "position": "Keeper of Zyx" }], "skills": [] })
    );
    let system = app.system(&["alumni:read"]).await;
    for actor in [&system, &app.operator(), &app.employee(), &app.recruiter()] {
        let seen = actor.run(query, json!({ "id": id.to_string() })).await;
        assert_eq!(seen.data(), &json!({ "alumnus": null }));
    }
    let listed = app.hr().ask("{ alumni { nodes { familyName } } }").await;
    assert_eq!(
        listed.texts("/alumni/nodes", "familyName"),
        ["alumnus", "other", "third"]
    );
    let found = app
        .hr()
        .ask("{ alumni(filter: { search: \"Qwertzuiop\" }) { totalCount } }")
        .await;
    assert_eq!(found.at("/alumni/totalCount"), 0);
}

#[tokio::test]
async fn logins_end_at_once_and_places_go_to_who_waits() {
    let app = TestApp::start().await;
    let (_, login) = wilhelmina(&app, "2019-03-31").await;
    let event = entity::engagement_event::Entity::find()
        .one(app.connection())
        .await
        .unwrap()
        .unwrap();
    let respond = "mutation($id: ID!) { participationRespond(input: { eventId: $id, answer: GOING }) { participation { state } userErrors { code field message } } }";
    let waits = app
        .alumnus()
        .run(respond, json!({ "id": event.id.to_string() }))
        .await;
    assert_eq!(
        waits.at("/participationRespond/participation/state"),
        "WAITING"
    );
    erases(&login).await.data();
    assert_eq!(
        login.ask("{ viewer { kind } }").await.at("/viewer/kind"),
        "LOGIN"
    );
    let query = "query($id: ID!) { engagementEvent(id: $id) { goingCount waitingCount myParticipation { state } } }";
    let seen = app
        .alumnus()
        .run(query, json!({ "id": event.id.to_string() }))
        .await;
    assert_eq!(
        seen.at("/engagementEvent"),
        &json!({ "goingCount": 1, "waitingCount": 0, "myParticipation": { "state": "GOING" } })
    );
    let kinds = app.change_kinds().await;
    for kind in [
        "participation.promoted",
        "referral.withdrawn",
        "skill.dropped",
        "person.erased",
        "data_request.fulfilled",
    ] {
        assert!(kinds.contains(&kind.to_owned()), "{kind}");
    }
}

#[tokio::test]
async fn a_letter_erases_as_well_and_leaves_no_letter() {
    let app = TestApp::start().await;
    let (id, login) = wilhelmina(&app, "2019-03-31").await;
    let request = verified(&app, id, "ERASURE").await;
    let unsure = step(&app.hr(), "Fulfil", &request, json!({})).await;
    assert_snapshot!(unsure.user_errors(), @"REQUIRED confirm: must be true: what is erased does not come back");
    let done = step(&app.hr(), "Fulfil", &request, json!({ "confirm": true })).await;
    assert_eq!(done.at("/dataRequestFulfil/dataRequest/state"), "FULFILLED");
    assert_eq!(
        in_tables(&app, "passport shown").await,
        Vec::<String>::new()
    );
    assert_eq!(
        login.ask("{ viewer { kind } }").await.at("/viewer/kind"),
        "LOGIN"
    );
    let again = verified(&app, id, "ERASURE").await;
    let again = step(&app.hr(), "Fulfil", &again, json!({ "confirm": true })).await;
    assert_snapshot!(again.user_errors(), @"REFUSED : is erased already");
}

#[tokio::test]
async fn who_works_at_the_company_is_not_erased() {
    let app = TestApp::start().await;
    let reply = erases(&app.employee()).await;
    assert_snapshot!(reply.user_errors(), @"REFUSED : works at the company, which needs the data for that: erasure is for who has left; the programme is left by `membershipWithdraw`");
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn others_keep_all_of_theirs() {
    let app = TestApp::start().await;
    let (_, login) = wilhelmina(&app, "2019-03-31").await;
    erases(&login).await.data();
    let query = "{ alumni(filter: { search: \"other\" }) { nodes { familyName skills { name } employments { startedOn } } } }";
    assert_eq!(
        app.hr().ask(query).await.at("/alumni/nodes"),
        &json!([{ "familyName": "other", "skills": [{ "name": "SQL" }], "employments": [{ "startedOn": "2018-04-01" }] }])
    );
    let referrals = "{ referrals(filter: { stages: [WITHDRAWN] }) { nodes { candidateName candidateEmail stage recommendation } } }";
    let seen = app.hr().ask(referrals).await;
    assert!(
        seen.text.contains("Somebody Else"),
        "whom they recommended is another"
    );
}
