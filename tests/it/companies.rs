//! Companies: reading one's own, making and editing them.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{AOZORA, TestApp};

const UPDATE: &str = "mutation($input: CompanyUpdateInput!) { companyUpdate(input: $input) { company { name website version } userErrors { code field message } } }";

#[tokio::test]
async fn an_admin_edits_the_companys_facts() {
    let app = TestApp::start().await;
    let input = json!({ "id": AOZORA.id().to_string(), "expectedVersion": 1, "name": "あおぞら", "website": "https://aozora.example.jp/" });
    let reply = app.admin().run(UPDATE, json!({ "input": input })).await;
    assert_eq!(
        reply.at("/companyUpdate/company"),
        &json!({ "name": "あおぞら", "website": "https://aozora.example.jp/", "version": 2 })
    );
    let changes = app.changes().await;
    assert_eq!(
        (changes[0].kind.as_str(), changes[0].fields.0.as_slice()),
        (
            "company.updated",
            ["name".to_owned(), "website".to_owned()].as_slice()
        )
    );
}

#[tokio::test]
async fn every_fault_of_an_edit_is_named_and_nothing_is_stored() {
    let app = TestApp::start().await;
    let input = json!({ "id": AOZORA.id().to_string(), "name": " ", "timeZone": "Tokyo", "website": "http://x" });
    let reply = app.admin().run(UPDATE, json!({ "input": input })).await;
    assert_snapshot!(reply.user_errors(), @r"
    REQUIRED name: must not be empty
    INVALID timeZone: must be an IANA time zone, as `Asia/Tokyo`
    INVALID website: must be an https address, as `https://example.com/`
    ");
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn an_edit_of_an_older_version_is_refused() {
    let app = TestApp::start().await;
    let input = json!({ "id": AOZORA.id().to_string(), "expectedVersion": 7, "name": "x" });
    let reply = app.admin().run(UPDATE, json!({ "input": input })).await;
    assert_snapshot!(reply.user_errors(), @"STALE_VERSION expectedVersion: the version stored is 1, not 7: read again");
}

#[tokio::test]
async fn only_an_operator_makes_companies() {
    let app = TestApp::start().await;
    let create = "mutation($input: CompanyCreateInput!) { companyCreate(input: $input) { company { slug } userErrors { code field message } } }";
    let input = json!({ "input": { "slug": "aozora", "name": "Twin", "locale": "ja", "timeZone": "Asia/Tokyo", "currency": "JPY" } });
    assert_eq!(
        app.admin().run(create, input.clone()).await.codes(),
        ["FORBIDDEN"]
    );
    let reply = app.operator().run(create, input).await;
    assert_snapshot!(reply.user_errors(), @"TAKEN slug: another company has this slug");
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn another_companys_admin_finds_nothing_to_edit() {
    let app = TestApp::start().await;
    let input = json!({ "id": AOZORA.id().to_string(), "name": "mine now" });
    let reply = app
        .actor_of(crate::support::MERIDIAN, "admin")
        .run(UPDATE, json!({ "input": input }))
        .await;
    assert_eq!(reply.codes(), ["NOT_FOUND"]);
    assert!(app.changes().await.is_empty());
}
