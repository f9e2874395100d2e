//! Corrections and new employments are told apart, and what contradicts itself decides nothing.

use entity::{MembershipState, Standing, employment, membership, person};
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};

use super::{outcome, people, sync};
use crate::support::{Reply, TestApp};

/// A row of a worker who is always the same, with some of its fields.
fn row(fields: Value) -> Value {
    super::with(
        json!({ "externalId": "1", "familyName": "Doe", "givenName": "Ann" }),
        fields,
    )
}

/// Sends each row in a call of its own.
async fn send(app: &TestApp, calls: &[Value]) -> Reply {
    let mut reply = None;
    for fields in calls {
        reply = Some(sync(&app.hr(), json!([row(fields.clone())])).await);
    }
    reply.unwrap()
}

/// Sends all rows in one call.
async fn send_at_once(app: &TestApp, rows: &[Value]) -> Reply {
    let rows: Value = rows.iter().map(|fields| row(fields.clone())).collect();
    sync(&app.hr(), rows).await
}

/// The stored employments, as `2015-04-01..2024-03-31`.
async fn stored(app: &TestApp) -> Vec<String> {
    let known: Vec<_> = people(app).await.into_iter().map(|row| row.id).collect();
    let rows = employment::Entity::find().order_by_asc(employment::Column::StartedOn);
    let rows = rows.all(app.connection()).await.unwrap().into_iter();
    rows.filter(|row| known.contains(&row.person_id))
        .map(|row| {
            let last = row.last_working_day.map(|day| day.to_string());
            format!("{}..{}", row.started_on, last.unwrap_or_default())
        })
        .collect()
}

async fn standing(app: &TestApp) -> Standing {
    people(app).await[0].standing
}

async fn membership(app: &TestApp) -> Option<MembershipState> {
    let person = people(app).await[0].id;
    let rows = membership::Entity::find().all(app.connection()).await;
    let mut rows = rows.unwrap().into_iter();
    let found = rows.find(|row| row.person_id == person);
    found.map(|row| row.state)
}

fn status(reply: &Reply) -> &Value {
    reply.at("/workersSync/results/0/status")
}

fn remarks(reply: &Reply) -> &Value {
    reply.at("/workersSync/results/0/remarks")
}

fn nine_years() -> Value {
    json!({ "startedOn": "2015-04-01", "lastWorkingDay": "2024-03-31", "department": "Sales" })
}

fn open() -> Value {
    json!({ "startedOn": "2015-04-01" })
}

#[tokio::test]
async fn an_employment_that_begins_on_the_last_day_of_another_is_a_new_one() {
    for more in [json!({}), json!({ "status": "ACTIVE" })] {
        let app = TestApp::start().await;
        let again = super::with(
            json!({ "startedOn": "2024-03-31", "department": "Legal" }),
            more,
        );
        let reply = send(&app, &[nine_years(), again.clone()]).await;
        assert_eq!(outcome(&reply), "1 UPDATED");
        assert_eq!(
            remarks(&reply),
            &json!([
                "startedOn: the employment overlaps the one from 2015-04-01 to 2024-03-31; both were kept"
            ])
        );
        assert_eq!(
            stored(&app).await,
            ["2015-04-01..2024-03-31", "2024-03-31.."]
        );
        assert_eq!(standing(&app).await, Standing::Employee);
        // both rows again, one after the other, change nothing
        for call in [nine_years(), again] {
            let reply = send(&app, &[call]).await;
            assert_eq!(
                (status(&reply), remarks(&reply)),
                (&json!("UNCHANGED"), &json!([]))
            );
        }
    }
}

#[tokio::test]
async fn an_employment_that_begins_during_garden_leave_is_a_new_one() {
    let app = TestApp::start().await;
    let again = json!({ "startedOn": "2024-03-16", "department": "Legal", "lastWorkingDay": null });
    let reply = send(&app, &[nine_years(), again]).await;
    assert_eq!(outcome(&reply), "1 UPDATED");
    assert_eq!(
        remarks(&reply),
        &json!([
            "startedOn: the employment overlaps the one from 2015-04-01 to 2024-03-31; both were kept"
        ])
    );
    assert_eq!(
        stored(&app).await,
        ["2015-04-01..2024-03-31", "2024-03-16.."]
    );
    assert_eq!(standing(&app).await, Standing::Employee);
}

