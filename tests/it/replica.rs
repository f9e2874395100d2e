//! A replica that is of no use. One that is needs a second server: `tests/instances` has it.

use std::time::Duration;

use sea_orm::DbBackend;
use serde_json::{Value, json};

use crate::support::{AOZORA, TestApp};

const EDIT: &str = "mutation($input: CompanyUpdateInput!) { companyUpdate(input: $input) { company { description } } }";
const READ: &str = "{ viewer { company { description } } }";
const MAX_LAG: Duration = Duration::from_millis(100);

/// An instance whose replica is at an address, once it says why that is of no use; null on SQLite, which has no replicas.
async fn beside(app: &TestApp, url: &str, why: &str) -> Option<TestApp> {
    if app.app.database.backend() == DbBackend::Sqlite {
        return None;
    }
    let app = app.with_replica(url, MAX_LAG).await;
    loop {
        let readiness = app.client().get(app.url("/readyz")).send().await.unwrap();
        assert_eq!(readiness.status(), 200, "no instance goes for that");
        let said: Value = readiness.json().await.unwrap();
        if said["replica"] == why {
            return Some(app);
        }
    }
}

async fn edits_and_reads(app: &TestApp, description: &str) {
    let input = json!({ "id": AOZORA.id().to_string(), "description": description });
    let reply = app.admin().run(EDIT, json!({ "input": input })).await;
    assert_eq!(reply.at("/companyUpdate/company/description"), description);
    let reply = app.hr().ask(READ).await;
    assert_eq!(reply.at("/viewer/company/description"), description);
}

#[tokio::test]
async fn with_a_replica_that_is_not_there_the_primary_answers() {
    let app = TestApp::start().await;
    let why = "The replica does not answer; queries are answered by the primary.";
    // nobody listens there
    if let Some(app) = beside(&app, "postgres://nobody@127.0.0.1:1/none", why).await {
        edits_and_reads(&app, "one").await;
        edits_and_reads(&app, "two").await;
    }
}

#[tokio::test]
async fn with_a_replica_that_takes_writes_the_primary_answers() {
    let app = TestApp::start().await;
    let url = app.database_url();
    let why = "DATABASE_REPLICA_URL names no replica of DATABASE_URL; queries are answered by the primary.";
    if let Some(app) = beside(&app, &url, why).await {
        edits_and_reads(&app, "one").await;
        edits_and_reads(&app, "two").await;
    }
}
