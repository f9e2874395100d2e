//! Attempts to sign in with what is not one's own, and to reach inside the network by the address of a key set.

use std::time::Duration;

use alumni_api::access::Binding;
use alumni_api::access::jwt::TokenRefusal;
use alumni_api::access::providers::{ConfiguredProvider, Owner, ProviderSettings};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use entity::{Role, identity_provider};
use jsonwebtoken::{Algorithm, EncodingKey};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::configured::definition;
use super::{
    Idp, VIEWER, account, app, claims_of, create, created, development, input, no_account, signed,
    token_of,
};
use crate::support::{AOZORA, Actor, MERIDIAN, TestApp};
use crate::tokens::provider::{Signer, key_set, p256, rsa, rsa_of_another};

const UNREACHABLE: &str = "The server cannot be reached, or its address is not allowed.";

/// Why the keys of the only provider could not be read.
async fn key_error(admin: &Actor<'_>) -> Value {
    let reply = admin
        .ask("{ identityProviders { nodes { keyStatus { error } } } }")
        .await;
    reply
        .at("/identityProviders/nodes/0/keyStatus/error")
        .clone()
}

#[tokio::test]
async fn an_unverified_e_mail_address_is_none() {
    let (app, idp) = (app().await, Idp::start(rsa("r")).await);
    created(&app.admin(), input(&idp.issuer(), json!({}))).await;
    for (verified, email) in [
        (json!(true), Some("ceo@aozora.example")),
        (json!("true"), Some("ceo@aozora.example")),
        (json!(false), None),
        (json!("false"), None),
        (json!(1), None),
        (json!(null), None),
    ] {
        let claims = json!({ "email": "ceo@aozora.example", "email_verified": verified });
        let token = idp.token(&app, claims);
        let identity = app.app.access.identify(&token, None).await.unwrap();
        assert_eq!(identity.email.as_deref(), email, "{verified}");
    }
}

#[tokio::test]
async fn a_key_of_one_provider_signs_nothing_for_another() {
    let app = app().await;
    let (one, other) = (Idp::start(rsa("k")).await, Idp::start(p256("k")).await);
    created(&app.admin(), input(&one.issuer(), json!({}))).await;
    let given = json!({ "algorithms": ["ES256"] });
    created(
        &app.actor_of(MERIDIAN, "admin"),
        input(&other.issuer(), given),
    )
    .await;
    // the keys of both are known
    for idp in [&one, &other] {
        let token = idp.token(&app, json!({}));
        app.app.access.identify(&token, None).await.unwrap();
    }
    let claims = claims_of(&app, &one.issuer(), json!({}));
    let published = key_set(&[&one.signer])["keys"][0].clone();
    let modulus = URL_SAFE_NO_PAD.decode(published["n"].as_str().unwrap());
    let hmac = Signer {
        kid: "k",
        algorithm: Algorithm::HS256,
        key: EncodingKey::from_secret(&modulus.unwrap()),
    };
    for (signer, algorithm, refusal) in [
        (&other.signer, "ES256", TokenRefusal::WrongAlgorithm),
        (&other.signer, "RS256", TokenRefusal::BadSignature),
        (&hmac, "HS256", TokenRefusal::WrongAlgorithm),
        (&hmac, "RS256", TokenRefusal::BadSignature),
        (&one.signer, "none", TokenRefusal::WrongAlgorithm),
    ] {
        let forged = signed(signer, &json!({ "alg": algorithm, "kid": "k" }), &claims);
        let verdict = app.app.access.identify(&forged, None).await;
        assert_eq!(verdict.unwrap_err(), refusal, "{algorithm}");
    }
}

#[tokio::test]
async fn a_key_of_an_algorithm_that_is_not_accepted_signs_nothing() {
    let (app, idp) = (app().await, Idp::start(rsa("r")).await);
    let weaker = p256("e");
    idp.publish(&[&idp.signer, &weaker]).await;
    created(&app.admin(), input(&idp.issuer(), json!({}))).await;
    let token = idp.token(&app, json!({}));
    assert!(app.app.access.identify(&token, None).await.is_ok());
    let token = token_of(&weaker, &app, &idp.issuer(), json!({}));
    let verdict = app.app.access.identify(&token, None).await;
    assert_eq!(verdict, Err(TokenRefusal::WrongAlgorithm));
}

