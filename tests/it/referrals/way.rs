//! The way of a referral from stage to stage, and back out of it.

use entity::{ReferralStage, opportunity, referral, referral_step};
use futures_util::future::join_all;
use insta::assert_snapshot;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use super::{SUBMIT, somebody, stored, submit};
use crate::support::{AOZORA, Actor, MERIDIAN, Reply, TestApp};

const ADVANCE: &str = "mutation($input: ReferralAdvanceInput!) { referralAdvance(input: $input) {
    referral { stage allowedStages closedAt version } userErrors { code field message } } }";
const WITHDRAW: &str =
    "mutation($input: ReferralWithdrawInput!) { referralWithdraw(input: $input) {
    referral { stage closedAt version } userErrors { code field message } } }";

async fn referred(app: &TestApp, stage: ReferralStage) -> (opportunity::Model, referral::Model) {
    let position = app.new_opportunity("engineer").insert().await;
    let referral = app.new_referral(&position).stage(stage).insert().await;
    (position, referral)
}

async fn advance(actor: &Actor<'_>, row: &referral::Model, to: &str) -> Reply {
    let input = json!({ "id": row.id.to_string(), "to": to, "note": format!("to {to}") });
    actor.run(ADVANCE, json!({ "input": input })).await
}

async fn withdraw(actor: &Actor<'_>, row: &referral::Model) -> Reply {
    let input = json!({ "id": row.id.to_string(), "note": "changed plans" });
    actor.run(WITHDRAW, json!({ "input": input })).await
}

