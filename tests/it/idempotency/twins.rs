//! The same request several times at once.

use std::pin::{Pin, pin};

use futures_util::future::{Either, join_all, select};
use sea_orm::DbBackend;

use super::*;

/// Of two that are sent at once, while nothing can be written, one is refused: then the other is under way. That one, and the refusal.
async fn meet<F: Future<Output = Reply>>(one: Pin<&mut F>, other: Pin<&mut F>) -> (bool, Reply) {
    match select(one, other).await {
        Either::Left((refused, _)) => (false, refused),
        Either::Right((refused, _)) => (true, refused),
    }
}

fn told_to_come_again(reply: &Reply) {
    let (message, retryable) = refusal(reply);
    assert_eq!(
        message,
        "The same mutation is under way with this idempotency key: send it again in a moment."
    );
    assert_eq!(retryable, true);
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
    let mut one = pin!(send(&app, &hr, "one", SUBMIT, &input));
    let mut other = pin!(send(&app, &hr, "one", SUBMIT, &input));
    let (first, refused) = meet(one.as_mut(), other.as_mut()).await;
    told_to_come_again(&refused);
    held.rollback().await.unwrap();
    let done = if first { one.await } else { other.await };
    assert_eq!(replayed(&done), false);
    let again = send(&app, &hr, "one", SUBMIT, &input).await;
    assert_eq!(
        (replayed(&again), again.data()),
        (&json!(true), done.data())
    );
    assert_eq!(app.change_kinds().await, ["referral.submitted"]);
}

#[tokio::test]
async fn a_twin_at_another_instance_is_told_so_too() {
    let app = TestApp::start().await;
    if app.app.database.backend() == DbBackend::Sqlite {
        // one file, one instance: see docs/operations/deploy.md
        return;
    }
    let instance = app.another_instance().await;
    let (hr, theirs, input) = (app.hr(), instance.hr(), referral(&app).await);
    let held = holds(&app).await;
    let mut one = pin!(send(&app, &hr, "one", SUBMIT, &input));
    let mut other = pin!(send(&instance, &theirs, "one", SUBMIT, &input));
    let (first, refused) = meet(one.as_mut(), other.as_mut()).await;
    told_to_come_again(&refused);
    held.rollback().await.unwrap();
    let done = if first { one.await } else { other.await };
    for (instance, actor) in [(&app, &hr), (&instance, &theirs)] {
        let again = send(instance, actor, "one", SUBMIT, &input).await;
        assert_eq!(
            (replayed(&again), again.data()),
            (&json!(true), done.data())
        );
    }
    assert_eq!(app.change_kinds().await, ["referral.submitted"]);
}

#[tokio::test]
async fn who_hangs_up_half_way_may_send_it_again() {
    let app = TestApp::start().await;
    let (hr, input) = (app.hr(), referral(&app).await);
    let held = holds(&app).await;
    {
        let mut one = pin!(send(&app, &hr, "one", SUBMIT, &input));
        let mut other = pin!(send(&app, &hr, "one", SUBMIT, &input));
        told_to_come_again(&meet(one.as_mut(), other.as_mut()).await.1);
    }
    held.rollback().await.unwrap();
    let reply = loop {
        let reply = send(&app, &hr, "one", SUBMIT, &input).await;
        if reply.body.get("data").is_some() {
            break reply;
        }
        told_to_come_again(&reply);
    };
    assert_eq!(reply.at("/referralSubmit/referral/stage"), "SUBMITTED");
    assert_eq!(app.change_kinds().await, ["referral.submitted"]);
}
