//! Accounts: how a login becomes one, which roles it has, and how both end.

use alumni_api::access::invitations::{self, InviteCommand};
use alumni_api::access::{accounts, invitation_links};
use chrono::TimeDelta;
use entity::{Role, account, operator_act};
use insta::assert_snapshot;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use crate::socket::client::{Client, PROTOCOL, init, subscribe};
use crate::stream::client::{Said, Stream};
use crate::support::{AOZORA, Actor, MERIDIAN, Reply, SECRET, TestApp};

const ME: &str = "{ viewer { kind roles accounts { companySlug roles disabled } } }";

async fn invites(actor: &Actor<'_>, input: Value) -> Reply {
    let query = "mutation($input: AccountInviteInput!) { accountInvite(input: $input) { token invitation { id state } userErrors { code field message } } }";
    actor.run(query, json!({ "input": input })).await
}

/// An invitation's token, and its id.
async fn invited(actor: &Actor<'_>, input: Value) -> (String, String) {
    let reply = invites(actor, input).await;
    assert_eq!(reply.user_errors(), "");
    let text = |pointer: &str| reply.at(pointer).as_str().unwrap().to_owned();
    (
        text("/accountInvite/token"),
        text("/accountInvite/invitation/id"),
    )
}

async fn claims(actor: &Actor<'_>, token: &str) -> Reply {
    let query = "mutation($token: String!) { accountClaim(input: { token: $token }) { roles userErrors { code field message } } }";
    actor.run(query, json!({ "token": token })).await
}

async fn run(actor: &Actor<'_>, field: &str, input: Value) -> Reply {
    let (first, rest) = field.split_at(1);
    let query = format!(
        "mutation($input: {}{rest}Input!) {{ {field}(input: $input) {{ userErrors {{ code field message }} }} }}",
        first.to_uppercase()
    );
    actor.run(&query, json!({ "input": input })).await
}

fn external(roles: &[&str]) -> Value {
    json!({ "roles": roles, "accountExpiresAt": "2026-12-31T00:00:00Z" })
}

/// The account of a person of the first company, with the fields of the list.
async fn account(app: &TestApp, role: &str) -> Value {
    let query = "query($ids: [ID!]) { accounts(filter: { personIds: $ids }) { nodes { id state roles effectiveRoles version } } }";
    let ids = json!({ "ids": [AOZORA.person(role).to_string()] });
    let reply = app.admin().run(query, ids).await;
    reply.at("/accounts/nodes/0").clone()
}

async fn account_id(app: &TestApp, role: &str) -> String {
    account(app, role).await["id"].as_str().unwrap().to_owned()
}

/// What an HR system sends of the person behind a role.
async fn leaves(app: &TestApp, role: &str, last_day: Option<&str>, started_on: &str) {
    use sea_orm::{EntityTrait, IntoActiveModel};
    let known = entity::external_identity::Model {
        company_id: AOZORA.id(),
        source: "hris".into(),
        external_id: role.into(),
        person_id: AOZORA.person(role),
        source_updated_at: None,
        created_at: app.clock.now(),
    };
    // known already where somebody leaves a second time
    let _ = entity::external_identity::Entity::insert(known.into_active_model())
        .exec_without_returning(app.connection())
        .await;
    let query = "mutation($workers: [WorkerInput!]!) { workersSync(input: { source: \"hris\", workers: $workers }) { results { status errors { field reason } } userErrors { code field message } } }";
    let worker = json!({ "externalId": role, "familyName": role, "givenName": "aozora", "startedOn": started_on, "lastWorkingDay": last_day });
    let reply = app.admin().run(query, json!({ "workers": [worker] })).await;
    let status = reply.at("/workersSync/results/0/status");
    assert!(
        ["UPDATED", "UNCHANGED"].contains(&status.as_str().unwrap()),
        "{}",
        reply.text
    );
}

