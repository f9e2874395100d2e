//! A company's rules of keeping, as the job does them.

use alumni_api::access::Viewer;
use alumni_api::privacy::{self, Kept};
use chrono::{NaiveDate, TimeDelta};
use entity::{MembershipState, Standing, data_request, employment, person};
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::{Value, json};

use super::{another, opens, step, verified};
use crate::support::{AOZORA, TestApp};

async fn run(app: &TestApp) -> Kept {
    let scope = app.app.scope(Viewer::System(AOZORA.id()), "retention");
    privacy::keep_to_retention(&scope).await.unwrap()
}

async fn policy(app: &TestApp, input: Value) {
    let query = "mutation($input: RetentionPolicyUpdateInput!) { retentionPolicyUpdate(input: $input) { retentionPolicy { version } userErrors { code field message } } }";
    let reply = app.hr().run(query, json!({ "input": input })).await;
    assert_eq!(reply.user_errors(), "");
}

async fn stored(app: &TestApp, id: entity::PersonId) -> person::Model {
    let found = person::Entity::find_by_id(id).one(app.connection()).await;
    found.unwrap().unwrap()
}

#[tokio::test]
async fn by_itself_it_erases_nobody() {
    let app = TestApp::start().await;
    app.new_alumnus("long gone", "")
        .state(MembershipState::Candidate)
        .with(|row| row.left_on = NaiveDate::from_ymd_opt(2018, 6, 30))
        .insert()
        .await;
    assert_eq!(run(&app).await, Kept::default());
    let query = "{ retentionPolicy { employmentRecordYears neverJoinedMonths endedMonths outsideCandidateMonths dataRequestMonths accessLogMonths version } }";
    assert_eq!(
        app.hr().ask(query).await.at("/retentionPolicy"),
        &json!({ "employmentRecordYears": 5, "neverJoinedMonths": null, "endedMonths": null, "outsideCandidateMonths": null, "dataRequestMonths": 36, "accessLogMonths": null, "version": 0 })
    );
}

#[tokio::test]
async fn the_rest_of_an_erasure_goes_after_its_day() {
    let app = TestApp::start().await;
    let (person, login) = another(&app, "Lastname").await;
    let reply = opens(&login, json!({ "kind": "ERASURE", "confirm": true })).await;
    let request = reply.at("/dataRequestOpen/dataRequest");
    assert_eq!(request["keptUntil"], "2029-09-30");
    let day = |text: &str| {
        let at: chrono::DateTime<chrono::Utc> = text.parse().unwrap();
        app.clock.advance(at - app.clock.now());
    };
    // the last day in Tokyo, to its end
    day("2029-09-30T14:59:59Z");
    assert_eq!(run(&app).await.finished, 0);
    assert_eq!(stored(&app, person.id).await.family_name, "Lastname");
    day("2029-09-30T15:00:00Z");
    assert_eq!(run(&app).await.finished, 1);
    assert_eq!(stored(&app, person.id).await.family_name, "");
    let left = employment::Entity::find_by_id(entity::EmploymentId(person.id.0));
    assert_eq!(left.one(app.connection()).await.unwrap(), None);
    let id = request["id"].as_str().unwrap();
    let query = "query($id: ID!) { dataRequest(id: $id) { state keptUntil receipt { stores { store deleted kept duty keptUntil } } } }";
    let seen = app.hr().run(query, json!({ "id": id })).await;
    assert_eq!(seen.at("/dataRequest/state"), "FULFILLED");
    let stores = seen.at("/dataRequest/receipt/stores").as_array().unwrap();
    let line = stores.iter().find(|line| line["store"] == "employments");
    assert_eq!(
        line.unwrap(),
        &json!({ "store": "employments", "deleted": 1, "kept": 0, "duty": null, "keptUntil": null })
    );
    assert_eq!(run(&app).await.finished, 0);
}

#[tokio::test]
async fn who_never_joined_goes_in_time_and_whoever_did_stays() {
    let app = TestApp::start().await;
    let of = |name: &'static str, state, left: &str| {
        let left = left.parse().ok();
        app.new_alumnus(name, "")
            .state(state)
            .with(move |row| row.left_on = left)
    };
    let gone = of("gone", MembershipState::Invited, "2024-03-31")
        .insert()
        .await;
    let recent = of("recent", MembershipState::Candidate, "2024-04-02")
        .insert()
        .await;
    let member = of("member", MembershipState::Active, "2018-06-30")
        .insert()
        .await;
    let kept = of("kept", MembershipState::Candidate, "2018-06-30")
        .insert()
        .await;
    app.change_person(kept.id, |row| {
        row.restricted_at = Set(Some(app.clock.now()));
    })
    .await;
    policy(
        &app,
        json!({ "neverJoinedMonths": 24, "employmentRecordYears": 0 }),
    )
    .await;
    assert_eq!(
        run(&app).await,
        Kept {
            erased: 1,
            ..Kept::default()
        }
    );
    assert_eq!(stored(&app, gone.id).await.standing, Standing::Erased);
    for person in [recent, member, kept] {
        assert_eq!(stored(&app, person.id).await.standing, person.standing);
    }
    let query = "{ dataRequests { nodes { origin state kind } } }";
    assert_eq!(
        app.hr().ask(query).await.at("/dataRequests/nodes"),
        &json!([{ "origin": "RETENTION", "state": "FULFILLED", "kind": "ERASURE" }])
    );
    assert_eq!(run(&app).await, Kept::default());
}

