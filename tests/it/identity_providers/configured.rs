//! Providers of the configuration file: listed, not edited, and effective by the file.

use alumni_api::access::Binding;
use alumni_api::access::jwt::TokenRefusal;
use alumni_api::access::providers::rules::{ClaimMapping, Definition, KeyPlace};
use alumni_api::access::providers::{ConfiguredProvider, Owner, ProviderSettings};
use chrono::TimeDelta;
use entity::{IdentityProviderProvisioning, IdentityProviderPurpose, SigningAlgorithm};
use serde_json::json;

use super::{Idp, act, development};
use crate::support::{AOZORA, TestApp};
use crate::tokens::provider::{key_set, rsa};

/// A provider found by discovery, for the audience `alumni`.
pub fn definition(name: &str, idp: &Idp) -> Definition {
    Definition {
        name: name.into(),
        purpose: IdentityProviderPurpose::Employees,
        issuer: idp.issuer(),
        audiences: vec!["alumni".into()],
        keys: KeyPlace::Discovery,
        algorithms: vec![SigningAlgorithm::Rs256],
        authorized_parties: vec![],
        claims: ClaimMapping::default(),
        group_roles: vec![],
        provisioning: IdentityProviderProvisioning::Off,
    }
}

fn of_company(slug: &str, definition: Definition) -> ConfiguredProvider {
    ConfiguredProvider {
        owner: Owner::Company(slug.into()),
        definition,
        private_network: false,
        enabled: true,
    }
}

fn settings(configured: Vec<ConfiguredProvider>) -> ProviderSettings {
    ProviderSettings {
        configured,
        ..development()
    }
}

const LIST: &str = "{ identityProviders { nodes { id name source enabled keySource version keyStatus { keys { kid } } } } }";

#[tokio::test]
async fn a_provider_of_the_file_is_listed_and_no_mutation_edits_it() {
    let idp = Idp::start(rsa("r")).await;
    let configured = vec![of_company("aozora", definition("Employees", &idp))];
    let app = TestApp::start_with_providers(settings(configured)).await;
    let token = idp.token(&app, json!({}));
    let identity = app.app.access.identify(&token, None).await.unwrap();
    assert_eq!(identity.binding, Binding::Company(AOZORA.id()));
    let admin = app.admin();
    let listed = admin.ask(LIST).await;
    let row = &listed.at("/identityProviders/nodes")[0];
    assert_eq!(
        row,
        &json!({ "id": row["id"], "name": "Employees", "source": "CONFIGURATION", "enabled": true, "keySource": "DISCOVERY",
            "version": 1, "keyStatus": { "keys": [{ "kid": "r" }] } })
    );
    let id = row["id"].as_str().unwrap();
    for name in [
        "identityProviderDisable",
        "identityProviderEnable",
        "identityProviderDelete",
        "identityProviderUpdate",
    ] {
        assert_eq!(
            act(&admin, name, id).await,
            "REFUSED id: the provider is of the configuration file of the service, and is changed there",
            "{name}"
        );
    }
    assert!(app.app.access.identify(&token, None).await.is_ok());
    assert_eq!(app.change_kinds().await, Vec::<String>::new());
}

#[tokio::test]
async fn the_list_follows_the_file_at_the_next_start() {
    let idp = Idp::start(rsa("r")).await;
    let first = vec![
        of_company("aozora", definition("Employees", &idp)),
        of_company(
            "aozora",
            Definition {
                audiences: vec!["portal".into()],
                ..definition("Portal", &idp)
            },
        ),
    ];
    let app = TestApp::start_with_providers(settings(first)).await;
    let before = app.admin().ask(LIST).await;
    assert_eq!(
        before.texts("/identityProviders/nodes", "name"),
        ["Employees", "Portal"]
    );
    let mut changed = of_company("aozora", definition("Employees", &idp));
    changed.enabled = false;
    app.clock.advance(TimeDelta::seconds(1));
    let next = app
        .another_instance_with_providers(settings(vec![changed]))
        .await;
    let after = next.admin().ask(LIST).await;
    let nodes = after.at("/identityProviders/nodes").as_array().unwrap();
    assert_eq!(nodes.len(), 1);
    // the same provider under the same id, which is disabled now
    assert_eq!(
        nodes[0]["id"],
        before.at("/identityProviders/nodes")[0]["id"]
    );
    assert_eq!(
        (&nodes[0]["enabled"], &nodes[0]["version"]),
        (&json!(false), &json!(2))
    );
    let token = idp.token(&next, json!({}));
    let verdict = next.app.access.identify(&token, None).await;
    assert_eq!(verdict, Err(TokenRefusal::WrongIssuer));
    // a start without a change changes nothing
    let mut same = of_company("aozora", definition("Employees", &idp));
    same.enabled = false;
    let again = app
        .another_instance_with_providers(settings(vec![same]))
        .await;
    let unchanged = again.admin().ask(LIST).await;
    let version = &unchanged.at("/identityProviders/nodes")[0]["version"];
    assert_eq!(version, 2);
}

#[tokio::test]
async fn a_provider_waits_for_its_company() {
    let idp = Idp::start(rsa("r")).await;
    let configured = vec![of_company("third", definition("Employees", &idp))];
    let app = TestApp::start_with_providers(settings(configured)).await;
    let token = idp.token(&app, json!({}));
    let verdict = app.app.access.identify(&token, None).await;
    assert_eq!(verdict, Err(TokenRefusal::WrongIssuer));
    let create = "mutation { companyCreate(input: { slug: \"third\", name: \"Third\", locale: \"en\", timeZone: \"UTC\", currency: \"EUR\" }) { company { id } userErrors { message } } }";
    let created = app.operator().ask(create).await;
    assert_eq!(created.user_errors(), "");
    app.clock.advance(TimeDelta::seconds(10));
    let identity = app.app.access.identify(&token, None).await.unwrap();
    let Binding::Company(company) = identity.binding else {
        panic!("bound to no company");
    };
    assert_eq!(
        created.at("/companyCreate/company/id"),
        &json!(company.to_string())
    );
    let listed = app.operator().ask(LIST).await;
    assert_eq!(
        listed.texts("/identityProviders/nodes", "name"),
        ["Employees"]
    );
}

#[tokio::test]
async fn keys_may_lie_in_a_file_that_must_be_readable_at_the_start() {
    let idp = Idp::start(rsa("r")).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), key_set(&[&idp.signer]).to_string()).unwrap();
    let configured = vec![of_company(
        "aozora",
        Definition {
            keys: KeyPlace::File(file.path().to_owned()),
            ..definition("Employees", &idp)
        },
    )];
    let app = TestApp::start_with_providers(settings(configured)).await;
    let token = idp.token(&app, json!({}));
    assert!(app.app.access.identify(&token, None).await.is_ok());
    assert_eq!(idp.requests().await, Vec::<String>::new());
    let listed = app.admin().ask(LIST).await;
    let row = &listed.at("/identityProviders/nodes")[0];
    assert_eq!(row["keySource"], "JWKS_FILE");
    assert_eq!(row["keyStatus"]["keys"], json!([{ "kid": "r" }]));
}
