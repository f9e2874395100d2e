//! A company as a whole: taken along, and deleted to the last row.

use std::collections::BTreeMap;

use alumni_api::access::Viewer;
use alumni_api::audit;
use alumni_api::privacy::company::{self, CompanyError};
use alumni_api::privacy::tables;
use alumni_api::seed::COMPANIES;
use entity::operator_act;
use sea_orm::EntityTrait;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::search::{places_of, scrub};
use crate::support::TestApp;

/// The demo data, and a row in every table that it leaves empty.
async fn demo() -> TestApp {
    use sea_orm::ActiveModelTrait;
    let app = TestApp::start_with_demo().await;
    for slug in COMPANIES {
        let of = |role: &str| app.with_token(&app.token(&format!("{role}@{slug}")));
        let alumni = of("alumnus")
            .ask("{ alumni { nodes { id } } viewer { person { id } } }")
            .await;
        let own = alumni.at("/viewer/person/id").as_str().unwrap().to_owned();
        let ids = alumni.texts("/alumni/nodes", "id");
        let other = ids.iter().find(|id| **id != own).unwrap();
        let block =
            "mutation($id: ID!) { personBlock(input: { personId: $id }) { userErrors { code } } }";
        of("alumnus")
            .run(block, serde_json::json!({ "id": other }))
            .await
            .data();
        super::opens(&of("alumnus"), serde_json::json!({ "kind": "EXPORT" }))
            .await
            .data();
        of("hr").ask("mutation @idempotent(key: \"one\") { retentionPolicyUpdate(input: { endedMonths: 24 }) { userErrors { code } } }").await.data();
        let company = of("hr").ask("{ company { id } }").await;
        let company = company.at("/company/id").as_str().unwrap().to_owned();
        let company = <entity::CompanyId as entity::Id>::parse(&company).unwrap();
        let sealing = app.app.scope(Viewer::System(company), "test");
        while entity::seal::Entity::find_by_id((company, 1))
            .one(app.connection())
            .await
            .unwrap()
            .is_none()
        {
            audit::seal(sealing.clone()).await.unwrap();
        }
        crate::applications::insert(&app, company).await;
        let message = vec![crate::deliveries::plain("someone@example.com")];
        let message = crate::deliveries::queue_of(&app, company, message)
            .await
            .remove(0);
        let attempt = entity::delivery_attempt::Model {
            delivery_id: message.id,
            number: 1,
            company_id: company,
            started_at: app.clock.now(),
            ended_at: None,
            outcome: entity::DeliveryOutcome::Unknown,
            server_code: None,
            server_answer: None,
        };
        let attempt: entity::delivery_attempt::ActiveModel = attempt.into();
        attempt.insert(app.connection()).await.unwrap();
        let row = entity::tombstone::Model {
            company_id: company,
            hash: vec![7; 32],
            erased_on: "2026-04-01".parse().unwrap(),
        };
        let row: entity::tombstone::ActiveModel = row.into();
        row.insert(app.connection()).await.unwrap();
        let notice = "mutation { consentNoticePublish(input: { purpose: SURVEY, texts: [{ language: \"en\", title: \"t\", text: \"x\" }, { language: \"ja\", title: \"t\", text: \"x\" }] }) { userErrors { code } } }";
        of("admin").ask(notice).await.data();
        let key = "mutation { apiKeyCreate(input: { name: \"k\", scopes: [WORKERS_SYNC] }) { userErrors { code } } }";
        of("admin").ask(key).await.data();
        let provider = "mutation { identityProviderCreate(input: { name: \"n\", purpose: EMPLOYEES, issuer: \"https://n.example.com\", audiences: [\"n\"] }) { userErrors { code } } }";
        assert_eq!(of("admin").ask(provider).await.user_errors(), "");
        let workers = "mutation { workersSync(input: { source: \"n\", workers: [{ externalId: \"1\", familyName: \"Doe\", startedOn: \"2020-04-01\" }] }) { userErrors { code } } }";
        assert_eq!(of("hr").ask(workers).await.user_errors(), "");
        let invite = "mutation { accountInvite(input: { roles: [HR], accountExpiresAt: \"2026-06-01T00:00:00Z\" }) { userErrors { code } } }";
        assert_eq!(of("admin").ask(invite).await.user_errors(), "");
    }
    app
}

/// A company's file.
async fn file(app: &TestApp, slug: &str) -> String {
    let mut out = Vec::new();
    company::export(&app.app.database, &app.clock, slug, &mut out)
        .await
        .unwrap();
    String::from_utf8(out).unwrap()
}

