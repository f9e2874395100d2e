//! What of events and answers whom is shown.

use entity::ParticipationState::{Declined, Going, Maybe, Waiting};
use entity::{EngagementEventState, MembershipState, Role, participation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel};
use serde_json::{Value, json};

use super::{CANCEL, CHECK_IN, PUBLISH, RESPOND, UPDATE, answers_to, says, stored};
use crate::support::{AOZORA, MERIDIAN, TestApp};

const EVENT: &str = "query($id: ID!) { engagementEvent(id: $id) { onlineUrl goingCount waitingCount myParticipation { state note }
    participations { totalCount nodes { state note person { familyName } } } } }";

#[tokio::test]
async fn a_draft_does_not_exist_for_members() {
    let app = TestApp::start().await;
    let draft = app
        .new_event("draft")
        .state(EngagementEventState::Draft)
        .insert()
        .await;
    let query = "query($id: ID!) { engagementEvent(id: $id) { id } node(id: $id) { id } company { engagementEvents { totalCount } }
        engagementEvents(filter: { states: [DRAFT] }) { totalCount nodes { id } } }";
    let seen = |count: usize| {
        let id = |seen: bool| {
            if seen {
                json!({ "id": draft.id.to_string() })
            } else {
                Value::Null
            }
        };
        json!({ "engagementEvent": id(count == 1), "node": id(count == 1), "company": { "engagementEvents": { "totalCount": count } },
            "engagementEvents": { "totalCount": count, "nodes": vec![id(true); count] } })
    };
    for (role, count) in [
        ("hr", 1),
        ("supporter", 1),
        ("recruiter", 0),
        ("employee", 0),
        ("alumnus", 0),
    ] {
        let reply = app
            .actor(role)
            .run(query, json!({ "id": draft.id.to_string() }))
            .await;
        assert_eq!(reply.data(), &seen(count), "{role}");
    }
    assert_eq!(
        says(&app.alumnus(), &draft, "GOING").await.codes(),
        ["NOT_FOUND"]
    );
    assert!(answers_to(&app, &draft).await.is_empty());
}