#[tokio::test]
async fn an_open_employment_is_not_overwritten_by_one_that_begins_years_later() {
    let app = TestApp::start().await;
    let reply = send(
        &app,
        &[
            open(),
            json!({ "startedOn": "2022-01-01", "status": "ACTIVE" }),
        ],
    )
    .await;
    assert_eq!(
        outcome(&reply),
        "1 INVALID startedOn: 2022-01-01 can correct the first day of the employment from 2015-04-01 or begin another one: an employment from 2015-04-01 is stored, and it has no last working day. If it corrects the first day, send `correctsStartedOn: \"2015-04-01\"`; if it begins another employment, send the one from 2015-04-01 with a last working day before 2022-01-01, in the same call or before"
    );
    assert_eq!(stored(&app).await, ["2015-04-01.."]);
}

#[tokio::test]
async fn both_readings_of_a_first_day_can_be_sent() {
    let later = json!({ "startedOn": "2022-01-01", "status": "ACTIVE" });
    let app = TestApp::start().await;
    let corrects = super::with(later.clone(), json!({ "correctsStartedOn": "2015-04-01" }));
    let reply = send(&app, &[open(), corrects.clone()]).await;
    assert_eq!(
        (outcome(&reply).as_str(), remarks(&reply)),
        (
            "1 UPDATED",
            &json!([
                "startedOn: the first day of the employment was corrected from 2015-04-01 to 2022-01-01"
            ])
        )
    );
    assert_eq!(outcome(&send(&app, &[corrects]).await), "1 UNCHANGED");
    assert_eq!(stored(&app).await, ["2022-01-01.."]);
    let app = TestApp::start().await;
    send(&app, &[open()]).await;
    let ended = json!({ "startedOn": "2015-04-01", "lastWorkingDay": "2019-12-31" });
    let reply = send_at_once(&app, &[later, ended]).await;
    assert_eq!(outcome(&reply), "1 UPDATED\n1 UPDATED");
    assert_eq!(
        stored(&app).await,
        ["2015-04-01..2019-12-31", "2022-01-01.."]
    );
    assert_eq!(
        (standing(&app).await, membership(&app).await),
        (Standing::Employee, None)
    );
    let unknown = json!({ "startedOn": "2022-02-01", "correctsStartedOn": "2021-01-01" });
    assert_eq!(
        outcome(&send(&app, &[unknown]).await),
        "1 INVALID correctsStartedOn: no employment of the worker begins on 2021-01-01; send the first day that is stored"
    );
}

#[tokio::test]
async fn the_id_of_an_employment_says_which_one_is_meant() {
    let app = TestApp::start().await;
    let one = json!({ "employmentId": "A", "startedOn": "2015-04-01" });
    let moved = json!({ "employmentId": "A", "startedOn": "2022-01-01" });
    let reply = send(&app, &[one, moved]).await;
    assert_eq!(outcome(&reply), "1 UPDATED");
    assert_eq!(stored(&app).await, ["2022-01-01.."]);
    // another id is another employment, even where the days alone could not tell
    let other = json!({ "employmentId": "B", "startedOn": "2022-01-15" });
    let reply = send(&app, &[other]).await;
    assert_eq!(
        (outcome(&reply).as_str(), remarks(&reply)),
        (
            "1 UPDATED",
            &json!([
                "startedOn: the employment overlaps the one from 2022-01-01 which has no last working day; both were kept"
            ])
        )
    );
    assert_eq!(stored(&app).await, ["2022-01-01..", "2022-01-15.."]);
    // while one of them goes on, nobody has left
    let left =
        json!({ "employmentId": "B", "startedOn": "2022-01-15", "lastWorkingDay": "2022-12-31" });
    assert_eq!(outcome(&send(&app, &[left]).await), "1 UPDATED");
    assert_eq!(
        (standing(&app).await, membership(&app).await),
        (Standing::Employee, None)
    );
    let same_day = json!({ "employmentId": "C", "startedOn": "2022-01-01" });
    assert_eq!(
        outcome(&send(&app, &[same_day]).await),
        "1 INVALID employmentId: another employment of the worker, `A`, begins on the same day; two employments need different first days"
    );
}

