//! Lists of events and answers: filters, orders, pages, and what they cost.

use chrono::TimeDelta;
use entity::EngagementEventKind::{Seminar, Webinar};
use entity::ParticipationState::{Declined, Going, Waiting};
use entity::{EngagementEventState, engagement_event};
use serde_json::{Value, json};

use crate::support::{AOZORA, TestApp};

const LIST: &str = "query($filter: EngagementEventFilter, $orderBy: EngagementEventOrder, $first: Int, $after: String, $last: Int, $before: String) {
    engagementEvents(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
        totalCount nodes { title } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";

/// Four events: `a` to `d`, each a day later than the one before; b and c begin at the same time.
async fn four(app: &TestApp) -> Vec<engagement_event::Model> {
    let mut events = Vec::new();
    for (title, days) in [("d", 9), ("b", 2), ("c", 2), ("a", 1)] {
        let event = app.new_event(title).with(|row| {
            row.starts_at += TimeDelta::days(days);
            row.ends_at += TimeDelta::days(days);
            row.kind = if title == "d" { Webinar } else { Seminar };
        });
        events.push(event.insert().await);
    }
    events
}

#[tokio::test]
async fn events_are_listed_by_begin_or_by_age() {
    let app = TestApp::start().await;
    four(&app).await;
    for (order, titles) in [
        (json!("STARTS_AT"), ["a", "b", "c", "d"]),
        (json!("STARTS_AT_DESC"), ["d", "c", "b", "a"]),
        (json!("NEWEST"), ["a", "c", "b", "d"]),
        (Value::Null, ["a", "b", "c", "d"]),
    ] {
        let reply = app.alumnus().run(LIST, json!({ "orderBy": order })).await;
        assert_eq!(
            reply.texts("/engagementEvents/nodes", "title"),
            titles,
            "{order}"
        );
    }
}

#[tokio::test]
async fn pages_of_events_meet_in_both_directions_over_ties() {
    let app = TestApp::start().await;
    four(&app).await;
    for (order, all) in [
        ("STARTS_AT", ["a", "b", "c", "d"]),
        ("STARTS_AT_DESC", ["d", "c", "b", "a"]),
    ] {
        let page = |more: Value| {
            let mut variables = more;
            variables["orderBy"] = json!(order);
            async { app.alumnus().run(LIST, variables).await }
        };
        let first = page(json!({ "first": 2 })).await;
        assert_eq!(first.texts("/engagementEvents/nodes", "title"), all[..2]);
        let end = first.at("/engagementEvents/pageInfo/endCursor").clone();
        let second = page(json!({ "first": 2, "after": end })).await;
        assert_eq!(second.texts("/engagementEvents/nodes", "title"), all[2..]);
        assert_eq!(second.at("/engagementEvents/pageInfo/hasNextPage"), false);
        let start = second.at("/engagementEvents/pageInfo/startCursor").clone();
        let back = page(json!({ "last": 1, "before": start })).await;
        assert_eq!(back.texts("/engagementEvents/nodes", "title"), all[1..2]);
        assert_eq!(back.at("/engagementEvents/pageInfo/hasPreviousPage"), true);
    }
}

#[tokio::test]
async fn a_filter_of_events_is_never_ignored() {
    let app = TestApp::start().await;
    let events = four(&app).await;
    let (d, b, c) = (&events[0], &events[1], &events[2]);
    app.answered(d, AOZORA.person("alumnus"), Going).await;
    app.answered(b, AOZORA.person("alumnus"), Declined).await;
    app.answered(c, AOZORA.person("hr"), Going).await;
    app.new_event("off")
        .state(EngagementEventState::Cancelled)
        .insert()
        .await;
    let day = "2026-04-13T09:00:00Z";
    for (filter, found) in [
        (json!({}), "off a b c d"),
        (json!({ "states": ["CANCELLED"] }), "off"),
        (json!({ "states": [] }), ""),
        (json!({ "kinds": ["WEBINAR", "MEETUP"] }), "off d"),
        (json!({ "startsAt": { "from": day } }), "b c d"),
        (json!({ "startsAt": { "before": day } }), "off a"),
        (json!({ "startsAt": { "from": day, "before": day } }), ""),
        (json!({ "mine": true }), "d"),
        (json!({ "mine": false }), "off a b c"),
        (json!({ "not": { "kinds": ["SEMINAR"] } }), "off d"),
        (
            json!({ "or": [{ "mine": true }, { "states": ["CANCELLED"] }] }),
            "off d",
        ),
        (json!({ "or": [] }), ""),
        (
            json!({ "and": [{ "startsAt": { "from": day } }, { "kinds": ["SEMINAR"] }], "mine": false }),
            "b c",
        ),
    ] {
        let reply = app.alumnus().run(LIST, json!({ "filter": filter })).await;
        assert_eq!(
            reply.texts("/engagementEvents/nodes", "title").join(" "),
            found,
            "{filter}"
        );
        assert_eq!(
            reply.at("/engagementEvents/totalCount"),
            found.split_whitespace().count(),
            "{filter}"
        );
    }
}

#[tokio::test]
async fn pages_of_answers_meet_in_both_directions() {
    let app = TestApp::start().await;
    let event = app.new_event("e").insert().await;
    for name in ["a", "b", "c", "d", "e"] {
        let person = app.new_alumnus(name, "").insert().await;
        app.answered(&event, person.id, Going).await;
    }
    let query = "query($id: ID!, $orderBy: ParticipationOrder, $first: Int, $after: String, $last: Int, $before: String) { engagementEvent(id: $id) {
        participations(orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
            nodes { person { familyName } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }";
    let page = |more: Value| {
        let mut variables = more;
        variables["id"] = json!(event.id.to_string());
        async {
            let reply = app.alumnus().run(query, variables).await;
            let page = reply.at("/engagementEvent/participations").clone();
            let names = page["nodes"].as_array().unwrap().iter();
            let names: String = names
                .filter_map(|one| one["person"]["familyName"].as_str())
                .collect();
            (names, page["pageInfo"].clone())
        }
    };
    let (names, info) = page(json!({ "first": 2 })).await;
    assert_eq!((names.as_str(), &info["hasNextPage"]), ("ab", &json!(true)));
    let (names, info) = page(json!({ "first": 3, "after": info["endCursor"] })).await;
    assert_eq!(
        (names.as_str(), &info["hasNextPage"]),
        ("cde", &json!(false))
    );
    let (names, info) = page(json!({ "last": 2, "before": info["startCursor"] })).await;
    assert_eq!(
        (names.as_str(), &info["hasPreviousPage"]),
        ("ab", &json!(false))
    );
    let (names, info) = page(json!({ "first": 2, "orderBy": "NEWEST" })).await;
    assert_eq!(names, "ed");
    assert_eq!(
        page(json!({ "first": 2, "after": info["endCursor"], "orderBy": "NEWEST" }))
            .await
            .0,
        "cb"
    );
}

#[tokio::test]
async fn answers_are_narrowed_by_state_and_presence() {
    let app = TestApp::start().await;
    let event = app.new_event("e").capacity(1).insert().await;
    for (role, state) in [("hr", Going), ("admin", Waiting), ("alumnus", Declined)] {
        app.answered(&event, AOZORA.person(role), state).await;
    }
    let query = "query($id: ID!, $filter: ParticipationFilter) { engagementEvent(id: $id) { participations(filter: $filter) { totalCount } } }";
    for (filter, count) in [
        (json!({ "states": ["GOING", "WAITING"] }), 2),
        (json!({ "checkedIn": true }), 0),
        (
            json!({ "checkedIn": false, "not": { "states": ["GOING"] } }),
            2,
        ),
        (
            json!({ "or": [{ "states": ["WAITING"] }, { "checkedIn": true }] }),
            1,
        ),
        (
            json!({ "and": [{ "states": ["WAITING"] }, { "checkedIn": true }] }),
            0,
        ),
    ] {
        let variables = json!({ "id": event.id.to_string(), "filter": filter });
        let reply = app.supporter().run(query, variables).await;
        assert_eq!(
            reply.at("/engagementEvent/participations/totalCount"),
            count,
            "{filter}"
        );
    }
}

#[tokio::test]
async fn an_event_with_its_participants_is_one_statement_whatever_the_page() {
    let app = TestApp::start().await;
    let host = app.new_employee("host", "").insert().await;
    let event = app
        .new_event("e")
        .capacity(30)
        .with(|row| row.host_id = Some(host.id))
        .insert()
        .await;
    for number in 0..50 {
        let person = app.new_alumnus(&format!("n{number:02}"), "").insert().await;
        let state = if number < 30 { Going } else { Waiting };
        app.answered(&event, person.id, state).await;
    }
    let query = "query($id: ID!, $first: Int) { engagementEvent(id: $id) { title onlineUrl company { name } host { displayName } myParticipation { state waitingPosition }
        participations(first: $first) { totalCount nodes { state waitingPosition event { title }
            person { displayName ... on Alumnus { company { slug } employments { department { name } } } } } } } }";
    for role in ["supporter", "alumnus"] {
        app.actor(role)
            .run(query, json!({ "id": event.id.to_string(), "first": 1 }))
            .await;
        for first in [1, 10, 100] {
            let variables = json!({ "id": event.id.to_string(), "first": first });
            let (statements, reply) = app.statements(app.actor(role).run(query, variables)).await;
            let seen = if role == "supporter" { 50 } else { 30 };
            let nodes = reply
                .at("/engagementEvent/participations/nodes")
                .as_array()
                .unwrap();
            assert_eq!(nodes.len(), first.min(seen), "{role}");
            assert_eq!(reply.at("/engagementEvent/participations/totalCount"), seen);
            assert_eq!(nodes[0]["person"]["company"]["slug"], "aozora");
            assert_eq!(statements, 1, "{role} first: {first}");
        }
    }
}

