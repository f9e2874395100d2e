//! Providers by mutation: who may, what is refused, and when a change is effective.

use chrono::TimeDelta;
use entity::Role;
use serde_json::{Value, json};

use super::{CREATE, Idp, VIEWER, account, act, app, create, created, development, input};
use crate::support::{AOZORA, MERIDIAN, TestApp};
use crate::tokens::provider::{p256, rsa};

const ALL: &str = "id company { slug } name purpose source issuer audiences keySource jwksUrl algorithms authorizedParties
    claims { email emailVerified emailAlwaysVerified employeeNumber groups } groupRoles { group role } provisioning
    enabled disabledAt createdAt updatedAt version keyStatus { keys { kid algorithm } readAt attemptedAt error }";
const UPDATE: &str = "mutation($input: IdentityProviderUpdateInput!) { identityProviderUpdate(input: $input) {
    identityProvider { name issuer audiences keySource jwksUrl claims { email groups } version updatedAt } userErrors { code field message } } }";
const LIST: &str = "query($filter: IdentityProviderFilter) { identityProviders(filter: $filter) { totalCount nodes { name source enabled } } }";

#[tokio::test]
async fn an_admin_creates_a_provider_and_its_tokens_sign_in() {
    let (app, idp) = (app().await, Idp::start(rsa("r")).await);
    let person = AOZORA.person("hr");
    account(
        &app,
        Some(AOZORA.id()),
        Some(person),
        &idp.issuer(),
        "somebody",
        Role::Hr,
    )
    .await;
    let token = idp.token(&app, json!({}));
    assert_eq!(app.with_token(&token).ask(VIEWER).await.status, 401);
    created(&app.admin(), input(&idp.issuer(), json!({}))).await;
    let reply = app.with_token(&token).ask(VIEWER).await;
    assert_eq!(
        reply.at("/viewer"),
        &json!({ "kind": "MEMBER", "roles": ["HR", "EMPLOYEE"], "company": { "slug": "aozora" } })
    );
    assert_eq!(
        idp.requests().await,
        ["/.well-known/openid-configuration", "/keys"]
    );
    assert_eq!(app.change_kinds().await, ["identity_provider.created"]);
}

#[tokio::test]
async fn a_provider_is_answered_as_it_was_entered_and_its_keys_once_they_are_read() {
    let (app, idp) = (app().await, Idp::start(p256("e")).await);
    let admin = app.admin();
    let given = json!({
        "name": " Alumni portal ",
        "jwksUrl": idp.jwks_url(),
        "audiences": ["alumni", "portal", "alumni"],
        "algorithms": ["ES256", "ES256"],
        "authorizedParties": ["client"],
        "claims": { "employeeNumber": "number", "groups": "/realm_access/roles" },
        "groupRoles": [{ "group": "people", "role": "HR" }, { "group": "people", "role": "HR" }],
        "provisioning": "WORK_EMAIL",
    });
    let id = created(&admin, input("https://login.example.com/", given)).await;
    let query =
        format!("query($id: ID!) {{ node(id: $id) {{ ... on IdentityProvider {{ {ALL} }} }} }}");
    let read = || admin.run(&query, json!({ "id": id }));
    let mut expected = json!({
        "id": id, "company": { "slug": "aozora" }, "name": "Alumni portal", "purpose": "EMPLOYEES", "source": "DATABASE", "issuer": "https://login.example.com/",
        "audiences": ["alumni", "portal"], "keySource": "JWKS_URL", "jwksUrl": idp.jwks_url(), "algorithms": ["ES256"],
        "authorizedParties": ["client"],
        "claims": { "email": "email", "emailVerified": "email_verified", "emailAlwaysVerified": false, "employeeNumber": "number",
            "groups": "/realm_access/roles" },
        "groupRoles": [{ "group": "people", "role": "HR" }], "provisioning": "WORK_EMAIL", "enabled": true, "disabledAt": null,
        "createdAt": "2026-04-01T00:00:00+00:00", "updatedAt": "2026-04-01T00:00:00+00:00", "version": 1,
        "keyStatus": { "keys": [], "readAt": null, "attemptedAt": null, "error": null },
    });
    assert_eq!(read().await.at("/node"), &expected);
    let claims = json!({ "azp": "client" });
    let token = super::token_of(&idp.signer, &app, "https://login.example.com/", claims);
    app.app.access.identify(&token, None).await.unwrap();
    expected["keyStatus"] = json!({ "keys": [{ "kid": "e", "algorithm": "ES256" }], "readAt": "2026-04-01T00:00:00+00:00",
        "attemptedAt": "2026-04-01T00:00:00+00:00", "error": null });
    assert_eq!(read().await.at("/node"), &expected);
}