#[tokio::test]
async fn a_first_day_that_moves_a_little_or_to_an_earlier_day_is_a_correction() {
    for (calls, first) in [
        (
            vec![open(), json!({ "startedOn": "2015-03-01" })],
            "2015-03-01..",
        ),
        (
            vec![open(), json!({ "startedOn": "2014-04-01" })],
            "2014-04-01..",
        ),
        (
            vec![open(), json!({ "startedOn": "2015-05-01" })],
            "2015-05-01..",
        ),
        (
            vec![
                nine_years(),
                json!({ "startedOn": "2015-04-06", "lastWorkingDay": "2024-03-31" }),
            ],
            "2015-04-06..2024-03-31",
        ),
        // a hire that has not begun is postponed
        (
            vec![
                json!({ "startedOn": "2026-06-01" }),
                json!({ "startedOn": "2026-10-01" }),
            ],
            "2026-10-01..",
        ),
    ] {
        let app = TestApp::start().await;
        let reply = send(&app, &calls).await;
        assert_eq!(status(&reply), "UPDATED");
        assert_eq!(remarks(&reply).as_array().unwrap().len(), 1);
        assert_eq!(stored(&app).await, [first]);
    }
}

#[tokio::test]
async fn a_first_day_that_can_be_read_in_two_ways_is_refused() {
    let short = json!({ "startedOn": "2024-03-01", "lastWorkingDay": "2024-03-25" });
    let contractor = json!({ "startedOn": "2024-03-01", "employmentType": "CONTRACTOR" });
    for (before, then) in [
        // in the middle of an employment that ended
        (nine_years(), json!({ "startedOn": "2020-04-01" })),
        (
            nine_years(),
            json!({ "startedOn": "2022-04-01", "lastWorkingDay": "2024-03-31" }),
        ),
        // close to both ends
        (short, json!({ "startedOn": "2024-03-15" })),
        // a contractor becomes an employee
        (
            contractor,
            json!({ "startedOn": "2024-03-20", "employmentType": "REGULAR" }),
        ),
        // works since before an employment that ended
        (
            nine_years(),
            json!({ "startedOn": "2010-04-01", "status": "ACTIVE" }),
        ),
    ] {
        let app = TestApp::start().await;
        send(&app, &[before]).await;
        let kept = stored(&app).await;
        let reply = send(&app, std::slice::from_ref(&then)).await;
        assert_eq!(status(&reply), "INVALID", "{then}");
        assert_eq!(
            reply.at("/workersSync/results/0/errors/0/field"),
            "startedOn"
        );
        assert_eq!(stored(&app).await, kept);
    }
}

#[tokio::test]
async fn several_employments_of_a_worker_come_in_one_call_in_any_order() {
    let rows = [
        nine_years(),
        json!({ "startedOn": "2024-04-01", "lastWorkingDay": "2025-03-31", "leaveType": "TRANSFER" }),
        json!({ "startedOn": "2025-04-01", "department": "Legal" }),
    ];
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        let app = TestApp::start().await;
        let sent = order.map(|place| rows[place].clone());
        let reply = send_at_once(&app, &sent).await;
        assert_eq!(outcome(&reply), "1 CREATED\n1 CREATED\n1 CREATED");
        assert_eq!(
            stored(&app).await,
            [
                "2015-04-01..2024-03-31",
                "2024-04-01..2025-03-31",
                "2025-04-01.."
            ]
        );
        // a past leave makes no candidate of a person who works here
        assert_eq!(
            (standing(&app).await, membership(&app).await),
            (Standing::Employee, None)
        );
        assert_eq!(app.change_kinds().await[0], "person.created");
        let again = send_at_once(&app, &sent).await;
        assert_eq!(outcome(&again), "1 UNCHANGED\n1 UNCHANGED\n1 UNCHANGED");
    }
}

