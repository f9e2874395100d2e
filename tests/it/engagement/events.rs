//! Preparing, announcing, editing and calling off.

use entity::EngagementEventState::{Cancelled, Draft, Published};
use entity::ParticipationState::Going;
use insta::assert_snapshot;
use serde_json::json;

use super::{CANCEL, PUBLISH, UPDATE, edits, says, states, stored};
use crate::support::{AOZORA, TestApp};

const CREATE: &str = "mutation($input: EngagementEventCreateInput!) { engagementEventCreate(input: $input) {
    engagementEvent { id state title summary startsAt endsAt venue onlineUrl capacity goingCount host { displayName } company { slug } version }
    userErrors { code field message } } }";

#[tokio::test]
async fn an_event_is_made_edited_announced_and_called_off() {
    let app = TestApp::start().await;
    let input = json!({ "kind": "CAREER_TALK", "title": " 近況を語る ", "startsAt": "2026-05-01T19:00:00.1234567+09:00", "endsAt": "2026-05-01T21:00:00+09:00",
        "onlineUrl": "https://meet.example.jp/x", "capacity": 8, "hostId": AOZORA.person("supporter").to_string() });
    let made = app.supporter().run(CREATE, json!({ "input": input })).await;
    let mut event = made.at("/engagementEventCreate/engagementEvent").clone();
    let id = event["id"].take();
    assert_eq!(
        event,
        json!({ "id": null, "state": "DRAFT", "title": "近況を語る", "summary": null, "startsAt": "2026-05-01T10:00:00.123456+00:00", "endsAt": "2026-05-01T12:00:00+00:00",
            "venue": null, "onlineUrl": "https://meet.example.jp/x", "capacity": 8, "goingCount": 0, "host": { "displayName": "aozora supporter" },
            "company": { "slug": "aozora" }, "version": 1 })
    );
    let input = json!({ "id": id, "expectedVersion": 1, "kind": "CAREER_TALK", "venue": "本社 3F", "capacity": null });
    app.hr().run(UPDATE, json!({ "input": input })).await.data();
    let published = app
        .hr()
        .run(
            PUBLISH,
            json!({ "input": { "id": id, "expectedVersion": 2 } }),
        )
        .await;
    assert_eq!(
        published.at("/engagementEventPublish/engagementEvent"),
        &json!({ "state": "PUBLISHED", "version": 3 })
    );
    let input = json!({ "id": id, "expectedVersion": 3, "reason": "台風のため" });
    let cancelled = app.admin().run(CANCEL, json!({ "input": input })).await;
    assert_eq!(
        cancelled.at("/engagementEventCancel/engagementEvent"),
        &json!({ "state": "CANCELLED", "cancelledReason": "台風のため", "version": 4 })
    );
    let told: Vec<String> = app
        .changes()
        .await
        .iter()
        .map(|change| format!("{} {}", change.kind, change.fields.0.join(" ")))
        .collect();
    assert_snapshot!(told.join("\n"), @r"
    engagement_event.created 
    engagement_event.updated venue capacity
    engagement_event.published state
    engagement_event.cancelled state cancelledReason
    ");
}

#[tokio::test]
async fn every_fault_of_a_new_event_is_named_and_nothing_is_stored() {
    let app = TestApp::start().await;
    let stranger = crate::support::MERIDIAN.person("hr");
    let input = json!({ "kind": "MEETUP", "title": " ", "summary": "あ".repeat(301), "startsAt": "2026-05-01T10:00:00Z", "endsAt": "2026-05-01T10:00:00Z",
        "onlineUrl": "http://x", "capacity": 0, "hostId": stranger.to_string() });
    let reply = app.hr().run(CREATE, json!({ "input": input })).await;
    assert_snapshot!(reply.user_errors(), @r"
    REQUIRED title: must not be empty
    TOO_LONG summary: must have at most 300 characters
    INVALID onlineUrl: must be an https address, as `https://example.com/`
    INVALID endsAt: must be after `startsAt`
    INVALID capacity: must be between 1 and 1000000; leave it out for no limit
    NOT_FOUND hostId: there is no such person for you
    ");
    assert!(app.changes().await.is_empty());
    let list = app.hr().ask("{ engagementEvents { totalCount } }").await;
    assert_eq!(list.at("/engagementEvents/totalCount"), 0);
}

#[tokio::test]
async fn an_older_version_is_neither_edited_nor_announced_nor_called_off() {
    let app = TestApp::start().await;
    let event = app
        .new_event("e")
        .with(|row| row.version = 3)
        .insert()
        .await;
    let id = event.id.to_string();
    for (mutation, input) in [
        (
            UPDATE,
            json!({ "id": id, "expectedVersion": 2, "title": "x" }),
        ),
        (PUBLISH, json!({ "id": id, "expectedVersion": 2 })),
        (
            CANCEL,
            json!({ "id": id, "expectedVersion": 2, "reason": "x" }),
        ),
    ] {
        let reply = app.hr().run(mutation, json!({ "input": input })).await;
        assert_eq!(
            reply.user_errors(),
            "STALE_VERSION expectedVersion: the version stored is 3, not 2: read again"
        );
    }
    assert_eq!(stored(&app, &event).await, event);
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn an_edit_that_says_what_is_there_changes_nothing() {
    let app = TestApp::start().await;
    let event = app.new_event("e").capacity(3).insert().await;
    let reply = edits(
        &app,
        &event,
        json!({ "title": " e ", "capacity": 3, "venue": null }),
    )
    .await;
    assert_eq!(
        reply.at("/engagementEventUpdate/engagementEvent/version"),
        1
    );
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn an_event_moves_from_draft_to_announced_to_called_off_only() {
    let app = TestApp::start().await;
    let mut faults = Vec::new();
    for state in [Draft, Published, Cancelled] {
        let event = app.new_event("e").state(state).insert().await;
        let id = json!({ "id": event.id.to_string() });
        let off = json!({ "id": event.id.to_string(), "reason": "x" });
        faults.push(format!("{state:?}"));
        faults.push(
            edits(&app, &event, json!({ "title": "e" }))
                .await
                .user_errors(),
        );
        if state != Published {
            faults.push(
                app.hr()
                    .run(CANCEL, json!({ "input": off }))
                    .await
                    .user_errors(),
            );
        }
        if state != Draft {
            faults.push(
                app.hr()
                    .run(PUBLISH, json!({ "input": id }))
                    .await
                    .user_errors(),
            );
        }
    }
    faults.retain(|fault| !fault.is_empty());
    assert_snapshot!(faults.join("\n"), @r"
    Draft
    REFUSED id: a DRAFT was never announced: there is nothing to call off
    Published
    REFUSED id: the event is PUBLISHED already
    Cancelled
    REFUSED id: a CANCELLED event is not edited any more
    REFUSED id: the event is CANCELLED already
    REFUSED id: a CANCELLED event is not published again
    ");
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn what_is_over_is_neither_announced_nor_called_off() {
    let app = TestApp::start().await;
    let draft = app.new_event("e").state(Draft).insert().await;
    let over = app.new_event("e").insert().await;
    app.clock.advance(over.ends_at - app.clock.now());
    let input = json!({ "input": { "id": draft.id.to_string() } });
    assert_snapshot!(app.hr().run(PUBLISH, input).await.user_errors(), @"REFUSED id: the event's end has passed: set `startsAt` and `endsAt` first");
    let input = json!({ "input": { "id": over.id.to_string(), "reason": "x" } });
    assert_snapshot!(app.hr().run(CANCEL, input).await.user_errors(), @"REFUSED id: the event has ended");
}

#[tokio::test]
async fn calling_off_keeps_the_answers_and_takes_no_more() {
    let app = TestApp::start().await;
    let event = app.new_event("e").insert().await;
    app.answered(&event, AOZORA.person("alumnus"), Going).await;
    let empty = json!({ "input": { "id": event.id.to_string(), "reason": " " } });
    assert_snapshot!(app.hr().run(CANCEL, empty).await.user_errors(), @"REQUIRED reason: must not be empty");
    let input = json!({ "input": { "id": event.id.to_string(), "reason": "rain" } });
    assert_eq!(app.hr().run(CANCEL, input).await.user_errors(), "");
    assert_eq!(states(&app, &event).await, [Going]);
    assert_eq!(stored(&app, &event).await.going_count, 1);
    let reply = says(&app.alumnus(), &event, "DECLINED").await;
    assert_snapshot!(reply.user_errors(), @"REFUSED eventId: the event was called off");
}

#[tokio::test]
async fn only_organisers_prepare_events() {
    let app = TestApp::start().await;
    let event = app.new_event("e").state(Draft).insert().await;
    let id = event.id.to_string();
    let new = json!({ "kind": "MEETUP", "title": "x", "startsAt": "2026-05-01T10:00:00Z", "endsAt": "2026-05-01T11:00:00Z" });
    for (mutation, input) in [
        (CREATE, new),
        (UPDATE, json!({ "id": id, "title": "x" })),
        (PUBLISH, json!({ "id": id })),
        (CANCEL, json!({ "id": id, "reason": "x" })),
    ] {
        for role in ["recruiter", "employee", "alumnus"] {
            let reply = app
                .actor(role)
                .run(mutation, json!({ "input": input }))
                .await;
            assert_eq!(reply.codes(), ["FORBIDDEN"], "{role}");
        }
        let reply = app
            .anonymous()
            .run(mutation, json!({ "input": input }))
            .await;
        assert_eq!(reply.codes(), ["UNAUTHENTICATED"]);
    }
    assert_eq!(stored(&app, &event).await, event);
    assert!(app.changes().await.is_empty());
}
