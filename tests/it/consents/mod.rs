//! Consent: what each says of each purpose, under which notice, and what is shown by it.

mod ledger;
mod notices;
mod shown;
mod silence;

use entity::{ConsentPurpose, PersonId, consent, person};
use insta::assert_snapshot;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use crate::support::{AOZORA, Actor, MERIDIAN, Reply, TestApp};

const GRANT: &str = "mutation($input: ConsentGrantInput!) { consentGrant(input: $input) { consent { purpose state since latest { number decision language channel proof } } userErrors { code field message } } }";
const WITHDRAW: &str = "mutation($purpose: ConsentPurpose!) { consentWithdraw(input: { purpose: $purpose }) { consent { purpose state latest { number decision language channel } } userErrors { code field message } } }";
const RECORD: &str = "mutation($input: ConsentRecordInput!) { consentRecord(input: $input) { consent { purpose state latest { channel proof actorKind } } userErrors { code field message } } }";
const PUBLISH: &str = "mutation($input: ConsentNoticePublishInput!) { consentNoticePublish(input: $input) { notice { version requiresRenewal title text(language: \"ja\") } userErrors { code field message } } }";

async fn grants(actor: &Actor<'_>, purpose: &str, version: i32, language: &str) -> Reply {
    let input = json!({ "purpose": purpose, "noticeVersion": version, "language": language });
    actor.run(GRANT, json!({ "input": input })).await
}

async fn withdraws(actor: &Actor<'_>, purpose: &str) -> Reply {
    actor.run(WITHDRAW, json!({ "purpose": purpose })).await
}

async fn records(actor: &Actor<'_>, input: Value) -> Reply {
    actor.run(RECORD, json!({ "input": input })).await
}

async fn publishes(actor: &Actor<'_>, purpose: &str, renewal: bool) -> Reply {
    let input = json!({ "purpose": purpose, "requiresRenewal": renewal, "texts": [
        { "language": "ja", "title": "名簿", "text": "新しい説明" },
        { "language": "en", "title": "Directory", "text": "A new explanation" },
    ] });
    actor.run(PUBLISH, json!({ "input": input })).await
}

/// What holds now of a person.
async fn bits(app: &TestApp, id: PersonId) -> i32 {
    let found = person::Entity::find_by_id(id).one(app.connection()).await;
    found.unwrap().unwrap().consents
}

/// The entries of a person, first first, a line each.
async fn entries(app: &TestApp, id: PersonId) -> String {
    let entries = consent::Entity::find()
        .filter(consent::Column::PersonId.eq(id))
        .order_by_asc(consent::Column::Number);
    let entries = entries.all(app.connection()).await.unwrap();
    let line = |entry: consent::Model| {
        let version = entry
            .notice_version
            .map_or_else(|| "-".to_owned(), |version| version.to_string());
        format!(
            "{} {:?} {:?} {version} {}",
            entry.number,
            entry.purpose,
            entry.decision,
            entry.language.as_deref().unwrap_or("-")
        )
    };
    entries.into_iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Where a viewer stands, a line for each purpose that is not as it began.
async fn stands(actor: &Actor<'_>) -> String {
    let reply = actor.ask("{ viewer { consents { purpose state } } }").await;
    let consents = reply.at("/viewer/consents").as_array().unwrap();
    assert_eq!(consents.len(), 10);
    let line = |consent: &Value| {
        let (purpose, state) = (&consent["purpose"], &consent["state"]);
        (state != "NOT_ASKED")
            .then(|| format!("{} {}", purpose.as_str().unwrap(), state.as_str().unwrap()))
    };
    consents
        .iter()
        .filter_map(line)
        .collect::<Vec<_>>()
        .join("\n")
}

/// The family names of the directory.
async fn directory(actor: &Actor<'_>) -> Vec<String> {
    let reply = actor.ask("{ alumni { nodes { familyName } } }").await;
    reply.texts("/alumni/nodes", "familyName")
}

/// A member who said yes to that alone, with a login.
async fn member<'a>(
    app: &'a TestApp,
    name: &str,
    purposes: &[ConsentPurpose],
) -> (person::Model, Actor<'a>) {
    let person = app
        .new_alumnus(name, "")
        .consents(&[&[ConsentPurpose::Membership], purposes].concat())
        .insert()
        .await;
    let login = app.login_of(&person).await;
    (person, login)
}