#[tokio::test]
async fn a_verified_login_without_an_account_is_a_viewer_of_its_own_kind() {
    let app = TestApp::start().await;
    let stranger = app.with_token(&app.token("new-login"));
    assert_eq!(
        stranger.ask(ME).await.at("/viewer"),
        &json!({ "kind": "LOGIN", "roles": [], "accounts": [] })
    );
    let company = AOZORA.id().to_string();
    let query = "query($id: ID!) { company(id: $id) { name } }";
    let seen = stranger.run(query, json!({ "id": company })).await;
    assert!(
        seen.text.contains("null") && !seen.text.contains("あおぞら"),
        "{}",
        seen.text
    );
    for query in [
        "{ alumni { totalCount } }",
        "{ accounts { totalCount } }",
        "{ engagementEvents { totalCount } }",
        "{ companies { totalCount } }",
    ] {
        assert_eq!(stranger.ask(query).await.codes(), ["FORBIDDEN"], "{query}");
    }
}

#[tokio::test]
async fn the_first_admin_of_an_empty_database_comes_by_the_command_line() {
    let app = TestApp::start_empty().await;
    let clock = app.clock.clone();
    let new = alumni_api::companies::NewCompany {
        slug: "first".into(),
        name: "First".into(),
        locale: "ja".into(),
        time_zone: "Asia/Tokyo".into(),
        currency: "JPY".into(),
        description: None,
        website: None,
    };
    alumni_api::companies::create_by_command(&app.app.database, &clock, new)
        .await
        .unwrap();
    let links = invitation_links(SECRET.into()).unwrap();
    let command = InviteCommand {
        company: Some("first".into()),
        roles: vec![Role::Admin],
        ..InviteCommand::default()
    };
    let made = invitations::invite(&app.app.database, &clock, &links, command)
        .await
        .unwrap();
    let admin = app.with_token(&app.token("somebody"));
    assert_eq!(
        claims(&admin, &made.token).await.at("/accountClaim/roles"),
        &json!(["ADMIN"])
    );
    // at once, in the same process
    assert_eq!(
        admin.ask(ME).await.at("/viewer"),
        &json!({ "kind": "MEMBER", "roles": ["ADMIN"], "accounts": [{ "companySlug": "first", "roles": ["ADMIN"], "disabled": false }] })
    );
    let (token, _) = invited(&admin, external(&["HR"])).await;
    let hr = app.with_token(&app.token("hr-person"));
    claims(&hr, &token).await.data();
    let query = "mutation { workersSync(input: { source: \"x\", workers: [{ externalId: \"1\", familyName: \"山田\", givenName: \"太郎\", startedOn: \"2020-04-01\", lastWorkingDay: \"2026-03-31\" }] }) { results { status } } }";
    assert_eq!(
        hr.ask(query).await.at("/workersSync/results/0/status"),
        "CREATED"
    );
    let kinds = app.change_kinds().await;
    for kind in [
        "company.created",
        "invitation.created",
        "account.created",
        "invitation.accepted",
    ] {
        assert!(kinds.iter().any(|known| known == kind), "{kind}");
    }
}

#[tokio::test]
async fn an_operator_is_invited_by_the_command_line() {
    let app = TestApp::start().await;
    let links = invitation_links(SECRET.into()).unwrap();
    let command = InviteCommand {
        roles: vec![Role::Operator],
        ..InviteCommand::default()
    };
    let made = invitations::invite(&app.app.database, &app.clock, &links, command)
        .await
        .unwrap();
    let operator = app.with_token(&app.token("new-operator"));
    claims(&operator, &made.token).await.data();
    assert_eq!(
        operator.ask(ME).await.at("/viewer/roles"),
        &json!(["OPERATOR"])
    );
    let lines = accounts::list(&app.app.database, &app.clock, None)
        .await
        .unwrap();
    assert_eq!(lines.len(), 2);
    assert!(lines[1].to_string().contains("new-operator"));
}

/// What was recorded of operators' accounts and invitations, with the account that acted.
async fn acts(app: &TestApp) -> Vec<(String, String, Option<String>)> {
    let acts = operator_act::Entity::find()
        .order_by_asc(operator_act::Column::Id)
        .all(app.connection())
        .await
        .unwrap();
    acts.into_iter()
        .map(|act| {
            let subject = act.subject_id.unwrap().to_string();
            (act.act, subject, act.actor_id.map(|id| id.0.to_string()))
        })
        .collect()
}

