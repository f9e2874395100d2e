//! Somebody applies as another person, or reviews what is not theirs.

use chrono::TimeDelta;
use entity::MembershipState::{Candidate, Invited};
use entity::{LeaveType, PersonalField};
use insta::assert_snapshot;
use sea_orm::ActiveValue::Set;
use serde_json::{Value, json};

use super::{APPROVE, Applicant, REJECT, approves, leaver, messages, open_app, stored};
use crate::access_log::logged;
use crate::support::{AOZORA, MERIDIAN, Reply, TestApp};

const POSSIBLE: &str = "{ membershipApplications(filter: { states: [PENDING] }) { nodes { familyName possiblePeople { facts person { displayName } } } } }";

async fn possible(app: &TestApp) -> Value {
    let reply = app.hr().ask(POSSIBLE).await;
    reply
        .at("/membershipApplications/nodes/0/possiblePeople")
        .clone()
}

#[tokio::test]
async fn people_are_found_by_number_address_and_names() {
    let app = open_app().await;
    let by_number = app
        .new_alumnus("別人", "")
        .with(|row| row.employee_number = Some("A7".into()));
    by_number.insert().await;
    let by_kana = app
        .new_alumnus("佐藤", "華")
        .kana("サトウ", "ハナ")
        .state(Candidate);
    by_kana.insert().await;
    let former = app
        .new_alumnus("鈴木", "花")
        .state(Candidate)
        .insert()
        .await;
    app.mail_of(former.id, "Hana@private.example").await;
    app.new_alumnus("佐藤", "次郎").insert().await;
    let applicant = Applicant::verified(&app, "new", "hana@PRIVATE.example");
    let input = json!({ "familyName": "佐藤", "givenName": "花", "familyNameKana": "さとう", "givenNameKana": "はな", "otherName": "鈴木", "employeeNumber": "A7" });
    assert_eq!(applicant.applies(input).await.user_errors(), "");
    assert_eq!(
        possible(&app).await,
        json!([
            { "facts": ["PERSONAL_EMAIL", "OTHER_NAME"], "person": { "displayName": "鈴木 花" } },
            { "facts": ["EMPLOYEE_NUMBER"], "person": { "displayName": "別人" } },
            { "facts": ["NAME"], "person": { "displayName": "佐藤 華" } },
        ])
    );
}

#[tokio::test]
async fn an_address_that_was_not_verified_matches_nobody() {
    let app = open_app().await;
    let person = leaver(&app, "leaver").await;
    app.mail_of(person.id, "leaver@private.example").await;
    let input = json!({ "familyName": "x", "email": "leaver@private.example" });
    let unverified = Applicant::new(&app, "new").applies(input).await;
    assert_eq!(
        unverified.at("/membershipApply/application/emailVerified"),
        false
    );
    assert_eq!(possible(&app).await, json!([]));
}

#[tokio::test]
async fn two_people_who_share_an_address_are_both_listed() {
    let app = open_app().await;
    for name in ["one", "two"] {
        let person = leaver(&app, name).await;
        app.mail_of(person.id, "shared@private.example").await;
    }
    let applicant = Applicant::verified(&app, "new", "shared@private.example");
    applicant.applied("x").await;
    assert_eq!(
        possible(&app).await,
        json!([
            { "facts": ["PERSONAL_EMAIL"], "person": { "displayName": "one" } },
            { "facts": ["PERSONAL_EMAIL"], "person": { "displayName": "two" } },
        ])
    );
    // nothing is chosen by the service
    let early = applicant.joins(json!({})).await;
    assert!(early.user_errors().starts_with("NOT_FOUND token"));
}

#[tokio::test]
async fn an_address_that_a_person_hides_from_staff_matches_nobody() {
    let app = open_app().await;
    let person = app.new_alumnus("hidden", "").insert().await;
    app.mail_of(person.id, "hidden@private.example").await;
    app.change_person(person.id, |row| row.seen_by_hr = Set(0))
        .await;
    Applicant::verified(&app, "new", "hidden@private.example")
        .applied("x")
        .await;
    assert_eq!(possible(&app).await, json!([]));
}

