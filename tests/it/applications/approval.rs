//! What an approval does, for a known person and for a new one.

use entity::MembershipState::{Expired, Withdrawn};
use entity::{DeliveryKind, employment, invitation};
use insta::assert_snapshot;
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::json;

use super::{APPROVE, Applicant, OWN, approves, leaver, messages, open_app, stored};
use crate::support::TestApp;

#[tokio::test]
async fn an_approved_applicant_joins_with_their_own_login_and_consents() {
    let app = open_app().await;
    let person = leaver(&app, "leaver").await;
    let applicant = Applicant::verified(&app, "new", "leaver@private.example");
    let id = applicant.applied("leaver").await;
    let early = applicant.joins(json!({})).await;
    assert_snapshot!(early.user_errors(), @"NOT_FOUND token: no invitation was found for your login: use the link you were sent, or ask for one");
    let approved = approves(&app, &id, &person).await;
    assert_eq!(approved.user_errors(), "");
    let application = approved.at("/membershipApplicationApprove/application");
    assert_eq!(application["state"], "APPROVED");
    assert_eq!(application["person"]["displayName"], "leaver");
    let state = "query($id: ID!) { alumnus(id: $id) { membership { state } consents { state } } }";
    let person_id = json!({ "id": person.id.to_string() });
    let seen = app.hr().run(state, person_id).await;
    assert_eq!(seen.at("/alumnus/membership/state"), "INVITED");
    // HR gives no consent
    assert!(
        seen.texts("/alumnus/consents", "state")
            .iter()
            .all(|state| state == "NOT_ASKED")
    );
    let own = applicant.run(OWN, json!({})).await;
    assert_eq!(own.at("/viewer/membershipApplications/0/state"), "APPROVED");
    let sent = messages(&app).await;
    assert_eq!(
        (
            sent.len(),
            sent[0].kind,
            sent[0].recipient.as_deref(),
            sent[0].person_id
        ),
        (
            1,
            DeliveryKind::MembershipApplicationApproved,
            Some("leaver@private.example"),
            Some(person.id)
        )
    );
    let consents = json!([{ "purpose": "DIRECTORY", "noticeVersion": 1, "language": "ja" }]);
    let joined = applicant.joins(json!({ "consents": consents })).await;
    assert_eq!(joined.user_errors(), "");
    assert_eq!(joined.at("/membershipJoin/state"), "ACTIVE");
    assert_eq!(
        joined.at("/membershipJoin/personId"),
        &json!(person.id.to_string())
    );
    let me = app.with_token(&app.token("new"));
    let me = me
        .ask(
            "{ viewer { kind roles consents { purpose state } membershipApplications { state } } }",
        )
        .await;
    assert_eq!(me.at("/viewer/kind"), "MEMBER");
    assert_eq!(me.at("/viewer/roles"), &json!(["ALUMNUS"]));
    let granted = me.at("/viewer/consents").as_array().unwrap().iter();
    let granted: Vec<&str> = granted
        .filter(|consent| consent["state"] == "GRANTED")
        .map(|consent| consent["purpose"].as_str().unwrap())
        .collect();
    assert_eq!(granted, ["MEMBERSHIP", "DIRECTORY"]);
    let kinds = app.change_kinds().await;
    for kind in [
        "membership_application.submitted",
        "membership_application.approved",
        "invitation.created",
        "membership.invited",
        "delivery.queued",
        "account.created",
        "membership.accepted",
    ] {
        assert!(
            kinds.iter().any(|known| known == kind),
            "{kind} in {kinds:?}"
        );
    }
    let again = Applicant::new(&app, "new")
        .applies(json!({ "familyName": "leaver" }))
        .await;
    assert_snapshot!(again.user_errors(), @"REFUSED : your login has an account in this company already");
}

#[tokio::test]
async fn an_applicant_without_a_verified_address_joins_without_a_link() {
    let app = open_app().await;
    let person = app.new_alumnus("over", "").state(Expired).insert().await;
    let applicant = Applicant::new(&app, "new");
    let id = applicant.applied("over").await;
    assert_eq!(approves(&app, &id, &person).await.user_errors(), "");
    assert!(messages(&app).await.is_empty());
    let twice = applicant.applies(json!({ "familyName": "over" })).await;
    assert_snapshot!(twice.user_errors(), @"REFUSED : your application was approved: join by `membershipJoin`");
    let joined = applicant.joins(json!({})).await;
    assert_eq!(joined.at("/membershipJoin/state"), "ACTIVE");
}

#[tokio::test]
async fn a_person_who_withdrew_comes_back_by_an_application() {
    let app = open_app().await;
    let person = app.new_alumnus("gone", "").state(Withdrawn).insert().await;
    let applicant = Applicant::new(&app, "new");
    let id = applicant.applied("gone").await;
    assert_eq!(approves(&app, &id, &person).await.user_errors(), "");
    let joined = applicant.joins(json!({})).await;
    assert_eq!(joined.at("/membershipJoin/state"), "ACTIVE");
}