#[tokio::test]
async fn a_token_of_one_companys_issuer_opens_nothing_of_another() {
    let (app, idp) = (app().await, Idp::start(rsa("r")).await);
    let issuer = idp.issuer();
    created(&app.admin(), input(&issuer, json!({}))).await;
    // the other company has an account of the very subject
    account(
        &app,
        Some(MERIDIAN.id()),
        None,
        &issuer,
        "somebody",
        Role::Admin,
    )
    .await;
    let token = idp.token(&app, json!({}));
    let reply = app.with_token(&token).ask(VIEWER).await;
    assert_eq!(reply.at("/viewer"), &no_account());
    let named = app.app.access.identify(&token, Some(MERIDIAN.id())).await;
    assert_eq!(named, Err(TokenRefusal::WrongIssuer));
}

#[tokio::test]
async fn an_admin_who_registers_a_foreign_issuer_with_own_keys_reaches_their_own_company_alone() {
    let (theirs, operators) = (Idp::start(rsa("r")).await, Idp::start(rsa("r")).await);
    let providers = ProviderSettings {
        configured: vec![ConfiguredProvider {
            owner: Owner::Operator,
            definition: definition("Operations", &operators),
            private_network: false,
            enabled: true,
        }],
        ..development()
    };
    let app = TestApp::start_with_providers(providers).await;
    let (attacker, evil) = (
        app.actor_of(MERIDIAN, "admin"),
        Idp::start(rsa_of_another("r")).await,
    );
    created(&app.admin(), input(&theirs.issuer(), json!({}))).await;
    account(
        &app,
        Some(AOZORA.id()),
        None,
        &theirs.issuer(),
        "somebody",
        Role::Admin,
    )
    .await;
    account(
        &app,
        None,
        None,
        &operators.issuer(),
        "somebody",
        Role::Operator,
    )
    .await;
    let mut ids = Vec::new();
    for victim in [&theirs, &operators] {
        let given = json!({ "name": victim.issuer(), "jwksUrl": evil.jwks_url() });
        ids.push(created(&attacker, input(&victim.issuer(), given)).await);
        let forged = token_of(&evil.signer, &app, &victim.issuer(), json!({}));
        let identity = app.app.access.identify(&forged, None).await.unwrap();
        assert_eq!(identity.binding, Binding::Company(MERIDIAN.id()));
        let reply = app.with_token(&forged).ask(VIEWER).await;
        assert_eq!(reply.at("/viewer"), &no_account());
        let named = app.app.access.identify(&forged, Some(AOZORA.id())).await;
        assert!(named.is_err(), "{named:?}");
        // and the owners are not disturbed
        let own = victim.token(&app, json!({}));
        assert_eq!(app.with_token(&own).ask(VIEWER).await.status, 200);
    }
    // not even with the very keys of the operator's issuer
    let update = "mutation($input: IdentityProviderUpdateInput!) { identityProviderUpdate(input: $input) { userErrors { code field message } } }";
    let real = json!({ "id": ids[1], "jwksUrl": operators.jwks_url() });
    let updated = attacker.run(update, json!({ "input": real })).await;
    assert_eq!(updated.user_errors(), "");
    let token = operators.token(&app, json!({}));
    let identity = app.app.access.identify(&token, None).await.unwrap();
    assert_eq!(identity.binding, Binding::Operator);
    let named = app.app.access.identify(&token, Some(MERIDIAN.id())).await;
    assert_eq!(named.unwrap().binding, Binding::Company(MERIDIAN.id()));
}

#[tokio::test]
async fn a_server_that_does_not_answer_slows_down_no_other_company() {
    let (app, idp) = (app().await, Idp::start(rsa("r")).await);
    created(&app.admin(), input(&idp.issuer(), json!({}))).await;
    let token = idp.token(&app, json!({}));
    app.app.access.identify(&token, None).await.unwrap();
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/keys", silent.local_addr().unwrap());
    let given = json!({ "jwksUrl": address });
    created(
        &app.actor_of(MERIDIAN, "admin"),
        input(&idp.issuer(), given),
    )
    .await;
    let begun = std::time::Instant::now();
    let identity = app.app.access.identify(&token, None).await.unwrap();
    assert_eq!(identity.binding, Binding::Company(AOZORA.id()));
    // its own time is five seconds
    assert!(begun.elapsed() < Duration::from_secs(4));
}

