//! The term of a membership: the notice before its end, renewing, and correcting the last day.

use alumni_api::alumni::notify_of_expiry;
use alumni_api::jobs::{JOBS, run_if_due};
use chrono::{NaiveDate, TimeDelta};
use entity::MembershipState::{
    Active, Candidate, Erased, Expired, Invited, Paused, Rehired, Withdrawn,
};
use entity::{DeliveryReason, DeliveryState, Id, PersonId, delivery, membership, person};
use insta::assert_snapshot;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use crate::deliveries::{rows as messages, send, sending_to};
use crate::support::smtp::{Mode, SmtpServer};
use crate::support::{AOZORA, Actor, MERIDIAN, Reply, TestApp, time_zone};

const COMPANY: &str = "mutation($input: CompanyUpdateInput!) { companyUpdate(input: $input) {
    company { membershipMonths membershipNoticeDays } userErrors { code field message } } }";
const RENEW: &str = "mutation($input: MembershipRenewInput!) { membershipRenew(input: $input) {
    membership { state expiresOn renewableFrom version } userErrors { code field message } } }";
const UPDATE: &str = "mutation($input: MembershipUpdateInput!) { membershipUpdate(input: $input) {
    membership { expiresOn renewableFrom version } userErrors { code field message } } }";

async fn sets(app: &TestApp, input: Value) -> Reply {
    let mut input = input;
    input["id"] = json!(AOZORA.id().to_string());
    app.admin().run(COMPANY, json!({ "input": input })).await
}

async fn renews(actor: &Actor<'_>, input: Value) -> Reply {
    actor.run(RENEW, json!({ "input": input })).await
}

async fn corrects(actor: &Actor<'_>, person: PersonId, day: Value) -> Reply {
    let input = json!({ "personId": person.to_string(), "expiresOn": day });
    actor.run(UPDATE, json!({ "input": input })).await
}

/// A membership whose last day is the given one.
async fn ends_on(app: &TestApp, person: PersonId, day: &str) {
    membership::Entity::update_many()
        .col_expr(
            membership::Column::ExpiresOn,
            Expr::value(day.parse::<NaiveDate>().unwrap()),
        )
        .filter(membership::Column::PersonId.eq(person))
        .exec(app.connection())
        .await
        .unwrap();
}

/// A member with a private address whose last day is the given one.
async fn member(app: &TestApp, name: &str, day: &str) -> person::Model {
    let person = app.new_alumnus(name, "").insert().await;
    app.mail_of(person.id, &format!("{name}@private.example"))
        .await;
    ends_on(app, person.id, day).await;
    person
}

async fn stored(app: &TestApp, person: PersonId) -> membership::Model {
    let found = membership::Entity::find().filter(membership::Column::PersonId.eq(person));
    found.one(app.connection()).await.unwrap().unwrap()
}

/// The job that notifies members.
async fn notifies(app: &TestApp) {
    app.clock.advance(TimeDelta::hours(1));
    let job = JOBS.iter().find(|job| job.name == "memberships.notify");
    assert!(run_if_due(&app.app, *job.unwrap()).await.unwrap());
}

/// Who was written to, and about which last day.
async fn notices(app: &TestApp) -> Vec<(String, String)> {
    let notice = |row: delivery::Model| {
        let day = row.parameters.unwrap()["last_day"].clone();
        (row.recipient.unwrap(), day.as_str().unwrap().to_owned())
    };
    let mut notices: Vec<_> = messages(app).await.into_iter().map(notice).collect();
    notices.sort();
    notices
}

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    let pair = |(to, day): &(&str, &str)| (format!("{to}@private.example"), (*day).to_owned());
    let mut pairs: Vec<_> = of.iter().map(pair).collect();
    pairs.sort();
    pairs
}

