//! Who gets into the demo companies, and that neither sees the other.

use std::collections::BTreeSet;

use alumni_api::access::api_key::ServiceScope;
use alumni_api::seed::{self, SeedSettings};
use entity::Role;
use serde_json::{Value, json};

use super::{Tables, run, seeded, settings};
use crate::support::{AOZORA, MERIDIAN, TestApp};

#[tokio::test]
async fn nothing_of_one_company_is_found_by_the_other() {
    let (app, _, tables) = seeded(0).await;
    let company = |slug| {
        tables
            .company
            .iter()
            .find(|company| company.slug == slug)
            .unwrap()
            .id
    };
    let ids: Vec<String> = tables
        .person
        .iter()
        .filter(|person| person.company_id == company("aozora"))
        .map(|person| person.id.to_string())
        .collect();
    let found = app
        .actor_of(MERIDIAN, "hr")
        .run(
            "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
            json!({ "ids": ids }),
        )
        .await;
    assert!(
        found
            .at("/nodes")
            .as_array()
            .unwrap()
            .iter()
            .all(Value::is_null)
    );
    let own = app
        .actor_of(AOZORA, "hr")
        .run(
            "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
            json!({ "ids": ids }),
        )
        .await;
    assert_eq!(own.texts("/nodes", "id"), ids);
    let names = |slug| -> BTreeSet<&str> {
        let own = tables
            .skill
            .iter()
            .filter(|skill| skill.company_id == company(slug));
        own.map(|skill| skill.name.as_str()).collect()
    };
    // the same word may be known to both, in a row of its own
    assert!(names("aozora").contains("Rust") && names("meridian").contains("Rust"));
}

#[tokio::test]
async fn each_role_logs_in_as_somebody_it_fits() {
    let (app, _, tables) = seeded(0).await;
    let who = "{ viewer { roles company { slug } person { __typename } } }";
    for (slug, company) in [("aozora", AOZORA), ("meridian", MERIDIAN)] {
        for role in seed::ROLES {
            let name = format!("{role:?}").to_lowercase();
            assert_eq!(seed::subject(role, slug), format!("{name}@{slug}"));
            let kind = if role == Role::Alumnus {
                "Alumnus"
            } else {
                "Employee"
            };
            let mut roles = vec![name.to_uppercase()];
            if kind == "Employee" && role != Role::Employee {
                roles.push("EMPLOYEE".to_owned());
            }
            let expected = json!({ "roles": roles, "company": { "slug": slug }, "person": { "__typename": kind } });
            assert_eq!(
                app.actor_of(company, &name).ask(who).await.at("/viewer"),
                &expected
            );
        }
        let account = tables
            .account
            .iter()
            .find(|account| account.subject == format!("alumnus@{slug}"))
            .unwrap();
        let person = account.person_id.unwrap();
        assert!(
            tables
                .participation
                .iter()
                .filter(|answer| answer.person_id == person)
                .count()
                >= 4
        );
        assert!(
            tables
                .referral
                .iter()
                .filter(|referral| referral.referrer_id == person)
                .count()
                >= 3
        );
        assert!(
            tables
                .referral
                .iter()
                .any(|referral| referral.candidate_id == Some(person))
        );
    }
    let operator = json!({ "roles": ["OPERATOR"], "company": null, "person": null });
    assert_eq!(app.operator().ask(who).await.at("/viewer"), &operator);
}

#[tokio::test]
async fn the_demo_key_opens_its_company_and_is_there_only_where_asked_for() {
    let (app, _, _) = seeded(0).await;
    for (slug, key) in seed::API_KEYS {
        let reply = app
            .with_token(key)
            .ask("{ viewer { scopes company { slug } } }")
            .await;
        assert_eq!(reply.at("/viewer/company/slug"), slug);
        assert_eq!(
            reply.at("/viewer/scopes").as_array().unwrap().len(),
            ServiceScope::ALL.len()
        );
    }
    let without = TestApp::start_empty().await;
    let settings = SeedSettings {
        demo_api_keys: false,
        ..settings(0)
    };
    run(&without, &settings).await.unwrap();
    assert_eq!(Tables::of(&without).await.api_key, []);
}