#[tokio::test]
async fn another_company_sees_and_reviews_nothing() {
    let app = open_app().await;
    let id = Applicant::new(&app, "new").applied("new").await;
    let person = MERIDIAN.person("alumnus").to_string();
    for role in ["hr", "admin"] {
        let stranger = app.actor_of(MERIDIAN, role);
        let list = stranger
            .ask("{ membershipApplications { totalCount } }")
            .await;
        assert_eq!(list.at("/membershipApplications/totalCount"), 0);
        let one = "query($id: ID!) { membershipApplication(id: $id) { id } node(id: $id) { id } }";
        let one = stranger.run(one, json!({ "id": id })).await;
        assert_eq!(
            one.data(),
            &json!({ "membershipApplication": null, "node": null })
        );
        let approve = json!({ "input": { "id": id, "personId": person } });
        assert_eq!(stranger.run(APPROVE, approve).await.codes(), ["NOT_FOUND"]);
        let reject = json!({ "input": { "id": id, "reason": "OTHER" } });
        assert_eq!(stranger.run(REJECT, reject).await.codes(), ["NOT_FOUND"]);
    }
    // a foreign person does not exist for the company either
    let foreign = json!({ "input": { "id": id, "personId": person } });
    let foreign = app.hr().run(APPROVE, foreign).await;
    assert_snapshot!(foreign.user_errors(), @"NOT_FOUND personId: there is no such person");
    assert_eq!(stored(&app).await[0].version, 1);
}

/// Approves for a person, which is refused and changes nothing.
async fn refused(app: &TestApp, id: &str, person: entity::PersonId) -> String {
    let before = app.changes().await.len();
    let input = json!({ "id": id, "personId": person.to_string() });
    let reply: Reply = app.hr().run(APPROVE, json!({ "input": input })).await;
    assert_eq!(app.changes().await.len(), before);
    reply.user_errors()
}

#[tokio::test]
async fn nobody_is_approved_as_a_member_an_employee_or_somebody_who_died() {
    let app = open_app().await;
    let id = Applicant::new(&app, "new").applied("new").await;
    assert_snapshot!(refused(&app, &id, AOZORA.person("alumnus")).await, @"REFUSED personId: has an account already: an admin deletes it if its login is lost");
    let member = app.new_alumnus("member", "").insert().await;
    assert_snapshot!(refused(&app, &id, member.id).await, @"REFUSED personId: the membership is ACTIVE, which allows: pause, withdraw");
    let employee = app.new_employee("employee", "").insert().await;
    assert_snapshot!(refused(&app, &id, employee.id).await, @"REFUSED personId: has no membership: works at the company");
    let dead = app
        .new_alumnus("dead", "")
        .state(Candidate)
        .left_because(LeaveType::Death, "");
    let dead = dead.insert().await;
    assert_snapshot!(refused(&app, &id, dead.id).await, @"REFUSED personId: is never invited: the last employment ended by death");
    let restricted = leaver(&app, "restricted").await;
    let now = app.clock.now();
    app.change_person(restricted.id, |row| row.restricted_at = Set(Some(now)))
        .await;
    assert!(
        refused(&app, &id, restricted.id)
            .await
            .starts_with("REFUSED personId: the person's data is only kept")
    );
    let account = app.new_alumnus("account", "").state(Invited).insert().await;
    app.login_of(&account).await;
    assert!(
        refused(&app, &id, account.id)
            .await
            .starts_with("REFUSED personId: has an account already")
    );
}

#[tokio::test]
async fn an_application_is_reviewed_once() {
    let app = open_app().await;
    let person = leaver(&app, "leaver").await;
    let id = Applicant::new(&app, "new").applied("leaver").await;
    let stale = json!({ "id": id, "expectedVersion": 7, "personId": person.id.to_string() });
    let stale = app.hr().run(APPROVE, json!({ "input": stale })).await;
    assert_snapshot!(stale.user_errors(), @"STALE_VERSION expectedVersion: the version stored is 1, not 7: read again");
    assert_eq!(approves(&app, &id, &person).await.user_errors(), "");
    let before = app.changes().await.len();
    let other = leaver(&app, "other").await;
    assert_snapshot!(approves(&app, &id, &other).await.user_errors(), @"REFUSED id: is APPROVED already");
    let reject = json!({ "input": { "id": id, "reason": "OTHER" } });
    let rejected = app.hr().run(REJECT, reject).await;
    assert_snapshot!(rejected.user_errors(), @"REFUSED id: is APPROVED already");
    assert_eq!(app.changes().await.len(), before);
}

#[tokio::test]
async fn a_second_applicant_does_not_take_the_place_of_the_first() {
    let app = open_app().await;
    let person = leaver(&app, "leaver").await;
    let first = Applicant::new(&app, "first");
    let id = first.applied("leaver").await;
    assert_eq!(approves(&app, &id, &person).await.user_errors(), "");
    let second = Applicant::new(&app, "second").applied("leaver").await;
    assert_snapshot!(refused(&app, &second, person.id).await, @"REFUSED personId: another application was approved for this person: revoke its invitation first");
    let joined = first.joins(json!({})).await;
    assert_eq!(joined.at("/membershipJoin/state"), "ACTIVE");
}