#[tokio::test]
async fn a_member_is_notified_thirty_days_before_the_last_day_and_once() {
    let app = TestApp::start().await;
    member(&app, "soon", "2026-05-01").await;
    member(&app, "later", "2026-05-02").await;
    member(&app, "today", "2026-04-01").await;
    member(&app, "over", "2026-03-31").await;
    notifies(&app).await;
    let first = pairs(&[("today", "2026-04-01"), ("soon", "2026-05-01")]);
    assert_eq!(notices(&app).await, first);
    assert_eq!(app.change_kinds().await, ["delivery.queued"; 2]);
    notifies(&app).await;
    assert_eq!(notices(&app).await, first);
    app.clock.advance(TimeDelta::days(1));
    notifies(&app).await;
    let second = pairs(&[
        ("today", "2026-04-01"),
        ("soon", "2026-05-01"),
        ("later", "2026-05-02"),
    ]);
    assert_eq!(notices(&app).await, second);
}

#[tokio::test]
async fn the_notice_is_sent_until_the_end_of_the_last_day_in_the_companys_time_zone() {
    let app = TestApp::start().await;
    let person = member(&app, "soon", "2026-05-01").await;
    notifies(&app).await;
    let row = messages(&app).await.remove(0);
    assert_eq!(row.not_after.to_rfc3339(), "2026-05-01T15:00:00+00:00");
    let membership = stored(&app, person.id).await;
    assert_eq!(
        (row.person_id, row.subject_id, row.locale.as_str()),
        (Some(person.id), Some(membership.id.uuid()), "ja")
    );
    assert_eq!(
        row.dedupe_key,
        format!("membership-expiring:{}:2026-05-01", membership.id)
    );
}

#[tokio::test]
async fn only_active_and_paused_members_with_an_address_whose_data_is_not_restricted_are_notified()
{
    let app = TestApp::start().await;
    for (name, state) in [
        ("active", Active),
        ("paused", Paused),
        ("candidate", Candidate),
        ("invited", Invited),
        ("withdrawn", Withdrawn),
        ("expired", Expired),
        ("rehired", Rehired),
        ("erased", Erased),
    ] {
        let person = app.new_alumnus(name, "").state(state).insert().await;
        app.mail_of(person.id, &format!("{name}@private.example"))
            .await;
        ends_on(&app, person.id, "2026-04-15").await;
    }
    let silent = app.new_alumnus("silent", "").insert().await;
    ends_on(&app, silent.id, "2026-04-15").await;
    let restricted = member(&app, "restricted", "2026-04-15").await;
    let now = Set(Some(app.clock.now()));
    app.change_person(restricted.id, |row| row.restricted_at = now)
        .await;
    let endless = app.new_alumnus("endless", "").insert().await;
    app.mail_of(endless.id, "endless@private.example").await;
    notifies(&app).await;
    let expected = pairs(&[("active", "2026-04-15"), ("paused", "2026-04-15")]);
    assert_eq!(notices(&app).await, expected);
}

#[tokio::test]
async fn each_company_has_its_own_days_of_notice_and_its_own_midnight() {
    let app = TestApp::start().await;
    time_zone(&app, MERIDIAN, "America/Los_Angeles").await;
    let reply = sets(&app, json!({ "membershipNoticeDays": 7 })).await;
    assert_eq!(
        reply.at("/companyUpdate/company"),
        &json!({ "membershipMonths": null, "membershipNoticeDays": 7 })
    );
    member(&app, "week", "2026-04-08").await;
    member(&app, "more", "2026-04-09").await;
    let (own, theirs) = (AOZORA.person("alumnus"), MERIDIAN.person("alumnus"));
    app.mail_of(own, "own@private.example").await;
    app.mail_of(theirs, "theirs@private.example").await;
    ends_on(&app, own, "2026-04-20").await;
    // at the beginning it is the last of March there
    ends_on(&app, theirs, "2026-05-01").await;
    notifies(&app).await;
    assert_eq!(
        notices(&app).await,
        pairs(&[("week", "2026-04-08")]),
        "it is 31 March in Los Angeles"
    );
    app.clock.advance(TimeDelta::hours(6));
    notifies(&app).await;
    let expected = pairs(&[("week", "2026-04-08"), ("theirs", "2026-05-01")]);
    assert_eq!(notices(&app).await, expected);
}