#[tokio::test]
async fn every_fault_of_an_input_is_named_with_what_would_be_accepted() {
    let app = app().await;
    let given = json!({
        "name": "", "purpose": "ALUMNI", "issuer": "login", "audiences": [], "algorithms": [],
        "claims": { "email": "upn" }, "groupRoles": [{ "group": "", "role": "OPERATOR" }], "provisioning": "EMPLOYEE_NUMBER",
    });
    let reply = create(&app.admin(), given).await;
    assert_eq!(
        reply.user_errors(),
        "REQUIRED name: must not be empty\n\
        REQUIRED audiences: must name at least one audience\n\
        REQUIRED algorithms: must name at least one of RS256, ES256 and EDDSA\n\
        INVALID issuer: must be an https address without query and fragment, as `https://login.example.com/`, unless `jwksUrl` is given\n\
        INVALID claims.emailVerified: must name another claim: `email_verified` speaks of the claim `email` alone\n\
        REQUIRED groupRoles.0.group: must not be empty\n\
        INVALID groupRoles.0.role: must be ADMIN, HR, RECRUITER or SUPPORTER: no group gives OPERATOR\n\
        REQUIRED claims.groups: must name the claim with the groups, because `groupRoles` is not empty\n\
        INVALID groupRoles: must be empty: a provider for alumni gives no role\n\
        INVALID provisioning: must be OFF: a provider for alumni provisions no employee\n\
        REQUIRED claims.employeeNumber: must name the claim with the employee number, because `provisioning` is EMPLOYEE_NUMBER"
    );
    let listed = app.admin().run(LIST, json!({})).await;
    assert_eq!(listed.at("/identityProviders/totalCount"), 0);
    assert_eq!(app.change_kinds().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_name_an_audience_of_the_company_and_the_issuer_of_the_settings_are_taken() {
    let app = app().await;
    let admin = app.admin();
    let issuer = "https://login.example.com";
    created(&admin, input(issuer, json!({}))).await;
    let again = json!({ "audiences": ["portal", "alumni"] });
    assert_eq!(
        create(&admin, input(issuer, again)).await.user_errors(),
        "TAKEN name: another provider of the company is named `Employees`\n\
        TAKEN audiences: the provider `Employees` of the company already accepts this issuer with one of these audiences"
    );
    for own in ["tests", "tests/"] {
        let given = json!({ "name": "Own", "jwksUrl": "https://keys.example.com/" });
        assert_eq!(
            create(&admin, input(own, given)).await.user_errors(),
            "TAKEN issuer: is the issuer of the settings of the service, which every company accepts",
            "{own}"
        );
    }
    // another company is told nothing of it
    let other = app.actor_of(MERIDIAN, "admin");
    created(&other, input(issuer, json!({}))).await;
    let more = json!({ "name": "Portal", "audiences": ["portal"] });
    created(&admin, input(issuer, more)).await;
}

#[tokio::test]
async fn an_update_changes_what_is_given_and_refuses_an_outdated_version() {
    let app = app().await;
    let admin = app.admin();
    let id = created(&admin, input("https://login.example.com", json!({}))).await;
    app.clock.advance(TimeDelta::seconds(1));
    let update = |fields: Value| {
        let mut input = json!({ "id": id });
        for (name, value) in fields.as_object().unwrap() {
            input[name] = value.clone();
        }
        admin.run(UPDATE, json!({ "input": input }))
    };
    let given = json!({ "name": "Staff", "jwksUrl": "https://keys.example.com/set", "claims": { "email": null, "groups": "groups" }, "expectedVersion": 1 });
    let reply = update(given).await;
    assert_eq!(
        reply.at("/identityProviderUpdate/identityProvider"),
        &json!({ "name": "Staff", "issuer": "https://login.example.com", "audiences": ["alumni"], "keySource": "JWKS_URL",
            "jwksUrl": "https://keys.example.com/set", "claims": { "email": null, "groups": "groups" }, "version": 2,
            "updatedAt": "2026-04-01T00:00:01+00:00" })
    );
    let fields = &app.changes().await[1].fields.0;
    assert_eq!(fields, &["name", "jwksUrl", "claims"]);
    let outdated = json!({ "name": "Other", "expectedVersion": 1 });
    assert_eq!(
        update(outdated).await.user_errors(),
        "STALE_VERSION expectedVersion: the version stored is 2, not 1: read again"
    );
    // the same again is no change; null goes back to discovery
    let reply = update(json!({ "name": "Staff" })).await;
    assert_eq!(
        reply.at("/identityProviderUpdate/identityProvider/version"),
        2
    );
    let reply = update(json!({ "jwksUrl": null })).await;
    let place = "/identityProviderUpdate/identityProvider/keySource";
    assert_eq!(reply.at(place), "DISCOVERY");
    assert_eq!(
        app.change_kinds().await,
        [
            "identity_provider.created",
            "identity_provider.updated",
            "identity_provider.updated"
        ]
    );
}

#[tokio::test]
async fn a_disabled_or_deleted_provider_ends_at_once_here_and_within_ten_seconds_elsewhere() {
    let (app, idp) = (app().await, Idp::start(rsa("r")).await);
    let admin = app.admin();
    account(
        &app,
        Some(AOZORA.id()),
        None,
        &idp.issuer(),
        "somebody",
        Role::Hr,
    )
    .await;
    let id = created(&admin, input(&idp.issuer(), json!({}))).await;
    let elsewhere = app.another_instance_with_providers(development()).await;
    let token = idp.token(&app, json!({}));
    let status = |app: &TestApp| {
        let (client, url, token) = (app.client().clone(), app.url("/graphql"), token.clone());
        async move {
            let body = json!({ "query": VIEWER });
            let sent = client.post(url).bearer_auth(token).json(&body).send().await;
            sent.unwrap().status().as_u16()
        }
    };
    assert_eq!((status(&app).await, status(&elsewhere).await), (200, 200));
    assert_eq!(act(&admin, "identityProviderDisable", &id).await, "");
    assert_eq!((status(&app).await, status(&elsewhere).await), (401, 200));
    elsewhere.clock.advance(TimeDelta::seconds(10));
    assert_eq!(status(&elsewhere).await, 401);
    assert_eq!(act(&admin, "identityProviderEnable", &id).await, "");
    assert_eq!((status(&app).await, status(&elsewhere).await), (200, 401));
    elsewhere.clock.advance(TimeDelta::seconds(10));
    assert_eq!(status(&elsewhere).await, 200);
    // what is so already stays so, and is no change
    assert_eq!(act(&admin, "identityProviderEnable", &id).await, "");
    assert_eq!(act(&admin, "identityProviderDelete", &id).await, "");
    assert_eq!((status(&app).await, status(&elsewhere).await), (401, 200));
    elsewhere.clock.advance(TimeDelta::seconds(10));
    assert_eq!(status(&elsewhere).await, 401);
    assert_eq!(
        app.change_kinds().await,
        [
            "identity_provider.created",
            "identity_provider.disabled",
            "identity_provider.enabled",
            "identity_provider.deleted"
        ]
    );
}

#[tokio::test]
async fn providers_are_an_admins_matter_and_another_companys_do_not_exist() {
    let app = app().await;
    let id = created(&app.admin(), input("https://login.example.com", json!({}))).await;
    for role in ["hr", "recruiter", "supporter", "employee", "alumnus"] {
        let actor = app.actor(role);
        let given = json!({ "input": input("https://other.example.com", json!({})) });
        assert_eq!(actor.run(CREATE, given).await.codes(), ["FORBIDDEN"]);
        assert_eq!(actor.run(LIST, json!({})).await.codes(), ["FORBIDDEN"]);
        let node = "query($id: ID!) { node(id: $id) { id } }";
        let node = actor.run(node, json!({ "id": id })).await;
        assert_eq!(node.at("/node"), &Value::Null, "{role}");
    }
    let stranger = app.actor_of(MERIDIAN, "admin");
    let listed = stranger.run(LIST, json!({})).await;
    assert_eq!(listed.at("/identityProviders/totalCount"), 0);
    for name in [
        "identityProviderDisable",
        "identityProviderEnable",
        "identityProviderDelete",
    ] {
        let kind = name.replacen('i', "I", 1);
        let query = format!(
            "mutation($input: {kind}Input!) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}"
        );
        let reply = stranger.run(&query, json!({ "input": { "id": id } })).await;
        assert_eq!(reply.codes(), ["NOT_FOUND"], "{name}");
    }
    let update = json!({ "input": { "id": id, "name": "Mine" } });
    assert_eq!(stranger.run(UPDATE, update).await.codes(), ["NOT_FOUND"]);
    // an operator sees all of them, and changes none
    let operator = app.operator();
    let listed = operator.run(LIST, json!({})).await;
    assert_eq!(
        listed.texts("/identityProviders/nodes", "name"),
        ["Employees"]
    );
    let update = json!({ "input": { "id": id, "name": "Mine" } });
    assert_eq!(operator.run(UPDATE, update).await.codes(), ["FORBIDDEN"]);
    assert_eq!(app.change_kinds().await, ["identity_provider.created"]);
}

#[tokio::test]
async fn a_list_is_filtered_and_ordered_by_name() {
    let app = app().await;
    let admin = app.admin();
    let mut ids = Vec::new();
    for (place, name) in ["Staff", "Alumni", "Contractors"].into_iter().enumerate() {
        let purpose = if name == "Alumni" {
            "ALUMNI"
        } else {
            "EMPLOYEES"
        };
        let given = json!({ "name": name, "purpose": purpose });
        let issuer = format!("https://login{place}.example.com");
        ids.push(created(&admin, input(&issuer, given)).await);
    }
    act(&admin, "identityProviderDisable", &ids[0]).await;
    for (filter, names) in [
        (json!({}), vec!["Alumni", "Contractors", "Staff"]),
        (json!({ "enabled": true }), vec!["Alumni", "Contractors"]),
        (json!({ "enabled": false }), vec!["Staff"]),
        (json!({ "purpose": "ALUMNI" }), vec!["Alumni"]),
        (json!({ "source": "CONFIGURATION" }), vec![]),
    ] {
        let reply = admin.run(LIST, json!({ "filter": filter })).await;
        assert_eq!(
            reply.texts("/identityProviders/nodes", "name"),
            names,
            "{filter}"
        );
    }
    let page = "query($after: String) { identityProviders(first: 2, after: $after) { pageInfo { endCursor hasNextPage } nodes { name } } }";
    let first = admin.run(page, json!({})).await;
    assert_eq!(
        first.texts("/identityProviders/nodes", "name"),
        ["Alumni", "Contractors"]
    );
    let after = first.at("/identityProviders/pageInfo/endCursor");
    let second = admin.run(page, json!({ "after": after })).await;
    assert_eq!(second.texts("/identityProviders/nodes", "name"), ["Staff"]);
}

#[tokio::test]
async fn a_company_has_fifty_providers_at_most() {
    let app = app().await;
    let admin = app.admin();
    for number in 0..50 {
        let issuer = format!("https://login{number}.example.com");
        created(&admin, input(&issuer, json!({ "name": issuer }))).await;
    }
    let reply = create(&admin, input("https://more.example.com", json!({}))).await;
    assert_eq!(
        reply.user_errors(),
        "REFUSED : a company has at most 50 identity providers"
    );
}
