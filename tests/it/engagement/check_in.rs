//! Being seen at the event.

use chrono::TimeDelta;
use entity::MembershipState::Paused;
use entity::ParticipationState::{Declined, Going, Maybe, Waiting};
use entity::{PersonId, engagement_event, participation};
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::{CHECK_IN, PROMOTE, answers_to, says, states};
use crate::support::{AOZORA, Reply, TestApp};

fn them(event: &engagement_event::Model, person: PersonId) -> Value {
    json!({ "eventId": event.id.to_string(), "personId": person.to_string() })
}

async fn seen(app: &TestApp, whom: Value) -> Reply {
    app.supporter()
        .run(CHECK_IN, json!({ "input": whom }))
        .await
}

#[tokio::test]
async fn people_are_checked_in_from_two_hours_before_the_begin_and_after_the_end() {
    let app = TestApp::start().await;
    let event = app.new_event("e").insert().await;
    let alumnus = app.answered(&event, AOZORA.person("alumnus"), Going).await;
    let whom = json!({ "participationId": alumnus.id.to_string() });
    let doors = event.starts_at - TimeDelta::hours(2);
    app.clock
        .advance(doors - app.clock.now() - TimeDelta::seconds(1));
    assert_snapshot!(seen(&app, whom.clone()).await.user_errors(), @"REFUSED : people are checked in from two hours before the begin");
    app.clock.advance(TimeDelta::seconds(1));
    let reply = seen(&app, whom).await;
    assert_eq!(
        reply.at("/participationCheckIn/participation"),
        &json!({ "state": "GOING", "checkedInAt": "2026-04-11T07:00:00+00:00", "version": 2 })
    );
    app.answered(&event, AOZORA.person("hr"), Going).await;
    app.clock
        .advance(event.ends_at - app.clock.now() + TimeDelta::days(3));
    let reply = seen(&app, them(&event, AOZORA.person("hr"))).await;
    assert_eq!(
        reply.at("/participationCheckIn/participation"),
        &json!({ "state": "GOING", "checkedInAt": "2026-04-11T11:00:00+00:00", "version": 2 })
    );
    assert_eq!(
        app.change_kinds().await,
        ["participation.checked_in", "participation.checked_in"]
    );
}

