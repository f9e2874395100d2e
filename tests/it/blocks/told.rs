//! What is told of a block, and to whom: to who blocks.

use std::pin::Pin;
use std::time::Duration;

use alumni_api::access_log::Readings;
use async_graphql::{Request, Response};
use entity::Role;
use futures_util::{Stream, StreamExt};
use serde_json::{Value, json};

use super::{BLOCKED, another, blocks, unblocks};
use crate::support::{AOZORA, Actor, TestApp};

#[tokio::test]
async fn who_blocks_finds_whom_they_blocked_latest_first() {
    let app = TestApp::start().await;
    let tanaka = app.new_alumnus("田中", "一郎").insert().await;
    let doe = app.new_alumnus("Doe", "Ann").insert().await;
    blocks(&app.alumnus(), tanaka.id).await.data();
    app.clock.advance(chrono::TimeDelta::minutes(1));
    blocks(&app.alumnus(), doe.id).await.data();
    let nodes = json!([
        { "personId": doe.id.to_string(), "displayName": "Ann Doe", "blockedAt": "2026-04-01T00:01:00+00:00" },
        { "personId": tanaka.id.to_string(), "displayName": "田中 一郎", "blockedAt": "2026-04-01T00:00:00+00:00" },
    ]);
    assert_eq!(
        app.alumnus().ask(BLOCKED).await.data(),
        &json!({ "viewer": { "blocked": { "totalCount": 2, "nodes": nodes } } })
    );
}

#[tokio::test]
async fn the_list_is_turned_page_by_page_in_both_directions_and_narrowed() {
    let app = TestApp::start().await;
    let mut ids = Vec::new();
    for number in 0..5 {
        let person = app.new_alumnus(&format!("n{number}"), "").insert().await;
        blocks(&app.alumnus(), person.id).await.data();
        ids.push(person.id.to_string());
        // two of one moment
        if number != 2 {
            app.clock.advance(chrono::TimeDelta::microseconds(1));
        }
    }
    let page = |arguments: String| {
        let query = format!(
            "{{ viewer {{ blocked({arguments}) {{ nodes {{ displayName }} pageInfo {{ startCursor endCursor hasNextPage hasPreviousPage }} }} }} }}"
        );
        let alumnus = app.alumnus();
        async move {
            let reply = alumnus.ask(&query).await;
            let info = reply.at("/viewer/blocked/pageInfo").clone();
            (
                reply
                    .texts("/viewer/blocked/nodes", "displayName")
                    .join(" "),
                info,
            )
        }
    };
    let cursor = |info: &Value, which: &str| info[which].as_str().unwrap().to_owned();
    let (names, info) = page("first: 2".into()).await;
    assert_eq!(names, "n4 n3");
    let (names, info) = page(format!(
        "first: 2, after: \"{}\"",
        cursor(&info, "endCursor")
    ))
    .await;
    assert_eq!(
        (names.as_str(), &info["hasNextPage"]),
        ("n2 n1", &json!(true))
    );
    let (names, _) = page(format!(
        "last: 2, before: \"{}\"",
        cursor(&info, "startCursor")
    ))
    .await;
    assert_eq!(names, "n4 n3");
    let (names, _) = page("orderBy: OLDEST, first: 3".into()).await;
    assert_eq!(names, "n0 n1 n2");
    let only = format!(
        "filter: {{ personIds: [\"{}\", \"{}\", \"{}\"] }}",
        ids[3],
        ids[0],
        AOZORA.person("employee")
    );
    assert_eq!(page(only).await.0, "n3 n0");
}

#[tokio::test]
async fn nobody_else_is_shown_a_block() {
    let app = TestApp::start().await;
    let (other, other_login) = another(&app, "other").await;
    blocks(&app.alumnus(), other.id).await.data();
    let none = json!({ "viewer": { "blocked": { "totalCount": 0, "nodes": [] } } });
    for actor in [&other_login, &app.hr(), &app.admin(), &app.operator()] {
        assert_eq!(actor.ask(BLOCKED).await.data(), &none);
    }
}