#[tokio::test]
async fn an_earlier_employment_that_comes_late_is_kept_beside_the_present_one() {
    let app = TestApp::start().await;
    let present = json!({ "startedOn": "2024-03-31" });
    let reply = send(&app, &[present, nine_years()]).await;
    assert_eq!(outcome(&reply), "1 UPDATED");
    assert_eq!(
        stored(&app).await,
        ["2015-04-01..2024-03-31", "2024-03-31.."]
    );
    assert_eq!(standing(&app).await, Standing::Employee);
}

#[tokio::test]
async fn of_several_rows_of_a_worker_a_bad_one_costs_itself() {
    let app = TestApp::start().await;
    let rows = [
        nine_years(),
        json!({ "startedOn": "2020-01-01" }),
        json!({ "startedOn": "2025-01-01" }),
    ];
    let reply = send_at_once(&app, &rows).await;
    assert_eq!(
        outcome(&reply),
        "1 CREATED\n1 INVALID startedOn: the employment would overlap the one from 2015-04-01 to 2024-03-31; correct the days, or send the earlier one with its last working day, in the same call or before\n1 CREATED"
    );
    assert_eq!(
        stored(&app).await,
        ["2015-04-01..2024-03-31", "2025-01-01.."]
    );
}

#[tokio::test]
async fn a_hire_that_never_started_makes_no_candidate() {
    let never =
        json!({ "startedOn": "2026-03-02", "lastWorkingDay": "2026-03-02", "status": "LEFT" });
    // not known before: nothing is kept
    let app = TestApp::start().await;
    let reply = send(&app, std::slice::from_ref(&never)).await;
    assert_eq!(
        (outcome(&reply).as_str(), people(&app).await.len()),
        ("1 UNCHANGED", 0)
    );
    // an announced hire is called off
    let app = TestApp::start().await;
    let reply = send(&app, &[json!({ "startedOn": "2026-03-02" }), never.clone()]).await;
    assert_eq!(outcome(&reply), "1 UPDATED");
    assert_eq!(
        (standing(&app).await, membership(&app).await),
        (Standing::Withdrawn, Some(MembershipState::Withdrawn))
    );
    // and comes after all, and leaves
    let real = json!({ "startedOn": "2026-03-09" });
    send(&app, &[real]).await;
    assert_eq!(
        (standing(&app).await, membership(&app).await),
        (Standing::Employee, None)
    );
    let left = json!({ "startedOn": "2026-03-09", "lastWorkingDay": "2026-03-31" });
    send(&app, &[left]).await;
    assert_eq!(standing(&app).await, Standing::Candidate);
    // a rehire that never started changes nothing for an alumnus
    let app = TestApp::start().await;
    send(
        &app,
        &[nine_years(), json!({ "startedOn": "2026-03-02" }), never],
    )
    .await;
    let person: person::Model = people(&app).await.remove(0);
    assert_eq!(
        (
            person.standing,
            person.left_on.map(|day| day.to_string()).as_deref()
        ),
        (Standing::Candidate, Some("2024-03-31"))
    );
}