#[tokio::test]
async fn only_who_has_a_place_is_checked_in() {
    let app = TestApp::start().await;
    let event = app.new_event("e").capacity(1).insert().await;
    for (role, state) in [("hr", Waiting), ("admin", Maybe), ("recruiter", Declined)] {
        app.answered(&event, AOZORA.person(role), state).await;
    }
    app.clock.advance(event.starts_at - app.clock.now());
    let mut faults = Vec::new();
    for role in ["hr", "admin", "recruiter", "alumnus"] {
        faults.push(
            seen(&app, them(&event, AOZORA.person(role)))
                .await
                .user_errors(),
        );
    }
    assert_snapshot!(faults.join("\n"), @r"
    REFUSED : the person is WAITING: only who has a place is checked in
    REFUSED : the person has no place: only who answered GOING is checked in
    REFUSED : the person has no place: only who answered GOING is checked in
    NOT_FOUND personId: nobody with this id has answered the event
    ");
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn a_second_check_in_changes_nothing_and_who_was_seen_has_come() {
    let app = TestApp::start().await;
    let event = app.new_event("e").insert().await;
    app.answered(&event, AOZORA.person("alumnus"), Going).await;
    app.clock.advance(event.starts_at - app.clock.now());
    seen(&app, them(&event, AOZORA.person("alumnus"))).await;
    let before = answers_to(&app, &event).await;
    app.clock.advance(TimeDelta::minutes(5));
    let reply = seen(&app, them(&event, AOZORA.person("alumnus"))).await;
    assert_eq!(reply.at("/participationCheckIn/participation/version"), 2);
    let reply = says(&app.alumnus(), &event, "DECLINED").await;
    assert_snapshot!(reply.user_errors(), @"REFUSED answer: you were checked in: you have come");
    assert_eq!(answers_to(&app, &event).await, before);
    assert_eq!(app.change_kinds().await, ["participation.checked_in"]);
}

#[tokio::test]
async fn a_check_in_is_undone_and_the_person_answers_again() {
    let app = TestApp::start().await;
    let event = app.new_event("e").insert().await;
    app.answered(&event, AOZORA.person("alumnus"), Going).await;
    app.clock.advance(event.starts_at - app.clock.now());
    let mut whom = them(&event, AOZORA.person("alumnus"));
    seen(&app, whom.clone()).await.data();
    whom["present"] = json!(false);
    for _ in 0..2 {
        let reply = seen(&app, whom.clone()).await;
        assert_eq!(
            reply.at("/participationCheckIn/participation"),
            &json!({ "state": "GOING", "checkedInAt": null, "version": 3 })
        );
    }
    let reply = says(&app.alumnus(), &event, "DECLINED").await;
    assert_eq!(
        reply.at("/participationRespond/participation/state"),
        "DECLINED"
    );
    assert_eq!(
        app.change_kinds().await,
        [
            "participation.checked_in",
            "participation.check_in_undone",
            "participation.responded"
        ]
    );
}

async fn promotes(app: &TestApp, answer: &participation::Model) -> Reply {
    let input = json!({ "participationId": answer.id.to_string() });
    app.supporter()
        .run(PROMOTE, json!({ "input": input }))
        .await
}

#[tokio::test]
async fn an_organiser_gives_a_place_before_the_queue_and_beyond_the_capacity() {
    let app = TestApp::start().await;
    let event = app.new_event("e").capacity(1).insert().await;
    for (role, state) in [("alumnus", Going), ("hr", Waiting), ("admin", Waiting)] {
        app.answered(&event, AOZORA.person(role), state).await;
    }
    let last = answers_to(&app, &event).await.remove(2);
    for _ in 0..2 {
        let reply = promotes(&app, &last).await;
        assert_eq!(
            reply.at("/participationPromote/participation"),
            &json!({ "state": "GOING", "promotedAt": "2026-04-01T00:00:00+00:00", "version": 2,
                "event": { "goingCount": 2, "waitingCount": 1 } })
        );
    }
    assert_eq!(states(&app, &event).await, [Going, Waiting, Going]);
    assert_eq!(app.change_kinds().await, ["participation.promoted"]);
}

#[tokio::test]
async fn a_place_is_given_after_the_end_and_to_nobody_who_did_not_want_one() {
    let app = TestApp::start().await;
    let event = app.new_event("e").capacity(1).insert().await;
    for (role, state) in [("hr", Waiting), ("admin", Maybe), ("recruiter", Declined)] {
        app.answered(&event, AOZORA.person(role), state).await;
    }
    let paused = app.new_alumnus("paused", "").state(Paused).insert().await;
    app.answered(&event, paused.id, Waiting).await;
    let answers = answers_to(&app, &event).await;
    app.clock.advance(event.ends_at - app.clock.now());
    let mut faults = Vec::new();
    for answer in &answers {
        faults.push(promotes(&app, answer).await.user_errors());
    }
    assert_snapshot!(faults.join("\n"), @r"

    REFUSED participationId: the participation is MAYBE; a place is given if it is WAITING or was released
    REFUSED participationId: the participation is DECLINED by the person; a place is given if it is WAITING or was released
    REFUSED participationId: the person is no employee and no ACTIVE member
    ");
    let reply = seen(&app, them(&event, AOZORA.person("hr"))).await;
    assert_eq!(
        reply.at("/participationCheckIn/participation/checkedInAt"),
        "2026-04-11T11:00:00+00:00"
    );
}

#[tokio::test]
async fn organisers_check_people_in_by_one_name_of_them() {
    let app = TestApp::start().await;
    let event = app.new_event("e").insert().await;
    let mine = app.answered(&event, AOZORA.person("alumnus"), Going).await;
    app.clock.advance(event.starts_at - app.clock.now());
    let input = json!({ "input": { "participationId": mine.id.to_string() } });
    for role in ["recruiter", "employee", "alumnus"] {
        let reply = app.actor(role).run(CHECK_IN, input.clone()).await;
        assert_eq!(reply.codes(), ["FORBIDDEN"], "{role}");
    }
    assert_eq!(
        app.stranger().run(CHECK_IN, input.clone()).await.codes(),
        ["NOT_FOUND"]
    );
    let both = json!({ "participationId": mine.id.to_string(), "eventId": event.id.to_string() });
    assert_snapshot!(seen(&app, both).await.user_errors(), @"INVALID participationId: give `participationId` alone, or both `eventId` and `personId`");
    assert!(app.changes().await.is_empty());
    let system = app.system(&["events:write"]).await;
    assert_eq!(system.run(CHECK_IN, input).await.user_errors(), "");
}