#[tokio::test]
async fn no_other_login_uses_the_link_or_joins_without_it() {
    let app = open_app().await;
    let person = leaver(&app, "leaver").await;
    app.mail_of(person.id, "leaver@private.example").await;
    let applicant = Applicant::verified(&app, "new", "other@private.example");
    let id = applicant.applied("leaver").await;
    assert_eq!(approves(&app, &id, &person).await.user_errors(), "");
    app.clock.advance(TimeDelta::minutes(2));
    let invitations = app.hr().ask("{ invitations { nodes { id email } } }").await;
    assert_eq!(
        invitations.at("/invitations/nodes/0/email"),
        "other@private.example"
    );
    let resend = "mutation($id: ID!) { invitationResend(input: { id: $id }) { token } }";
    let open = invitations.at("/invitations/nodes/0/id").clone();
    let resent = app.hr().run(resend, json!({ "id": open })).await;
    let token = resent.at("/invitationResend/token").clone();
    // a new link goes to the applicant as well
    let sent = messages(&app).await;
    assert_eq!(
        sent.last().unwrap().recipient.as_deref(),
        Some("other@private.example")
    );
    let other = Applicant::new(&app, "other")
        .joins(json!({ "token": token }))
        .await;
    assert_snapshot!(other.user_errors(), @"REFUSED token: the link is for the login that applied: sign in with that one");
    let without = Applicant::new(&app, "other").joins(json!({})).await;
    assert!(without.user_errors().starts_with("NOT_FOUND token"));
    let update = "mutation($id: ID!) { companyUpdate(input: { id: $id, joinByEmail: true }) { userErrors { code } } }";
    app.admin()
        .run(update, json!({ "id": AOZORA.id().to_string() }))
        .await
        .data();
    let by_email = Applicant::verified(&app, "third", "leaver@private.example");
    let by_email = by_email.joins(json!({})).await;
    assert_snapshot!(by_email.user_errors(), @"NOT_FOUND token: no invitation was found for your login: use the link you were sent, or ask for one");
    let joined = applicant.joins(json!({ "token": token })).await;
    assert_eq!(joined.at("/membershipJoin/state"), "ACTIVE");
    let used = applicant.joins(json!({ "token": token })).await;
    assert!(used.user_errors().starts_with("NOT_FOUND token"));
}

#[tokio::test]
async fn an_invitation_by_hr_after_the_link_expired_is_for_any_login() {
    let app = open_app().await;
    let person = leaver(&app, "leaver").await;
    let applicant = Applicant::new(&app, "new");
    let id = applicant.applied("leaver").await;
    assert_eq!(approves(&app, &id, &person).await.user_errors(), "");
    app.clock.advance(TimeDelta::days(30));
    let late = applicant.joins(json!({})).await;
    assert!(late.user_errors().starts_with("NOT_FOUND token"));
    let invite = "mutation($id: ID!) { membershipInvite(input: { personIds: [$id] }) { results { token } } }";
    let invited = app
        .hr()
        .run(invite, json!({ "id": person.id.to_string() }))
        .await;
    let token = invited.at("/membershipInvite/results/0/token").clone();
    let joined = Applicant::new(&app, "other")
        .joins(json!({ "token": token }))
        .await;
    assert_eq!(joined.at("/membershipJoin/state"), "ACTIVE");
}

#[tokio::test]
async fn what_a_review_reads_of_people_is_logged() {
    let app = open_app().await;
    let person = leaver(&app, "leaver").await;
    app.mail_of(person.id, "leaver@private.example").await;
    let id = Applicant::verified(&app, "new", "leaver@private.example")
        .applied("x")
        .await;
    app.hr()
        .ask("{ membershipApplications { nodes { possiblePeople { facts } } } }")
        .await
        .data();
    assert_eq!(
        logged(&app).await,
        [(person.id, vec![PersonalField::PersonalEmail])]
    );
    approves(&app, &id, &person).await.data();
    app.hr()
        .ask("{ membershipApplications { nodes { message } } }")
        .await
        .data();
    let last = logged(&app).await.pop().unwrap();
    assert_eq!(
        last,
        (person.id, vec![PersonalField::MembershipApplication])
    );
}