#[tokio::test]
async fn addresses_inside_the_network_are_refused_when_they_are_entered() {
    let app = TestApp::start().await;
    let admin = app.admin();
    for host in [
        "127.0.0.1",
        "localhost:80@127.0.0.1",
        "0x7f.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "255.255.255.255",
        "224.0.0.1",
        "192.0.2.1",
        "[::1]",
        "[::ffff:10.0.0.1]",
        "[::10.0.0.1]",
        "[64:ff9b::a00:1]",
        "[2002:a00:1::]",
        "[fd00::1]",
        "[fe80::1]",
        "[ff02::1]",
        "[2001:db8::1]",
    ] {
        let address = format!("https://{host}/keys");
        let reply = create(
            &admin,
            input("https://login.example.com", json!({ "jwksUrl": address })),
        )
        .await;
        let expected = if host.contains('@') {
            "INVALID jwksUrl: must not contain a user name or a password"
        } else {
            "INVALID jwksUrl: must not be an address of a private, local or reserved network"
        };
        assert_eq!(reply.user_errors(), expected, "{host}");
    }
    for address in [
        "http://login.example.com/keys",
        "http://127.0.0.1/keys",
        "ftp://login.example.com/",
        "file:///etc/passwd",
    ] {
        let given = json!({ "jwksUrl": address });
        let reply = create(&admin, input("https://login.example.com", given)).await;
        assert!(
            reply.user_errors().starts_with("INVALID jwksUrl: must "),
            "{address}"
        );
    }
}

#[tokio::test]
async fn a_name_of_this_machine_is_not_connected_to_and_looks_like_one_that_does_not_exist() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let signer = rsa("r");
    let token = |issuer: &str| token_of(&signer, &app, issuer, json!({}));
    let mut errors = Vec::new();
    for host in [format!("localhost:{port}"), "nowhere.invalid".to_owned()] {
        let given = json!({ "jwksUrl": format!("https://{host}/keys") });
        let id = created(&admin, input("https://login.example.com", given)).await;
        let verdict = app
            .app
            .access
            .identify(&token("https://login.example.com"), None)
            .await;
        assert_eq!(verdict.unwrap_err(), TokenRefusal::KeysUnavailable);
        errors.push(key_error(&admin).await);
        super::act(&admin, "identityProviderDelete", &id).await;
    }
    assert_eq!(errors, [UNREACHABLE, UNREACHABLE]);
    let connection = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
    assert!(connection.is_err(), "somebody connected");
}