#[tokio::test]
async fn who_blocks_is_shown_whom_although_the_other_blocks_them_too_or_left() {
    let app = TestApp::start().await;
    let (other, _) = another(&app, "other").await;
    blocks(&app.alumnus(), other.id).await.data();
    let before = app.alumnus().ask(BLOCKED).await;
    app.standing_of(other.id, entity::Standing::Withdrawn).await;
    assert_eq!(app.alumnus().ask(BLOCKED).await.data(), before.data());
}

/// The directories and the person, as somebody sees them.
async fn seen(actor: &Actor<'_>, id: &str) -> Value {
    let query = "query($id: ID!) { node(id: $id) { id } alumni { totalCount nodes { id } } employees { totalCount nodes { id } } }";
    actor.run(query, json!({ "id": id })).await.data().clone()
}

#[tokio::test]
async fn staff_with_alumni_read_see_everybody_as_before_and_are_not_seen() {
    let app = TestApp::start().await;
    let (alumnus, employee) = (AOZORA.person("alumnus"), AOZORA.person("employee"));
    let hr = AOZORA.person("hr");
    let system = app.system(&["alumni:read"]).await;
    let mut before = Vec::new();
    for actor in [&app.hr(), &app.admin(), &system] {
        before.push(seen(actor, &employee.to_string()).await);
    }
    blocks(&app.employee(), hr).await.data();
    blocks(&app.employee(), AOZORA.person("admin")).await.data();
    blocks(&app.hr(), alumnus).await.data();
    let mut after = Vec::new();
    for actor in [&app.hr(), &app.admin(), &system] {
        after.push(seen(actor, &employee.to_string()).await);
    }
    assert_eq!(after, before);
    let reply = app
        .employee()
        .ask("{ employees { nodes { familyName } } }")
        .await;
    assert_eq!(
        reply.texts("/employees/nodes", "familyName"),
        ["employee", "recruiter", "supporter"]
    );
}

#[tokio::test]
async fn a_login_without_a_person_and_hr_ask_no_more_than_before() {
    let app = TestApp::start().await;
    let system = app.system(&["events:read"]).await;
    let query =
        "{ alumni { totalCount nodes { displayName skills { name } employments { position } } } }";
    let events = "{ engagementEvents { nodes { host { displayName } participations { nodes { person { displayName } } } } } }";
    for (actor, query, concerned) in [
        (app.hr(), query, false),
        (app.operator(), query, false),
        (system, events, false),
        (app.alumnus(), query, true),
        (app.employee(), query, true),
        (app.recruiter(), events, true),
    ] {
        let (texts, reply) = app.statement_texts(actor.ask(query)).await;
        reply.data();
        let asked = texts.iter().any(|text| text.contains("\"block\""));
        assert_eq!(asked, concerned, "{texts:?}");
    }
}

type Following = Pin<Box<dyn Stream<Item = Response> + Send>>;

/// Follows everything that has happened.
async fn follow(app: &TestApp, token: &str) -> Following {
    let begin = alumni_api::changes::Place {
        transaction_id: 0,
        seq: 0,
    };
    let query = format!(
        "subscription {{ changes(after: \"{}\") {{ kind subjectId person {{ id }} fields }} }}",
        begin.cursor()
    );
    let header = format!("Bearer {token}");
    let viewer = app
        .app
        .access
        .authenticate(Some(&header), None)
        .await
        .unwrap();
    let request = app.app.prepare(
        &app.app.database,
        viewer,
        "following",
        Readings::default(),
        Request::new(query),
    );
    Box::pin(app.app.engine.schema().execute_stream(request))
}

async fn next(stream: &mut Following) -> Value {
    let next = tokio::time::timeout(Duration::from_mins(1), stream.next()).await;
    let next = next.expect("a change in time").expect("no end");
    assert!(next.errors.is_empty(), "{:?}", next.errors);
    next.data.into_json().unwrap()["changes"].clone()
}

