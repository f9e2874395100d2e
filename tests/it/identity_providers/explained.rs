//! `identityProviderTest`: what a token would resolve to, step by step, in one's own company alone.

use chrono::TimeDelta;
use entity::{Role, person};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::{Idp, account, act, app, created, input, token_of};
use crate::support::{AOZORA, Actor, MERIDIAN, Reply, TestApp};
use crate::tokens::provider::{rsa, rsa_of_another};

const TEST: &str = "mutation($input: IdentityProviderTestInput!) { identityProviderTest(input: $input) {
    result { accepted roles account person { id } provider { name } steps { step outcome message } } userErrors { code field message } } }";

async fn test(actor: &Actor<'_>, token: &str, id: Option<&str>) -> Reply {
    let input = json!({ "token": token, "id": id });
    actor.run(TEST, json!({ "input": input })).await
}

/// Each step in a line.
fn steps(reply: &Reply) -> Vec<String> {
    let steps = reply.at("/identityProviderTest/result/steps");
    let line = |step: &Value| {
        let text = |field: &str| step[field].as_str().unwrap().to_owned();
        format!("{} {}: {}", text("step"), text("outcome"), text("message"))
    };
    steps.as_array().unwrap().iter().map(line).collect()
}

fn result<'r>(reply: &'r Reply, field: &str) -> &'r Value {
    &reply.at("/identityProviderTest/result")[field]
}

async fn work_email(app: &TestApp, role: &str, email: &str) {
    person::Entity::update_many()
        .col_expr(person::Column::WorkEmail, Expr::value(email))
        .filter(person::Column::Id.eq(AOZORA.person(role)))
        .exec(app.connection())
        .await
        .unwrap();
}

#[tokio::test]
async fn every_step_of_an_accepted_token_is_explained() {
    let (app, idp) = (app().await, Idp::start(rsa("r")).await);
    let admin = app.admin();
    let given = json!({
        "claims": { "groups": "groups", "employeeNumber": "number" },
        "groupRoles": [{ "group": "people", "role": "HR" }],
        "provisioning": "WORK_EMAIL",
    });
    created(&admin, input(&idp.issuer(), given)).await;
    work_email(&app, "employee", "Taro@aozora.example").await;
    let claims = json!({ "email": "taro@AOZORA.example", "email_verified": true, "number": "7", "groups": ["people", "all"] });
    let token = idp.token(&app, claims);
    let reply = test(&admin, &token, None).await;
    assert_eq!(
        steps(&reply),
        [
            format!("READ PASSED: The token names the issuer `{}`.", idp.issuer()),
            "PROVIDER PASSED: The provider is `Employees`.".into(),
            "KEY PASSED: The key is `r`, for RS256.".into(),
            "SIGNATURE PASSED: The signature is valid.".into(),
            "ISSUER PASSED: The issuer is the provider's.".into(),
            "AUDIENCE PASSED: The audience and the client are accepted.".into(),
            "TIME PASSED: The token is valid until 2026-04-01T01:00:00+00:00.".into(),
            "CLAIMS PASSED: E-mail address `taro@AOZORA.example`, verified. Employee number `7`. Groups people, all: they give HR.".into(),
            "ACCOUNT PASSED: There is no account yet: the first sign-in creates the one of this employee.".into(),
        ]
    );
    assert_eq!(result(&reply, "accepted"), true);
    assert_eq!(result(&reply, "roles"), &json!(["HR"]));
    assert_eq!(result(&reply, "account"), "PROVISIONED");
    let employee = AOZORA.person("employee").to_string();
    assert_eq!(result(&reply, "person"), &json!({ "id": employee }));
    assert_eq!(result(&reply, "provider"), &json!({ "name": "Employees" }));
    // two employees with one address match nobody
    work_email(&app, "recruiter", "taro@aozora.example").await;
    let reply = test(&admin, &token, None).await;
    assert_eq!(
        steps(&reply)[8],
        "ACCOUNT PASSED: There is no account, and several employees match the claims: an invitation is needed."
    );
    assert_eq!(result(&reply, "account"), "INVITATION_NEEDED");
    assert_eq!(result(&reply, "person"), &Value::Null);
    // an unverified address neither
    let claims = json!({ "email": "hr@aozora.example", "email_verified": false });
    work_email(&app, "hr", "hr@aozora.example").await;
    let reply = test(&admin, &idp.token(&app, claims), None).await;
    assert_eq!(
        steps(&reply)[7..],
        [
            "CLAIMS PASSED: E-mail address `hr@aozora.example`, not verified: it does not count. No employee number. No groups.",
            "ACCOUNT PASSED: There is no account: an invitation is needed.",
        ]
    );
    let (issuer, hr) = (idp.issuer(), AOZORA.person("hr"));
    account(
        &app,
        Some(AOZORA.id()),
        Some(hr),
        &issuer,
        "somebody",
        Role::Hr,
    )
    .await;
    let reply = test(&admin, &token, None).await;
    assert_eq!(steps(&reply)[8], "ACCOUNT PASSED: There is an account.");
    assert_eq!(result(&reply, "account"), "FOUND");
    assert_eq!(result(&reply, "person"), &json!({ "id": hr.to_string() }));
    assert_eq!(app.change_kinds().await, ["identity_provider.created"]);
}

