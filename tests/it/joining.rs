//! How people join: invited one by one or by a filter, reminded, by a link or by a verified e-mail address.

use std::sync::Arc;

use alumni_api::access::{Binding, Identity, Login, Provisioning, Viewer};
use alumni_api::access_log::Readings;
use chrono::TimeDelta;
use entity::MembershipState::{Candidate, Expired, Withdrawn};
use entity::{DeliveryKind, LeaveType, delivery, invitation, person};
use insta::assert_snapshot;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use crate::support::{AOZORA, Actor, MERIDIAN, Reply, TestApp};

const INVITE: &str = "mutation($input: MembershipInviteInput!) { membershipInvite(input: $input) {
    invitedCount withoutAddressCount results { personId token sentByEmail membership { state } userErrors { code field message } }
    userErrors { code field message } } }";
const REMIND: &str = "mutation($input: MembershipRemindInput!) { membershipRemind(input: $input) {
    remindedCount results { token userErrors { message } } userErrors { code field message } } }";
const JOIN: &str = "mutation($input: MembershipJoinInput!) { membershipJoin(input: $input) {
    state personId expiresOn userErrors { code field message } } }";

async fn invites(actor: &Actor<'_>, input: Value) -> Reply {
    actor.run(INVITE, json!({ "input": input })).await
}

async fn joins(actor: &Actor<'_>, input: Value) -> Reply {
    actor.run(JOIN, json!({ "input": input })).await
}

/// A leaver with a private address, and the token of their invitation.
async fn invited(app: &TestApp, name: &str) -> (person::Model, String) {
    let leaver = candidate(app, name).await;
    let reply = invites(&app.hr(), json!({ "personIds": [leaver.id.to_string()] })).await;
    let token = reply.at("/membershipInvite/results/0/token");
    (leaver, token.as_str().unwrap().to_owned())
}

async fn candidate(app: &TestApp, name: &str) -> person::Model {
    let leaver = app.new_alumnus(name, "").state(Candidate).insert().await;
    let address = format!("{name}@private.example");
    app.change_person(leaver.id, |row| {
        row.personal_email = sea_orm::ActiveValue::Set(Some(address));
    })
    .await;
    leaver
}

