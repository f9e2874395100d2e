//! What takes too long is stopped, down to the database, and what was done in time is kept.

use std::sync::Arc;
use std::time::Duration;

use alumni_api::app::{App, Parts};
use alumni_api::database::{Database, DatabaseSettings, took_too_long};
use alumni_api::http::HttpSettings;
use reqwest::header::ACCEPT;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement};
use serde_json::{Value, json};

use crate::http::{served, served_with};
use crate::support::TestApp;

const TYPED: &str = "application/graphql-response+json";

/// Never ends by itself.
const ENDLESS: &str =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";

fn rename(name: &str) -> Value {
    let query = "mutation($input: CompanyUpdateInput!) { companyUpdate(input: $input) { company { name } } }";
    let input = json!({ "id": "company_01j0000000e008000000002000", "name": name });
    json!({ "query": query, "variables": { "input": input } })
}

async fn send(app: &TestApp, address: &str, body: &Value) -> (u16, Value) {
    let request = app.client().post(format!("http://{address}/graphql"));
    let request = request.header(ACCEPT, TYPED).json(body);
    let request = request.bearer_auth(app.admin().token().unwrap());
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

fn code(answer: &Value) -> &Value {
    &answer["errors"][0]["extensions"]["code"]
}

/// Until it ends, events cannot be read: on PostgreSQL they are held, on SQLite whoever reads them comes to no end.
async fn events_held(app: &TestApp) -> Option<DatabaseTransaction> {
    if app.app.database.backend() == DbBackend::Postgres {
        let holder = app.app.database.begin().await.unwrap();
        let lock = "LOCK TABLE engagement_event IN ACCESS EXCLUSIVE MODE";
        holder.execute_unprepared(lock).await.unwrap();
        return Some(holder);
    }
    let held = format!(
        "PRAGMA legacy_alter_table = ON;
        ALTER TABLE engagement_event RENAME TO event;
        CREATE VIEW engagement_event AS SELECT event.* FROM event WHERE ({ENDLESS}) > 0"
    );
    app.connection().execute_unprepared(&held).await.unwrap();
    None
}

/// Serves the same database over other connections, on which a statement may take so long; `host:port`, and the connections.
async fn served_over(app: &TestApp, most: Duration, settings: HttpSettings) -> (String, Database) {
    let mut parts = Parts::clone(&app.app);
    let settings_of_database = DatabaseSettings {
        url: app.database_url().into(),
        max_connections: 1,
        read_timeout: most,
        write_timeout: most,
        replica: None,
    };
    let database = Database::connect(&settings_of_database).await.unwrap();
    parts.database = database.clone();
    parts.http = Arc::new(settings);
    (served(App::from(parts)).await, database)
}

/// Asks for an event, and for what needs no database.
async fn asked(app: &TestApp) -> Value {
    let event = app.new_event("Meetup").insert().await.id.to_string();
    let query = "query($id: ID!) { viewer { kind } engagementEvent(id: $id) { title } serviceLimits { depth } }";
    json!({ "query": query, "variables": { "id": event } })
}

/// What was done in time is there, and who was waited for is named.
fn assert_kept((status, answer): &(u16, Value)) {
    assert_eq!((*status, code(answer)), (200, &json!("TIMEOUT")));
    assert_eq!(answer["errors"][0]["path"], json!(["engagementEvent"]));
    assert_eq!(
        answer["data"],
        json!({ "viewer": { "kind": "MEMBER" }, "engagementEvent": null, "serviceLimits": { "depth": 15 } })
    );
}

#[tokio::test]
async fn a_query_out_of_time_answers_what_it_has_and_names_what_was_waited_for() {
    let app = TestApp::start().await;
    let body = asked(&app).await;
    let mut settings = HttpSettings::default();
    settings.limits.query_timeout_ms = 2_000;
    let (address, _) = served_over(&app, Duration::from_secs(3), settings).await;
    let _held = events_held(&app).await;
    assert_kept(&send(&app, &address, &body).await);
}

#[tokio::test]
async fn the_database_itself_stops_a_statement_that_takes_longer_than_a_query_may() {
    let app = TestApp::start().await;
    let body = asked(&app).await;
    let settings = HttpSettings::default();
    let (address, database) = served_over(&app, Duration::from_millis(50), settings).await;
    let _held = events_held(&app).await;
    // of one connection: it is free again, or the second would wait for it
    for _ in 0..2 {
        assert_kept(&send(&app, &address, &body).await);
    }
    let endless = match database.backend() {
        DbBackend::Postgres => "SELECT pg_sleep(60)",
        _ => ENDLESS,
    };
    for connection in [&database.reader(), &database.writer().into()] {
        let stopped = connection
            .query_one_raw(statement(&database, endless))
            .await;
        assert!(took_too_long(&stopped.unwrap_err()));
        let next = connection
            .query_one_raw(statement(&database, "SELECT 1"))
            .await;
        assert!(next.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_mutation_the_database_stops_leaves_nothing() {
    let app = TestApp::start().await;
    let settings = HttpSettings::default();
    let (address, _) = served_over(&app, Duration::from_millis(50), settings).await;
    if app.app.database.backend() == DbBackend::Sqlite {
        // what it writes is never done
        let endless =
            format!("CREATE TRIGGER held BEFORE UPDATE ON company BEGIN SELECT ({ENDLESS}); END");
        app.connection().execute_unprepared(&endless).await.unwrap();
    }
    let holder = match app.app.database.backend() {
        DbBackend::Postgres => Some(app.app.database.begin().await.unwrap()),
        _ => None,
    };
    if let Some(holder) = &holder {
        let lock = "LOCK TABLE company IN ACCESS EXCLUSIVE MODE";
        holder.execute_unprepared(lock).await.unwrap();
    }
    let (_, answer) = send(&app, &address, &rename("late")).await;
    assert_eq!(code(&answer), "TIMEOUT");
    drop(holder);
    assert!(app.changes().await.is_empty());
}

fn statement(database: &Database, text: &str) -> Statement {
    Statement::from_string(database.backend(), text)
}

#[tokio::test]
async fn a_mutation_out_of_time_is_stopped_and_leaves_nothing() {
    let app = TestApp::start().await;
    let mut settings = HttpSettings::default();
    settings.limits.mutation_timeout_ms = 100;
    let address = served_with(&app, settings).await;
    // Whoever holds the row (on SQLite: the write lock) makes the mutation wait.
    let holder = app.app.database.begin().await.unwrap();
    holder
        .execute_unprepared("UPDATE company SET version = version")
        .await
        .unwrap();
    let (status, answer) = send(&app, &address, &rename("late")).await;
    assert_eq!((status, code(&answer)), (504, &json!("TIMEOUT")));
    assert_eq!(answer["errors"][0]["path"], json!(["companyUpdate"]));
    assert_eq!(
        answer["errors"][0]["extensions"]["limit"],
        json!({ "name": "mutationTimeoutMs", "maximum": 100 })
    );
    holder.rollback().await.unwrap();
    assert!(app.changes().await.is_empty());
    let (_, answer) = send(&app, app.address(), &rename("in time")).await;
    assert_eq!(
        answer["data"]["companyUpdate"]["company"]["name"],
        "in time"
    );
}