#[tokio::test]
async fn the_step_that_fails_says_why_and_later_ones_are_skipped() {
    let (app, idp) = (app().await, Idp::start(rsa("r")).await);
    let admin = app.admin();
    let id = created(&admin, input(&idp.issuer(), json!({}))).await;
    let outcomes = |reply: &Reply| {
        let steps = reply.at("/identityProviderTest/result/steps");
        let steps = steps.as_array().unwrap().iter();
        let outcomes = steps.map(|step| match step["outcome"].as_str().unwrap() {
            "PASSED" => 'p',
            "FAILED" => 'F',
            _ => '-',
        });
        outcomes.collect::<String>()
    };
    let failed = |reply: &Reply| {
        let failed = steps(reply)
            .into_iter()
            .find(|step| step.contains("FAILED"));
        failed.unwrap()
    };
    let slash = format!("{}/", idp.issuer());
    let other = rsa_of_another("r");
    let unknown = rsa("unknown");
    let now = app.clock.now().timestamp();
    for (token, expected, message) in [
        (
            "nonsense".to_owned(),
            "F--------",
            "READ FAILED: The token is not a well-formed access token.".to_owned(),
        ),
        (
            token_of(&idp.signer, &app, "https://unknown.example.com", json!({})),
            "pF-------",
            "PROVIDER FAILED: No identity provider has this issuer.".into(),
        ),
        (
            token_of(&idp.signer, &app, &slash, json!({})),
            "pF-------",
            "PROVIDER FAILED: No identity provider has this issuer. One differs from it by a trailing slash.".into(),
        ),
        (
            token_of(&unknown, &app, &idp.issuer(), json!({})),
            "ppF------",
            "KEY FAILED: The token is signed with a key that is not known here.".into(),
        ),
        (
            token_of(&other, &app, &idp.issuer(), json!({})),
            "pppF-----",
            "SIGNATURE FAILED: The token's signature does not hold.".into(),
        ),
        (
            idp.token(&app, json!({ "aud": "x" })),
            "pppppF---",
            "AUDIENCE FAILED: The token is meant for another audience. Accepted: alumni.".into(),
        ),
        (
            idp.token(&app, json!({ "exp": now })),
            "ppppppFpp",
            "TIME FAILED: The token has expired.".into(),
        ),
    ] {
        let reply = test(&admin, &token, None).await;
        assert_eq!(
            (outcomes(&reply).as_str(), failed(&reply)),
            (expected, message)
        );
        assert_eq!(result(&reply, "accepted"), false);
        // nothing of the token comes back
        assert!(!reply.text.contains(&token));
    }
    let token = token_of(&idp.signer, &app, &slash, json!({}));
    let reply = test(&admin, &token, Some(&id)).await;
    assert_eq!(
        failed(&reply),
        "ISSUER FAILED: The issuer differs from the provider's by a trailing slash."
    );
    act(&admin, "identityProviderDisable", &id).await;
    let reply = test(&admin, &idp.token(&app, json!({})), None).await;
    assert_eq!(outcomes(&reply), "pFppppppp");
    assert_eq!(
        failed(&reply),
        "PROVIDER FAILED: The provider `Employees` is disabled: its tokens are refused."
    );
    assert_eq!(result(&reply, "accepted"), false);
    let reply = test(&admin, " ", None).await;
    assert_eq!(
        reply.user_errors(),
        "REQUIRED token: must not be empty: a token, as a client sends it after `Bearer`"
    );
}

#[tokio::test]
async fn a_test_tells_nothing_of_another_company() {
    let (app, idp) = (app().await, Idp::start(rsa("r")).await);
    let issuer = idp.issuer();
    let other = app.actor_of(MERIDIAN, "admin");
    let id = created(&other, input(&issuer, json!({}))).await;
    let admin = app.admin();
    let token = idp.token(&app, json!({}));
    // its issuer is as unknown as any
    let unknown = token_of(&idp.signer, &app, "https://unknown.example.com", json!({}));
    let (theirs, unknown) = (
        test(&admin, &token, None).await,
        test(&admin, &unknown, None).await,
    );
    assert_eq!(steps(&theirs)[1..], steps(&unknown)[1..]);
    let reply = test(&admin, &token, Some(&id)).await;
    assert_eq!(
        steps(&reply)[1],
        "PROVIDER FAILED: There is no such identity provider."
    );
    // and so are its accounts, also those of the settings' issuer
    created(&admin, input(&issuer, json!({}))).await;
    account(
        &app,
        Some(MERIDIAN.id()),
        None,
        &issuer,
        "somebody",
        Role::Admin,
    )
    .await;
    for token in [token, app.token("admin@meridian")] {
        let reply = test(&admin, &token, None).await;
        assert_eq!(
            steps(&reply)[8],
            "ACCOUNT PASSED: There is no account: an invitation is needed."
        );
        assert_eq!(result(&reply, "person"), &Value::Null);
    }
    for role in ["hr", "employee", "alumnus"] {
        let reply = test(&app.actor(role), "x", None).await;
        assert_eq!(reply.codes(), ["FORBIDDEN"], "{role}");
    }
}

#[tokio::test]
async fn a_token_of_the_settings_is_explained_too() {
    let app = app().await;
    app.clock.advance(TimeDelta::seconds(1));
    let reply = test(&app.admin(), &app.token("hr@aozora"), None).await;
    assert_eq!(
        steps(&reply)[1..],
        [
            "PROVIDER PASSED: The issuer and the audience are those of the settings of the service.",
            "KEY PASSED: The key has no name, for HS256.",
            "SIGNATURE PASSED: The signature is valid.",
            "ISSUER PASSED: The issuer is the provider's.",
            "AUDIENCE PASSED: The audience and the client are accepted.",
            "TIME PASSED: The token is valid until 2026-04-01T01:00:01+00:00.",
            "CLAIMS PASSED: The settings of the service map no claims.",
            "ACCOUNT PASSED: There is an account.",
        ]
    );
    assert_eq!(result(&reply, "provider"), &Value::Null);
    let hr = AOZORA.person("hr").to_string();
    assert_eq!(result(&reply, "person"), &json!({ "id": hr }));
}