#[tokio::test]
async fn its_file_holds_every_row_of_every_table_and_proves_it() {
    let app = demo().await;
    let file = file(&app, COMPANIES[0]).await;
    let lines: Vec<&str> = file.lines().collect();
    let head: Value = serde_json::from_str(lines[0]).unwrap();
    assert_eq!(
        (head["format"].as_str(), head["version"].as_i64()),
        (Some("alumni-api/company-export"), Some(1))
    );
    let (last, before) = lines.split_last().unwrap();
    let manifest: Value = serde_json::from_str(last).unwrap();
    let sha = |texts: &[&str]| -> String {
        let mut hash = Sha256::new();
        for text in texts {
            hash.update(format!("{text}\n"));
        }
        hash.finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    };
    assert_eq!(manifest["manifest"]["sha256"], sha(before));
    let mut by_table: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for line in &before[1..] {
        let row: Value = serde_json::from_str(line).unwrap();
        by_table
            .entry(row["table"].as_str().unwrap().to_owned())
            .or_default()
            .push(line);
    }
    for table in tables() {
        let rows = by_table.get(table.name).cloned().unwrap_or_default();
        assert!(!rows.is_empty(), "the test has no row in {}", table.name);
        let sums = &manifest["manifest"]["tables"][table.name];
        assert_eq!(sums["rows"], rows.len());
        assert_eq!(sums["sha256"], sha(&rows));
        let first: Value = serde_json::from_str(rows[0]).unwrap();
        let columns = first["row"].as_object().unwrap().len();
        assert_eq!(columns, table.columns.len(), "{}", table.name);
    }
}

#[tokio::test]
async fn deleted_nothing_of_it_is_left_and_another_is_as_it_was() {
    let app = demo().await;
    let [ours, theirs] = COMPANIES;
    let before = file(&app, theirs).await;
    let ours_before = file(&app, ours).await;
    let counted = company::delete(&app.app.database, &app.clock, ours, ours)
        .await
        .unwrap();
    for (table, rows) in &counted.tables {
        assert!(*rows > 0, "the test has no row in {table}");
    }
    assert_eq!(file(&app, theirs).await, before);
    let gone = company::export(&app.app.database, &app.clock, ours, Vec::new()).await;
    assert!(matches!(gone, Err(CompanyError::NoCompany(_))));
    let keys = entity::idempotency_key::Entity::find();
    let keys = keys.all(app.connection()).await.unwrap();
    let [kept] = &keys[..] else {
        panic!("{keys:?}")
    };
    assert_ne!(kept.company_id, Some(counted.company));
    scrub(&app).await;
    // every text of its people that no other company has as well
    let mut values = Vec::new();
    for line in ours_before
        .lines()
        .filter(|line| line.contains("\"table\":\"person\""))
        .step_by(5)
    {
        let row: Value = serde_json::from_str(line).unwrap();
        for column in ["personal_email", "biography"] {
            values.extend(row["row"][column].as_str().map(str::to_owned));
        }
    }
    values.retain(|value| !before.contains(value.as_str()) && !value.contains('\''));
    assert!(values.len() > 5);
    for value in values {
        assert_eq!(places_of(&app, &value).await, Vec::<String>::new());
    }
    // what was done is written down where it outlives the company
    let acts = operator_act::Entity::find()
        .all(app.connection())
        .await
        .unwrap();
    let last = acts
        .iter()
        .find(|act| act.act == "COMPANY_DELETED")
        .unwrap();
    assert_eq!(
        (last.company_slug.as_deref(), last.company_id),
        (Some(ours), Some(counted.company))
    );
    assert!(last.rows.as_ref().unwrap()["person"].as_u64().unwrap() > 0);
    assert_eq!(
        acts.iter()
            .filter(|act| act.act == "COMPANY_EXPORTED")
            .count(),
        3
    );
    // and its logins are nobody's
    let hr = app.another_instance().await;
    let reply = hr
        .with_token(&hr.token(&format!("hr@{ours}")))
        .ask("{ viewer { kind } }")
        .await;
    assert_eq!(reply.at("/viewer/kind"), "LOGIN");
}

#[tokio::test]
async fn what_is_not_confirmed_is_not_deleted() {
    let app = TestApp::start_with_demo().await;
    let [ours, theirs] = COMPANIES;
    let before = file(&app, ours).await;
    let refused = company::delete(&app.app.database, &app.clock, ours, theirs).await;
    assert!(matches!(refused, Err(CompanyError::Unconfirmed(_))));
    let unknown = company::delete(&app.app.database, &app.clock, "nobody", "nobody").await;
    assert!(matches!(unknown, Err(CompanyError::NoCompany(_))));
    assert_eq!(file(&app, ours).await, before);
}