#[tokio::test]
async fn an_approval_replaces_an_open_invitation() {
    let app = open_app().await;
    let person = leaver(&app, "leaver").await;
    app.mail_of(person.id, "old@private.example").await;
    let invite = "mutation($id: ID!) { membershipInvite(input: { personIds: [$id] }) { results { token } } }";
    let invited = app
        .hr()
        .run(invite, json!({ "id": person.id.to_string() }))
        .await;
    let old = invited.at("/membershipInvite/results/0/token").clone();
    let applicant = Applicant::new(&app, "new");
    let id = applicant.applied("leaver").await;
    assert_eq!(approves(&app, &id, &person).await.user_errors(), "");
    let other = Applicant::new(&app, "other")
        .joins(json!({ "token": old }))
        .await;
    assert!(
        other.user_errors().starts_with("NOT_FOUND token"),
        "{}",
        other.text
    );
    assert_eq!(
        messages(&app).await[0].state,
        entity::DeliveryState::Suppressed
    );
    assert_eq!(
        invitation::Entity::find()
            .all(app.connection())
            .await
            .unwrap()
            .len(),
        1
    );
    let joined = applicant.joins(json!({})).await;
    assert_eq!(joined.at("/membershipJoin/state"), "ACTIVE");
}

#[tokio::test]
async fn somebody_without_a_record_is_recorded_and_invited_in_one_step() {
    let app = open_app().await;
    let applicant = Applicant::verified(&app, "new", "hana@private.example");
    let input = json!({ "familyName": "佐藤", "givenName": "花", "familyNameKana": "サトウ", "employeeNumber": "A7", "workedFrom": "2010-01-01" });
    let applied = applicant.applies(input).await;
    let id = applied.at("/membershipApply/application/id").clone();
    let new = json!({ "givenName": "花子", "startedOn": "2010-04-01", "lastWorkingDay": "2020-03-31", "leaveType": "VOLUNTARY", "department": "営業部" });
    let approved = app
        .hr()
        .run(APPROVE, json!({ "input": { "id": id, "asNew": new } }))
        .await;
    assert_eq!(approved.user_errors(), "");
    assert_eq!(
        approved.at("/membershipApplicationApprove/application/person/displayName"),
        "佐藤 花子"
    );
    let person = stored(&app).await[0].person_id.unwrap();
    let query = "query($id: ID!) { alumnus(id: $id) { familyNameKana employeeNumber personalEmail leftOn membership { state } employments { startedOn leaveType department { name } } } }";
    let seen = app
        .hr()
        .run(query, json!({ "id": person.to_string() }))
        .await;
    assert_eq!(
        seen.at("/alumnus"),
        &json!({
            "familyNameKana": "サトウ", "employeeNumber": "A7", "personalEmail": "hana@private.example", "leftOn": "2020-03-31",
            "membership": { "state": "INVITED" },
            "employments": [{ "startedOn": "2010-04-01", "leaveType": "VOLUNTARY", "department": { "name": "営業部" } }],
        })
    );
    let joined = applicant.joins(json!({})).await;
    assert_eq!(joined.at("/membershipJoin/state"), "ACTIVE");
}

#[tokio::test]
async fn a_new_person_needs_an_employment_that_has_ended() {
    let app = open_app().await;
    let id = Applicant::new(&app, "new").applied("new").await;
    let approve = async |input: serde_json::Value| {
        let mut whole = json!({ "id": id });
        whole
            .as_object_mut()
            .unwrap()
            .extend(input.as_object().unwrap().clone());
        app.hr()
            .run(APPROVE, json!({ "input": whole }))
            .await
            .user_errors()
    };
    let ended =
        json!({ "startedOn": "2010-04-01", "lastWorkingDay": "2026-04-01", "leaveType": "DEATH" });
    assert_snapshot!(approve(json!({ "asNew": ended })).await, @"
    INVALID asNew.lastWorkingDay: `2026-04-01` must be before today, 2026-04-01
    INVALID asNew.leaveType: must not be DEATH: the person applied
    ");
    let backwards = json!({ "startedOn": "2020-04-01", "lastWorkingDay": "2010-04-01" });
    assert_snapshot!(approve(json!({ "asNew": backwards })).await, @"INVALID asNew.lastWorkingDay: 2010-04-01 is before the first day, 2020-04-01");
    let neither = approve(json!({})).await;
    assert_snapshot!(neither, @"INVALID personId: give either `personId` or `asNew`");
    let both =
        json!({ "personId": leaver(&app, "leaver").await.id.to_string(), "asNew": backwards });
    assert_eq!(approve(both).await, neither);
    assert_eq!(
        employments(&app).await,
        employments(&open_app().await).await + 1
    );
    assert_eq!(stored(&app).await[0].version, 1);
}

async fn employments(app: &TestApp) -> usize {
    let rows = employment::Entity::find().order_by_asc(employment::Column::Id);
    rows.all(app.connection()).await.unwrap().len()
}

#[tokio::test]
async fn a_key_without_the_right_to_push_workers_records_nobody() {
    let app = open_app().await;
    let id = Applicant::new(&app, "new").applied("new").await;
    let system = app.system(&["alumni:read", "alumni:write"]).await;
    let new = json!({ "startedOn": "2010-04-01", "lastWorkingDay": "2020-03-31" });
    let refused = system
        .run(APPROVE, json!({ "input": { "id": id, "asNew": new } }))
        .await;
    assert_eq!(refused.codes(), ["FORBIDDEN"]);
    let person = leaver(&app, "leaver").await;
    let known = json!({ "id": id, "personId": person.id.to_string() });
    let approved = system.run(APPROVE, json!({ "input": known })).await;
    assert_eq!(approved.user_errors(), "");
    assert_eq!(stored(&app).await[0].reviewer_account_id, None);
}
