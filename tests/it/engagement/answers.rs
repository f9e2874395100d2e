//! Answering: places, the queue, and who may.

use chrono::TimeDelta;
use entity::ParticipationState::{Declined, Going, Maybe, Waiting};
use entity::{EngagementEventState, MembershipState, Role, engagement_event, person};
use futures_util::future::join_all;
use insta::assert_snapshot;
use serde_json::json;

use super::{RESPOND, answers_to, edits, says, states, stored};
use crate::support::{AOZORA, TestApp};

/// Active members, in the order in which they are made.
async fn members(app: &TestApp, count: usize) -> Vec<person::Model> {
    let mut members = Vec::new();
    for number in 0..count {
        let name = format!("m{number:02}");
        members.push(app.new_alumnus(&name, "").insert().await);
    }
    members
}

/// An event with one place, taken by the employee, for which the given number of members wait in their order.
async fn queued(app: &TestApp, waiting: usize) -> (engagement_event::Model, Vec<person::Model>) {
    let event = app.new_event("e").capacity(1).insert().await;
    app.answered(&event, AOZORA.person("employee"), Going).await;
    let members = members(app, waiting).await;
    for member in &members {
        app.clock.advance(TimeDelta::minutes(1));
        app.answered(&event, member.id, Waiting).await;
    }
    (event, members)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_who_come_at_once_five_get_the_places_and_fifteen_wait_in_order() {
    let app = TestApp::start().await;
    let event = app.new_event("e").capacity(5).insert().await;
    let mut actors = Vec::new();
    for member in members(&app, 20).await {
        actors.push(app.login(&member, Role::Alumnus).await);
    }
    let replies = join_all(actors.iter().map(|actor| says(actor, &event, "GOING"))).await;
    let told = |field: &str| {
        let place = format!("/participationRespond/participation/{field}");
        let values = replies.iter().map(move |reply| reply.at(&place).clone());
        values.filter(|value| !value.is_null()).collect::<Vec<_>>()
    };
    assert_eq!(
        told("state")
            .iter()
            .filter(|state| *state == "GOING")
            .count(),
        5
    );
    let mut positions: Vec<i64> = told("waitingPosition")
        .iter()
        .filter_map(serde_json::Value::as_i64)
        .collect();
    positions.sort_unstable();
    assert_eq!(positions, (1..=15).collect::<Vec<i64>>());
    let event = stored(&app, &event).await;
    assert_eq!(
        (event.going_count, event.waiting_count, event.version),
        (5, 15, 1)
    );
    let mut answers = answers_to(&app, &event).await;
    answers.sort_by_key(|answer| (answer.waiting_since, answer.id));
    let queue: Vec<_> = answers
        .iter()
        .map(|answer| (answer.state, answer.id.0))
        .collect();
    let changes = app.changes().await;
    let told: Vec<_> = changes
        .iter()
        .enumerate()
        .map(|(place, change)| (if place < 5 { Going } else { Waiting }, change.subject_id))
        .collect();
    assert_eq!(queue, told);
    assert!(
        changes
            .iter()
            .all(|change| change.kind == "participation.responded")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_answering_many_times_at_once_has_one_place_and_one_change() {
    let app = TestApp::start().await;
    let event = app.new_event("e").capacity(5).insert().await;
    let alumnus = app.alumnus();
    let replies = join_all((0..8).map(|_| says(&alumnus, &event, "GOING"))).await;
    for reply in &replies {
        assert_eq!(
            reply.at("/participationRespond/participation/state"),
            "GOING"
        );
    }
    assert_eq!(states(&app, &event).await, [Going]);
    assert_eq!(stored(&app, &event).await.going_count, 1);
    assert_eq!(app.change_kinds().await, ["participation.responded"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn places_given_up_and_added_at_once_are_all_given_and_none_twice() {
    let app = TestApp::start().await;
    let event = app.new_event("e").capacity(3).insert().await;
    let members = members(&app, 12).await;
    let mut actors = Vec::new();
    for (number, member) in members.iter().enumerate() {
        let state = if number < 3 { Going } else { Waiting };
        app.answered(&event, member.id, state).await;
        actors.push(app.login(member, Role::Alumnus).await);
    }
    let declining = join_all(
        actors[..3]
            .iter()
            .map(|actor| says(actor, &event, "DECLINED")),
    );
    let (_, raised) = tokio::join!(declining, edits(&app, &event, json!({ "capacity": 5 })));
    assert_eq!(raised.user_errors(), "");
    let event = stored(&app, &event).await;
    assert_eq!((event.going_count, event.waiting_count), (5, 4));
    let expected = [[Declined; 3].as_slice(), &[Going; 5], &[Waiting; 4]].concat();
    assert_eq!(states(&app, &event).await, expected);
}

#[tokio::test]
async fn a_place_given_up_goes_to_the_longest_wait() {
    let app = TestApp::start().await;
    let (event, members) = queued(&app, 3).await;
    let reply = says(&app.employee(), &event, "DECLINED").await;
    assert_eq!(
        reply.at("/participationRespond/participation/event"),
        &json!({ "goingCount": 1, "waitingCount": 2 })
    );
    assert_eq!(
        states(&app, &event).await,
        [Declined, Going, Waiting, Waiting]
    );
    let moved = answers_to(&app, &event).await.remove(1);
    assert_eq!(
        (moved.promoted_at, moved.waiting_since, moved.version),
        (Some(app.clock.now()), None, 2)
    );
    let changes = app.changes().await;
    assert_eq!(
        app.change_kinds().await,
        ["participation.responded", "participation.promoted"]
    );
    assert_eq!(changes[1].person_id, Some(members[0].id));
}

#[tokio::test]
async fn a_larger_capacity_gives_places_in_the_order_of_waiting() {
    let app = TestApp::start().await;
    let (event, members) = queued(&app, 4).await;
    let reply = edits(&app, &event, json!({ "capacity": 3, "expectedVersion": 1 })).await;
    assert_eq!(
        reply.at("/engagementEventUpdate/engagementEvent"),
        &json!({ "title": "e", "capacity": 3, "goingCount": 3, "waitingCount": 2, "version": 2 })
    );
    assert_eq!(
        states(&app, &event).await,
        [Going, Going, Going, Waiting, Waiting]
    );
    let promoted: Vec<_> = app
        .changes()
        .await
        .iter()
        .filter_map(|change| change.person_id)
        .collect();
    assert_eq!(promoted, [members[0].id, members[1].id]);
    edits(&app, &event, json!({ "capacity": null })).await;
    assert_eq!(states(&app, &event).await, [Going; 5]);
}

#[tokio::test]
async fn nobody_loses_a_place_by_a_smaller_capacity() {
    let app = TestApp::start().await;
    let event = app.new_event("e").capacity(5).insert().await;
    for role in ["alumnus", "employee", "hr"] {
        app.answered(&event, AOZORA.person(role), Going).await;
    }
    let reply = edits(&app, &event, json!({ "capacity": 2 })).await;
    assert_snapshot!(reply.user_errors(), @"REFUSED capacity: 3 people have a place: nobody loses one by a smaller capacity");
    assert_eq!(stored(&app, &event).await.capacity, Some(5));
    assert!(app.changes().await.is_empty());
    assert_eq!(
        edits(&app, &event, json!({ "capacity": 3 }))
            .await
            .user_errors(),
        ""
    );
}

#[tokio::test]
async fn the_same_answer_again_keeps_the_place_in_the_queue_and_changes_nothing() {
    let app = TestApp::start().await;
    let (event, members) = queued(&app, 2).await;
    let first = app.login(&members[0], Role::Alumnus).await;
    let before = answers_to(&app, &event).await;
    app.clock.advance(TimeDelta::minutes(9));
    let reply = says(&first, &event, "GOING").await;
    let mine = reply.at("/participationRespond/participation");
    assert_eq!(
        (&mine["state"], &mine["waitingPosition"]),
        (&json!("WAITING"), &json!(1))
    );
    says(&app.employee(), &event, "GOING").await;
    assert_eq!(answers_to(&app, &event).await, before);
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn who_leaves_the_queue_and_comes_back_stands_at_its_end() {
    let app = TestApp::start().await;
    let (event, members) = queued(&app, 2).await;
    let first = app.login(&members[0], Role::Alumnus).await;
    app.clock.advance(TimeDelta::minutes(1));
    says(&first, &event, "MAYBE").await;
    assert_eq!(states(&app, &event).await, [Going, Maybe, Waiting]);
    let reply = says(&first, &event, "GOING").await;
    assert_eq!(
        reply.at("/participationRespond/participation/waitingPosition"),
        2
    );
    says(&app.employee(), &event, "DECLINED").await;
    assert_eq!(states(&app, &event).await, [Declined, Waiting, Going]);
}

#[tokio::test]
async fn a_note_is_kept_until_it_is_cleared() {
    let app = TestApp::start().await;
    let event = app.new_event("e").insert().await;
    for (input, note, version) in [
        (
            json!({ "answer": "GOING", "note": " 少し遅れます " }),
            json!("少し遅れます"),
            1,
        ),
        (json!({ "answer": "GOING" }), json!("少し遅れます"), 1),
        (json!({ "answer": "MAYBE" }), json!("少し遅れます"), 2),
        (json!({ "answer": "MAYBE", "note": null }), json!(null), 3),
    ] {
        let mut input = input;
        input["eventId"] = json!(event.id.to_string());
        let reply = app.alumnus().run(RESPOND, json!({ "input": input })).await;
        let mine = reply.at("/participationRespond/participation");
        assert_eq!((&mine["note"], &mine["version"]), (&note, &json!(version)));
    }
    let fields: Vec<_> = app
        .changes()
        .await
        .into_iter()
        .map(|change| change.fields.0)
        .collect();
    assert_eq!(fields, [vec!["state", "note"], vec!["state"], vec!["note"]]);
}

#[tokio::test]
async fn an_alumnus_answers_as_an_active_member_only() {
    let app = TestApp::start().await;
    let event = app.new_event("e").insert().await;
    for state in [
        MembershipState::Paused,
        MembershipState::Withdrawn,
        MembershipState::Candidate,
    ] {
        let person = app.new_alumnus("x", "").state(state).insert().await;
        let reply = says(&app.login(&person, Role::Alumnus).await, &event, "GOING").await;
        assert_eq!(
            reply.user_errors(),
            "REFUSED : an alumnus answers as an ACTIVE member; your membership is not"
        );
    }
    assert!(answers_to(&app, &event).await.is_empty());
    assert!(app.changes().await.is_empty());
    let again = app.new_alumnus("y", "").state(MembershipState::Rehired);
    let again = again.with(|row| row.left_on = None).insert().await;
    let reply = says(&app.login(&again, Role::Employee).await, &event, "GOING").await;
    assert_eq!(reply.user_errors(), "");
}

#[tokio::test]
async fn only_an_announced_event_that_is_not_over_takes_answers() {
    let app = TestApp::start().await;
    let draft = app
        .new_event("e")
        .state(EngagementEventState::Draft)
        .insert()
        .await;
    let off = app
        .new_event("e")
        .state(EngagementEventState::Cancelled)
        .insert()
        .await;
    let over = app.new_event("e").insert().await;
    app.clock.advance(over.ends_at - app.clock.now());
    for (event, error) in [
        (draft, "REFUSED eventId: a DRAFT takes no answers yet"),
        (off, "REFUSED eventId: the event was called off"),
        (over, "REFUSED eventId: the event has ended"),
    ] {
        assert_eq!(
            says(&app.supporter(), &event, "GOING").await.user_errors(),
            error
        );
    }
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn nobody_without_a_person_answers() {
    let app = TestApp::start().await;
    let event = app.new_event("e").insert().await;
    assert_eq!(
        says(&app.anonymous(), &event, "GOING").await.codes(),
        ["UNAUTHENTICATED"]
    );
    assert_eq!(
        says(&app.operator(), &event, "GOING").await.codes(),
        ["FORBIDDEN"]
    );
    let system = app.system(&["events:read", "events:write"]).await;
    assert_eq!(says(&system, &event, "GOING").await.codes(), ["FORBIDDEN"]);
    assert!(answers_to(&app, &event).await.is_empty());
}