#[tokio::test]
async fn a_leave_day_that_the_status_contradicts_makes_no_leaver() {
    let contradiction =
        json!({ "startedOn": "2015-04-01", "lastWorkingDay": "2020-03-31", "status": "ACTIVE" });
    for calls in [
        vec![contradiction.clone()],
        vec![open(), contradiction.clone()],
    ] {
        let app = TestApp::start().await;
        let reply = send(&app, &calls).await;
        assert_ne!(status(&reply), "INVALID");
        assert_eq!(
            remarks(&reply),
            &json!([
                "lastWorkingDay: 2020-03-31 has passed and was not used, because status is ACTIVE; the employment has no last working day. If the worker left, send status LEFT; if not, send null"
            ])
        );
        assert_eq!(stored(&app).await, ["2015-04-01.."]);
        assert_eq!(
            (standing(&app).await, membership(&app).await),
            (Standing::Employee, None)
        );
    }
    // and takes no leave back that is stored
    let app = TestApp::start().await;
    let left = json!({ "startedOn": "2015-04-01", "lastWorkingDay": "2020-03-31" });
    let reply = send(&app, &[left, contradiction]).await;
    assert_eq!(status(&reply), "UNCHANGED");
    assert_eq!(
        remarks(&reply),
        &json!([
            "lastWorkingDay: 2020-03-31 has passed and was not used, because status is ACTIVE; the stored last working day, 2020-03-31, stays. If the worker left, send status LEFT; if not, send null"
        ])
    );
    assert_eq!(standing(&app).await, Standing::Candidate);
}

#[tokio::test]
async fn a_status_without_a_day_that_has_passed_makes_no_leaver() {
    let app = TestApp::start().await;
    let reply = send(&app, &[open(), json!({ "status": "LEFT" })]).await;
    assert_eq!(
        outcome(&reply),
        "1 INVALID lastWorkingDay: is needed for a worker whose status is LEFT"
    );
    let ahead = json!({ "lastWorkingDay": "2026-12-31", "status": "LEFT" });
    let reply = send(&app, &[ahead]).await;
    assert_eq!(
        (outcome(&reply).as_str(), remarks(&reply)),
        (
            "1 UPDATED",
            &json!([
                "status: LEFT was not used, because lastWorkingDay, 2026-12-31, has not passed; the worker leaves after that day"
            ])
        )
    );
    assert_eq!(
        (standing(&app).await, membership(&app).await),
        (Standing::Employee, None)
    );
}

#[tokio::test]
async fn a_status_that_takes_a_leave_back_says_so() {
    let app = TestApp::start().await;
    let reply = send(&app, &[nine_years(), json!({ "status": "ACTIVE" })]).await;
    assert_eq!(
        (outcome(&reply).as_str(), remarks(&reply)),
        (
            "1 UPDATED",
            &json!([
                "status: ACTIVE took back the leave on 2024-03-31, because the row has no lastWorkingDay. If the worker left then and came back, send the first day of the new employment as startedOn"
            ])
        )
    );
    assert_eq!(
        (standing(&app).await, membership(&app).await),
        (Standing::Employee, None)
    );
    let app = TestApp::start().await;
    let reply = send(&app, &[nine_years(), json!({ "lastWorkingDay": null })]).await;
    assert_eq!(
        (status(&reply), remarks(&reply)),
        (&json!("UPDATED"), &json!([]))
    );
}

#[tokio::test]
async fn a_leave_day_of_an_earlier_employment_is_refused_with_its_field() {
    let app = TestApp::start().await;
    let left = json!({ "startedOn": "2015-04-01", "lastWorkingDay": "2020-03-31" });
    let stale =
        json!({ "startedOn": "2023-01-10", "lastWorkingDay": "2020-03-31", "status": "ACTIVE" });
    let reply = send(&app, &[left, stale]).await;
    assert_eq!(
        outcome(&reply),
        "1 INVALID lastWorkingDay: 2020-03-31 is before the first day, 2023-01-10"
    );
    assert_eq!(stored(&app).await, ["2015-04-01..2020-03-31"]);
    // the next day is a rehire, years later too
    for first in ["2020-04-01", "2023-01-10"] {
        let app = TestApp::start().await;
        let left = json!({ "startedOn": "2015-04-01", "lastWorkingDay": "2020-03-31" });
        let reply = send(&app, &[left, json!({ "startedOn": first })]).await;
        assert_eq!(
            (status(&reply), remarks(&reply)),
            (&json!("UPDATED"), &json!([]))
        );
        assert_eq!(
            stored(&app).await,
            ["2015-04-01..2020-03-31".to_owned(), format!("{first}..")]
        );
    }
}
