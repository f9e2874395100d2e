//! The demo data: whole, believable, apart from each other, repeatable.

mod access;
mod lives;
mod words;

use std::collections::BTreeSet;

use alumni_api::error::{Error, Result};
use alumni_api::seed::{self, SeedReport, SeedSettings};
use sea_orm::{ConnectionTrait, EntityTrait, PaginatorTrait};

use crate::support::{ISSUER, TestApp};

/// Every row of every table the seed writes.
macro_rules! tables {
    ($($name:ident)*) => {
        #[derive(Debug, PartialEq)]
        struct Tables { $($name: Vec<entity::$name::Model>,)* }

        impl Tables {
            async fn of(app: &TestApp) -> Self {
                Self { $($name: entity::$name::Entity::find().all(app.connection()).await.unwrap(),)* }
            }

            /// Each row in words, in an order of its own.
            fn words(&self) -> BTreeSet<String> {
                let mut words = BTreeSet::new();
                $(words.extend(self.$name.iter().map(|row| format!("{row:?}")));)*
                words
            }
        }
    };
}

tables! {
    company department person external_identity employment membership consent skill person_skill person_intent
    account api_key engagement_event participation opportunity referral referral_step candidate_invitation
}

fn settings(alumni: u32) -> SeedSettings {
    SeedSettings {
        alumni: Some(alumni),
        random_seed: 1,
        issuer: ISSUER.into(),
        demo_api_keys: true,
    }
}

async fn run(app: &TestApp, settings: &SeedSettings) -> Result<SeedReport> {
    seed::run(&app.app.database, &app.clock, settings).await
}

async fn seeded(alumni: u32) -> (TestApp, SeedReport, Tables) {
    let app = TestApp::start_empty().await;
    let report = run(&app, &settings(alumni)).await.unwrap();
    let tables = Tables::of(&app).await;
    (app, report, tables)
}

#[tokio::test]
async fn the_same_number_and_time_make_the_same_rows() {
    let (_one, _, first) = seeded(2_100).await;
    let (_two, _, second) = seeded(2_100).await;
    assert_eq!(first.words(), second.words());
    let other = TestApp::start_empty().await;
    let number = SeedSettings {
        random_seed: 2,
        ..settings(0)
    };
    run(&other, &number).await.unwrap();
    let other = Tables::of(&other).await;
    assert!(
        other
            .person
            .iter()
            .all(|person| !first.person.contains(person))
    );
}

#[tokio::test]
async fn the_report_counts_what_is_there() {
    let (app, report, tables) = seeded(2_500).await;
    let [aozora, meridian] = &report.companies[..] else {
        panic!("two companies")
    };
    assert_eq!(
        (aozora.slug.as_str(), meridian.slug.as_str()),
        ("aozora", "meridian")
    );
    assert_eq!(
        aozora.counts.people + meridian.counts.people,
        tables.person.len()
    );
    assert_eq!(
        aozora.counts.employments + meridian.counts.employments,
        tables.employment.len()
    );
    assert_eq!(
        aozora.counts.participations + meridian.counts.participations,
        tables.participation.len()
    );
    assert_eq!(
        aozora.counts.referral_steps + meridian.counts.referral_steps,
        tables.referral_step.len()
    );
    // the operator belongs to none
    assert_eq!(
        aozora.counts.accounts + meridian.counts.accounts + 1,
        tables.account.len()
    );
    assert_eq!(aozora.counts.alumni, 2_500 + 43);
    assert_eq!(
        (
            meridian.counts.alumni,
            meridian.counts.people - meridian.counts.alumni
        ),
        (42, 20)
    );
    assert_eq!(
        (meridian.counts.departments, meridian.counts.events),
        (8, 11)
    );
    assert_eq!(
        entity::change::Entity::find()
            .count(app.connection())
            .await
            .unwrap(),
        0
    );
}

#[tokio::test]
async fn seeding_twice_is_refused_and_changes_nothing() {
    let (app, _, before) = seeded(0).await;
    let again = SeedSettings {
        random_seed: 9,
        issuer: "another".into(),
        ..settings(100)
    };
    let refused = run(&app, &again).await.unwrap_err();
    assert!(matches!(refused, Error::Conflict(_)), "{refused:?}");
    assert_eq!(Tables::of(&app).await.words(), before.words());
}

#[tokio::test]
async fn a_company_of_its_own_refuses_the_seed_whole() {
    let app = TestApp::start_empty().await;
    run(&app, &settings(0)).await.unwrap();
    let rename = "UPDATE company SET slug = 'renamed-' || slug";
    app.connection().execute_unprepared(rename).await.unwrap();
    let before = Tables::of(&app).await;
    let refused = run(
        &app,
        &SeedSettings {
            random_seed: 2,
            ..settings(0)
        },
    )
    .await
    .unwrap_err();
    assert!(matches!(refused, Error::Conflict(_)), "{refused:?}");
    assert_eq!(Tables::of(&app).await.words(), before.words());
}
