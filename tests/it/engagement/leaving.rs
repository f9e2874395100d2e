//! Places and waits of people who leave: they are freed for those who wait, and nobody who left is promoted.

use alumni_api::engagement::release_stale_places;
use chrono::TimeDelta;
use entity::ParticipationState::{Declined, Going, Maybe, Waiting};
use entity::{
    EngagementEventState, LeaveType, MembershipState, Role, Standing, engagement_event,
    participation, person,
};
use insta::assert_snapshot;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::{RELEASE, answers_to, edits, says, states, stored};
use crate::support::{AOZORA, Actor, Reply, TestApp};

/// Going and waiting as the event counts them, and its version.
async fn counts(app: &TestApp, event: &engagement_event::Model) -> (i32, i32, i32) {
    let event = stored(app, event).await;
    (event.going_count, event.waiting_count, event.version)
}

/// The alumnus of the world pauses, or withdraws.
async fn leaves(app: &TestApp, verb: &str) {
    step(&app.alumnus(), verb).await;
}

async fn step(actor: &Actor<'_>, verb: &str) {
    let query = format!(
        "mutation {{ membership{verb}(input: {{}}) {{ userErrors {{ code field message }} }} }}"
    );
    assert_eq!(actor.ask(&query).await.user_errors(), "");
}

/// A coming event with one place, which the alumnus has; a member waits for it.
async fn full(app: &TestApp) -> (engagement_event::Model, person::Model) {
    let event = app.new_event("e").capacity(1).insert().await;
    app.answered(&event, AOZORA.person("alumnus"), Going).await;
    let next = app.new_alumnus("next", "").insert().await;
    app.answered(&event, next.id, Waiting).await;
    (event, next)
}

/// A coming event with one place, which a member has; the alumnus waits for it.
async fn waits(app: &TestApp) -> (engagement_event::Model, person::Model) {
    let event = app.new_event("e").capacity(1).insert().await;
    let member = app.new_alumnus("member", "").insert().await;
    app.answered(&event, member.id, Going).await;
    app.answered(&event, AOZORA.person("alumnus"), Waiting)
        .await;
    (event, member)
}

async fn releases(who: &Actor<'_>, answer: &participation::Model, reason: &str) -> Reply {
    let input = json!({ "participationId": answer.id.to_string(), "reason": reason });
    who.run(RELEASE, json!({ "input": input })).await
}

/// HR sends one worker who is the employee with the given id in its system.
async fn syncs(app: &TestApp, worker: Value) -> Reply {
    let query = "mutation($input: WorkersSyncInput!) { workersSync(input: $input) { results { status errors { field reason } } userErrors { code field message } } }";
    let input = json!({ "source": "hr", "workers": [worker] });
    app.hr().run(query, json!({ "input": input })).await
}

/// The HR system knows a person as number 7.
async fn known_as_seven(app: &TestApp, person: &person::Model) {
    use sea_orm::IntoActiveModel;
    let row = entity::external_identity::Model {
        company_id: person.company_id,
        source: "hr".into(),
        external_id: "7".into(),
        person_id: person.id,
        source_updated_at: None,
        created_at: app.clock.now(),
    };
    entity::external_identity::Entity::insert(row.into_active_model())
        .exec_without_returning(app.connection())
        .await
        .unwrap();
}

#[tokio::test]
async fn the_place_of_a_member_who_pauses_or_withdraws_goes_to_the_longest_wait() {
    for (verb, kind) in [
        ("Pause", "membership.paused"),
        ("Withdraw", "membership.withdrawn"),
    ] {
        let app = TestApp::start().await;
        let (event, next) = full(&app).await;
        app.clock.advance(TimeDelta::hours(1));
        leaves(&app, verb).await;
        assert_eq!(states(&app, &event).await, [Declined, Going], "{verb}");
        assert_eq!(counts(&app, &event).await, (1, 0, 1), "{verb}");
        let answers = answers_to(&app, &event).await;
        let now = app.clock.now();
        assert_eq!((answers[0].released_at, answers[0].version), (Some(now), 2));
        assert_eq!((answers[1].promoted_at, answers[1].version), (Some(now), 2));
        let mut kinds = app.change_kinds().await;
        kinds.retain(|kind| !kind.starts_with("consent.") && !kind.starts_with("account."));
        assert_eq!(
            kinds,
            [kind, "participation.released", "participation.promoted"]
        );
        let changes = app.changes().await;
        let people: Vec<_> = changes[changes.len() - 2..]
            .iter()
            .map(|change| (change.subject_id, change.person_id, change.fields.0.clone()))
            .collect();
        let state = vec!["state".to_owned()];
        assert_eq!(
            people,
            [
                (
                    answers[0].id.0,
                    Some(AOZORA.person("alumnus")),
                    state.clone()
                ),
                (answers[1].id.0, Some(next.id), state)
            ]
        );
    }
}