#[tokio::test]
async fn acts_on_operators_accounts_and_invitations_are_recorded() {
    let app = TestApp::start().await;
    let links = invitation_links(SECRET.into()).unwrap();
    let invite = || {
        let command = InviteCommand {
            roles: vec![Role::Operator],
            ..InviteCommand::default()
        };
        invitations::invite(&app.app.database, &app.clock, &links, command)
    };
    let made = invite().await.unwrap();
    claims(&app.with_token(&app.token("new-operator")), &made.token)
        .await
        .data();
    let operators = account::Entity::find()
        .filter(account::Column::CompanyId.is_null())
        .order_by_asc(account::Column::Id)
        .all(app.connection())
        .await
        .unwrap();
    let [first, second] = &operators[..] else {
        panic!("{operators:?}")
    };
    for field in ["accountDisable", "accountDelete"] {
        let id = json!({ "id": second.id.to_string() });
        let done = run(&app.operator(), field, id).await;
        assert_eq!(done.user_errors(), "", "{field}");
    }
    let other = invite().await.unwrap();
    let id = json!({ "id": other.invitation.id.to_string() });
    let revoked = run(&app.operator(), "invitationRevoke", id).await;
    assert_eq!(revoked.user_errors(), "");
    let (first, second) = (first.id.0.to_string(), second.id.0.to_string());
    let (made, other) = (made.invitation.id.0, other.invitation.id.0);
    let act = |act: &str, subject: &str, actor: Option<&String>| {
        (act.to_owned(), subject.to_owned(), actor.cloned())
    };
    let (made, other) = (made.to_string(), other.to_string());
    assert_eq!(
        acts(&app).await,
        [
            act("OPERATOR_INVITATION_CREATED", &made, None),
            act("OPERATOR_ACCOUNT_CREATED", &second, Some(&second)),
            act("OPERATOR_INVITATION_ACCEPTED", &made, Some(&second)),
            act("OPERATOR_ACCOUNT_DISABLED", &second, Some(&first)),
            act("OPERATOR_ACCOUNT_DELETED", &second, Some(&first)),
            act("OPERATOR_INVITATION_CREATED", &other, None),
            act("OPERATOR_INVITATION_REVOKED", &other, Some(&first)),
        ]
    );
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn acts_on_a_companys_accounts_are_changes_and_no_acts_of_operators() {
    let app = TestApp::start().await;
    let (token, _) = invited(&app.admin(), external(&["HR"])).await;
    claims(&app.with_token(&app.token("external")), &token)
        .await
        .data();
    assert_eq!(acts(&app).await, []);
}

#[tokio::test]
async fn a_link_works_once_and_not_after_it_is_revoked_replaced_or_expired() {
    let app = TestApp::start().await;
    let (admin, first, second) = (
        app.admin(),
        app.with_token(&app.token("first")),
        app.with_token(&app.token("second")),
    );
    let refusal = "NOT_FOUND token: the link is not valid: it was used, revoked, replaced, or has expired; ask for a new one";
    let (used, _) = invited(&admin, external(&["HR"])).await;
    assert_eq!(claims(&first, &used).await.user_errors(), "");
    assert_eq!(claims(&second, &used).await.user_errors(), refusal);
    assert_eq!(claims(&first, &used).await.user_errors(), refusal);
    let (revoked, id) = invited(&admin, external(&["HR"])).await;
    assert_eq!(
        run(&admin, "invitationRevoke", json!({ "id": id }))
            .await
            .user_errors(),
        ""
    );
    assert_eq!(claims(&second, &revoked).await.user_errors(), refusal);
    let (replaced, id) = invited(&admin, external(&["HR"])).await;
    let soon = run(&admin, "invitationResend", json!({ "id": id })).await;
    assert_snapshot!(soon.user_errors(), @"REFUSED id: was sent less than a minute ago");
    app.clock.advance(TimeDelta::minutes(1));
    assert_eq!(
        run(&admin, "invitationResend", json!({ "id": id }))
            .await
            .user_errors(),
        ""
    );
    assert_eq!(claims(&second, &replaced).await.user_errors(), refusal);
    let (expired, _) = invited(
        &admin,
        json!({ "roles": ["HR"], "accountExpiresAt": "2026-12-31T00:00:00Z", "expiresInDays": 1 }),
    )
    .await;
    app.clock.advance(TimeDelta::days(1));
    let second = app.with_token(&app.token("second"));
    assert_eq!(claims(&second, &expired).await.user_errors(), refusal);
    for token in ["", "none", &used[1..]] {
        assert_eq!(claims(&second, token).await.user_errors(), refusal);
    }
    assert_eq!(second.ask(ME).await.at("/viewer/kind"), "LOGIN");
    assert_eq!(
        claims(&app.anonymous(), &used).await.codes(),
        ["UNAUTHENTICATED"]
    );
}

#[tokio::test]
async fn a_link_tells_its_page_the_company_before_anybody_signs_in() {
    let app = TestApp::start().await;
    let (token, id) = invited(&app.admin(), external(&["HR"])).await;
    let query = "query($token: String!) { invitationPreview(token: $token) { kind companyName companySlug language roles notices { purpose } } }";
    let seen = app.anonymous().run(query, json!({ "token": token })).await;
    assert_eq!(
        seen.at("/invitationPreview"),
        &json!({ "kind": "ACCOUNT", "companyName": "あおぞら工業", "companySlug": "aozora", "language": "ja", "roles": ["HR"], "notices": [] })
    );
    run(&app.admin(), "invitationRevoke", json!({ "id": id }))
        .await
        .data();
    let seen = app.anonymous().run(query, json!({ "token": token })).await;
    assert_eq!(seen.at("/invitationPreview"), &Value::Null);
}

#[tokio::test]
async fn a_leaver_in_hr_loses_the_role_with_the_sync_and_a_rehire_gives_it_back() {
    let app = TestApp::start().await;
    let hr = app.hr();
    assert_eq!(
        hr.ask(ME).await.at("/viewer/roles"),
        &json!(["HR", "EMPLOYEE"])
    );
    leaves(&app, "hr", Some("2026-03-31"), "2015-04-01").await;
    assert_eq!(hr.ask(ME).await.at("/viewer/roles"), &json!(["ALUMNUS"]));
    let secret = "{ alumni { nodes { personalEmail } } }";
    assert_eq!(
        hr.ask("{ apiKeys { totalCount } }").await.codes(),
        ["FORBIDDEN"]
    );
    assert!(!hr.ask(secret).await.text.contains("mail"));
    let held = account(&app, "hr").await;
    assert_eq!(
        (&held["state"], &held["roles"], &held["effectiveRoles"]),
        (&json!("SUSPENDED"), &json!(["HR"]), &json!(["ALUMNUS"]))
    );
    let suspended = "{ accounts(filter: { states: [SUSPENDED] }) { totalCount } }";
    assert_eq!(
        app.admin().ask(suspended).await.at("/accounts/totalCount"),
        1
    );
    assert!(
        app.change_kinds()
            .await
            .contains(&"account.suspended".to_owned())
    );
    leaves(&app, "hr", None, "2026-04-01").await;
    assert_eq!(
        hr.ask(ME).await.at("/viewer/roles"),
        &json!(["HR", "EMPLOYEE"])
    );
    assert_eq!(account(&app, "hr").await["state"], "ACTIVE");
}

#[tokio::test]
async fn the_last_admin_stays() {
    let app = TestApp::start().await;
    let (admin, id) = (app.admin(), account_id(&app, "admin").await);
    for (field, input) in [
        ("accountRolesSet", json!({ "id": id, "roles": [] })),
        ("accountDisable", json!({ "id": id })),
        ("accountDelete", json!({ "id": id })),
    ] {
        let reply = run(&admin, field, input).await.user_errors();
        assert!(
            reply.contains("is the last admin of the company"),
            "{field}: {reply}"
        );
    }
    let hr = account_id(&app, "hr").await;
    let both = json!({ "id": hr, "roles": ["ADMIN", "HR"] });
    assert_eq!(run(&admin, "accountRolesSet", both).await.user_errors(), "");
    assert_eq!(
        run(&admin, "accountDisable", json!({ "id": id }))
            .await
            .user_errors(),
        ""
    );
    assert_eq!(admin.ask(ME).await.codes(), ["UNAUTHENTICATED"]);
}

#[tokio::test]
async fn two_admins_who_disable_each_other_at_once_leave_one() {
    let app = TestApp::start().await;
    let (one, two) = (
        account_id(&app, "admin").await,
        account_id(&app, "hr").await,
    );
    let both = json!({ "id": two, "roles": ["ADMIN"] });
    assert_eq!(
        run(&app.admin(), "accountRolesSet", both)
            .await
            .user_errors(),
        ""
    );
    let (admin, hr) = (app.admin(), app.hr());
    let (first, second) = tokio::join!(
        run(&admin, "accountDisable", json!({ "id": two })),
        run(&hr, "accountDisable", json!({ "id": one })),
    );
    let refused =
        |reply: &Reply| reply.text.contains("is the last admin") || !reply.codes().is_empty();
    assert!(
        refused(&first) != refused(&second),
        "{} {}",
        first.text,
        second.text
    );
}

#[tokio::test]
async fn nobody_grants_what_they_may_not() {
    let app = TestApp::start().await;
    let (admin, hr) = (app.admin(), account_id(&app, "hr").await);
    for role in ["OPERATOR", "EMPLOYEE", "ALUMNUS"] {
        let reply = invites(&admin, external(&[role])).await.user_errors();
        assert!(reply.starts_with("REFUSED roles: "), "{role}: {reply}");
        let reply = run(
            &admin,
            "accountRolesSet",
            json!({ "id": hr, "roles": [role] }),
        )
        .await;
        assert!(reply.user_errors().starts_with("REFUSED roles: "), "{role}");
    }
    let own = account_id(&app, "admin").await;
    let more = json!({ "id": own, "roles": ["ADMIN", "HR"] });
    assert_snapshot!(run(&admin, "accountRolesSet", more).await.user_errors(), @"REFUSED roles: you cannot add roles to your own account; another admin can");
    for role in ["hr", "recruiter", "supporter", "employee", "alumnus"] {
        let reply = invites(&app.actor(role), external(&["SUPPORTER"])).await;
        assert_eq!(reply.codes(), ["FORBIDDEN"], "{role}");
    }
    assert_eq!(account(&app, "hr").await["roles"], json!(["HR"]));
}

#[tokio::test]
async fn an_external_account_needs_an_end_and_loses_its_roles_then() {
    let app = TestApp::start().await;
    let admin = app.admin();
    assert_snapshot!(invites(&admin, json!({ "roles": ["HR"] })).await.user_errors(), @"REQUIRED accountExpiresAt: is required without `personId`: when the external account ends");
    assert_snapshot!(invites(&admin, json!({ "roles": ["HR"], "accountExpiresAt": "2026-03-31T00:00:00Z" })).await.user_errors(), @"INVALID accountExpiresAt: must be in the future");
    assert_snapshot!(invites(&admin, json!({ "roles": ["HR"], "accountExpiresAt": "2028-03-31T00:00:00Z" })).await.user_errors(), @"INVALID accountExpiresAt: must be at most 400 days ahead");
    let (token, _) = invited(
        &admin,
        json!({ "roles": ["HR"], "accountExpiresAt": "2026-04-01T00:30:00Z" }),
    )
    .await;
    let agency = app.with_token(&app.token("agency"));
    claims(&agency, &token).await.data();
    assert_eq!(agency.ask(ME).await.at("/viewer/roles"), &json!(["HR"]));
    app.clock.advance(TimeDelta::minutes(30));
    assert_eq!(agency.ask(ME).await.at("/viewer/roles"), &json!([]));
    let expired = "{ accounts(filter: { states: [EXPIRED] }) { nodes { state external } } }";
    assert_eq!(
        app.admin().ask(expired).await.at("/accounts/nodes"),
        &json!([{ "state": "EXPIRED", "external": true }])
    );
}

#[tokio::test]
async fn an_external_invitation_does_not_extend_roles_that_end_with_the_employment() {
    let app = TestApp::start().await;
    let (token, _) = invited(&app.admin(), external(&["SUPPORTER"])).await;
    let reply = claims(&app.hr(), &token).await;
    assert_snapshot!(reply.user_errors(), @"REFUSED token: the roles of your account in this company end with your employment; an admin can make it external by `accountUpdate`");
    assert_eq!(account(&app, "hr").await["roles"], json!(["HR"]));
    // an employee without granted roles has nothing that would outlive the employment
    assert_eq!(claims(&app.employee(), &token).await.user_errors(), "");
}

#[tokio::test]
async fn an_invitation_for_an_employee_gives_the_role_to_that_person() {
    let app = TestApp::start().await;
    let employee = AOZORA.person("employee").to_string();
    let (token, _) = invited(
        &app.admin(),
        json!({ "roles": ["SUPPORTER"], "personId": employee }),
    )
    .await;
    let other = app.with_token(&app.token("second-login-of-employee"));
    claims(&other, &token).await.data();
    let who = "{ viewer { roles person { id } } }";
    assert_eq!(
        other.ask(who).await.at("/viewer"),
        &json!({ "roles": ["SUPPORTER", "EMPLOYEE"], "person": { "id": employee } })
    );
    let alumnus = AOZORA.person("alumnus").to_string();
    let reply = invites(
        &app.admin(),
        json!({ "roles": ["HR"], "personId": alumnus }),
    )
    .await;
    assert_snapshot!(reply.user_errors(), @"REFUSED personId: has no current employment; give `accountExpiresAt` for an external account");
    let stranger = MERIDIAN.person("employee").to_string();
    let reply = invites(
        &app.admin(),
        json!({ "roles": ["HR"], "personId": stranger }),
    )
    .await;
    assert_snapshot!(reply.user_errors(), @"NOT_FOUND personId: there is no such person");
}

/// Sends a query with the company named in the header.
async fn at(app: &TestApp, token: &str, company: &str, query: &str) -> Value {
    let response = app
        .client()
        .post(app.url("/graphql"))
        .bearer_auth(token)
        .header("alumni-company", company)
        .json(&json!({ "query": query }))
        .send()
        .await
        .unwrap();
    response.json().await.unwrap()
}

#[tokio::test]
async fn a_login_of_two_companies_names_the_one_it_means() {
    let app = TestApp::start().await;
    let token = app.token("consultant");
    let both = app.with_token(&token);
    let (one, _) = invited(&app.admin(), external(&["HR"])).await;
    let (two, _) = invited(&app.actor_of(MERIDIAN, "admin"), external(&["RECRUITER"])).await;
    claims(&both, &one).await.data();
    assert_eq!(both.ask(ME).await.at("/viewer/roles"), &json!(["HR"]));
    claims(&both, &two).await.data();
    assert_eq!(
        both.ask(ME).await.at("/viewer"),
        &json!({ "kind": "LOGIN", "roles": [], "accounts": [
            { "companySlug": "aozora", "roles": ["HR"], "disabled": false },
            { "companySlug": "meridian", "roles": ["RECRUITER"], "disabled": false },
        ] })
    );
    let query = "{ viewer { roles company { slug } } }";
    for (name, roles, slug) in [
        ("aozora".to_owned(), "HR", "aozora"),
        (MERIDIAN.id().to_string(), "RECRUITER", "meridian"),
    ] {
        let answer = at(&app, &token, &name, query).await;
        assert_eq!(
            answer["data"]["viewer"],
            json!({ "roles": [roles], "company": { "slug": slug } })
        );
    }
    // a company that does not exist and one without an account are the same
    let own = app.token("hr@aozora");
    for name in ["meridian", "nowhere"] {
        let answer = at(&app, &own, name, ME).await;
        assert_eq!(answer["data"]["viewer"]["kind"], "LOGIN", "{name}");
    }
    let mut socket = Client::open(app.address(), Some(PROTOCOL), None).await;
    socket
        .send(&json!({ "type": "connection_init", "payload": { "token": token, "company": "meridian" } }))
        .await;
    assert_eq!(socket.next().await["type"], "connection_ack");
    socket.send(&subscribe("1", "{ viewer { roles } }")).await;
    assert_eq!(
        socket.next().await["payload"]["data"]["viewer"]["roles"],
        json!(["RECRUITER"])
    );
}

#[tokio::test]
async fn a_role_taken_away_ends_open_sockets_and_streams_at_once() {
    let app = TestApp::start().await;
    let follow = "subscription { changes { kind } }";
    let token = app.token("hr@aozora");
    let mut socket = Client::open(app.address(), Some(PROTOCOL), Some(&token)).await;
    socket.send(&init()).await;
    assert_eq!(socket.next().await["type"], "connection_ack");
    socket.send(&subscribe("1", follow)).await;
    let mut stream = Stream::open(&app, app.address(), Some(&token), follow).await;
    let hr = account_id(&app, "hr").await;
    let none = json!({ "id": hr, "roles": [] });
    assert_eq!(
        run(&app.admin(), "accountRolesSet", none)
            .await
            .user_errors(),
        ""
    );
    assert_eq!(socket.closed().await, (4403, "rights changed".to_owned()));
    loop {
        match stream
            .event()
            .await
            .expect("the stream ended without a reason")
        {
            Said::Next(value) if value.get("errors").is_some() => {
                assert_eq!(value["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
                break;
            }
            Said::Complete => panic!("the stream ended without a reason"),
            _ => {}
        }
    }
}

#[tokio::test]
async fn a_change_on_another_instance_is_effective_when_the_cache_expires() {
    let app = TestApp::start().await;
    let other = app.another_instance().await;
    let before = other.hr().ask(ME).await;
    assert_eq!(before.at("/viewer/roles"), &json!(["HR", "EMPLOYEE"]));
    let hr = account_id(&app, "hr").await;
    assert_eq!(
        run(&app.admin(), "accountDisable", json!({ "id": hr }))
            .await
            .user_errors(),
        ""
    );
    let mut codes = Vec::new();
    for _ in 0..300 {
        let reply = other.hr().ask(ME).await;
        codes = reply.codes().iter().map(ToString::to_string).collect();
        if !codes.is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(codes, ["UNAUTHENTICATED"]);
}

#[tokio::test]
async fn leaving_the_programme_leaves_no_login() {
    let app = TestApp::start().await;
    let alumnus = app.alumnus();
    let withdraw = "mutation { membershipWithdraw(input: {}) { membership { state } userErrors { code field message } } }";
    assert_eq!(
        alumnus
            .ask(withdraw)
            .await
            .at("/membershipWithdraw/membership/state"),
        "WITHDRAWN"
    );
    assert_eq!(alumnus.ask(ME).await.at("/viewer/kind"), "LOGIN");
    let query = "query($ids: [ID!]) { accounts(filter: { personIds: $ids }) { totalCount } }";
    let ids = json!({ "ids": [AOZORA.person("alumnus").to_string()] });
    let left = app.admin().run(query, ids).await;
    assert_eq!(left.at("/accounts/totalCount"), 0);
}

#[tokio::test]
async fn who_died_leaves_no_login() {
    let app = TestApp::start().await;
    let supporter = app.supporter();
    assert_eq!(supporter.ask(ME).await.at("/viewer/kind"), "MEMBER");
    died(&app, "supporter").await;
    assert_eq!(supporter.ask(ME).await.at("/viewer/kind"), "LOGIN");
    assert!(
        app.change_kinds()
            .await
            .contains(&"account.deleted".to_owned())
    );
}

async fn died(app: &TestApp, role: &str) {
    leaves(app, role, None, "2015-04-01").await;
    let query = "mutation($workers: [WorkerInput!]!) { workersSync(input: { source: \"hris\", workers: $workers }) { results { status } userErrors { code } } }";
    let worker =
        json!({ "externalId": role, "lastWorkingDay": "2026-03-30", "leaveType": "DEATH" });
    let reply = app.admin().run(query, json!({ "workers": [worker] })).await;
    assert_eq!(
        reply.at("/workersSync/results/0/status"),
        "UPDATED",
        "{}",
        reply.text
    );
}

#[tokio::test]
async fn another_companys_admin_reaches_no_account() {
    let app = TestApp::start().await;
    let (theirs, hr) = (
        app.actor_of(MERIDIAN, "admin"),
        account_id(&app, "hr").await,
    );
    for field in ["accountDisable", "accountDelete", "accountEnable"] {
        let reply = run(&theirs, field, json!({ "id": hr })).await;
        assert_eq!(reply.codes(), ["NOT_FOUND"], "{field}");
    }
    let reply = run(&theirs, "accountRolesSet", json!({ "id": hr, "roles": [] })).await;
    assert_eq!(reply.codes(), ["NOT_FOUND"]);
    let query = "query($id: ID!) { account(id: $id) { id } node(id: $id) { id } }";
    let reply = theirs.run(query, json!({ "id": hr })).await;
    assert_eq!(reply.data(), &json!({ "account": null, "node": null }));
    assert_eq!(account(&app, "hr").await["state"], "ACTIVE");
}

#[tokio::test]
async fn the_command_line_disables_and_enables_an_operator() {
    let app = TestApp::start().await;
    let (database, clock) = (&app.app.database, app.clock.clone());
    let operator = account::Entity::find()
        .filter(account::Column::CompanyId.is_null())
        .one(app.connection())
        .await
        .unwrap()
        .unwrap();
    let id = operator.id.to_string();
    let refused = accounts::change_roles(database, &clock, &id, vec![Role::Hr]).await;
    assert_eq!(
        refused.unwrap_err().to_string(),
        "an operator's account has the role OPERATOR and no other; use `account disable`"
    );
    let disabled = accounts::change_enabled(database, &clock, &id, false).await;
    assert!(disabled.unwrap().disabled_at.is_some());
    let enabled = accounts::change_enabled(database, &clock, &id, true).await;
    assert_eq!(enabled.unwrap().disabled_at, None);
    let subject = operator.id.0.to_string();
    assert_eq!(
        acts(&app).await,
        [
            (
                "OPERATOR_ACCOUNT_DISABLED".to_owned(),
                subject.clone(),
                None
            ),
            ("OPERATOR_ACCOUNT_ENABLED".to_owned(), subject, None),
        ]
    );
}

#[tokio::test]
async fn the_command_line_changes_roles_and_disables() {
    let app = TestApp::start().await;
    let (database, clock) = (&app.app.database, app.clock.clone());
    let hr = account_id(&app, "hr").await;
    let changed = accounts::change_roles(database, &clock, &hr, vec![Role::Recruiter])
        .await
        .unwrap();
    assert_eq!(changed.roles.0, [Role::Recruiter]);
    accounts::change_enabled(database, &clock, &hr, false)
        .await
        .unwrap();
    assert_eq!(account(&app, "hr").await["state"], "DISABLED");
    accounts::change_enabled(database, &clock, &hr, true)
        .await
        .unwrap();
    assert_eq!(account(&app, "hr").await["state"], "ACTIVE");
    let admin = account_id(&app, "admin").await;
    let refused = accounts::change_enabled(database, &clock, &admin, false).await;
    assert!(refused.unwrap_err().to_string().contains("last admin"));
    for unknown in ["account_01h455vb4pex5vsknk084sn02q", "nonsense"] {
        let refused = accounts::change_enabled(database, &clock, unknown, false).await;
        assert!(
            refused
                .unwrap_err()
                .to_string()
                .contains("there is no account")
        );
    }
}
