//! Which provider verifies a token, which company it binds, and what its claims mean.

use alumni_api::access::jwt::TokenRefusal;
use alumni_api::access::providers::{ConfiguredProvider, Owner, ProviderSettings};
use alumni_api::access::{Binding, Identity, Provisioning};
use chrono::TimeDelta;
use entity::{Id, IdentityProviderId, IdentityProviderPurpose, Role};
use serde_json::{Value, json};

use super::configured::definition;
use super::{
    Idp, VIEWER, account, app, claims_of, created, development, input, no_account, signed, token_of,
};
use crate::support::{AOZORA, MERIDIAN, TestApp};
use crate::tokens::provider::{ed25519, p256, rsa, rsa_of_another};

async fn verdict(app: &TestApp, token: &str) -> Result<Binding, TokenRefusal> {
    let identity = app.app.access.identify(token, None).await;
    identity.map(|identity| identity.binding)
}

const OF_AOZORA: fn() -> Result<Binding, TokenRefusal> = || Ok(Binding::Company(AOZORA.id()));
const OF_MERIDIAN: fn() -> Result<Binding, TokenRefusal> = || Ok(Binding::Company(MERIDIAN.id()));

#[tokio::test]
async fn the_claims_of_a_token_are_read_by_the_mapping_of_its_provider() {
    let (app, idp) = (app().await, Idp::start(rsa("r")).await);
    let given = json!({
        "claims": { "employeeNumber": "number", "groups": "/realm_access/roles" },
        "groupRoles": [{ "group": "people", "role": "HR" }, { "group": "it", "role": "ADMIN" }, { "group": "other", "role": "RECRUITER" }],
        "provisioning": "EMPLOYEE_NUMBER",
    });
    let id = created(&app.admin(), input(&idp.issuer(), given)).await;
    let claims = json!({ "email": "a@example.com", "email_verified": true, "number": 42,
        "realm_access": { "roles": ["it", "people", "OPERATOR"] } });
    let token = idp.token(&app, claims);
    let identity = app.app.access.identify(&token, None).await;
    assert_eq!(
        identity,
        Ok(Identity {
            issuer: idp.issuer(),
            subject: "somebody".into(),
            binding: Binding::Company(AOZORA.id()),
            email: Some("a@example.com".into()),
            employee_number: Some("42".into()),
            roles: vec![Role::Admin, Role::Hr],
            provisioning: Provisioning::EmployeeNumber,
            provider: IdentityProviderId::parse(&id),
            purpose: Some(IdentityProviderPurpose::Employees),
            expires_at: app.clock.now() + TimeDelta::hours(1),
        })
    );
}

#[tokio::test]
async fn several_issuers_sign_in_at_once_each_with_its_own_algorithm() {
    let app = app().await;
    let (admin, mut idps) = (app.admin(), Vec::new());
    for (signer, algorithm) in [
        (rsa("k"), "RS256"),
        (p256("k"), "ES256"),
        (ed25519("k"), "EDDSA"),
    ] {
        idps.push(Idp::start(signer).await);
        let idp = idps.last().unwrap();
        let given = json!({ "name": algorithm, "algorithms": [algorithm] });
        created(&admin, input(&idp.issuer(), given)).await;
        let token = idp.token(&app, json!({}));
        assert_eq!(verdict(&app, &token).await, OF_AOZORA(), "{algorithm}");
    }
    // the issuer of the settings goes on beside them
    let own = verdict(&app, &app.token("operator")).await;
    assert_eq!(own, Ok(Binding::Any));
}

#[tokio::test]
async fn one_issuer_of_two_companies_is_told_apart_by_the_audience() {
    let (app, idp) = (app().await, Idp::start(rsa("r")).await);
    let other = app.actor_of(MERIDIAN, "admin");
    created(&app.admin(), input(&idp.issuer(), json!({}))).await;
    let given = json!({ "audiences": ["meridian"] });
    created(&other, input(&idp.issuer(), given)).await;
    let bound = |audience: Value| {
        let token = idp.token(&app, json!({ "aud": audience }));
        async { verdict(&app, &{ token }).await }
    };
    assert_eq!(bound(json!("alumni")).await, OF_AOZORA());
    assert_eq!(bound(json!(["meridian", "x"])).await, OF_MERIDIAN());
    assert_eq!(bound(json!("x")).await, Err(TokenRefusal::WrongAudience));
    // both companies share the keys of the issuer, which are asked for once
    assert_eq!(
        idp.requests().await,
        ["/.well-known/openid-configuration", "/keys"]
    );
}

#[tokio::test]
async fn a_token_that_two_companies_accept_needs_the_name_of_one() {
    let (app, idp) = (app().await, Idp::start(rsa("r")).await);
    let other = app.actor_of(MERIDIAN, "admin");
    created(&app.admin(), input(&idp.issuer(), json!({}))).await;
    created(&other, input(&idp.issuer(), json!({}))).await;
    let token = idp.token(&app, json!({}));
    for _ in 0..2 {
        assert_eq!(
            verdict(&app, &token).await,
            Err(TokenRefusal::CompanyNeeded)
        );
    }
    let answer = app.with_token(&token).ask(VIEWER).await;
    assert_eq!(answer.status, 401);
    assert!(
        answer.text.contains("the request must name the company"),
        "{}",
        answer.text
    );
    for company in [AOZORA, MERIDIAN] {
        let named = app.app.access.identify(&token, Some(company.id())).await;
        assert_eq!(named.unwrap().binding, Binding::Company(company.id()));
    }
}

