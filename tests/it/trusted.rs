//! Trusted documents: known before they are sent, and named by `documentId` in every way in.

mod held;
mod ways;

use std::io::Write;
use std::process::Command;
use std::sync::Arc;

use alumni_api::app::{App, Parts};
use alumni_api::graphql::limits::Limits;
use alumni_api::graphql::trusted::Trusted;
use alumni_api::http::HttpSettings;
use entity::{access_log_entry, company};
use reqwest::{RequestBuilder, Url};
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use crate::http::served;
use crate::socket::client::Client;
use crate::stream::client::EVENT_STREAM;
use crate::support::{AOZORA, Actor, TestApp};

const ME: &str = "query Me { viewer { kind } }";
const RENAME: &str = "mutation Rename($input: CompanyUpdateInput!) { companyUpdate(input: $input) { company { name } } }";
const CHANGES: &str = "subscription Changes($after: String) { changes(after: $after) { kind } }";
const NAMES: &str = "query Names { alumni { nodes { displayName } } }";
const GUESTS: &str = "query Guests($n: Int) { engagementEvents(first: $n) { nodes { participations(first: $n) { nodes { id person { id } } } } } }";
const TWO: &str = "query One { viewer { kind } } query Two { __typename }";
const COST: &str =
    "query Cost($document: String!) { queryCost(document: $document) { requested } }";
const TYPED: &str = "application/graphql-response+json";

/// An app that trusts these documents, and holds some to them.
struct Portal {
    app: TestApp,
    address: String,
}

impl Portal {
    async fn holding(only: &[&str]) -> Self {
        let documents = json!({ "me": ME, "rename": RENAME, "changes": CHANGES, "names": NAMES, "guests": GUESTS, "two": TWO, "cost": COST });
        let app = TestApp::start().await;
        let file = manifest(&documents);
        let files = [file.path().to_owned()];
        let trusted = Trusted::read(&files, &app.app.engine, &Limits::default(), true);
        let mut parts = Parts::clone(&app.app.trusting(trusted.unwrap()));
        parts.http = Arc::new(HttpSettings {
            trusted_only: only.iter().map(|name| name.parse().unwrap()).collect(),
            ..HttpSettings::default()
        });
        let address = served(App::from(parts)).await;
        Self { app, address }
    }

    fn post(&self, actor: &Actor<'_>, accept: &str) -> RequestBuilder {
        let url = format!("http://{}/graphql", self.address);
        by(actor, self.app.client().post(url).header("accept", accept))
    }

    fn get(&self, actor: &Actor<'_>, accept: &str, parameters: &[(&str, &str)]) -> RequestBuilder {
        let url = format!("http://{}/graphql", self.address);
        let url = Url::parse_with_params(&url, parameters).unwrap();
        by(actor, self.app.client().get(url).header("accept", accept))
    }

    /// The status and the answer by which a typed client goes.
    async fn typed(&self, actor: &Actor<'_>, body: &Value) -> (u16, Value) {
        sent(self.post(actor, TYPED).json(body)).await
    }

    /// The answer.
    async fn json(&self, actor: &Actor<'_>, body: Value) -> Value {
        sent(self.post(actor, "application/json").json(&body))
            .await
            .1
    }

    async fn name(&self) -> String {
        let company = company::Entity::find_by_id(AOZORA.id());
        let found = company.one(self.app.connection()).await.unwrap();
        found.unwrap().name
    }
}

fn manifest(documents: &Value) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(documents.to_string().as_bytes()).unwrap();
    file
}

fn by(actor: &Actor<'_>, request: RequestBuilder) -> RequestBuilder {
    match actor.token() {
        Some(token) => request.bearer_auth(token),
        None => request,
    }
}

async fn sent(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (status, response.json().await.unwrap())
}

