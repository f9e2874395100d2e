//! The same request several times at once.

use std::pin::pin;

use futures_util::future::{Either, join_all, select};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::*;

/// Until somebody waits for a lock of this database. SQLite's writers wait for a connection, which nobody can see.
async fn somebody_waits(app: &TestApp) {
    let waits = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let waits = Statement::from_string(DbBackend::Postgres, waits);
    let postgres = app.app.database.backend() == DbBackend::Postgres;
    while postgres
        && app
            .connection()
            .query_one_raw(waits.clone())
            .await
            .unwrap()
            .is_none()
    {}
}

/// Holds whatever a referral needs until it is dropped.
async fn holds(app: &TestApp) -> sea_orm::DatabaseTransaction {
    let held = app.app.database.begin().await.unwrap();
    if app.app.database.backend() == DbBackend::Postgres {
        held.execute_unprepared("LOCK TABLE opportunity IN ACCESS EXCLUSIVE MODE")
            .await
            .unwrap();
    }
    held
}

#[tokio::test]
async fn of_many_at_once_one_does_it() {
    let app = TestApp::start().await;
    let (hr, input) = (app.hr(), referral(&app).await);
    let all = (0..8).map(|_| send(&app, &hr, "one", SUBMIT, &input));
    let replies = join_all(all).await;
    let (done, others): (Vec<_>, Vec<_>) = replies
        .iter()
        .partition(|reply| reply.body.get("data").is_some());
    assert!(done.iter().any(|reply| replayed(reply) == false));
    let data: std::collections::BTreeSet<_> =
        done.iter().map(|reply| reply.data().to_string()).collect();
    assert_eq!(data.len(), 1);
    for reply in others {
        assert_eq!(refusal(reply).1, true);
    }
    assert_eq!(app.change_kinds().await, ["referral.submitted"]);
}

#[tokio::test]
async fn a_twin_of_one_under_way_is_told_to_come_again() {
    let app = TestApp::start().await;
    let (hr, input) = (app.hr(), referral(&app).await);
    let held = holds(&app).await;
    let first = pin!(send(&app, &hr, "one", SUBMIT, &input));
    // on SQLite the first waits at its begin, which is behind the place where twins meet
    let Either::Right(((), first)) = select(first, pin!(somebody_waits(&app))).await else {
        panic!("it did not wait");
    };
    let twin = pin!(send(&app, &hr, "one", SUBMIT, &input));
    let (first, twin) = match select(first, twin).await {
        Either::Right((twin, first)) => (first, twin),
        Either::Left((first, _)) => panic!("it did not wait: {first:?}"),
    };
    let (message, retryable) = refusal(&twin);
    assert_eq!(
        message,
        "The same mutation is under way with this idempotency key: send it again in a moment."
    );
    assert_eq!(retryable, true);
    held.rollback().await.unwrap();
    let first = first.await;
    assert_eq!(replayed(&first), false);
    let again = send(&app, &hr, "one", SUBMIT, &input).await;
    assert_eq!(
        (replayed(&again), again.data()),
        (&json!(true), first.data())
    );
    assert_eq!(app.change_kinds().await, ["referral.submitted"]);
}

#[tokio::test]
async fn a_twin_at_another_instance_is_told_so_too() {
    let app = TestApp::start().await;
    if app.app.database.backend() == DbBackend::Sqlite {
        // one file, one instance: the README says so
        return;
    }
    let other = app.another_instance().await;
    let (hr, input) = (app.hr(), referral(&app).await);
    let held = holds(&app).await;
    let first = pin!(send(&app, &hr, "one", SUBMIT, &input));
    let Either::Right(((), first)) = select(first, pin!(somebody_waits(&app))).await else {
        panic!("it did not wait");
    };
    let theirs = other.hr();
    let twin = send(&other, &theirs, "one", SUBMIT, &input).await;
    assert_eq!(refusal(&twin).1, true);
    held.rollback().await.unwrap();
    let first = first.await;
    let again = send(&other, &theirs, "one", SUBMIT, &input).await;
    assert_eq!(
        (replayed(&again), again.data()),
        (&json!(true), first.data())
    );
    assert_eq!(app.change_kinds().await, ["referral.submitted"]);
}

#[tokio::test]
async fn who_hangs_up_half_way_may_send_it_again() {
    let app = TestApp::start().await;
    let (hr, input) = (app.hr(), referral(&app).await);
    let held = holds(&app).await;
    {
        let first = pin!(send(&app, &hr, "one", SUBMIT, &input));
        let Either::Right(_) = select(first, pin!(somebody_waits(&app))).await else {
            panic!("it did not wait");
        };
    }
    held.rollback().await.unwrap();
    let reply = loop {
        let reply = send(&app, &hr, "one", SUBMIT, &input).await;
        if reply.body.get("data").is_some() {
            break reply;
        }
        assert_eq!(refusal(&reply).1, true);
    };
    assert_eq!(reply.at("/referralSubmit/referral/stage"), "SUBMITTED");
    assert_eq!(app.change_kinds().await, ["referral.submitted"]);
}
