//! A real process, killed before the client has its answer.

use std::pin::pin;

use entity::idempotency_key;
use futures_util::future::{Either, select};
use sea_orm::{EntityTrait, PaginatorTrait};

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
    let held = holds(&app).await;
    {
        // of two at once one is refused: then the other is under way
        let [one, other] = [sent(&app, &served, &input), sent(&app, &served, &input)];
        let refused = match select(pin!(one), pin!(other)).await {
            Either::Left((refused, _)) | Either::Right((refused, _)) => refused.unwrap(),
        };
        assert_eq!(refused["errors"][0]["extensions"]["retryable"], true);
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
