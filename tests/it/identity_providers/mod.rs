//! Identity providers: who verifies a token, and to which company the sign-in is bound. Keys come from a real HTTP server on loopback.

mod attacks;
mod configured;
mod explained;
mod log;
mod managed;
mod tokens;

use alumni_api::access::providers::ProviderSettings;
use alumni_api::outbound::Network;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use entity::{CompanyId, PersonId, Role, account};
use jsonwebtoken::crypto;
use sea_orm::{EntityTrait, IntoActiveModel};
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::world::account_row;
use crate::support::{Actor, Reply, TestApp};
use crate::tokens::provider::{Signer, key_set};

const CREATE: &str =
    "mutation($input: IdentityProviderCreateInput!) { identityProviderCreate(input: $input) {
    identityProvider { id version } userErrors { code field message } } }";
const VIEWER: &str = "{ viewer { kind roles company { slug } } }";

/// What `viewer` answers to a login without an account.
fn no_account() -> Value {
    json!({ "kind": "LOGIN", "roles": [], "company": null })
}

/// Settings of a development machine: key sets may be on loopback.
fn development() -> ProviderSettings {
    ProviderSettings {
        network: Network::PublicOrLoopback,
        ..ProviderSettings::default()
    }
}

/// An app whose identity providers may be on loopback.
async fn app() -> TestApp {
    TestApp::start_with_providers(development()).await
}

/// An OpenID Connect provider: discovery, and a key set.
struct Idp {
    server: MockServer,
    signer: Signer,
}

impl Idp {
    async fn start(signer: Signer) -> Self {
        let idp = Self {
            server: MockServer::start().await,
            signer,
        };
        idp.publish(&[&idp.signer]).await;
        idp
    }

    fn issuer(&self) -> String {
        self.server.uri()
    }

    fn jwks_url(&self) -> String {
        format!("{}/keys", self.server.uri())
    }

    /// Replaces the key set; the requests so far are forgotten.
    async fn publish(&self, signers: &[&Signer]) {
        let discovery = json!({ "issuer": self.issuer(), "jwks_uri": self.jwks_url() });
        self.answer(
            ResponseTemplate::new(200).set_body_json(discovery),
            ResponseTemplate::new(200).set_body_json(key_set(signers)),
        )
        .await;
    }

    async fn answer(&self, discovery: ResponseTemplate, keys: ResponseTemplate) {
        self.server.reset().await;
        for (at, answer) in [
            ("/.well-known/openid-configuration", discovery),
            ("/keys", keys),
        ] {
            Mock::given(method("GET"))
                .and(path(at))
                .respond_with(answer)
                .mount(&self.server)
                .await;
        }
    }

    /// The paths that were asked for.
    async fn requests(&self) -> Vec<String> {
        let requests = self.server.received_requests().await.unwrap();
        let paths = requests.iter().map(|request| request.url.path().to_owned());
        paths.collect()
    }

    /// A token of this issuer for the audience `alumni`, valid for an hour, with some claims replaced; null takes one away.
    fn token(&self, app: &TestApp, claims: Value) -> String {
        token_of(&self.signer, app, &self.issuer(), claims)
    }
}

fn token_of(signer: &Signer, app: &TestApp, issuer: &str, claims: Value) -> String {
    let algorithm = format!("{:?}", signer.algorithm);
    let header = json!({ "alg": algorithm, "typ": "JWT", "kid": signer.kid });
    signed(signer, &header, &claims_of(app, issuer, claims))
}

fn claims_of(app: &TestApp, issuer: &str, claims: Value) -> Value {
    let now = app.clock.now().timestamp();
    let mut all = json!({ "iss": issuer, "sub": "somebody", "aud": "alumni", "exp": now + 3_600 });
    for (name, value) in claims.as_object().unwrap() {
        all[name] = value.clone();
    }
    all.as_object_mut()
        .unwrap()
        .retain(|_, value| !value.is_null());
    all
}

fn signed(signer: &Signer, header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let signature = crypto::sign(signed.as_bytes(), &signer.key, signer.algorithm).unwrap();
    format!("{signed}.{signature}")
}

/// The input of a provider found by discovery, with some fields replaced; null takes one away.
fn input(issuer: &str, fields: Value) -> Value {
    let mut all = json!({ "name": "Employees", "purpose": "EMPLOYEES", "issuer": issuer, "audiences": ["alumni"] });
    for (name, value) in fields.as_object().unwrap() {
        all[name] = value.clone();
    }
    all
}

async fn create(actor: &Actor<'_>, input: Value) -> Reply {
    actor.run(CREATE, json!({ "input": input })).await
}

/// Creates a provider, and answers its id.
async fn created(actor: &Actor<'_>, input: Value) -> String {
    let reply = create(actor, input).await;
    assert_eq!(reply.user_errors(), "");
    let id = reply.at("/identityProviderCreate/identityProvider/id");
    id.as_str().unwrap().to_owned()
}

/// Runs one of the mutations that take an id alone; its faults.
async fn act(actor: &Actor<'_>, name: &str, id: &str) -> String {
    let kind = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
    let query = format!(
        "mutation($input: {kind}Input!) {{ {name}(input: $input) {{ userErrors {{ code field message }} }} }}"
    );
    let reply = actor.run(&query, json!({ "input": { "id": id } })).await;
    reply.user_errors()
}

/// An account of an issuer's subject.
async fn account(
    app: &TestApp,
    company: Option<CompanyId>,
    person: Option<PersonId>,
    issuer: &str,
    subject: &str,
    role: Role,
) {
    let mut row = account_row(app.clock.new_id(), company, person, subject, role);
    issuer.clone_into(&mut row.issuer);
    // without a person the account needs no employment
    row.external = person.is_none() && company.is_some();
    account::Entity::insert(row.into_active_model())
        .exec_without_returning(app.connection())
        .await
        .unwrap();
}