#[tokio::test]
async fn days_of_notice_out_of_range_are_refused() {
    let app = TestApp::start().await;
    for days in [0, 181, -1] {
        let reply = sets(&app, json!({ "membershipNoticeDays": days })).await;
        assert_eq!(
            reply.user_errors(),
            format!("INVALID membershipNoticeDays: is {days}; must be from 1 to 180 days")
        );
    }
    let seen = app
        .admin()
        .ask("{ company { membershipNoticeDays } }")
        .await;
    assert_eq!(seen.at("/company/membershipNoticeDays"), 30);
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn more_members_than_one_batch_are_notified_by_two_instances_once_each() {
    let app = TestApp::start().await;
    let other = app.another_instance().await;
    let mut people = Vec::new();
    for number in 0..1_030 {
        let person = app.new_alumnus("n", "").with(|row| {
            row.personal_email = Some(format!("p{number}@private.example"));
        });
        people.push(person.insert().await.id);
    }
    for chunk in people.chunks(500) {
        membership::Entity::update_many()
            .col_expr(
                membership::Column::ExpiresOn,
                Expr::value("2026-04-15".parse::<NaiveDate>().unwrap()),
            )
            .filter(membership::Column::PersonId.is_in(chunk.iter().copied()))
            .exec(app.connection())
            .await
            .unwrap();
    }
    let (one, two) = (app.service(), other.service());
    let (one, two) = tokio::join!(notify_of_expiry(&one), notify_of_expiry(&two));
    assert!(one.unwrap() + two.unwrap() >= 1_030);
    let mut written: Vec<Option<PersonId>> = messages(&app)
        .await
        .into_iter()
        .map(|row| row.person_id)
        .collect();
    written.sort_unstable();
    let people: Vec<Option<PersonId>> = people.into_iter().map(Some).collect();
    assert_eq!(written, people);
}

#[tokio::test]
async fn the_message_states_the_last_day_and_how_to_renew() {
    let server = SmtpServer::start(Mode::Accept).await;
    let app = TestApp::start_with_mail(sending_to(&server)).await;
    member(&app, "soon", "2026-05-01").await;
    notifies(&app).await;
    send(&app).await;
    let [text, html] = server.accepted()[0].parts();
    assert!(text.contains("2026年5月1日までに"), "{text}");
    assert!(text.contains("会員資格を更新してください"), "{text}");
    assert!(
        text.contains("\r\nhttps://portal.example/open?lang=ja\r\n"),
        "{text}"
    );
    assert!(
        html.contains("href=\"https://portal.example/open?lang=ja\""),
        "{html}"
    );
}

#[tokio::test]
async fn a_member_renews_in_the_days_of_notice_from_the_old_last_day() {
    let app = TestApp::start().await;
    sets(&app, json!({ "membershipMonths": 12 })).await.data();
    let person = member(&app, "soon", "2026-05-02").await;
    let own = app.login_of(&person).await;
    let seen =
        "{ viewer { person { ... on Alumnus { membership { expiresOn renewableFrom } } } } }";
    let seen = own.ask(seen).await;
    assert_eq!(
        seen.at("/viewer/person/membership"),
        &json!({ "expiresOn": "2026-05-02", "renewableFrom": "2026-04-02" })
    );
    let early = renews(&own, json!({})).await;
    assert_snapshot!(early.user_errors(), @"REFUSED : the membership can be renewed from 2026-04-02 on");
    assert_eq!(stored(&app, person.id).await.version, 1);
    app.clock.advance(TimeDelta::days(1));
    let own = app.with_token(&app.token(&person.id.to_string()));
    let renewed = renews(&own, json!({ "expectedVersion": 1 })).await;
    assert_eq!(renewed.user_errors(), "");
    assert_eq!(
        renewed.at("/membershipRenew/membership"),
        &json!({ "state": "ACTIVE", "expiresOn": "2027-05-02", "renewableFrom": "2027-04-02", "version": 2 })
    );
    let again = renews(&own, json!({})).await;
    assert_snapshot!(again.user_errors(), @"REFUSED : the membership can be renewed from 2027-04-02 on");
    assert_eq!(
        app.change_kinds().await,
        ["company.updated", "membership.renewed"]
    );
}

#[tokio::test]
async fn a_renewal_cancels_the_notice_that_waits_and_the_next_term_has_its_own() {
    let app = TestApp::start().await;
    sets(&app, json!({ "membershipMonths": 1 })).await.data();
    let person = member(&app, "soon", "2026-04-15").await;
    notifies(&app).await;
    let renewed = renews(&app.login_of(&person).await, json!({})).await;
    assert_eq!(renewed.user_errors(), "");
    let waiting = messages(&app).await.remove(0);
    assert_eq!(
        (waiting.state, waiting.reason),
        (DeliveryState::Suppressed, Some(DeliveryReason::Cancelled))
    );
    app.clock.advance(TimeDelta::days(14));
    notifies(&app).await;
    let expected = pairs(&[("soon", "2026-04-15"), ("soon", "2026-05-15")]);
    assert_eq!(notices(&app).await, expected);
}

#[tokio::test]
async fn a_renewal_without_a_limit_of_the_company_removes_the_end() {
    let app = TestApp::start().await;
    let person = member(&app, "soon", "2026-04-15").await;
    let own = app.login_of(&person).await;
    let renewed = renews(&own, json!({})).await;
    assert_eq!(
        renewed.at("/membershipRenew/membership"),
        &json!({ "state": "ACTIVE", "expiresOn": null, "renewableFrom": null, "version": 2 })
    );
    let again = renews(&own, json!({})).await;
    assert_snapshot!(again.user_errors(), @"REFUSED : the membership has no end");
}

#[tokio::test]
async fn hr_renews_for_a_person_and_others_do_not() {
    let app = TestApp::start().await;
    sets(&app, json!({ "membershipMonths": 6 })).await.data();
    let person = app.new_alumnus("quiet", "").state(Paused).insert().await;
    ends_on(&app, person.id, "2026-04-30").await;
    let input = json!({ "personId": person.id.to_string() });
    for role in ["alumnus", "employee", "recruiter", "supporter"] {
        let refused = renews(&app.actor(role), input.clone()).await;
        assert_eq!(refused.codes(), ["FORBIDDEN"], "{role}");
        let refused = corrects(&app.actor(role), person.id, Value::Null).await;
        assert_eq!(refused.codes(), ["FORBIDDEN"], "{role}");
    }
    let stranger = renews(&app.stranger(), input.clone()).await;
    assert_eq!(stranger.codes(), ["NOT_FOUND"]);
    assert_eq!(
        renews(&app.hr(), json!({})).await.codes(),
        ["FORBIDDEN"],
        "HR has no membership"
    );
    assert_eq!(stored(&app, person.id).await.version, 1);
    let stale = json!({ "personId": person.id.to_string(), "expectedVersion": 2 });
    assert_snapshot!(renews(&app.hr(), stale).await.user_errors(), @"STALE_VERSION expectedVersion: the version stored is 1, not 2: read again");
    let renewed = renews(&app.hr(), input).await;
    assert_eq!(
        renewed.at("/membershipRenew/membership"),
        &json!({ "state": "PAUSED", "expiresOn": "2026-10-30", "renewableFrom": "2026-09-30", "version": 2 })
    );
}

#[tokio::test]
async fn a_membership_that_is_not_in_progress_is_neither_renewed_nor_corrected() {
    let app = TestApp::start().await;
    let mut refusals = Vec::new();
    for state in [Candidate, Invited, Expired, Withdrawn, Rehired] {
        let person = app.new_alumnus("n", "").state(state).insert().await;
        ends_on(&app, person.id, "2026-04-15").await;
        let renewed = renews(&app.hr(), json!({ "personId": person.id.to_string() })).await;
        let corrected = corrects(&app.hr(), person.id, json!("2026-04-16")).await;
        assert_eq!(renewed.user_errors(), corrected.user_errors());
        refusals.push(renewed.user_errors());
        let after = stored(&app, person.id).await;
        assert_eq!((after.state, after.version), (state, 1));
    }
    let over = member(&app, "over", "2026-03-31").await;
    let over = renews(&app.hr(), json!({ "personId": over.id.to_string() })).await;
    refusals.push(over.user_errors());
    let employee = json!({ "personId": AOZORA.person("employee").to_string() });
    refusals.push(renews(&app.hr(), employee).await.user_errors());
    let endless = AOZORA.person("alumnus");
    let endless = renews(&app.hr(), json!({ "personId": endless.to_string() })).await;
    refusals.push(endless.user_errors());
    assert_snapshot!(refusals.join("\n"), @r"
    REFUSED : the membership is CANDIDATE: the last day changes only while it is ACTIVE or PAUSED
    REFUSED : the membership is INVITED: the last day changes only while it is ACTIVE or PAUSED
    REFUSED : the membership is EXPIRED: the last day changes only while it is ACTIVE or PAUSED
    REFUSED : the membership is WITHDRAWN: the last day changes only while it is ACTIVE or PAUSED
    REFUSED : the membership is REHIRED: the last day changes only while it is ACTIVE or PAUSED
    REFUSED : the membership ended on 2026-03-31: invite the person again
    REFUSED : has no membership: works at the company
    REFUSED : the membership has no end
    ");
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn hr_corrects_the_last_day_and_the_member_is_notified_of_the_new_one() {
    let app = TestApp::start().await;
    let person = member(&app, "soon", "2026-04-15").await;
    notifies(&app).await;
    let moved = corrects(&app.hr(), person.id, json!("2026-04-20")).await;
    assert_eq!(
        moved.at("/membershipUpdate/membership"),
        &json!({ "expiresOn": "2026-04-20", "renewableFrom": "2026-03-21", "version": 2 })
    );
    notifies(&app).await;
    let expected = pairs(&[("soon", "2026-04-15"), ("soon", "2026-04-20")]);
    assert_eq!(notices(&app).await, expected);
    assert_eq!(messages(&app).await[0].state, DeliveryState::Suppressed);
    assert_eq!(messages(&app).await[1].state, DeliveryState::Pending);
    // what is the same changes nothing
    let same = corrects(&app.hr(), person.id, json!("2026-04-20")).await;
    assert_eq!(same.at("/membershipUpdate/membership/version"), 2);
    let endless = corrects(&app.hr(), person.id, Value::Null).await;
    assert_eq!(
        endless.at("/membershipUpdate/membership"),
        &json!({ "expiresOn": null, "renewableFrom": null, "version": 3 })
    );
    let updated: Vec<Vec<String>> = app
        .changes()
        .await
        .into_iter()
        .filter(|change| change.kind == "membership.updated")
        .map(|change| change.fields.0)
        .collect();
    assert_eq!(updated, [["expiresOn"], ["expiresOn"]]);
}

#[tokio::test]
async fn a_last_day_that_has_passed_or_is_far_away_is_refused() {
    let app = TestApp::start().await;
    let person = member(&app, "soon", "2026-04-15").await;
    let past = corrects(&app.hr(), person.id, json!("2026-03-31")).await;
    assert_snapshot!(past.user_errors(), @"INVALID expiresOn: is 2026-03-31; must be from 2026-04-01 to 2076-04-01, or null for no end");
    let far = corrects(&app.hr(), person.id, json!("2076-04-02")).await;
    assert_snapshot!(far.user_errors(), @"INVALID expiresOn: is 2076-04-02; must be from 2026-04-01 to 2076-04-01, or null for no end");
    assert_eq!(stored(&app, person.id).await.version, 1);
    let today = corrects(&app.hr(), person.id, json!("2026-04-01")).await;
    assert_eq!(today.user_errors(), "");
}

#[tokio::test]
async fn the_membership_of_a_person_whose_data_is_restricted_is_not_changed_by_hr() {
    let app = TestApp::start().await;
    let person = member(&app, "kept", "2026-04-15").await;
    let own = app.login_of(&person).await;
    let now = Set(Some(app.clock.now()));
    app.change_person(person.id, |row| row.restricted_at = now)
        .await;
    let refused = renews(&app.hr(), json!({ "personId": person.id.to_string() })).await;
    assert_snapshot!(refused.user_errors(), @"REFUSED : the person's data is only kept, as they asked: nothing else is done with it until they say so");
    let refused = corrects(&app.hr(), person.id, Value::Null).await;
    assert_snapshot!(refused.user_errors(), @"REFUSED : the person's data is only kept, as they asked: nothing else is done with it until they say so");
    assert_eq!(stored(&app, person.id).await.version, 1);
    let renewed = renews(&own, json!({})).await;
    assert_eq!(renewed.user_errors(), "");
}