async fn messages(app: &TestApp) -> Vec<delivery::Model> {
    delivery::Entity::find()
        .order_by_asc(delivery::Column::Id)
        .all(app.connection())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_login_joins_by_the_link_and_is_an_active_member_at_once() {
    let app = TestApp::start().await;
    let (leaver, token) = invited(&app, "leaver").await;
    let preview = "query($token: String!) { invitationPreview(token: $token) { kind companySlug language notices { purpose version } } }";
    let seen = app
        .anonymous()
        .run(preview, json!({ "token": token }))
        .await;
    assert_eq!(seen.at("/invitationPreview/kind"), "MEMBERSHIP");
    assert_eq!(seen.at("/invitationPreview/language"), "ja");
    assert_eq!(
        seen.at("/invitationPreview/notices")
            .as_array()
            .unwrap()
            .len(),
        10
    );
    let login = app.with_token(&app.token("leavers-login"));
    let consents = json!([{ "purpose": "DIRECTORY", "noticeVersion": 1, "language": "ja" }]);
    let joined = joins(&login, json!({ "token": token, "consents": consents })).await;
    assert_eq!(joined.user_errors(), "");
    assert_eq!(
        joined.at("/membershipJoin"),
        &json!({ "state": "ACTIVE", "personId": leaver.id.to_string(), "expiresOn": null, "userErrors": [] })
    );
    let me = login
        .ask("{ viewer { kind roles person { displayName } consents { purpose state } } }")
        .await;
    assert_eq!(me.at("/viewer/kind"), "MEMBER");
    assert_eq!(me.at("/viewer/roles"), &json!(["ALUMNUS"]));
    let granted: Vec<&str> = me
        .at("/viewer/consents")
        .as_array()
        .unwrap()
        .iter()
        .filter(|consent| consent["state"] == "GRANTED")
        .map(|consent| consent["purpose"].as_str().unwrap())
        .collect();
    assert_eq!(granted, ["MEMBERSHIP", "DIRECTORY"]);
    let seen = app
        .employee()
        .ask("{ alumni { nodes { familyName } } }")
        .await;
    assert!(
        seen.texts("/alumni/nodes", "familyName")
            .contains(&"leaver".to_owned())
    );
    let kinds = app.change_kinds().await;
    for kind in [
        "membership.invited",
        "invitation.created",
        "account.created",
        "invitation.accepted",
        "membership.accepted",
        "consent.granted",
    ] {
        assert!(
            kinds.iter().any(|known| known == kind),
            "{kind} in {kinds:?}"
        );
    }
}

#[tokio::test]
async fn a_link_to_join_works_once_for_the_company_and_the_purpose_it_was_made_for() {
    let app = TestApp::start().await;
    let (_, token) = invited(&app, "leaver").await;
    let (first, second) = (
        app.with_token(&app.token("first")),
        app.with_token(&app.token("second")),
    );
    let claim = "mutation($token: String!) { accountClaim(input: { token: $token }) { userErrors { code field message } } }";
    let other = first.run(claim, json!({ "token": token })).await;
    assert_snapshot!(other.user_errors(), @"REFUSED token: the link is an invitation to join the programme: use `membershipJoin`");
    assert_eq!(
        joins(&app.anonymous(), json!({ "token": token }))
            .await
            .codes(),
        ["UNAUTHENTICATED"]
    );
    assert_eq!(
        joins(&first, json!({ "token": token })).await.user_errors(),
        ""
    );
    let refusal = "NOT_FOUND token: the link is not valid: it was used, revoked, replaced, or has expired; ask for a new one";
    assert_eq!(
        joins(&second, json!({ "token": token }))
            .await
            .user_errors(),
        refusal
    );
    assert_eq!(
        joins(&first, json!({ "token": token })).await.user_errors(),
        refusal
    );
    // a login that is somebody else in the company does not become a second person
    let (_, another) = invited(&app, "another").await;
    let taken = joins(&first, json!({ "token": another })).await;
    assert_snapshot!(taken.user_errors(), @"REFUSED token: your login already belongs to another person");
    assert_eq!(
        joins(&second, json!({ "token": another }))
            .await
            .user_errors(),
        ""
    );
}

#[tokio::test]
async fn an_invitation_is_sent_by_mail_in_the_same_transaction() {
    let app = TestApp::start().await;
    let leaver = candidate(&app, "leaver").await;
    let silent = app
        .new_alumnus("silent", "")
        .state(Candidate)
        .insert()
        .await;
    let ids = json!([leaver.id.to_string(), silent.id.to_string()]);
    let reply = invites(&app.hr(), json!({ "personIds": ids })).await;
    assert_eq!(reply.at("/membershipInvite/invitedCount"), 2);
    assert_eq!(reply.at("/membershipInvite/withoutAddressCount"), 1);
    assert_eq!(
        reply.at("/membershipInvite/results/1/sentByEmail"),
        &json!(false)
    );
    let queued = messages(&app).await;
    assert_eq!(queued.len(), 1);
    assert_eq!(
        (
            queued[0].kind,
            queued[0].recipient.as_deref(),
            queued[0].locale.as_str()
        ),
        (
            DeliveryKind::MembershipInvitation,
            Some("leaver@private.example"),
            "ja"
        )
    );
    // the link is in the row, and nobody reads it there
    let token = reply
        .at("/membershipInvite/results/0/token")
        .as_str()
        .unwrap();
    let stored = format!("{:?} {:?}", queued[0].parameters, queued[0].dedupe_key);
    assert!(!stored.contains(token) && queued[0].sealed.is_some());
}

#[tokio::test]
async fn a_filter_is_counted_first_and_invites_more_than_a_hundred() {
    let app = TestApp::start().await;
    for number in 0..120 {
        candidate(&app, &format!("p{number}")).await;
    }
    let filter = json!({ "membershipStates": ["CANDIDATE"] });
    let count = "query($filter: AlumnusFilter) { alumni(filter: $filter) { totalCount } }";
    let counted = app.hr().run(count, json!({ "filter": filter })).await;
    assert_eq!(counted.at("/alumni/totalCount"), 120);
    let wrong = invites(&app.hr(), json!({ "filter": filter, "expectedCount": 119 })).await;
    assert_snapshot!(wrong.user_errors(), @"STALE_VERSION expectedCount: the filter matches 120 people, not 119: count again, then decide again");
    let uncounted = invites(&app.hr(), json!({ "filter": filter })).await;
    assert!(
        uncounted
            .user_errors()
            .starts_with("REQUIRED expectedCount")
    );
    let neither = invites(&app.hr(), json!({})).await;
    assert!(neither.user_errors().starts_with("INVALID personIds"));
    assert!(messages(&app).await.is_empty());
    let done = invites(&app.hr(), json!({ "filter": filter, "expectedCount": 120 })).await;
    assert_eq!(
        done.at("/membershipInvite"),
        &json!({ "invitedCount": 120, "withoutAddressCount": 0, "results": [], "userErrors": [] })
    );
    assert_eq!(messages(&app).await.len(), 120);
    let open = invitation::Entity::find()
        .filter(invitation::Column::CompanyId.eq(AOZORA.id()))
        .count(app.connection())
        .await
        .unwrap();
    assert_eq!(open, 120);
    let again = app
        .hr()
        .run(
            count,
            json!({ "filter": { "membershipStates": ["INVITED"] } }),
        )
        .await;
    assert_eq!(again.at("/alumni/totalCount"), 120);
}

#[tokio::test]
async fn who_died_withdrew_or_belongs_to_another_company_is_not_invited() {
    let app = TestApp::start().await;
    let dead = app
        .new_alumnus("dead", "")
        .state(Candidate)
        .left_because(LeaveType::Death, "")
        .insert()
        .await;
    let gone = app.new_alumnus("gone", "").state(Withdrawn).insert().await;
    let foreign = MERIDIAN.person("alumnus");
    let ids = json!([
        dead.id.to_string(),
        gone.id.to_string(),
        foreign.to_string()
    ]);
    let reply = invites(&app.hr(), json!({ "personIds": ids })).await;
    assert_eq!(reply.at("/membershipInvite/invitedCount"), 0);
    let messages: Vec<&str> = (0..3)
        .map(|place| {
            let pointer = format!("/membershipInvite/results/{place}/userErrors/0/message");
            reply.body["data"]
                .pointer(&pointer)
                .unwrap()
                .as_str()
                .unwrap()
        })
        .collect();
    assert_eq!(
        messages,
        [
            "is never invited: the last employment ended by death",
            "the membership is WITHDRAWN, which allows: accept",
            "there is no such person"
        ]
    );
}

#[tokio::test]
async fn a_reminder_makes_a_new_link_after_a_week_and_three_times_at_most() {
    let app = TestApp::start().await;
    let (leaver, first) = invited(&app, "leaver").await;
    let ids = json!({ "input": { "personIds": [leaver.id.to_string()] } });
    let why = |reply: &Reply| reply.at("/membershipRemind/results/0/userErrors").clone();
    let soon = app.hr().run(REMIND, ids.clone()).await;
    assert_eq!(why(&soon)[0]["message"], "was sent less than 7 days ago");
    for _ in 0..3 {
        app.clock.advance(TimeDelta::days(7));
        let reminded = app.hr().run(REMIND, ids.clone()).await;
        assert_eq!(
            reminded.at("/membershipRemind/remindedCount"),
            1,
            "{}",
            reminded.text
        );
    }
    app.clock.advance(TimeDelta::days(7));
    let often = app.hr().run(REMIND, ids).await;
    assert_eq!(why(&often)[0]["message"], "was reminded 3 times already");
    let login = app.with_token(&app.token("login"));
    let old = joins(&login, json!({ "token": first })).await;
    assert!(old.user_errors().starts_with("NOT_FOUND token"));
    let kinds: Vec<DeliveryKind> = messages(&app).await.iter().map(|row| row.kind).collect();
    assert_eq!(kinds[0], DeliveryKind::MembershipInvitation);
    assert_eq!(kinds[1..], [DeliveryKind::MembershipReminder; 3]);
}

#[tokio::test]
async fn somebody_whose_link_expired_or_was_revoked_is_invited_anew() {
    let app = TestApp::start().await;
    let (leaver, _) = invited(&app, "leaver").await;
    let ids = json!({ "personIds": [leaver.id.to_string()] });
    let open = invites(&app.hr(), ids.clone()).await;
    assert_eq!(
        open.at("/membershipInvite/results/0/userErrors/0/message"),
        "the membership is INVITED, which allows: accept, withdraw"
    );
    app.clock.advance(TimeDelta::days(30));
    let anew = invites(&app.hr(), ids).await;
    let token = anew
        .at("/membershipInvite/results/0/token")
        .as_str()
        .unwrap();
    let login = app.with_token(&app.token("login"));
    assert_eq!(
        joins(&login, json!({ "token": token })).await.user_errors(),
        ""
    );
}

#[tokio::test]
async fn a_membership_ends_after_the_companys_months() {
    let app = TestApp::start().await;
    let update = "mutation($id: ID!) { companyUpdate(input: { id: $id, membershipMonths: 12 }) { userErrors { code field message } } }";
    let set = app
        .admin()
        .run(update, json!({ "id": AOZORA.id().to_string() }))
        .await;
    assert_eq!(set.user_errors(), "");
    let (_, token) = invited(&app, "leaver").await;
    let login = app.with_token(&app.token("login"));
    let joined = joins(&login, json!({ "token": token })).await;
    assert_eq!(joined.at("/membershipJoin/expiresOn"), "2027-04-01");
}

#[tokio::test]
async fn a_person_who_comes_back_after_withdrawing_begins_a_new_term() {
    let app = TestApp::start().await;
    let update = "mutation($id: ID!) { companyUpdate(input: { id: $id, membershipMonths: 12 }) { userErrors { code field message } } }";
    let set = app
        .admin()
        .run(update, json!({ "id": AOZORA.id().to_string() }))
        .await;
    assert_eq!(set.user_errors(), "");
    let (person, token) = invited(&app, "leaver").await;
    let login = app.with_token(&app.token("login"));
    joins(&login, json!({ "token": token })).await.data();
    let withdraw = "mutation { membershipWithdraw(input: {}) { membership { state expiresOn } userErrors { message } } }";
    let left = login.ask(withdraw).await;
    assert_eq!(left.at("/membershipWithdraw/membership/state"), "WITHDRAWN");
    app.clock.advance(TimeDelta::days(1));
    // the login ended with the membership; an admin opens the way back
    let invite = "mutation($id: ID!) { accountInvite(input: { personId: $id }) { token userErrors { code field message } } }";
    let asked = app
        .admin()
        .run(invite, json!({ "id": person.id.to_string() }))
        .await;
    assert_eq!(asked.user_errors(), "");
    let claim = "mutation($token: String!) { accountClaim(input: { token: $token }) { userErrors { code field message } } }";
    let token = asked.at("/accountInvite/token").clone();
    let login = app.with_token(&app.token("login"));
    let claimed = login.run(claim, json!({ "token": token })).await;
    assert_eq!(claimed.user_errors(), "");
    let accept = "mutation { membershipAccept(input: {}) { membership { state expiresOn } userErrors { code field message } } }";
    assert_eq!(
        login.ask(accept).await.at("/membershipAccept/membership"),
        &json!({ "state": "ACTIVE", "expiresOn": "2027-04-02" })
    );
}

/// A request of a login whose identity provider verified an address.
async fn joins_by_email(app: &TestApp, subject: &str, email: Option<&str>) -> Value {
    let identity = Identity {
        issuer: "https://alumni.example".into(),
        subject: subject.into(),
        binding: Binding::Company(AOZORA.id()),
        email: email.map(str::to_owned),
        employee_number: None,
        roles: Vec::new(),
        provisioning: Provisioning::Off,
        provider: None,
        purpose: None,
        expires_at: app.clock.now() + TimeDelta::hours(1),
    };
    let viewer = Viewer::Login(Arc::new(Login {
        identity,
        company: Some(AOZORA.id()),
    }));
    let request = async_graphql::Request::new(
        "mutation { membershipJoin(input: {}) { state userErrors { code message } } }",
    );
    let request = app.app.prepare(
        &app.app.database,
        viewer,
        "request",
        Readings::default(),
        request,
    );
    let reply = app.app.engine.schema().execute(request).await;
    reply.data.into_json().unwrap()["membershipJoin"].clone()
}

#[tokio::test]
async fn a_verified_address_of_exactly_one_invited_person_joins_where_the_company_allows_it() {
    let app = TestApp::start().await;
    let (_, _) = invited(&app, "leaver").await;
    let none = json!([{ "code": "NOT_FOUND", "message": "no invitation was found for your login: use the link you were sent, or ask for one" }]);
    let refused = async |subject: &str, email: Option<&str>| {
        let reply = joins_by_email(&app, subject, email).await;
        assert_eq!(reply["userErrors"], none, "{subject} {email:?}");
    };
    // not before the company allows it
    refused("a", Some("leaver@private.example")).await;
    let update = "mutation($id: ID!) { companyUpdate(input: { id: $id, joinByEmail: true }) { userErrors { code field message } } }";
    app.admin()
        .run(update, json!({ "id": AOZORA.id().to_string() }))
        .await
        .data();
    // an address that was not verified is none
    refused("a", None).await;
    refused("a", Some("nobody@private.example")).await;
    // two people with one address never match
    let twin = candidate(&app, "twin").await;
    let other = candidate(&app, "other").await;
    for id in [twin.id, other.id] {
        app.change_person(id, |row| {
            row.personal_email = sea_orm::ActiveValue::Set(Some("shared@private.example".into()));
        })
        .await;
    }
    let ids = json!([twin.id.to_string(), other.id.to_string()]);
    invites(&app.hr(), json!({ "personIds": ids })).await.data();
    refused("b", Some("shared@private.example")).await;
    // a candidate who was not invited does not match either
    candidate(&app, "candidate").await;
    refused("c", Some("candidate@private.example")).await;
    let joined = joins_by_email(&app, "a", Some("LEAVER@private.example")).await;
    assert_eq!(joined, json!({ "state": "ACTIVE", "userErrors": [] }));
    refused("d", Some("leaver@private.example")).await;
}

#[tokio::test]
async fn whose_membership_ran_out_is_invited_again() {
    let app = TestApp::start().await;
    let over = app.new_alumnus("over", "").state(Expired).insert().await;
    let reply = invites(&app.hr(), json!({ "personIds": [over.id.to_string()] })).await;
    assert_eq!(
        reply.at("/membershipInvite/results/0/membership/state"),
        "INVITED"
    );
}

#[tokio::test]
async fn fifty_renewed_invitations_run_as_many_statements_as_five() {
    let mut counts = Vec::new();
    for people in [5, 50] {
        let app = TestApp::start().await;
        let mut ids = Vec::new();
        for number in 0..people {
            ids.push(candidate(&app, &format!("p{number}")).await.id.to_string());
        }
        let input = json!({ "personIds": ids });
        invites(&app.hr(), input.clone()).await.data();
        app.clock.advance(TimeDelta::days(30));
        app.hr().ask("{ viewer { kind } }").await.data();
        let hr = app.hr();
        let (renewed, reply) = app.statements(invites(&hr, input.clone())).await;
        assert_eq!(reply.at("/membershipInvite/invitedCount"), people);
        app.clock.advance(TimeDelta::days(7));
        app.hr().ask("{ viewer { kind } }").await.data();
        let hr = app.hr();
        let reminding = hr.run(REMIND, json!({ "input": input }));
        let (reminded, reply) = app.statements(reminding).await;
        assert_eq!(reply.at("/membershipRemind/remindedCount"), people);
        let rows = invitation::Entity::find().all(app.connection()).await;
        let rows = rows.unwrap();
        assert_eq!(rows.len(), people);
        for row in rows {
            assert_eq!((row.sent_count, row.version), (3, 3));
            assert_eq!(row.sent_at, app.clock.now());
            assert_eq!(row.expires_at, app.clock.now() + TimeDelta::days(30));
        }
        counts.push((renewed, reminded));
    }
    assert_eq!(counts[0], counts[1]);
}
