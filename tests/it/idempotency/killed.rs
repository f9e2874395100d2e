//! A real process, killed before the client has its answer.

use std::pin::pin;

use entity::idempotency_key;
use futures_util::future::{Either, select};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait};

use super::*;
use crate::support::process::{Served, serve, token_now};

async fn sent(app: &TestApp, served: &Served, input: &Value) -> reqwest::Result<Value> {
    let request = app
        .client()
        .post(format!("http://{}/graphql", served.address))
        .bearer_auth(token_now("hr@aozora"))
        .header("idempotency-key", "one")
        .json(&json!({ "query": SUBMIT, "variables": { "input": input } }));
    request.send().await?.json().await
}

#[tokio::test]
async fn what_was_committed_is_answered_by_the_next_process() {
    let app = TestApp::start().await;
    let spool = tempfile::tempdir().unwrap();
    let input = referral(&app).await;
    let served = serve(&app, spool.path());
    // the answer is on its way, or not even made, when the process is gone: nobody has it
    let committed = async {
        while idempotency_key::Entity::find()
            .count(app.connection())
            .await
            .unwrap()
            == 0
        {}
    };
    drop(select(pin!(committed), pin!(sent(&app, &served, &input))).await);
    served.ends("-KILL").await;
    let next = serve(&app, spool.path());
    let answer = sent(&app, &next, &input).await.unwrap();
    next.ends("-TERM").await;
    assert_eq!(
        answer["extensions"]["idempotent"]["replayed"], true,
        "{answer}"
    );
    assert_eq!(
        answer["data"]["referralSubmit"]["referral"]["stage"],
        "SUBMITTED"
    );
    assert_eq!(app.change_kinds().await, ["referral.submitted"]);
}

#[tokio::test]
async fn what_was_not_is_done_by_the_next_process() {
    let app = TestApp::start().await;
    let spool = tempfile::tempdir().unwrap();
    let input = referral(&app).await;
    let served = serve(&app, spool.path());
    let held = app.app.database.begin().await.unwrap();
    // the referral itself can be written, and what is told of it cannot
    let lock = match app.app.database.backend() {
        DbBackend::Postgres => "LOCK TABLE change IN ACCESS EXCLUSIVE MODE",
        _ => "SELECT 1",
    };
    held.execute_unprepared(lock).await.unwrap();
    {
        let waits = async {
            let waits = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%referral%'";
            let waits = sea_orm::Statement::from_string(DbBackend::Postgres, waits);
            let postgres = app.app.database.backend() == DbBackend::Postgres;
            while postgres
                && app
                    .connection()
                    .query_one_raw(waits.clone())
                    .await
                    .unwrap()
                    .is_none()
            {}
        };
        let Either::Right(_) = select(pin!(sent(&app, &served, &input)), pin!(waits)).await else {
            panic!("it did not wait");
        };
    }
    served.ends("-KILL").await;
    held.rollback().await.unwrap();
    let next = serve(&app, spool.path());
    let answer = sent(&app, &next, &input).await.unwrap();
    next.ends("-TERM").await;
    assert_eq!(
        answer["extensions"]["idempotent"]["replayed"], false,
        "{answer}"
    );
    assert_eq!(
        answer["data"]["referralSubmit"]["referral"]["stage"],
        "SUBMITTED"
    );
    assert_eq!(app.change_kinds().await, ["referral.submitted"]);
}