#[tokio::test]
async fn people_with_their_answers_and_a_company_with_its_events_are_one_statement_each() {
    let app = TestApp::start().await;
    for title in ["a", "b"] {
        let event = app.new_event(title).insert().await;
        for role in ["alumnus", "employee"] {
            app.answered(&event, AOZORA.person(role), Going).await;
        }
    }
    let participations =
        "participations(first: 5) { totalCount nodes { state event { title goingCount } } }";
    for (query, pointer) in [
        (
            format!("{{ list: alumni {{ nodes {{ {participations} }} }} }}"),
            "/list/nodes/0/participations/nodes/1/event/title",
        ),
        (
            format!("{{ list: employees {{ nodes {{ {participations} }} }} }}"),
            "/list/nodes/1/participations/nodes/1/event/title",
        ),
        (
            "{ company { engagementEvents { nodes { title } } } }".to_owned(),
            "/company/engagementEvents/nodes/1/title",
        ),
        (
            format!(
                "{{ engagementEvents {{ nodes {{ title company {{ name }} {participations} }} }} }}"
            ),
            "/engagementEvents/nodes/1/title",
        ),
    ] {
        app.hr().ask(&query).await;
        let (statements, reply) = app.statements(app.hr().ask(&query)).await;
        assert_eq!(reply.at(pointer), "b", "{query}");
        assert_eq!(statements, 1, "{query}");
    }
}

#[tokio::test]
async fn an_event_and_an_answer_are_nodes() {
    let app = TestApp::start().await;
    let event = app.new_event("e").insert().await;
    let answer = app.answered(&event, AOZORA.person("alumnus"), Going).await;
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on EngagementEvent { title } ... on Participation { event { title } person { id } } } }";
    let ids = json!([answer.id.to_string(), event.id.to_string()]);
    let reply = app.alumnus().run(query, json!({ "ids": ids })).await;
    assert_eq!(
        reply.at("/nodes"),
        &json!([{ "id": answer.id.to_string(), "event": { "title": "e" }, "person": { "id": AOZORA.person("alumnus").to_string() } },
            { "id": event.id.to_string(), "title": "e" }])
    );
}
