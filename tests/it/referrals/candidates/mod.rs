//! People outside who are asked before anybody at the company learns of them.

mod links;
mod silence;

use alumni_api::jobs::{JOBS, run_if_due};
use chrono::TimeDelta;
use entity::{CandidateInvitationState, OpportunityState, candidate_invitation, opportunity};
use futures_util::future::join_all;
use insta::assert_snapshot;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};
use serde_json::{Value, json};

use super::stored;
use crate::privacy::search::{places_of, scrub};
use crate::support::{AOZORA, Actor, Reply, TestApp};

const INVITE: &str = "mutation($input: CandidateInviteInput!) { candidateInvite(input: $input) { token
    candidateInvitation { id state candidateName candidateEmail recommendation expiresAt consentedAt version opportunity { title } referrer { displayName } } userErrors { code field message } } }";
const OPEN: &str = "query($token: String!) { candidateConsentRequest(token: $token) { state companyName opportunityKind opportunityTitle opportunitySummary
    referrerName candidateName candidateEmail recommendation expiresAt consentedAt notice { purpose version title(language: \"ja\") } } }";
const GIVE: &str = "mutation($input: CandidateConsentGiveInput!) { candidateConsentGive(input: $input) { consentRequest { state consentedAt candidateName } userErrors { code field message } } }";
const REFUSE: &str = "mutation($input: CandidateConsentRefuseInput!) { candidateConsentRefuse(input: $input) { state userErrors { code field message } } }";
const WITHDRAW: &str = "mutation($input: CandidateInvitationWithdrawInput!) { candidateInvitationWithdraw(input: $input) { candidateInvitation { state candidateName closedAt } userErrors { code field message } } }";
const LIST: &str = "{ candidateInvitations { totalCount nodes { id state candidateName consentedAt noticeVersion noticeLanguage noticeTextHash referral { candidateName candidateEmail recommendation stage } } } }";

async fn invites(actor: &Actor<'_>, opportunity: &opportunity::Model, more: Value) -> Reply {
    let mut input = json!({ "opportunityId": opportunity.id.to_string(), "name": "佐藤 健", "email": "Sato@example.com" });
    for (key, value) in more.as_object().unwrap() {
        input[key] = value.clone();
    }
    actor.run(INVITE, json!({ "input": input })).await
}

/// The token of somebody who is asked by the first company's employee.
async fn asked(app: &TestApp, opportunity: &opportunity::Model) -> String {
    let more = json!({ "recommendation": "よく気がつく人です" });
    token(&invites(&app.employee(), opportunity, more).await)
}

fn token(invited: &Reply) -> String {
    let token = invited.at("/candidateInvite/token");
    token.as_str().unwrap().to_owned()
}

async fn opens(app: &TestApp, token: &str) -> Reply {
    app.anonymous().run(OPEN, json!({ "token": token })).await
}

async fn gives(app: &TestApp, token: &str, more: Value) -> Reply {
    let mut input = json!({ "token": token, "noticeVersion": 1, "language": "ja" });
    for (key, value) in more.as_object().unwrap() {
        input[key] = value.clone();
    }
    app.anonymous().run(GIVE, json!({ "input": input })).await
}

async fn refuses(app: &TestApp, token: &str) -> Reply {
    let input = json!({ "input": { "token": token } });
    app.anonymous().run(REFUSE, input).await
}

async fn only(app: &TestApp) -> candidate_invitation::Model {
    let mut rows = candidate_invitation::Entity::find()
        .all(app.connection())
        .await
        .unwrap();
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

async fn expire(app: &TestApp) {
    let job = JOBS.iter().find(|job| job.name == "referrals.expire");
    run_if_due(&app.app, *job.unwrap()).await.unwrap();
}

#[tokio::test]
async fn someone_outside_is_referred_by_their_own_yes() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    let more = json!({ "recommendation": " 優秀です ", "email": " ｓａｔｏ＠Example.com " });
    let invited = invites(&app.alumnus(), &position, more).await;
    let made = invited.at("/candidateInvite/candidateInvitation");
    let expected = json!({ "id": made["id"], "state": "WAITING", "candidateName": "佐藤 健", "candidateEmail": "sato@Example.com", "recommendation": "優秀です",
        "expiresAt": "2026-04-15T00:00:00+00:00", "consentedAt": null, "version": 1, "opportunity": { "title": "engineer" }, "referrer": { "displayName": "aozora alumnus" } });
    assert_eq!(made, &expected);
    let token = token(&invited);
    let request = opens(&app, &token).await;
    let expected = json!({ "state": "WAITING", "companyName": "あおぞら工業", "opportunityKind": "REHIRE", "opportunityTitle": "engineer", "opportunitySummary": null,
        "referrerName": "aozora alumnus", "candidateName": "佐藤 健", "candidateEmail": "sato@Example.com", "recommendation": "優秀です",
        "expiresAt": "2026-04-15T00:00:00+00:00", "consentedAt": null, "notice": { "purpose": "REFERRAL_AS_CANDIDATE", "version": 1, "title": "候補者として紹介されること" } });
    assert_eq!(request.at("/candidateConsentRequest"), &expected);
    app.clock.advance(TimeDelta::days(2));
    let given = gives(
        &app,
        &token,
        json!({ "name": "佐藤 健一", "email": "kenichi@example.com" }),
    )
    .await;
    let expected = json!({ "state": "ACCEPTED", "consentedAt": "2026-04-03T00:00:00+00:00", "candidateName": null });
    assert_eq!(given.at("/candidateConsentGive/consentRequest"), &expected);
    let row = stored(&app).await.remove(0);
    assert_eq!(
        (
            row.candidate_name.as_deref(),
            row.candidate_email.as_deref(),
            row.candidate_key.as_str(),
            row.recommendation.as_deref(),
            row.referrer_id
        ),
        (
            Some("佐藤 健一"),
            Some("kenichi@example.com"),
            "mail:kenichi@example.com",
            Some("優秀です"),
            AOZORA.person("alumnus")
        )
    );
    // what the company shows of the consent, to the letter of what was shown
    let hash = "{ company { consentNotices { purpose texts { language hash } } } }";
    let hash = app.hr().ask(hash).await;
    let notices = hash.at("/company/consentNotices").as_array().unwrap();
    let notice = notices
        .iter()
        .find(|notice| notice["purpose"] == "REFERRAL_AS_CANDIDATE");
    let texts = notice.unwrap()["texts"].as_array().unwrap();
    let hash = &texts.iter().find(|text| text["language"] == "ja").unwrap()["hash"];
    let seen = app.recruiter().ask(LIST).await;
    let expected = json!([{ "id": made["id"], "state": "ACCEPTED", "candidateName": null, "consentedAt": "2026-04-03T00:00:00+00:00",
        "noticeVersion": 1, "noticeLanguage": "ja", "noticeTextHash": hash,
        "referral": { "candidateName": "佐藤 健一", "candidateEmail": "kenichi@example.com", "recommendation": "優秀です", "stage": "SUBMITTED" } }]);
    assert_eq!(seen.at("/candidateInvitations/nodes"), &expected);
    assert_eq!(
        app.change_kinds().await,
        [
            "candidate_invitation.created",
            "referral.submitted",
            "candidate_invitation.accepted"
        ]
    );
}

#[tokio::test]
async fn a_no_leaves_nothing_of_the_candidate() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    let more = json!({ "name": "Wilhelmina Zyx", "email": "wilhelmina.private@example.net", "recommendation": "knows every qwv" });
    let token = token(&invites(&app.employee(), &position, more).await);
    let values = ["Wilhelmina", "wilhelmina.private@example.net", "every qwv"];
    for value in values {
        assert_ne!(
            places_of(&app, value).await,
            Vec::<String>::new(),
            "{value}"
        );
    }
    let said = refuses(&app, &token).await;
    assert_eq!(said.at("/candidateConsentRefuse/state"), "REFUSED");
    scrub(&app).await;
    for value in values {
        assert_eq!(
            places_of(&app, value).await,
            Vec::<String>::new(),
            "{value}"
        );
    }
    // who asked learns that it came to nothing
    let own = app.employee().ask(LIST).await;
    assert_eq!(own.at("/candidateInvitations/nodes/0/state"), "REFUSED");
    assert_eq!(
        own.at("/candidateInvitations/nodes/0/candidateName"),
        &Value::Null
    );
}

#[tokio::test]
async fn a_yes_is_said_to_the_notice_that_holds_now() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    let token = asked(&app, &position).await;
    let publish = "mutation { consentNoticePublish(input: { purpose: REFERRAL_AS_CANDIDATE, texts: [{ language: \"en\", title: \"t\", text: \"x\" }, { language: \"ja\", title: \"t\", text: \"x\" }] }) { userErrors { code field message } } }";
    assert_eq!(app.hr().ask(publish).await.user_errors(), "");
    assert_snapshot!(gives(&app, &token, json!({})).await.user_errors(), @"STALE_VERSION noticeVersion: the notice that holds now is version 2: show that one and ask again");
    assert_snapshot!(gives(&app, &token, json!({ "noticeVersion": 2, "language": "fr", "name": " ", "email": "x" })).await.user_errors(), @r"
    REQUIRED name: must not be empty
    INVALID email: must be an e-mail address, as `taro@example.com`, of at most 254 characters
    INVALID language: must be one of the languages of the notice: en, ja
    ");
    assert_eq!(stored(&app).await, []);
    assert_eq!(
        gives(&app, &token, json!({ "noticeVersion": 2 }))
            .await
            .user_errors(),
        ""
    );
    let row = only(&app).await;
    assert_eq!(row.notice_version, Some(2));
    assert!(row.notice_id.is_some());
}

#[tokio::test]
async fn an_opportunity_that_takes_no_referrals_takes_no_yes_either() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    let token = asked(&app, &position).await;
    let close = opportunity::ActiveModel {
        id: Set(position.id),
        state: Set(OpportunityState::Closed),
        ..Default::default()
    };
    close.update(app.connection()).await.unwrap();
    assert_snapshot!(gives(&app, &token, json!({})).await.user_errors(), @"REFUSED : the opportunity is CLOSED; referrals are taken while it is OPEN");
    assert_eq!(stored(&app).await, []);
    assert_eq!(refuses(&app, &token).await.user_errors(), "");
}