#[tokio::test]
async fn another_companys_events_and_answers_do_not_exist() {
    let app = TestApp::start().await;
    let event = app.new_event("secret").insert().await;
    let mine = app.answered(&event, AOZORA.person("alumnus"), Going).await;
    let (id, answer) = (event.id.to_string(), mine.id.to_string());
    let query = "query($id: ID!, $answer: ID!) { engagementEvent(id: $id) { id } nodes(ids: [$id, $answer]) { id } engagementEvents { totalCount } }";
    let reply = app
        .stranger()
        .run(query, json!({ "id": id, "answer": answer }))
        .await;
    assert_eq!(
        reply.data(),
        &json!({ "engagementEvent": null, "nodes": [null, null], "engagementEvents": { "totalCount": 0 } })
    );
    for (mutation, input) in [
        (UPDATE, json!({ "id": id, "title": "x" })),
        (PUBLISH, json!({ "id": id })),
        (CANCEL, json!({ "id": id, "reason": "x" })),
        (RESPOND, json!({ "eventId": id, "answer": "GOING" })),
        (CHECK_IN, json!({ "participationId": answer })),
        (
            CHECK_IN,
            json!({ "eventId": id, "personId": AOZORA.person("alumnus").to_string() }),
        ),
    ] {
        let reply = app
            .stranger()
            .run(mutation, json!({ "input": input }))
            .await;
        assert_eq!(reply.codes(), ["NOT_FOUND"], "{mutation}");
    }
    assert_eq!(stored(&app, &event).await.going_count, 1);
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn the_address_online_is_for_those_with_a_place_and_organisers() {
    let app = TestApp::start().await;
    let event = app
        .new_event("e")
        .with(|row| row.online_url = Some("https://meet.example.jp/".into()))
        .insert()
        .await;
    for (role, state) in [
        ("alumnus", Going),
        ("employee", Waiting),
        ("recruiter", Maybe),
    ] {
        app.answered(&event, AOZORA.person(role), state).await;
    }
    let query = "query($id: ID!) { engagementEvent(id: $id) { onlineUrl } engagementEvents { nodes { onlineUrl } } }";
    for (role, told) in [
        ("alumnus", true),
        ("employee", false),
        ("recruiter", false),
        ("supporter", true),
        ("hr", true),
    ] {
        let reply = app
            .actor(role)
            .run(query, json!({ "id": event.id.to_string() }))
            .await;
        let url = if told {
            json!("https://meet.example.jp/")
        } else {
            Value::Null
        };
        assert_eq!(reply.at("/engagementEvent/onlineUrl"), &url, "{role}");
        assert_eq!(
            reply.at("/engagementEvents/nodes/0/onlineUrl"),
            &url,
            "{role}"
        );
    }
    assert_eq!(
        app.system(&["events:read"])
            .await
            .run(query, json!({ "id": event.id.to_string() }))
            .await
            .at("/engagementEvent/onlineUrl"),
        &Value::Null
    );
}

#[tokio::test]
async fn answers_and_notes_are_shown_to_organisers_and_oneself_and_places_to_those_who_see_the_person()
 {
    let app = TestApp::start().await;
    let event = app.new_event("e").insert().await;
    let paused = app
        .new_alumnus("paused", "")
        .state(MembershipState::Paused)
        .insert()
        .await;
    let people = [
        (AOZORA.person("employee"), Going),
        (paused.id, Going),
        (AOZORA.person("alumnus"), Maybe),
        (app.new_alumnus("shy", "").insert().await.id, Declined),
        (app.new_alumnus("open", "").insert().await.id, Going),
    ];
    for (person, state) in people {
        let answer = app.answered(&event, person, state).await;
        let mut row: participation::ActiveModel = answer.into_active_model();
        row.note = Set(Some("n".into()));
        row.update(app.connection()).await.unwrap();
    }
    for (role, seen) in [
        (
            "hr",
            "employee GOING n, paused GOING n, alumnus MAYBE n, shy DECLINED n, open GOING n",
        ),
        (
            "supporter",
            "employee GOING n, - GOING n, alumnus MAYBE n, shy DECLINED n, open GOING n",
        ),
        ("recruiter", "employee GOING -, open GOING -"),
        ("employee", "employee GOING n, open GOING -"),
        ("alumnus", "alumnus MAYBE n, open GOING -"),
    ] {
        let reply = app
            .actor(role)
            .run(EVENT, json!({ "id": event.id.to_string() }))
            .await;
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let list = reply
            .at("/engagementEvent/participations/nodes")
            .as_array()
            .unwrap();
        let lines: Vec<String> = list
            .iter()
            .map(|one| {
                format!(
                    "{} {} {}",
                    text(&one["person"]["familyName"]),
                    text(&one["state"]),
                    text(&one["note"])
                )
            })
            .collect();
        assert_eq!(lines.join(", "), seen, "{role}");
        assert_eq!(
            reply.at("/engagementEvent/participations/totalCount"),
            lines.len()
        );
        assert_eq!(reply.at("/engagementEvent/goingCount"), 3, "{role}");
    }
}

#[tokio::test]
async fn a_key_that_reads_events_sees_announced_ones_and_no_answers() {
    let app = TestApp::start().await;
    let event = app.new_event("e").insert().await;
    app.new_event("draft")
        .state(EngagementEventState::Draft)
        .insert()
        .await;
    app.answered(&event, AOZORA.person("alumnus"), Going).await;
    let query = "{ engagementEvents { nodes { title goingCount participations { totalCount } } } }";
    let reader = app.system(&["events:read"]).await.ask(query).await;
    assert_eq!(
        reader.at("/engagementEvents/nodes"),
        &json!([{ "title": "e", "goingCount": 1, "participations": { "totalCount": 0 } }])
    );
    let writer = app
        .system(&["events:read", "events:write"])
        .await
        .ask(query)
        .await;
    assert_eq!(
        writer.texts("/engagementEvents/nodes", "title"),
        ["e", "draft"]
    );
    assert_eq!(
        writer.at("/engagementEvents/nodes/0/participations/totalCount"),
        1
    );
    let other = app.system(&["alumni:read"]).await.ask(query).await;
    assert_eq!(other.codes(), ["FORBIDDEN"]);
}

#[tokio::test]
async fn a_persons_answers_are_their_own_matter_but_for_their_places() {
    let app = TestApp::start().await;
    let (one, two) = (
        app.new_event("one").insert().await,
        app.new_event("two").insert().await,
    );
    let member = app.new_alumnus("m", "").insert().await;
    app.answered(&one, member.id, Maybe).await;
    app.answered(&two, member.id, Going).await;
    let query =
        "query($id: ID!) { alumnus(id: $id) { participations { nodes { event { title } } } } }";
    let own = app.login(&member, Role::Alumnus).await;
    for (actor, seen) in [
        (own, 2),
        (app.supporter(), 2),
        (app.alumnus(), 1),
        (app.employee(), 1),
    ] {
        let reply = actor
            .run(query, json!({ "id": member.id.to_string() }))
            .await;
        let titles: Vec<_> = reply
            .at("/alumnus/participations/nodes")
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["event"]["title"].clone())
            .collect();
        assert_eq!(titles, [json!("one"), json!("two")][2 - seen..]);
    }
}

#[tokio::test]
async fn the_place_in_the_queue_counts_people_one_may_not_see() {
    let app = TestApp::start().await;
    let event = app.new_event("e").capacity(1).insert().await;
    for (role, state) in [
        ("hr", Going),
        ("admin", Waiting),
        ("recruiter", Waiting),
        ("alumnus", Waiting),
    ] {
        app.answered(&event, AOZORA.person(role), state).await;
    }
    let other = MERIDIAN.person("alumnus");
    let foreign = app.new_event("x").of(MERIDIAN).insert().await;
    app.answered(&foreign, other, Waiting).await;
    let query =
        "query($id: ID!) { engagementEvent(id: $id) { myParticipation { waitingPosition } } }";
    let reply = app
        .alumnus()
        .run(query, json!({ "id": event.id.to_string() }))
        .await;
    assert_eq!(
        reply.at("/engagementEvent/myParticipation/waitingPosition"),
        3
    );
    let reply = app
        .hr()
        .run(query, json!({ "id": event.id.to_string() }))
        .await;
    assert_eq!(
        reply.at("/engagementEvent/myParticipation/waitingPosition"),
        &Value::Null
    );
}