#[tokio::test]
async fn a_referral_goes_step_by_step_to_hired_and_every_step_is_kept() {
    let app = TestApp::start().await;
    let (_, row) = referred(&app, ReferralStage::Submitted).await;
    for (role, to, allowed) in [
        (
            "recruiter",
            "SCREENING",
            json!(["INTERVIEWING", "REJECTED"]),
        ),
        ("hr", "INTERVIEWING", json!(["OFFERED", "REJECTED"])),
        ("recruiter", "OFFERED", json!(["HIRED", "REJECTED"])),
        ("admin", "HIRED", json!([])),
    ] {
        let reply = advance(&app.actor(role), &row, to).await;
        let moved = reply.at("/referralAdvance/referral");
        assert_eq!(
            (&moved["stage"], &moved["allowedStages"]),
            (&json!(to), &allowed)
        );
        assert_eq!(moved["closedAt"].is_string(), to == "HIRED");
    }
    let query = "query($id: ID!) { referral(id: $id) { version allowedStages steps { fromStage toStage note actor { familyName } } } }";
    let reply = app
        .hr()
        .run(query, json!({ "id": row.id.to_string() }))
        .await;
    let steps: Vec<String> = reply
        .at("/referral/steps")
        .as_array()
        .unwrap()
        .iter()
        .map(|step| {
            let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
            [
                &step["fromStage"],
                &step["toStage"],
                &step["note"],
                &step["actor"]["familyName"],
            ]
            .map(text)
            .join(", ")
        })
        .collect();
    assert_snapshot!(steps.join("\n"), @r"
    -, SUBMITTED, -, employee
    SUBMITTED, SCREENING, to SCREENING, recruiter
    SCREENING, INTERVIEWING, to INTERVIEWING, hr
    INTERVIEWING, OFFERED, to OFFERED, recruiter
    OFFERED, HIRED, to HIRED, admin
    ");
    assert_eq!(reply.at("/referral/version"), 5);
    let changes = app.changes().await;
    assert_eq!(changes.len(), 4);
    assert!(
        changes
            .iter()
            .all(|change| change.kind == "referral.advanced"
                && change.person_id == Some(AOZORA.person("alumnus"))
                && change.fields.0 == ["stage"])
    );
}

#[tokio::test]
async fn a_hired_referral_does_not_move_back() {
    let app = TestApp::start().await;
    let (_, row) = referred(&app, ReferralStage::Hired).await;
    for to in ["INTERVIEWING", "REJECTED", "HIRED"] {
        let reply = advance(&app.recruiter(), &row, to).await;
        assert_eq!(
            reply.user_errors(),
            "REFUSED to: the referral is HIRED, which is final"
        );
    }
    assert_snapshot!(withdraw(&app.employee(), &row).await.user_errors(), @"REFUSED id: the referral is HIRED, which is final");
    assert_eq!(stored(&app).await, [row]);
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn a_person_skips_no_stage_and_a_system_may() {
    let app = TestApp::start().await;
    let (_, row) = referred(&app, ReferralStage::Submitted).await;
    assert_snapshot!(advance(&app.recruiter(), &row, "OFFERED").await.user_errors(), @"REFUSED to: the referral is SUBMITTED; from there it goes to SCREENING or REJECTED");
    assert_snapshot!(advance(&app.recruiter(), &row, "WITHDRAWN").await.user_errors(), @"REFUSED to: the referral is SUBMITTED; from there it goes to SCREENING or REJECTED");
    let system = app.system(&["referrals:write", "referrals:read"]).await;
    let reply = advance(&system, &row, "OFFERED").await;
    assert_eq!(
        reply.at("/referralAdvance/referral"),
        &json!({ "stage": "OFFERED", "allowedStages": ["HIRED", "REJECTED"], "closedAt": null, "version": 2 })
    );
    assert_snapshot!(advance(&system, &row, "SCREENING").await.user_errors(), @"REFUSED to: the referral is OFFERED; from there it goes to HIRED or REJECTED");
    let query = "query($id: ID!) { referral(id: $id) { steps { toStage actor { id } } } }";
    let steps = system.run(query, json!({ "id": row.id.to_string() })).await;
    assert_eq!(
        steps.at("/referral/steps/1"),
        &json!({ "toStage": "OFFERED", "actor": null })
    );
}

#[tokio::test]
async fn a_referral_is_moved_by_recruiters_alone() {
    let app = TestApp::start().await;
    let (_, row) = referred(&app, ReferralStage::Submitted).await;
    for role in ["supporter", "employee", "alumnus"] {
        assert_eq!(
            advance(&app.actor(role), &row, "REJECTED").await.codes(),
            ["FORBIDDEN"]
        );
    }
    let reader = app.system(&["referrals:read"]).await;
    assert_eq!(
        advance(&reader, &row, "REJECTED").await.codes(),
        ["FORBIDDEN"]
    );
    let recruiter_of_another = app.actor_of(MERIDIAN, "recruiter");
    assert_eq!(
        advance(&recruiter_of_another, &row, "REJECTED")
            .await
            .codes(),
        ["NOT_FOUND"]
    );
    let query = "query($id: ID!) { referral(id: $id) { allowedStages } }";
    let reply = app
        .employee()
        .run(query, json!({ "id": row.id.to_string() }))
        .await;
    assert_eq!(reply.at("/referral/allowedStages"), &json!([]));
    assert_eq!(stored(&app).await, [row]);
}

#[tokio::test]
async fn of_ten_moves_of_one_version_one_is_done() {
    let app = TestApp::start().await;
    let (_, row) = referred(&app, ReferralStage::Submitted).await;
    let moves = (0..10).map(|number| {
        let to = if number % 2 == 0 {
            "SCREENING"
        } else {
            "REJECTED"
        };
        let input = json!({ "id": row.id.to_string(), "expectedVersion": 1, "to": to });
        let actor = app.recruiter();
        async move {
            actor
                .run(ADVANCE, json!({ "input": input }))
                .await
                .user_errors()
        }
    });
    let faults = join_all(moves).await;
    let stale = "STALE_VERSION expectedVersion: the version stored is 2, not 1: read again";
    assert_eq!(faults.iter().filter(|fault| *fault == stale).count(), 9);
    assert_eq!(faults.iter().filter(|fault| fault.is_empty()).count(), 1);
    assert_eq!(stored(&app).await[0].version, 2);
    let steps = referral_step::Entity::find()
        .all(app.connection())
        .await
        .unwrap();
    assert_eq!(steps.len(), 2);
    assert_eq!(app.change_kinds().await, ["referral.advanced"]);
}

#[tokio::test]
async fn the_referrer_and_the_candidate_take_a_referral_back() {
    let app = TestApp::start().await;
    for role in ["employee", "alumnus"] {
        let (_, row) = referred(&app, ReferralStage::Offered).await;
        let reply = withdraw(&app.actor(role), &row).await;
        assert_eq!(
            reply.at("/referralWithdraw/referral"),
            &json!({ "stage": "WITHDRAWN", "closedAt": "2026-04-01T00:00:00+00:00", "version": 2 })
        );
    }
    let (_, row) = referred(&app, ReferralStage::Offered).await;
    assert_snapshot!(withdraw(&app.recruiter(), &row).await.user_errors(), @"REFUSED id: the referrer and the candidate alone take a referral back; the company ends it by `referralAdvance` to REJECTED");
    assert_eq!(
        withdraw(&app.supporter(), &row).await.codes(),
        ["NOT_FOUND"]
    );
    assert_eq!(withdraw(&app.stranger(), &row).await.codes(), ["NOT_FOUND"]);
    assert_eq!(app.change_kinds().await, ["referral.withdrawn"; 2]);
}

#[tokio::test]
async fn who_was_withdrawn_may_be_referred_again_and_who_was_rejected_not() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    let someone = app.new_alumnus("x", "").insert().await;
    let candidate = || somebody(&someone);
    submit(&app.employee(), &position, candidate()).await;
    let first = stored(&app).await.remove(0);
    withdraw(&app.employee(), &first).await;
    let again = submit(&app.hr(), &position, candidate()).await;
    assert_eq!(again.at("/referralSubmit/referral/stage"), "SUBMITTED");
    let second = stored(&app).await.remove(1);
    advance(&app.recruiter(), &second, "REJECTED").await;
    let third = submit(&app.employee(), &position, candidate()).await;
    assert_eq!(third.at("/referralSubmit/referral/stage"), "DUPLICATE");
    assert_eq!(
        stored(&app).await.remove(2).duplicate_of_id,
        Some(second.id)
    );
}

#[tokio::test]
async fn taking_back_and_referring_again_at_once_leaves_at_most_one_that_stands() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    let someone = app.new_alumnus("x", "").insert().await;
    submit(&app.employee(), &position, somebody(&someone)).await;
    let first = stored(&app).await.remove(0);
    let mut work = vec![];
    for _ in 0..6 {
        let mut input = somebody(&someone);
        input["opportunityId"] = position.id.to_string().into();
        work.push((app.hr(), SUBMIT, input));
    }
    let input = json!({ "id": first.id.to_string() });
    work.insert(3, (app.employee(), WITHDRAW, input));
    let replies = join_all(work.into_iter().map(|(actor, document, input)| async move {
        actor.run(document, json!({ "input": input })).await
    }))
    .await;
    assert!(replies.iter().all(|reply| reply.user_errors().is_empty()));
    let rows = stored(&app).await;
    let of = |stage| rows.iter().filter(|row| row.stage == stage).count();
    assert_eq!((rows.len(), of(ReferralStage::Withdrawn)), (7, 1));
    assert!(of(ReferralStage::Submitted) <= 1);
    assert_eq!(
        of(ReferralStage::Submitted) + of(ReferralStage::Duplicate),
        6
    );
}

