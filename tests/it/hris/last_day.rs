//! The last working day passes by itself: nobody has to send the row again.

use alumni_api::hris::record_leavers;
use alumni_api::jobs::{JOBS, run_if_due};
use chrono::TimeDelta;
use entity::ParticipationState::{Declined, Going, Waiting};
use entity::{MembershipState, PersonId, Standing, employment, membership, participation, person};
use insta::assert_snapshot;
use sea_orm::{ActiveValue::Set, ColumnTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use super::{ann, outcome, people, sync, with};
use crate::support::{AOZORA, MERIDIAN, Reply, TestApp, time_zone};

/// The next run of the job.
async fn runs(app: &TestApp) {
    app.clock.advance(TimeDelta::minutes(5));
    let job = JOBS.iter().find(|job| job.name == "hris.last_day");
    assert!(run_if_due(&app.app, *job.unwrap()).await.unwrap());
}

/// What the synced people are to their companies.
async fn standings(app: &TestApp) -> Vec<Standing> {
    people(app)
        .await
        .into_iter()
        .map(|person| person.standing)
        .collect()
}

async fn membership_of(app: &TestApp, person: PersonId) -> Option<membership::Model> {
    membership::Entity::find()
        .filter(membership::Column::PersonId.eq(person))
        .one(app.connection())
        .await
        .unwrap()
}

fn leaver() -> Value {
    with(
        ann(),
        json!({ "lastWorkingDay": "2026-04-01", "leaveType": "VOLUNTARY" }),
    )
}

#[tokio::test]
async fn an_employee_becomes_a_candidate_on_the_day_after_the_last() {
    // It is nine in the morning of the first of April in Tokyo.
    let app = TestApp::start().await;
    sync(&app.hr(), json!([leaver()])).await.data();
    app.clock.advance(TimeDelta::minutes(15 * 60 - 6));
    runs(&app).await;
    assert_eq!(standings(&app).await, [Standing::Employee]);
    runs(&app).await;
    let left = people(&app).await.remove(0);
    assert_eq!(
        (left.standing, left.left_on, left.version),
        (Standing::Candidate, Some("2026-04-01".parse().unwrap()), 2)
    );
    let membership = membership_of(&app, left.id).await.unwrap();
    assert_eq!(
        (membership.state, membership.version),
        (MembershipState::Candidate, 1)
    );
    assert_eq!(
        app.change_kinds().await[2..],
        ["person.left", "membership.created"]
    );
    let change = app.changes().await.remove(2);
    assert_eq!(
        (change.person_id, change.fields.0),
        (Some(left.id), vec!["leftOn".to_owned()])
    );
}

#[tokio::test]
async fn the_same_row_sent_later_changes_nothing_and_neither_does_the_next_run() {
    let app = TestApp::start().await;
    sync(&app.hr(), json!([leaver()])).await.data();
    app.clock.advance(TimeDelta::hours(15));
    runs(&app).await;
    let (before, changes) = (people(&app).await, app.changes().await.len());
    assert_snapshot!(outcome(&sync(&app.hr(), json!([leaver()])).await), @"7 UNCHANGED");
    runs(&app).await;
    assert_eq!(
        (people(&app).await, app.changes().await.len()),
        (before, changes)
    );
}

#[tokio::test]
async fn a_row_sent_on_the_day_after_leaves_the_job_nothing_to_do() {
    let app = TestApp::start().await;
    sync(&app.hr(), json!([leaver()])).await.data();
    app.clock.advance(TimeDelta::hours(15));
    assert_snapshot!(outcome(&sync(&app.hr(), json!([leaver()])).await), @"7 UPDATED");
    let (before, changes) = (people(&app).await, app.changes().await.len());
    runs(&app).await;
    assert_eq!(
        (people(&app).await, app.changes().await.len()),
        (before, changes)
    );
}

#[tokio::test]
async fn each_company_waits_for_its_own_midnight() {
    let app = TestApp::start().await;
    time_zone(&app, MERIDIAN, "America/Los_Angeles").await;
    sync(&app.hr(), json!([leaver()])).await.data();
    sync(&app.stranger(), json!([leaver()])).await.data();
    // the second of April in Tokyo, the first in Los Angeles
    app.clock.advance(TimeDelta::hours(15));
    runs(&app).await;
    let standing = async |company: crate::support::Company| {
        let found = people(&app).await.into_iter();
        let mut found = found.filter(|person| person.company_id == company.id());
        found.next().unwrap().standing
    };
    assert_eq!(standing(AOZORA).await, Standing::Candidate);
    assert_eq!(standing(MERIDIAN).await, Standing::Employee);
    // midnight in Los Angeles is seven in the morning of UTC
    app.clock
        .advance(TimeDelta::hours(16) - TimeDelta::minutes(6 + 5));
    runs(&app).await;
    assert_eq!(standing(MERIDIAN).await, Standing::Employee);
    runs(&app).await;
    assert_eq!(standing(MERIDIAN).await, Standing::Candidate);
}

#[tokio::test]
async fn who_died_never_becomes_a_candidate() {
    let app = TestApp::start().await;
    sync(&app.hr(), json!([ann()])).await.data();
    let died = with(leaver(), json!({ "leaveType": "DEATH" }));
    sync(&app.hr(), json!([died])).await.data();
    app.clock.advance(TimeDelta::hours(15));
    runs(&app).await;
    let person = people(&app).await.remove(0);
    assert_eq!(person.standing, Standing::Withdrawn);
    let membership = membership_of(&app, person.id).await.unwrap();
    assert_eq!(membership.state, MembershipState::Withdrawn);
    let kinds = app.change_kinds().await;
    assert_eq!(
        kinds[kinds.len() - 2..],
        ["person.left", "membership.withdrawn"]
    );
}

#[tokio::test]
async fn a_member_who_was_rehired_is_a_member_again_and_keeps_the_place() {
    use sea_orm::IntoActiveModel;
    let app = TestApp::start().await;
    sync(&app.hr(), json!([leaver()])).await.data();
    let person = people(&app).await.remove(0).id;
    let rehired =
        crate::support::world::membership_row(AOZORA.id(), person, MembershipState::Rehired);
    membership::Entity::insert(rehired.into_active_model())
        .exec_without_returning(app.connection())
        .await
        .unwrap();
    let event = app.new_event("e").capacity(1).insert().await;
    app.answered(&event, person, Going).await;
    app.clock.advance(TimeDelta::hours(15));
    runs(&app).await;
    assert_eq!(standings(&app).await, [Standing::Active]);
    let kinds = app.change_kinds().await;
    assert_eq!(
        kinds[kinds.len() - 2..],
        ["person.left", "membership.reactivated"]
    );
    let place = participation::Entity::find()
        .one(app.connection())
        .await
        .unwrap()
        .unwrap();
    assert_eq!((place.state, place.version), (Going, 1));
}

#[tokio::test]
async fn places_are_freed_in_the_same_transaction() {
    let app = TestApp::start().await;
    sync(&app.hr(), json!([leaver()])).await.data();
    let event = app.new_event("e").capacity(1).insert().await;
    app.answered(&event, people(&app).await[0].id, Going).await;
    app.answered(&event, AOZORA.person("alumnus"), Waiting)
        .await;
    app.clock.advance(TimeDelta::hours(15));
    runs(&app).await;
    let answers = participation::Entity::find().order_by_asc(participation::Column::Id);
    let answers = answers.all(app.connection()).await.unwrap();
    let states: Vec<_> = answers.iter().map(|answer| answer.state).collect();
    assert_eq!(states, [Declined, Going]);
    let kinds = app.change_kinds().await;
    assert_eq!(
        kinds[kinds.len() - 4..],
        [
            "person.left",
            "membership.created",
            "participation.released",
            "participation.promoted"
        ]
    );
}

#[tokio::test]
async fn who_has_a_later_employment_stays_an_employee() {
    let app = TestApp::start().await;
    let later = with(ann(), json!({ "startedOn": "2026-07-01" }));
    sync(&app.hr(), json!([leaver()])).await.data();
    assert_snapshot!(outcome(&sync(&app.hr(), json!([later])).await), @"7 UPDATED");
    let changes = app.changes().await.len();
    app.clock.advance(TimeDelta::hours(15));
    runs(&app).await;
    runs(&app).await;
    assert_eq!(standings(&app).await, [Standing::Employee]);
    assert_eq!(app.changes().await.len(), changes);
}

#[tokio::test]
async fn a_last_working_day_that_moves_is_waited_for_anew() {
    let app = TestApp::start().await;
    sync(&app.hr(), json!([leaver()])).await.data();
    app.clock.advance(TimeDelta::hours(15));
    runs(&app).await;
    assert_eq!(standings(&app).await, [Standing::Candidate]);
    let extended = with(leaver(), json!({ "lastWorkingDay": "2026-04-02" }));
    assert_snapshot!(outcome(&sync(&app.hr(), json!([with(leaver(), json!({ "lastWorkingDay": null }))])).await), @"7 UPDATED");
    assert_snapshot!(outcome(&sync(&app.hr(), json!([extended])).await), @"7 UPDATED");
    assert_eq!(standings(&app).await, [Standing::Employee]);
    runs(&app).await;
    assert_eq!(standings(&app).await, [Standing::Employee]);
    app.clock.advance(TimeDelta::days(1));
    runs(&app).await;
    assert_eq!(standings(&app).await, [Standing::Candidate]);
}

/// Restricts the data of the one synced person.
async fn restrict(app: &TestApp) {
    let person = people(app).await.remove(0).id;
    let now = Set(Some(app.clock.now()));
    app.change_person(person, |row| row.restricted_at = now)
        .await;
}

#[tokio::test]
async fn a_restriction_of_the_data_does_not_keep_an_employee_beyond_the_last_working_day() {
    let app = TestApp::start().await;
    sync(&app.hr(), json!([leaver()])).await.data();
    restrict(&app).await;
    app.clock.advance(TimeDelta::hours(15));
    runs(&app).await;
    assert_eq!(standings(&app).await, [Standing::Candidate]);
}

#[tokio::test]
async fn of_a_restricted_employee_a_sync_stores_the_last_working_day_and_nothing_else() {
    let app = TestApp::start().await;
    sync(&app.hr(), json!([ann()])).await.data();
    restrict(&app).await;
    let row = |reply: Reply| reply.at("/workersSync/results/0").clone();
    let renamed = json!({ "familyName": "木村" });
    let unchanged = row(sync(&app.hr(), json!([with(ann(), renamed)])).await);
    assert_eq!(unchanged["status"], "UNCHANGED");
    assert_snapshot!(unchanged["remarks"], @r#"["the person's data is restricted at their request: nothing of the row was stored"]"#);
    let left = json!({ "familyName": "木村", "lastWorkingDay": "2026-03-31", "leaveReason": "moves to Osaka", "status": "LEFT" });
    let updated = row(sync(&app.hr(), json!([with(ann(), left)])).await);
    assert_eq!(updated["status"], "UPDATED");
    assert_snapshot!(updated["remarks"], @r#"["the person's data is restricted at their request: only the last working day was stored, because access rights end with it"]"#);
    let person = people(&app).await.remove(0);
    assert_eq!(
        (person.standing, person.left_on, person.family_name.as_str()),
        (
            Standing::Candidate,
            Some("2026-03-31".parse().unwrap()),
            "山田"
        )
    );
    let employment = employment::Entity::find()
        .filter(employment::Column::PersonId.eq(person.id))
        .one(app.connection())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (employment.last_working_day, employment.leave_reason),
        (Some("2026-03-31".parse().unwrap()), None)
    );
}

#[tokio::test]
async fn two_instances_at_once_move_everyone_once_in_a_fixed_number_of_statements() {
    let app = TestApp::start().await;
    let other = app.another_instance().await;
    for batch in 0..2 {
        let workers: Value = (0..800)
            .map(|number| {
                with(
                    leaver(),
                    json!({ "externalId": format!("{batch}-{number}") }),
                )
            })
            .collect();
        sync(&app.hr(), workers).await.data();
    }
    app.clock.advance(TimeDelta::hours(15));
    other.clock.advance(TimeDelta::hours(15));
    let (one, two) = (app.service(), other.service());
    let (one, two) = tokio::join!(record_leavers(&one), record_leavers(&two));
    assert_eq!(one.unwrap() + two.unwrap(), 1_600);
    let kinds = app.change_kinds().await;
    let count = |kind: &str| kinds.iter().filter(|known| *known == kind).count();
    assert_eq!(
        (count("person.left"), count("membership.created")),
        (1_600, 1_600)
    );
    let left = person::Entity::find().filter(person::Column::Standing.eq(Standing::Candidate));
    assert_eq!(left.all(app.connection()).await.unwrap().len(), 1_600);
    // the time zone, and that nobody is due
    let (idle, _) = app.statements(record_leavers(&app.service())).await;
    assert_eq!(idle, 2);
}

#[tokio::test]
async fn a_thousand_leavers_free_their_places_in_a_fixed_number_of_statements() {
    let app = TestApp::start().await;
    let workers = |last: &str| -> Value {
        let worker =
            |number: i32| json!({ "externalId": number.to_string(), "lastWorkingDay": last });
        (0..1_000)
            .map(|number| with(ann(), worker(number)))
            .collect()
    };
    sync(&app.hr(), workers("2027-03-31")).await.data();
    let staff = people(&app).await;
    let mut events = Vec::new();
    for _ in 0..3 {
        events.push(app.new_event("e").capacity(20).insert().await);
    }
    for (number, person) in staff.iter().enumerate().take(90) {
        app.answered(
            &events[number % 3],
            person.id,
            if number < 60 { Going } else { Waiting },
        )
        .await;
    }
    for event in &events {
        for role in ["alumnus", "employee", "hr"] {
            app.answered(event, AOZORA.person(role), Waiting).await;
        }
    }
    let written = |postgres, sqlite| match app.app.database.backend() {
        DbBackend::Postgres => postgres,
        _ => sqlite,
    };
    let (statements, reply) = app.statements(sync(&app.hr(), workers("2026-03-31"))).await;
    assert_eq!(reply.at("/workersSync/results/999/status"), "UPDATED");
    // company, sources, identities, people, memberships, employments, departments; the events, their places, who waits; then all that is written:
    // people, stints, memberships, changes, and of the events the places freed, the places given and the counts
    // and the accounts of those who left; the run, and its results
    assert_eq!(statements, 11 + written(1, 1 + 1 + 2 + 3 + 3 + 1 + 2));
    for event in &events {
        let found = entity::engagement_event::Entity::find_by_id(event.id);
        let found = found.one(app.connection()).await.unwrap().unwrap();
        assert_eq!(
            (found.going_count, found.waiting_count, found.version),
            (3, 0, 1)
        );
    }
    let kinds = app.change_kinds().await;
    let count = |kind: &str| kinds.iter().filter(|known| *known == kind).count();
    assert_eq!(
        (
            count("participation.released"),
            count("participation.promoted")
        ),
        (90, 9)
    );
}