#[tokio::test]
async fn what_a_server_answers_instead_of_keys_is_told_in_fixed_sentences() {
    let inside = Idp::start(rsa("r")).await;
    let discovery = |body: Value| ResponseTemplate::new(200).set_body_json(body);
    let huge = "x".repeat(1_100_000);
    let keys = || ResponseTemplate::new(200).set_body_json(key_set(&[&rsa("r")]));
    let idp = Idp::start(rsa("r")).await;
    let issuer = idp.issuer();
    for (document, set, sentence) in [
        (
            ResponseTemplate::new(302).insert_header("Location", inside.jwks_url()),
            keys(),
            "The server answered with a redirect, which is not followed.",
        ),
        (
            discovery(json!({ "issuer": issuer, "jwks_uri": "https://10.0.0.1/keys" })),
            keys(),
            "The address of the key set in the discovery document is not allowed.",
        ),
        (
            discovery(json!({ "issuer": issuer, "jwks_uri": "file:///etc/passwd" })),
            keys(),
            "The address of the key set in the discovery document is not allowed.",
        ),
        (
            discovery(json!({ "issuer": format!("{issuer}/"), "jwks_uri": idp.jwks_url() })),
            keys(),
            "The discovery document names another issuer: the trailing slash differs.",
        ),
        (
            discovery(json!({ "issuer": "https://evil.example", "jwks_uri": idp.jwks_url() })),
            keys(),
            "The discovery document names another issuer.",
        ),
        (
            discovery(json!({ "issuer": issuer, "jwks_uri": idp.jwks_url(), "more": huge })),
            keys(),
            "The answer of the server is larger than 1 MB.",
        ),
        (
            ResponseTemplate::new(200).set_body_string("<html>secret</html>"),
            keys(),
            "The answer of the server is not a discovery document.",
        ),
        (
            ResponseTemplate::new(500).set_body_string("secret"),
            keys(),
            "The server answered with a status other than 200.",
        ),
        (
            discovery(json!({ "issuer": issuer, "jwks_uri": idp.jwks_url() })),
            ResponseTemplate::new(301).insert_header("Location", inside.jwks_url()),
            "The server answered with a redirect, which is not followed.",
        ),
        (
            discovery(json!({ "issuer": issuer, "jwks_uri": idp.jwks_url() })),
            ResponseTemplate::new(200).set_body_string("secret"),
            "The answer of the server is not a JWK set.",
        ),
    ] {
        let app = app().await;
        idp.answer(document, set).await;
        created(&app.admin(), input(&issuer, json!({}))).await;
        let token = idp.token(&app, json!({}));
        let verdict = app.app.access.identify(&token, None).await;
        assert_eq!(verdict.unwrap_err(), TokenRefusal::KeysUnavailable);
        assert_eq!(key_error(&app.admin()).await, sentence);
    }
    assert_eq!(inside.requests().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_slow_server_is_given_up() {
    let providers = ProviderSettings {
        timeout: Duration::from_millis(100),
        ..development()
    };
    let (app, idp) = (
        TestApp::start_with_providers(providers).await,
        Idp::start(rsa("r")).await,
    );
    let slow = ResponseTemplate::new(200).set_delay(Duration::from_secs(30));
    idp.answer(slow.clone(), slow).await;
    created(&app.admin(), input(&idp.issuer(), json!({}))).await;
    let token = idp.token(&app, json!({}));
    let verdict = app.app.access.identify(&token, None).await;
    assert_eq!(verdict.unwrap_err(), TokenRefusal::KeysUnavailable);
    assert_eq!(key_error(&app.admin()).await, "The server took too long.");
    // whoever sends such a token is not told that it is wrong
    let reply = app.with_token(&token).ask(VIEWER).await;
    assert_eq!(
        (reply.status, reply.codes()),
        (503, vec!["SERVICE_UNAVAILABLE"])
    );
}

#[tokio::test]
async fn a_trailing_slash_makes_another_issuer() {
    let (app, idp) = (app().await, Idp::start(rsa("r")).await);
    created(&app.admin(), input(&idp.issuer(), json!({}))).await;
    let with_slash = format!("{}/", idp.issuer());
    let token = token_of(&idp.signer, &app, &with_slash, json!({}));
    let verdict = app.app.access.identify(&token, None).await;
    assert_eq!(verdict, Err(TokenRefusal::WrongIssuer));
}

#[tokio::test]
async fn no_group_gives_the_role_of_an_operator_even_if_the_row_says_so() {
    let (app, idp) = (app().await, Idp::start(rsa("r")).await);
    let given = |role: &str| json!({ "claims": { "groups": "groups" }, "groupRoles": [{ "group": "OPERATOR", "role": role }] });
    for role in ["OPERATOR", "EMPLOYEE", "ALUMNUS"] {
        let reply = create(&app.admin(), input(&idp.issuer(), given(role))).await;
        assert_eq!(
            reply.user_errors(),
            format!(
                "INVALID groupRoles.0.role: must be ADMIN, HR, RECRUITER or SUPPORTER: no group gives {role}"
            )
        );
    }
    created(&app.admin(), input(&idp.issuer(), given("SUPPORTER"))).await;
    let roles = entity::GroupRoles(vec![entity::GroupRole {
        group: "OPERATOR".into(),
        role: Role::Operator,
    }]);
    identity_provider::Entity::update_many()
        .col_expr(
            identity_provider::Column::GroupRoles,
            Expr::value(sea_orm::Value::from(roles)),
        )
        .filter(identity_provider::Column::Issuer.eq(idp.issuer()))
        .exec(app.connection())
        .await
        .unwrap();
    let token = idp.token(&app, json!({ "groups": ["OPERATOR"] }));
    let identity = app.app.access.identify(&token, None).await.unwrap();
    assert_eq!(identity.roles, []);
}