#[tokio::test]
async fn who_waits_and_leaves_is_off_the_list_and_never_promoted() {
    for verb in ["Pause", "Withdraw"] {
        let app = TestApp::start().await;
        let (event, member) = waits(&app).await;
        leaves(&app, verb).await;
        assert_eq!(states(&app, &event).await, [Going, Declined], "{verb}");
        assert_eq!(counts(&app, &event).await, (1, 0, 1), "{verb}");
        let member = app.login(&member, Role::Alumnus).await;
        assert_eq!(says(&member, &event, "DECLINED").await.user_errors(), "");
        assert_eq!(states(&app, &event).await, [Declined, Declined], "{verb}");
        assert_eq!(counts(&app, &event).await, (0, 0, 1), "{verb}");
        let kinds = app.change_kinds().await;
        assert!(!kinds.contains(&"participation.promoted".to_owned()));
    }
}

#[tokio::test]
async fn a_place_goes_past_everyone_who_may_not_hold_one() {
    let app = TestApp::start().await;
    let event = app.new_event("e").capacity(1).insert().await;
    app.answered(&event, AOZORA.person("employee"), Going).await;
    for state in [
        MembershipState::Candidate,
        MembershipState::Invited,
        MembershipState::Paused,
        MembershipState::Expired,
        MembershipState::Withdrawn,
    ] {
        // as if they had waited when they left before the service freed places
        let person = app.new_alumnus("n", "").state(state).insert().await;
        app.answered(&event, person.id, Waiting).await;
    }
    app.answered(&event, AOZORA.person("alumnus"), Waiting)
        .await;
    let employee = app.new_employee("n", "").insert().await;
    app.answered(&event, employee.id, Waiting).await;
    says(&app.employee(), &event, "DECLINED").await.data();
    assert_eq!(
        edits(&app, &event, json!({ "capacity": 5 }))
            .await
            .user_errors(),
        ""
    );
    let expected = [[Declined].as_slice(), &[Waiting; 5], &[Going; 2]].concat();
    assert_eq!(states(&app, &event).await, expected);
    assert_eq!(counts(&app, &event).await, (2, 5, 2));
}

#[tokio::test]
async fn anyone_gives_up_what_they_hold_whatever_their_standing() {
    for standing in [
        Standing::Candidate,
        Standing::Invited,
        Standing::Paused,
        Standing::Expired,
        Standing::Withdrawn,
    ] {
        let app = TestApp::start().await;
        let (event, _) = full(&app).await;
        app.standing_of(AOZORA.person("alumnus"), standing).await;
        let alumnus = app.alumnus();
        for answer in ["GOING", "MAYBE"] {
            assert_eq!(
                says(&alumnus, &event, answer).await.user_errors(),
                "REFUSED : an alumnus answers as an ACTIVE member; your membership is not"
            );
        }
        assert_eq!(says(&alumnus, &event, "DECLINED").await.user_errors(), "");
        assert_eq!(says(&alumnus, &event, "DECLINED").await.user_errors(), "");
        assert_eq!(
            states(&app, &event).await,
            [Declined, Going],
            "{standing:?}"
        );
        assert_eq!(counts(&app, &event).await, (1, 0, 1));
        assert_eq!(
            app.change_kinds().await,
            ["participation.responded", "participation.promoted"]
        );
    }
}

#[tokio::test]
async fn resuming_does_not_restore_the_place_and_the_person_may_answer_again() {
    let app = TestApp::start().await;
    let (event, _) = full(&app).await;
    leaves(&app, "Pause").await;
    leaves(&app, "Resume").await;
    assert_eq!(states(&app, &event).await, [Declined, Going]);
    let reply = says(&app.alumnus(), &event, "GOING").await;
    let mine = reply.at("/participationRespond/participation");
    assert_eq!(
        (&mine["state"], &mine["waitingPosition"], &mine["version"]),
        (&json!("WAITING"), &json!(1), &json!(3))
    );
    assert_eq!(answers_to(&app, &event).await[0].released_at, None);
}