#[tokio::test]
async fn one_candidate_is_asked_once_at_a_time_by_one_referrer() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    let first = asked(&app, &position).await;
    let again = invites(
        &app.employee(),
        &position,
        json!({ "email": "SATO@example.com" }),
    )
    .await;
    assert_snapshot!(again.user_errors(), @"TAKEN email: you asked this candidate for this opportunity and wait for the answer; `candidateInvitationWithdraw` takes that back");
    assert_eq!(again.at("/candidateInvite/token"), &Value::Null);
    // of others it is not said
    assert_eq!(
        invites(&app.hr(), &position, json!({})).await.user_errors(),
        ""
    );
    refuses(&app, &first).await.data();
    assert_eq!(
        invites(&app.employee(), &position, json!({}))
            .await
            .user_errors(),
        ""
    );
}

#[tokio::test]
async fn faults_of_the_question_are_named() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    let draft = app
        .new_opportunity("draft")
        .state(OpportunityState::Draft)
        .insert()
        .await;
    let bad = json!({ "name": " ", "email": "x", "recommendation": "y".repeat(5_001), "expiresInDays": 61 });
    assert_snapshot!(invites(&app.employee(), &position, bad).await.user_errors(), @r"
    REQUIRED name: must not be empty
    INVALID email: must be an e-mail address, as `taro@example.com`, of at most 254 characters
    TOO_LONG recommendation: must have at most 5000 characters
    INVALID expiresInDays: must be from 1 to 60
    ");
    app.mail_of(AOZORA.person("alumnus"), "me@example.com")
        .await;
    let oneself = json!({ "email": "ME@example.com" });
    assert_snapshot!(invites(&app.alumnus(), &position, oneself).await.user_errors(), @"REFUSED email: is yourself; a referral recommends somebody else");
    assert_snapshot!(invites(&app.employee(), &draft, json!({})).await.user_errors(), @"NOT_FOUND opportunityId: there is no such opportunity for you");
    assert_snapshot!(invites(&app.hr(), &draft, json!({})).await.user_errors(), @"REFUSED opportunityId: the opportunity is DRAFT; referrals are taken while it is OPEN");
    assert_eq!(
        invites(&app.anonymous(), &position, json!({}))
            .await
            .codes(),
        ["UNAUTHENTICATED"]
    );
    let system = app.system(&["referrals:write"]).await;
    assert_eq!(
        invites(&system, &position, json!({})).await.codes(),
        ["FORBIDDEN"]
    );
    app.standing_of(AOZORA.person("alumnus"), entity::Standing::Withdrawn)
        .await;
    assert_snapshot!(invites(&app.alumnus(), &position, json!({})).await.user_errors(), @"REFUSED : who works at the company or is a member of the programme refers others");
    assert!(
        candidate_invitation::Entity::find()
            .all(app.connection())
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn who_asked_takes_the_question_back_and_nobody_else() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    let invited = invites(&app.employee(), &position, json!({})).await;
    let id = invited.at("/candidateInvite/candidateInvitation/id");
    let input = json!({ "input": { "id": id, "expectedVersion": 1 } });
    for other in [app.hr(), app.admin(), app.alumnus(), app.stranger()] {
        assert_eq!(
            other.run(WITHDRAW, input.clone()).await.codes(),
            ["NOT_FOUND"]
        );
    }
    let taken = app.employee().run(WITHDRAW, input.clone()).await;
    let expected = json!({ "state": "WITHDRAWN", "candidateName": null, "closedAt": "2026-04-01T00:00:00+00:00" });
    assert_eq!(
        taken.at("/candidateInvitationWithdraw/candidateInvitation"),
        &expected
    );
    assert_snapshot!(app.employee().run(WITHDRAW, json!({ "input": { "id": id } })).await.user_errors(), @"REFUSED id: came to its end already");
    let token = asked(&app, &position).await;
    gives(&app, &token, json!({})).await.data();
    let rows = app.employee().ask(LIST).await;
    let id = rows.at("/candidateInvitations/nodes/0/id");
    assert_snapshot!(app.employee().run(WITHDRAW, json!({ "input": { "id": id } })).await.user_errors(), @"REFUSED id: the candidate said yes; `referralWithdraw` takes their referral back");
}

#[tokio::test]
async fn what_waits_for_an_answer_ends_with_who_asked_or_is_asked() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    app.mail_of(AOZORA.person("alumnus"), "sato@example.com")
        .await;
    let of_them = token(&invites(&app.employee(), &position, json!({})).await);
    let by_them = token(
        &invites(
            &app.alumnus(),
            &position,
            json!({ "email": "other@example.com" }),
        )
        .await,
    );
    let erase = "mutation { dataRequestOpen(input: { kind: ERASURE, confirm: true }) { userErrors { code field message } dataRequest { receipt { stores { store deleted blanked kept } } } } }";
    let erased = app.alumnus().ask(erase).await;
    assert_eq!(erased.user_errors(), "");
    let stores = erased.at("/dataRequestOpen/dataRequest/receipt/stores");
    let store = stores
        .as_array()
        .unwrap()
        .iter()
        .find(|store| store["store"] == "candidatesAsked");
    assert_eq!(store.unwrap()["blanked"], 2);
    for token in [of_them, by_them] {
        assert_eq!(
            opens(&app, &token).await.at("/candidateConsentRequest"),
            &Value::Null
        );
    }
    let rows = candidate_invitation::Entity::find()
        .all(app.connection())
        .await
        .unwrap();
    assert!(
        rows.iter()
            .all(|row| row.candidate_name.is_none() && row.closed_at.is_some())
    );
}