#[tokio::test]
async fn a_verified_token_adds_no_statement_once_providers_are_cached() {
    let (app, idp) = (app().await, Idp::start(rsa("r")).await);
    let issuer = idp.issuer();
    account(&app, Some(AOZORA.id()), None, &issuer, "somebody", Role::Hr).await;
    created(&app.admin(), input(&idp.issuer(), json!({}))).await;
    let actor = app.with_token(&idp.token(&app, json!({})));
    actor.ask("{ viewer { kind } }").await.data();
    let (statements, _) = app.statements(actor.ask("{ viewer { kind } }")).await;
    assert_eq!(statements, 0);
    // nor do issuers that nobody registered, whatever they are called
    for number in 0..50 {
        let issuer = format!("https://unknown{number}.example.com");
        let token = token_of(&idp.signer, &app, &issuer, json!({}));
        let (statements, verdict) = app.statements(verdict(&app, &token)).await;
        assert_eq!((statements, verdict), (0, Err(TokenRefusal::WrongIssuer)));
    }
    // what another instance may have changed is read again after ten seconds, in one statement
    app.clock.advance(TimeDelta::seconds(10));
    let token = idp.token(&app, json!({}));
    let (statements, _) = app.statements(verdict(&app, &token)).await;
    assert_eq!(statements, 1);
    assert_eq!(app.statements(verdict(&app, &token)).await.0, 0);
}

#[tokio::test]
async fn a_rotated_key_is_read_after_half_a_minute_and_the_old_one_is_gone() {
    let (app, idp) = (app().await, Idp::start(rsa("old")).await);
    created(&app.admin(), input(&idp.issuer(), json!({}))).await;
    let token = idp.token(&app, json!({}));
    assert_eq!(verdict(&app, &token).await, OF_AOZORA());
    let new = rsa_of_another("new");
    idp.publish(&[&new]).await;
    let rotated = token_of(&new, &app, &idp.issuer(), json!({}));
    let too_soon = verdict(&app, &rotated).await;
    assert_eq!(too_soon, Err(TokenRefusal::UnknownKey));
    app.clock.advance(TimeDelta::seconds(30));
    assert_eq!(verdict(&app, &rotated).await, OF_AOZORA());
    assert_eq!(verdict(&app, &token).await, Err(TokenRefusal::UnknownKey));
    assert_eq!(idp.requests().await.len(), 2);
}

#[tokio::test]
async fn a_token_of_another_client_is_refused_where_clients_are_listed() {
    let (app, idp) = (app().await, Idp::start(rsa("r")).await);
    let given = json!({ "authorizedParties": ["portal", "console"] });
    created(&app.admin(), input(&idp.issuer(), given)).await;
    for (claims, expected) in [
        (json!({ "azp": "portal" }), OF_AOZORA()),
        (json!({ "client_id": "console" }), OF_AOZORA()),
        (json!({ "azp": "other" }), Err(TokenRefusal::WrongClient)),
        (
            json!({ "azp": "other", "client_id": "portal" }),
            Err(TokenRefusal::WrongClient),
        ),
        (json!({}), Err(TokenRefusal::WrongClient)),
    ] {
        let token = idp.token(&app, claims.clone());
        assert_eq!(verdict(&app, &token).await, expected, "{claims}");
    }
}

#[tokio::test]
async fn times_and_subjects_are_checked_as_those_of_every_token() {
    let (app, idp) = (app().await, Idp::start(rsa("r")).await);
    created(&app.admin(), input(&idp.issuer(), json!({}))).await;
    let now = app.clock.now().timestamp();
    for (claims, refusal) in [
        (json!({ "exp": now }), TokenRefusal::Expired),
        (json!({ "nbf": now + 60 }), TokenRefusal::NotYetValid),
        (json!({ "sub": "" }), TokenRefusal::Malformed),
        (json!({ "sub": "a\u{0}b" }), TokenRefusal::Malformed),
        (json!({ "sub": null }), TokenRefusal::Malformed),
        (json!({ "exp": null }), TokenRefusal::Malformed),
    ] {
        let token = idp.token(&app, claims.clone());
        assert_eq!(verdict(&app, &token).await, Err(refusal), "{claims}");
    }
    let header = json!({ "alg": "RS256", "kid": "r", "typ": "logout+jwt" });
    let claims = claims_of(&app, &idp.issuer(), json!({}));
    let logout = signed(&idp.signer, &header, &claims);
    assert_eq!(verdict(&app, &logout).await, Err(TokenRefusal::Malformed));
}

#[tokio::test]
async fn the_operators_provider_signs_in_operators_and_nobody_of_a_company() {
    let idp = Idp::start(rsa("r")).await;
    let providers = ProviderSettings {
        configured: vec![ConfiguredProvider {
            owner: Owner::Operator,
            definition: definition("Operations", &idp),
            private_network: false,
            enabled: true,
        }],
        ..development()
    };
    let app = TestApp::start_with_providers(providers).await;
    let issuer = idp.issuer();
    account(&app, None, None, &issuer, "operator", Role::Operator).await;
    account(&app, Some(AOZORA.id()), None, &issuer, "hr", Role::Hr).await;
    let operator = app.with_token(&idp.token(&app, json!({ "sub": "operator" })));
    assert_eq!(
        operator.ask(VIEWER).await.at("/viewer"),
        &json!({ "kind": "MEMBER", "roles": ["OPERATOR"], "company": null })
    );
    let hr = app.with_token(&idp.token(&app, json!({ "sub": "hr" })));
    assert_eq!(hr.ask(VIEWER).await.at("/viewer"), &no_account());
    // it is no matter of companies; the operator sees it
    let list = "{ identityProviders { nodes { name source } } }";
    let listed = app.admin().ask(list).await;
    assert_eq!(listed.at("/identityProviders/nodes"), &json!([]));
    let listed = operator.ask(list).await;
    assert_eq!(
        listed.at("/identityProviders/nodes"),
        &json!([{ "name": "Operations", "source": "CONFIGURATION" }])
    );
}