#[tokio::test]
async fn who_leaves_by_telephone_frees_the_place_as_well() {
    let app = TestApp::start().await;
    let (event, _) = full(&app).await;
    let query = "mutation($id: ID!) { consentRecord(input: { personId: $id, purpose: MEMBERSHIP, decision: WITHDRAWN, channel: PHONE }) { userErrors { code field message } } }";
    let id = json!({ "id": AOZORA.person("alumnus").to_string() });
    assert_eq!(app.hr().run(query, id).await.user_errors(), "");
    assert_eq!(states(&app, &event).await, [Declined, Going]);
    assert_eq!(counts(&app, &event).await, (1, 0, 1));
}

#[tokio::test]
async fn whose_data_is_erased_frees_place_and_wait() {
    let app = TestApp::start().await;
    let (first, _) = full(&app).await;
    let (second, _) = waits(&app).await;
    let query = "mutation { dataRequestOpen(input: { kind: ERASURE, confirm: true }) { userErrors { code field message } } }";
    assert_eq!(app.alumnus().ask(query).await.user_errors(), "");
    assert_eq!(states(&app, &first).await, [Going]);
    assert_eq!(states(&app, &second).await, [Going]);
    assert_eq!(counts(&app, &first).await, (1, 0, 1));
    assert_eq!(counts(&app, &second).await, (1, 0, 1));
}

#[tokio::test]
async fn whose_data_is_only_kept_keeps_the_place_and_can_give_it_up() {
    let app = TestApp::start().await;
    let (event, _) = full(&app).await;
    let query = "mutation { dataRequestOpen(input: { kind: RESTRICTION }) { userErrors { code field message } } }";
    assert_eq!(app.alumnus().ask(query).await.user_errors(), "");
    assert_eq!(states(&app, &event).await, [Going, Waiting]);
    assert_eq!(
        says(&app.alumnus(), &event, "DECLINED").await.user_errors(),
        ""
    );
    assert_eq!(states(&app, &event).await, [Declined, Going]);
}

#[tokio::test]
async fn a_rehired_member_keeps_the_place_and_can_give_it_up() {
    let app = TestApp::start().await;
    let event = app.new_event("e").capacity(1).insert().await;
    let back = app.new_alumnus("back", "").insert().await;
    app.answered(&event, back.id, Going).await;
    app.answered(&event, AOZORA.person("alumnus"), Waiting)
        .await;
    known_as_seven(&app, &back).await;
    let rehired = json!({ "externalId": "7", "startedOn": "2026-04-01", "status": "ACTIVE" });
    let reply = syncs(&app, rehired).await;
    assert_eq!(reply.at("/workersSync/results/0/status"), "UPDATED");
    assert_eq!(states(&app, &event).await, [Going, Waiting]);
    let login = app.login(&back, Role::Employee).await;
    assert_eq!(says(&login, &event, "DECLINED").await.user_errors(), "");
    assert_eq!(states(&app, &event).await, [Declined, Going]);
}

#[tokio::test]
async fn an_employee_who_leaves_by_a_sync_frees_the_place_and_a_former_member_keeps_it() {
    for (state, leave, expected) in [
        (None, LeaveType::Voluntary, [Declined, Going]),
        (None, LeaveType::Death, [Declined, Going]),
        (
            Some(MembershipState::Rehired),
            LeaveType::Voluntary,
            [Going, Waiting],
        ),
        (
            Some(MembershipState::Rehired),
            LeaveType::Death,
            [Declined, Going],
        ),
    ] {
        let app = TestApp::start().await;
        let person = match state {
            None => app.new_employee("n", ""),
            Some(state) => app
                .new_alumnus("n", "")
                .state(state)
                .with(|row| row.left_on = None),
        };
        let person = person.insert().await;
        let event = app.new_event("e").capacity(1).insert().await;
        app.answered(&event, person.id, Going).await;
        app.answered(&event, AOZORA.person("alumnus"), Waiting)
            .await;
        known_as_seven(&app, &person).await;
        let kind = if leave == LeaveType::Death {
            "DEATH"
        } else {
            "VOLUNTARY"
        };
        let left = json!({ "externalId": "7", "lastWorkingDay": "2026-03-31", "leaveType": kind });
        let reply = syncs(&app, left).await;
        assert_eq!(reply.at("/workersSync/results/0/status"), "UPDATED");
        assert_eq!(states(&app, &event).await, expected, "{state:?} {leave:?}");
    }
}