#[tokio::test]
async fn what_recruiters_note_is_read_by_who_reads_referrals() {
    let app = TestApp::start().await;
    let (_, row) = referred(&app, ReferralStage::Submitted).await;
    advance(&app.recruiter(), &row, "SCREENING").await;
    let query = "query($id: ID!) { referral(id: $id) { stage steps { toStage note } } }";
    let variables = json!({ "id": row.id.to_string() });
    for (role, note) in [
        ("hr", json!("to SCREENING")),
        ("employee", Value::Null),
        ("alumnus", Value::Null),
    ] {
        let reply = app.actor(role).run(query, variables.clone()).await;
        assert_eq!(reply.at("/referral/stage"), "SCREENING");
        assert_eq!(reply.at("/referral/steps/1/note"), &note, "{role}");
    }
}

#[tokio::test]
async fn a_note_that_is_too_long_is_refused_and_nothing_moves() {
    let app = TestApp::start().await;
    let (_, row) = referred(&app, ReferralStage::Submitted).await;
    let input = json!({ "id": row.id.to_string(), "to": "SCREENING", "note": "長".repeat(2_001) });
    let reply = app
        .recruiter()
        .run(ADVANCE, json!({ "input": input }))
        .await;
    assert_snapshot!(reply.user_errors(), @"TOO_LONG note: must have at most 2000 characters");
    assert_eq!(stored(&app).await, [row]);
}