#[tokio::test]
async fn who_follows_the_companys_changes_is_not_told_of_others_blocks() {
    let app = TestApp::start().await;
    let (other, _) = another(&app, "other").await;
    let hr = AOZORA.person("hr").to_string();
    blocks(&app.alumnus(), other.id).await.data();
    unblocks(&app.alumnus(), other.id).await.data();
    blocks(&app.hr(), other.id).await.data();
    let skill = "mutation { skillAdd(input: { name: \"Rust\", level: BASIC }) { alumnus { id } } }";
    app.alumnus().ask(skill).await.data();
    let key = app.system(&["changes:read", "alumni:read"]).await;
    for token in [app.token("admin@aozora"), key.token().unwrap().to_owned()] {
        assert_eq!(
            next(&mut follow(&app, &token).await).await["kind"],
            "skill.created"
        );
    }
    // one's own, where one follows changes at all
    let mut own = follow(&app, &app.token("hr@aozora")).await;
    assert_eq!(
        next(&mut own).await,
        json!({ "kind": "person.blocked", "subjectId": hr, "person": { "id": hr }, "fields": [] })
    );
    assert_eq!(next(&mut own).await["kind"], "skill.created");
}

#[tokio::test]
async fn the_outbox_does_not_say_whom() {
    let app = TestApp::start().await;
    let (other, _) = another(&app, "other").await;
    blocks(&app.alumnus(), other.id).await.data();
    unblocks(&app.alumnus(), other.id).await.data();
    let own = AOZORA.person("alumnus");
    let told: Vec<_> = app
        .changes()
        .await
        .into_iter()
        .map(|change| {
            (
                change.kind,
                change.subject_id,
                change.person_id,
                change.fields.0,
            )
        })
        .collect();
    let said = |kind: &str| (kind.to_owned(), own.0, Some(own), vec![]);
    assert_eq!(told, [said("person.blocked"), said("person.unblocked")]);
}

#[tokio::test]
async fn what_two_people_share_stays_without_the_other() {
    let app = TestApp::start().await;
    let (other, other_login) = another(&app, "other").await;
    let own = AOZORA.person("alumnus");
    let opportunity = app.new_opportunity("Engineer").insert().await;
    let second = app.new_opportunity("Architect").insert().await;
    let made = app.new_referral(&opportunity).by(own).candidate(&other);
    made.insert().await;
    app.new_referral(&second)
        .by(other.id)
        .with(|row| row.recommendation = Some("knows how".into()))
        .insert()
        .await;
    let event = app.new_event("Meetup").insert().await;
    for person in [own, other.id] {
        app.answered(&event, person, entity::ParticipationState::Going)
            .await;
    }
    blocks(&other_login, own).await.data();
    let query = "{ referrals(orderBy: OLDEST) { nodes { referrer { displayName } candidate { displayName } recommendation steps { actor { displayName } } } }
        engagementEvents { nodes { goingCount participations { totalCount nodes { person { displayName } } } } } }";
    let name = json!({ "displayName": "aozora alumnus" });
    let mine = json!([{ "person": name }]);
    assert_eq!(
        app.alumnus().ask(query).await.data(),
        &json!({
            "referrals": { "nodes": [
                { "referrer": name, "candidate": null, "recommendation": null, "steps": [{ "actor": name }] },
                // what is said of alumni is said to them, whoever says it
                { "referrer": null, "candidate": name, "recommendation": "knows how", "steps": [{ "actor": null }] },
            ] },
            "engagementEvents": { "nodes": [{ "goingCount": 2, "participations": { "totalCount": 1, "nodes": mine } }] },
        })
    );
    // who organises sees each answer, as of people who left
    let supporter = app.new_employee("s", "").insert().await;
    let supporter = app.login(&supporter, Role::Supporter).await;
    blocks(&supporter, own).await.data();
    let query =
        "{ engagementEvents { nodes { participations { nodes { person { displayName } } } } } }";
    assert_eq!(
        supporter
            .ask(query)
            .await
            .at("/engagementEvents/nodes/0/participations/nodes"),
        &json!([{ "person": null }, { "person": { "displayName": "other" } }])
    );
}