#[tokio::test]
async fn a_dry_run_frees_nothing() {
    let app = TestApp::start().await;
    let person = app.new_employee("n", "").insert().await;
    let event = app.new_event("e").capacity(1).insert().await;
    app.answered(&event, person.id, Going).await;
    known_as_seven(&app, &person).await;
    let query = "mutation { workersSync(input: { source: \"hr\", dryRun: true, workers: [{ externalId: \"7\", lastWorkingDay: \"2026-03-31\" }] }) { results { status } userErrors { code field message } } }";
    let reply = app.hr().ask(query).await;
    assert_eq!(reply.at("/workersSync/results/0/status"), "UPDATED");
    assert_eq!(states(&app, &event).await, [Going]);
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn answers_that_are_no_place_and_events_that_are_not_coming_stay_as_they_are() {
    let app = TestApp::start().await;
    let alumnus = AOZORA.person("alumnus");
    let maybe = app.new_event("maybe").insert().await;
    app.answered(&maybe, alumnus, Maybe).await;
    let cancelled = app.new_event("off").state(EngagementEventState::Cancelled);
    let cancelled = cancelled.insert().await;
    app.answered(&cancelled, alumnus, Going).await;
    let over = app.new_event("over").with(|row| {
        row.starts_at -= TimeDelta::days(20);
        row.ends_at -= TimeDelta::days(20);
    });
    let over = over.insert().await;
    app.answered(&over, alumnus, Going).await;
    let seen = app.new_event("seen").insert().await;
    let answer = app.answered(&seen, alumnus, Going).await;
    participation::Entity::update_many()
        .col_expr(
            participation::Column::CheckedInAt,
            Expr::value(app.clock.now()),
        )
        .filter(participation::Column::Id.eq(answer.id))
        .exec(app.connection())
        .await
        .unwrap();
    leaves(&app, "Pause").await;
    assert_eq!(states(&app, &maybe).await, [Maybe]);
    for event in [cancelled, over, seen] {
        assert_eq!(states(&app, &event).await, [Going], "{}", event.title);
        assert_eq!(counts(&app, &event).await, (1, 0, 1), "{}", event.title);
    }
    assert_eq!(app.change_kinds().await, ["membership.paused"]);
}

#[tokio::test]
async fn several_events_are_freed_at_once_and_each_queue_moves_up() {
    let app = TestApp::start().await;
    let mut events = Vec::new();
    for places in [1, 2, 3] {
        let event = app.new_event("e").capacity(places).insert().await;
        for _ in 1..places {
            let other = app.new_alumnus("other", "").insert().await;
            app.answered(&event, other.id, Going).await;
        }
        app.answered(&event, AOZORA.person("alumnus"), Going).await;
        for _ in 0..places {
            let next = app.new_alumnus("next", "").insert().await;
            app.answered(&event, next.id, Waiting).await;
        }
        events.push(event);
    }
    leaves(&app, "Withdraw").await;
    for (event, places) in events.iter().zip([1, 2, 3]) {
        assert_eq!(counts(&app, event).await, (places, places - 1, 1));
    }
    let kinds = app.change_kinds().await;
    let count = |kind: &str| kinds.iter().filter(|known| *known == kind).count();
    assert_eq!(
        (
            count("participation.released"),
            count("participation.promoted")
        ),
        (3, 3)
    );
}

#[tokio::test]
async fn an_organiser_releases_a_place_and_the_person_reads_why() {
    let app = TestApp::start().await;
    let (event, _) = full(&app).await;
    let answer = answers_to(&app, &event).await.remove(0);
    let reply = releases(&app.supporter(), &answer, "did not confirm").await;
    assert_eq!(
        reply.at("/participationRelease/participation"),
        &json!({ "state": "DECLINED", "releasedAt": "2026-04-01T00:00:00+00:00", "releaseReason": "did not confirm", "version": 2,
            "event": { "goingCount": 1, "waitingCount": 0 } })
    );
    assert_eq!(states(&app, &event).await, [Declined, Going]);
    assert_eq!(
        app.change_kinds().await,
        ["participation.released", "participation.promoted"]
    );
    let query =
        "query($id: ID!) { engagementEvent(id: $id) { myParticipation { state releaseReason } } }";
    let own = app
        .alumnus()
        .run(query, json!({ "id": event.id.to_string() }))
        .await;
    assert_eq!(
        own.at("/engagementEvent/myParticipation"),
        &json!({ "state": "DECLINED", "releaseReason": "did not confirm" })
    );
    // the next answer is the person's own again
    says(&app.alumnus(), &event, "GOING").await.data();
    let again = answers_to(&app, &event).await.remove(0);
    assert_eq!(
        (again.state, again.released_at, again.release_reason),
        (Waiting, None, None)
    );
}

#[tokio::test]
async fn what_is_no_place_is_not_released() {
    let app = TestApp::start().await;
    let event = app.new_event("e").insert().await;
    let maybe = app.answered(&event, AOZORA.person("alumnus"), Maybe).await;
    let going = app.answered(&event, AOZORA.person("employee"), Going).await;
    let supporter = app.supporter();
    assert_snapshot!(releases(&supporter, &maybe, "x").await.user_errors(), @"REFUSED participationId: the participation is MAYBE; only GOING and WAITING can be released");
    assert_snapshot!(releases(&supporter, &going, " ").await.user_errors(), @"REQUIRED reason: must not be empty");
    assert_snapshot!(releases(&supporter, &going, &"x".repeat(501)).await.user_errors(), @"TOO_LONG reason: must have at most 500 characters");
    app.clock.advance(event.ends_at - app.clock.now());
    let supporter = app.supporter();
    assert_snapshot!(releases(&supporter, &going, "x").await.user_errors(), @"REFUSED participationId: the event has ended");
    assert_eq!(states(&app, &event).await, [Maybe, Going]);
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn nobody_else_releases_a_place_or_reads_the_reason() {
    let app = TestApp::start().await;
    let (event, next) = full(&app).await;
    let answer = answers_to(&app, &event).await.remove(0);
    let rival = app.login(&next, Role::Alumnus).await;
    for actor in [&rival, &app.alumnus(), &app.employee(), &app.recruiter()] {
        assert_eq!(releases(actor, &answer, "x").await.codes(), ["FORBIDDEN"]);
    }
    assert_eq!(
        releases(&app.anonymous(), &answer, "x").await.codes(),
        ["UNAUTHENTICATED"]
    );
    assert_eq!(
        releases(&app.stranger(), &answer, "x").await.codes(),
        ["NOT_FOUND"]
    );
    assert_eq!(states(&app, &event).await, [Going, Waiting]);
    assert!(app.changes().await.is_empty());
    releases(&app.hr(), &answer, "private words").await.data();
    let query = "query($id: ID!) { node(id: $id) { ... on Participation { releaseReason } } engagementEvent(id: $event) { participations { nodes { releaseReason } } } }"
        .replace("$id: ID!", "$id: ID!, $event: ID!");
    let ids = json!({ "id": answer.id.to_string(), "event": event.id.to_string() });
    for actor in [&rival, &app.employee(), &app.recruiter(), &app.stranger()] {
        let reply = actor.run(&query, ids.clone()).await;
        assert!(!reply.text.contains("private words"), "{}", reply.text);
    }
}

#[tokio::test]
async fn places_that_were_left_behind_before_are_freed_by_the_job() {
    let app = TestApp::start().await;
    let (event, _) = full(&app).await;
    let (other, _) = waits(&app).await;
    app.standing_of(AOZORA.person("alumnus"), Standing::Withdrawn)
        .await;
    assert_eq!(release_stale_places(&app.service()).await.unwrap(), 1);
    assert_eq!(states(&app, &event).await, [Declined, Going]);
    assert_eq!(states(&app, &other).await, [Going, Declined]);
    assert_eq!(
        app.change_kinds().await,
        [
            "participation.released",
            "participation.released",
            "participation.promoted"
        ]
    );
    assert_eq!(release_stale_places(&app.service()).await.unwrap(), 0);
    assert_eq!(app.changes().await.len(), 3);
}
