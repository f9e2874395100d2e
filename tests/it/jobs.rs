//! The service's own periodic work: one instance at a time, each company in turn.

use std::time::Duration;

use alumni_api::error::{Error, Result};
use alumni_api::jobs::{Job, run_if_due};
use alumni_api::outbox::Change;
use alumni_api::scope::Scope;
use chrono::TimeDelta;
use entity::{CompanyId, SubjectKind};

use crate::support::{AOZORA, MERIDIAN, TestApp};

/// Leaves a trace for each company.
const TRACE: Job = Job {
    name: "test.trace",
    every: Duration::from_mins(1),
    run: |scope| Box::pin(trace(scope)),
};

/// Fails for the first company.
const FAIL: Job = Job {
    name: "test.fail",
    every: Duration::from_mins(1),
    run: |scope| {
        Box::pin(async move {
            if scope.company()? == AOZORA.id() {
                return Err(Error::NotFound);
            }
            trace(scope).await
        })
    },
};

async fn trace(scope: Scope) -> Result<()> {
    let company = scope.company()?;
    let transaction = scope.begin().await?;
    transaction
        .record(vec![Change {
            company,
            kind: "company.updated",
            subject: SubjectKind::Company,
            id: company.0,
            person: None,
            fields: vec![],
        }])
        .await?;
    transaction.commit().await
}

async fn traced(app: &TestApp) -> Vec<CompanyId> {
    let changes = app.changes().await.into_iter();
    changes.map(|change| change.company_id).collect()
}

#[tokio::test]
async fn each_company_has_its_turn_once_in_the_time() {
    let app = TestApp::start().await;
    assert!(run_if_due(&app.app, TRACE).await.unwrap());
    assert_eq!(traced(&app).await, [AOZORA.id(), MERIDIAN.id()]);
    assert!(!run_if_due(&app.app, TRACE).await.unwrap());
    app.clock.advance(TimeDelta::seconds(60));
    assert!(run_if_due(&app.app, TRACE).await.unwrap());
    assert_eq!(traced(&app).await.len(), 4);
}

#[tokio::test]
async fn of_two_instances_one_does_it() {
    let app = TestApp::start().await;
    let other = app.another_instance().await;
    let (one, two) = tokio::join!(run_if_due(&app.app, TRACE), run_if_due(&other.app, TRACE));
    assert_ne!(one.unwrap(), two.unwrap());
    assert_eq!(traced(&app).await, [AOZORA.id(), MERIDIAN.id()]);
}

#[tokio::test]
async fn a_company_that_fails_does_not_keep_the_others_from_it() {
    let app = TestApp::start().await;
    assert!(run_if_due(&app.app, FAIL).await.unwrap());
    assert_eq!(traced(&app).await, [MERIDIAN.id()]);
}