#[tokio::test]
async fn an_ended_membership_takes_the_person_along_in_time() {
    let app = TestApp::start().await;
    let ended = app
        .new_alumnus("ended", "")
        .state(MembershipState::Withdrawn)
        .insert()
        .await;
    policy(&app, json!({ "endedMonths": 6 })).await;
    assert_eq!(run(&app).await.erased, 0);
    app.clock.advance(TimeDelta::days(185));
    assert_eq!(run(&app).await.erased, 1);
    // what the law keeps, it keeps here as well
    let left = stored(&app, ended.id).await;
    assert_eq!(
        (left.standing, left.family_name.as_str()),
        (Standing::Erased, "ended")
    );
}

#[tokio::test]
async fn a_referral_forgets_who_the_candidate_from_outside_was() {
    let app = TestApp::start().await;
    let opportunity = app.new_opportunity("Engineer").insert().await;
    let closed = app
        .new_referral(&opportunity)
        .outsider("Outside Person", "outside@example.com")
        .stage(entity::ReferralStage::Rejected)
        .with(|row| {
            (row.closed_at, row.recommendation) = (Some(row.created_at), Some("good".into()));
        })
        .insert()
        .await;
    let open = app
        .new_referral(&opportunity)
        .outsider("Open Person", "open@example.com")
        .insert()
        .await;
    policy(&app, json!({ "outsideCandidateMonths": 12 })).await;
    app.clock.advance(TimeDelta::days(366));
    assert_eq!(run(&app).await.outsiders, 1);
    let of = async |id| {
        let found = entity::referral::Entity::find_by_id(id)
            .one(app.connection())
            .await;
        found.unwrap().unwrap()
    };
    let forgotten = of(closed.id).await;
    assert_eq!(
        (
            forgotten.candidate_name.as_deref(),
            forgotten.candidate_email,
            forgotten.recommendation,
            forgotten.stage
        ),
        (Some(""), None, None, entity::ReferralStage::Rejected)
    );
    assert!(!forgotten.candidate_key.contains("outside"));
    assert_eq!(
        of(open.id).await.candidate_email.as_deref(),
        Some("open@example.com")
    );
    assert_eq!(run(&app).await.outsiders, 0);
}

#[tokio::test]
async fn past_requests_go_and_what_still_holds_stays() {
    let app = TestApp::start().await;
    let (_, login) = another(&app, "restricted").await;
    opens(&login, json!({ "kind": "RESTRICTION" })).await.data();
    opens(&app.alumnus(), json!({ "kind": "EXPORT" }))
        .await
        .data();
    let open = verified(&app, AOZORA.person("alumnus"), "CORRECTION").await;
    let refused = verified(&app, AOZORA.person("alumnus"), "CORRECTION").await;
    step(
        &app.hr(),
        "Refuse",
        &refused,
        json!({ "reason": "it is right" }),
    )
    .await
    .data();
    app.clock.advance(TimeDelta::days(3 * 366));
    assert_eq!(run(&app).await.requests, 2);
    let left = data_request::Entity::find()
        .all(app.connection())
        .await
        .unwrap();
    let left: Vec<String> = left.iter().map(|row| row.id.to_string()).collect();
    assert_eq!(left.len(), 2);
    assert!(left.contains(&open));
}

#[tokio::test]
async fn a_rule_has_its_bounds_and_is_the_companys_alone() {
    let app = TestApp::start().await;
    let query = "mutation($input: RetentionPolicyUpdateInput!) { retentionPolicyUpdate(input: $input) { userErrors { code field message } } }";
    let wrong = json!({ "input": { "employmentRecordYears": 31, "endedMonths": 0, "dataRequestMonths": 11, "accessLogMonths": 11 } });
    let reply = app.hr().run(query, wrong).await;
    insta::assert_snapshot!(reply.user_errors(), @r"
    INVALID employmentRecordYears: must be between 0 and 30, is 31
    INVALID dataRequestMonths: must be between 12 and 600, is 11
    INVALID endedMonths: must be between 1 and 600, is 0
    INVALID accessLogMonths: must be between 12 and 600, is 11
    ");
    policy(&app, json!({ "endedMonths": 12 })).await;
    let stale = app
        .hr()
        .run(
            query,
            json!({ "input": { "endedMonths": 24, "expectedVersion": 0 } }),
        )
        .await;
    insta::assert_snapshot!(stale.user_errors(), @"STALE_VERSION expectedVersion: the version stored is 1, not 0: read again");
    let theirs = app
        .stranger()
        .ask("{ retentionPolicy { endedMonths } }")
        .await;
    assert_eq!(theirs.at("/retentionPolicy/endedMonths"), &json!(null));
    assert_eq!(app.change_kinds().await, ["company.retention_updated"]);
}

#[tokio::test]
async fn entries_of_the_access_log_go_once_the_company_says_for_how_long_they_stay() {
    let app = TestApp::start().await;
    let read = async || {
        app.hr()
            .ask("{ alumni { nodes { displayName } } }")
            .await
            .data();
        app.app.access_log.drain(&app.app.database).await.unwrap();
    };
    read().await;
    app.clock.advance(TimeDelta::days(400));
    read().await;
    assert_eq!(run(&app).await, Kept::default());
    policy(&app, json!({ "accessLogMonths": 13 })).await;
    let readings = |readings| Kept {
        readings,
        ..Kept::default()
    };
    assert_eq!(run(&app).await, readings(1));
    assert_eq!(run(&app).await, readings(0));
    let left = entity::access_log_entry::Entity::find();
    assert_eq!(left.all(app.connection()).await.unwrap().len(), 1);
    policy(&app, json!({ "accessLogMonths": null })).await;
    app.clock.advance(TimeDelta::days(4_000));
    assert_eq!(run(&app).await, Kept::default());
}