fn hash(text: &str) -> String {
    let hash = Sha256::digest(text);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn extension(text: &str) -> Value {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": hash(text) } })
}

fn rename(name: &str) -> Value {
    json!({ "input": { "id": AOZORA.id().to_string(), "name": name } })
}

fn kind(kind: &str) -> Value {
    json!({ "data": { "viewer": { "kind": kind } } })
}

/// The code and the message of the one error of an answer without data.
fn refusal(answer: &Value) -> (&str, &str) {
    assert_eq!(answer.get("data"), None, "{answer}");
    let [error] = answer["errors"].as_array().unwrap().as_slice() else {
        panic!("not one error: {answer}")
    };
    (
        error["extensions"]["code"].as_str().unwrap(),
        error["message"].as_str().unwrap(),
    )
}

#[tokio::test]
async fn a_document_is_found_by_its_identifier_and_by_its_hash() {
    let portal = Portal::holding(&[]).await;
    let (hr, nobody) = (portal.app.hr(), portal.app.anonymous());
    for body in [
        json!({ "documentId": "me" }),
        json!({ "documentId": format!("sha256:{}", hash(ME)) }),
        json!({ "documentId": "me", "query": null, "extensions": { "persistedQuery": null } }),
        json!({ "documentId": "me", "query": "" }),
        json!({ "extensions": extension(ME) }),
        json!({ "query": ME, "extensions": extension(ME) }),
    ] {
        assert_eq!(portal.typed(&hr, &body).await, (200, kind("MEMBER")));
        assert_eq!(portal.typed(&nobody, &body).await, (200, kind("ANONYMOUS")));
    }
    let two = json!({ "documentId": "two", "operationName": "Two" });
    let answer = portal.typed(&hr, &two).await;
    assert_eq!(answer, (200, json!({ "data": { "__typename": "Query" } })));
    let (status, answer) = portal.typed(&hr, &json!({ "documentId": "two" })).await;
    assert_eq!(
        (status, refusal(&answer).0),
        (400, "OPERATION_RESOLUTION_FAILURE")
    );
}

#[tokio::test]
async fn an_identifier_nobody_knows_is_refused_with_one_error() {
    let portal = Portal::holding(&[]).await;
    let hr = portal.app.hr();
    let registered =
        json!({ "query": "{ __typename }", "extensions": extension("{ __typename }") });
    assert_eq!(portal.typed(&hr, &registered).await.0, 200);
    let expected = (
        "PERSISTED_QUERY_NOT_IN_LIST",
        "No trusted document has this `documentId`.",
    );
    let upper = hash(ME).to_uppercase();
    for id in [
        "Me",
        "me ",
        "",
        ME,
        // what is remembered of somebody is not trusted
        &format!("sha256:{}", hash("{ __typename }")),
        &format!("sha256:{upper}"),
        &hash(ME),
        "x-alias:me",
    ] {
        let body = json!({ "documentId": id });
        let (status, answer) = portal.typed(&hr, &body).await;
        assert_eq!((status, refusal(&answer)), (400, expected), "{id}");
        let untyped = sent(portal.post(&hr, "application/json").json(&body)).await;
        assert_eq!((untyped.0, refusal(&untyped.1)), (200, expected), "{id}");
    }
    let unknown = portal.get(&hr, EVENT_STREAM, &[("documentId", "you")]);
    let (status, answer) = sent(unknown).await;
    assert_eq!((status, refusal(&answer)), (400, expected));
    let mut socket = Client::ready(&portal.address, hr.token()).await;
    let ask = json!({ "type": "subscribe", "id": "1", "payload": { "documentId": "you" } });
    socket.send(&ask).await;
    let told = socket.next().await;
    assert_eq!(told["type"], "error");
    assert_eq!(refusal(&json!({ "errors": told["payload"] })), expected);
}

#[tokio::test]
async fn an_identifier_stands_alone() {
    let portal = Portal::holding(&[]).await;
    let hr = portal.app.hr();
    let alone = "`documentId` says which document it is: send neither `query` nor `extensions.persistedQuery` with it.";
    let text = "`documentId` must be a string.";
    let mut socket = Client::ready(&portal.address, hr.token()).await;
    for (body, message) in [
        (json!({ "documentId": "me", "query": ME }), alone),
        (json!({ "documentId": "me", "query": " " }), alone),
        (
            json!({ "documentId": "me", "extensions": extension(ME) }),
            alone,
        ),
        (json!({ "documentId": 1 }), text),
        (json!({ "documentId": ["me"], "query": ME }), text),
    ] {
        let (status, answer) = portal.typed(&hr, &body).await;
        assert_eq!((status, refusal(&answer)), (400, ("BAD_REQUEST", message)));
        let ask = json!({ "type": "subscribe", "id": "1", "payload": body });
        socket.send(&ask).await;
        let told = socket.next().await;
        let told = json!({ "errors": told["payload"] });
        assert_eq!(refusal(&told), ("BAD_REQUEST", message));
    }
    let both = [("documentId", "me"), ("query", ME)];
    let (status, answer) = sent(portal.get(&hr, TYPED, &both)).await;
    assert_eq!((status, refusal(&answer).1), (400, alone));
}

#[tokio::test]
async fn a_trusted_document_meets_the_limits_and_is_written_down_by_its_name() {
    let portal = Portal::holding(&[]).await;
    let hr = portal.app.hr();
    let guests = |n: u32| json!({ "documentId": "guests", "variables": { "n": n } });
    assert_eq!(portal.typed(&hr, &guests(20)).await.0, 200);
    let (status, answer) = portal.typed(&hr, &guests(100)).await;
    assert_eq!(
        (status, refusal(&answer).0),
        (400, "GRAPHQL_VALIDATION_FAILED")
    );
    let limit = &answer["errors"][0]["extensions"]["limit"];
    assert_eq!(limit["name"], "complexity");
    let wrong = json!({ "documentId": "guests", "variables": { "n": "many" } });
    let (status, answer) = portal.typed(&hr, &wrong).await;
    assert_eq!((status, refusal(&answer).0), (400, "BAD_USER_INPUT"));

    let read = portal.typed(&hr, &json!({ "documentId": "names" })).await;
    assert_eq!(read.0, 200);
    let app = &portal.app.app;
    app.access_log.drain(&app.database).await.unwrap();
    let entries = access_log_entry::Entity::find();
    let entries = entries.all(portal.app.connection()).await.unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].operation_name.as_deref(), Some("Names"));
}

#[tokio::test]
async fn a_manifest_that_cannot_be_trusted_stops_the_start() {
    let app = TestApp::start().await;
    let file = manifest(&json!({ "good": ME, "bad": "{ viewer { shoeSize } }" }));
    let started = Command::new(env!("CARGO_BIN_EXE_alumni-api"))
        .env("DATABASE_URL", app.database_url())
        .env("BIND", "127.0.0.1:0")
        .env("ALUMNI_ACCESS_SPOOL", app.spool().join("other"))
        .env("ALUMNI_TRUSTED_DOCUMENTS", file.path())
        .output()
        .unwrap();
    assert!(!started.status.success());
    let said = String::from_utf8(started.stderr).unwrap();
    let reason = format!(
        "error: the manifest {}, document `bad`: Unknown field \"shoeSize\" on type \"Viewer\".",
        file.path().display()
    );
    assert!(said.contains(&reason), "{said}");
}
