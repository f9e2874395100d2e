//! Two at once, and which of them waits: somebody else's transaction is held open until the request under test has run into it.

use std::pin::pin;
use std::time::Duration;

use alumni_api::database::{Database, DatabaseSettings, Planning};
use entity::ParticipationState::{Declined, Going, Waiting};
use entity::{
    OpportunityState, ParticipationState, PersonId, ReferralStage, engagement_event, opportunity,
    participation, referral,
};
use futures_util::FutureExt;
use futures_util::future::{Either, join_all, select};
use insta::assert_snapshot;
use sea_orm::sea_query::{Expr, LockType, Query};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait,
    QueryFilter, QueryOrder, Statement,
};
use serde_json::json;
use tokio::time::timeout;

use crate::support::{AOZORA, Actor, Reply, TestApp};

const SUBMIT: &str = "mutation($input: ReferralSubmitInput!) { referralSubmit(input: $input) {
    referral { stage duplicateOf { id } } userErrors { code field message } } }";
const CLOSE: &str = "mutation($input: OpportunityCloseInput!) { opportunityClose(input: $input) {
    opportunity { state } userErrors { code field message } } }";
const RESPOND: &str = "mutation($input: ParticipationRespondInput!) { participationRespond(input: $input) {
    participation { state version event { goingCount waitingCount } } userErrors { code field message } } }";

async fn submit(actor: &Actor<'_>, opportunity: &opportunity::Model) -> Reply {
    let candidate = AOZORA.person("alumnus").to_string();
    let input = json!({ "opportunityId": opportunity.id.to_string(), "candidateId": candidate });
    actor.run(SUBMIT, json!({ "input": input })).await
}

async fn says(actor: &Actor<'_>, event: &engagement_event::Model, answer: &str) -> Reply {
    let input = json!({ "eventId": event.id.to_string(), "answer": answer });
    actor.run(RESPOND, json!({ "input": input })).await
}

/// Another writer's transaction, that holds what it touched.
async fn held(app: &TestApp) -> DatabaseTransaction {
    app.app.database.begin().await.unwrap()
}

/// Until somebody waits for a lock of this database. SQLite has one writer, whom everyone else waits for anyway.
async fn somebody_waits(app: &TestApp) {
    let waits = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while app.app.database.backend() == DbBackend::Postgres {
        let waits = Statement::from_string(DbBackend::Postgres, waits);
        if app
            .connection()
            .query_one_raw(waits)
            .await
            .unwrap()
            .is_some()
        {
            break;
        }
    }
}

/// Sends the request, lets it run into the held transaction, and ends that.
async fn meets(
    app: &TestApp,
    request: impl Future<Output = Reply>,
    end: impl Future<Output = Result<(), DbErr>>,
) -> Reply {
    match select(pin!(request), pin!(somebody_waits(app))).await {
        Either::Left((reply, _)) => panic!("it did not wait: {reply:?}"),
        Either::Right(((), request)) => {
            let (reply, ended) = tokio::join!(request, end);
            ended.unwrap();
            reply
        }
    }
}

/// The transaction makes a withdrawn referral stand again, which nobody but the index notices.
async fn refer_again(transaction: &DatabaseTransaction, row: &referral::Model) {
    referral::Entity::update_many()
        .col_expr(
            referral::Column::Stage,
            Expr::value(ReferralStage::Submitted.to_value()),
        )
        .filter(referral::Column::Id.eq(row.id))
        .exec(transaction)
        .await
        .unwrap();
}

/// The transaction gives somebody who had declined a place.
async fn give_a_place(transaction: &DatabaseTransaction, answer: &participation::Model) {
    use {engagement_event::Column as Event, participation::Column as Answer};
    // the event first, as everybody does
    engagement_event::Entity::update_many()
        .col_expr(Event::GoingCount, Expr::value(1))
        .filter(Event::Id.eq(answer.event_id))
        .exec(transaction)
        .await
        .unwrap();
    participation::Entity::update_many()
        .col_expr(Answer::State, Expr::value(Going.to_value()))
        .col_expr(Answer::Version, Expr::value(2))
        .filter(Answer::Id.eq(answer.id))
        .exec(transaction)
        .await
        .unwrap();
}

#[tokio::test]
async fn who_is_referred_while_another_refers_them_is_a_duplicate() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    let withdrawn = ReferralStage::Withdrawn;
    let first = app.new_referral(&position).stage(withdrawn).insert().await;
    let held = held(&app).await;
    refer_again(&held, &first).await;
    let hr = app.hr();
    let reply = meets(&app, submit(&hr, &position), held.commit()).await;
    assert_eq!(
        reply.at("/referralSubmit/referral"),
        &json!({ "stage": "DUPLICATE", "duplicateOf": { "id": first.id.to_string() } })
    );
    assert_eq!(app.change_kinds().await, ["referral.submitted"]);
}

#[tokio::test]
async fn who_is_referred_while_another_thinks_better_of_it_stands() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    let withdrawn = ReferralStage::Withdrawn;
    let first = app.new_referral(&position).stage(withdrawn).insert().await;
    let held = held(&app).await;
    refer_again(&held, &first).await;
    let hr = app.hr();
    let reply = meets(&app, submit(&hr, &position), held.rollback()).await;
    assert_eq!(
        reply.at("/referralSubmit/referral"),
        &json!({ "stage": "SUBMITTED", "duplicateOf": null })
    );
}

#[tokio::test]
async fn two_referrals_of_one_candidate_at_once_are_one_and_its_duplicate() {
    let app = TestApp::start().await;
    for _ in 0..10 {
        let position = app.new_opportunity("engineer").insert().await;
        let (hr, employee) = (app.hr(), app.employee());
        let (one, other) = tokio::join!(submit(&hr, &position), submit(&employee, &position));
        let mut stages = [&one, &other].map(|reply| reply.at("/referralSubmit/referral/stage"));
        stages.sort_by_key(|stage| stage.as_str());
        assert_eq!(stages, ["DUPLICATE", "SUBMITTED"]);
    }
}

#[tokio::test]
async fn who_is_referred_while_the_opportunity_is_closed_is_refused() {
    let app = TestApp::start().await;
    let position = app.new_opportunity("engineer").insert().await;
    let held = held(&app).await;
    opportunity::Entity::update_many()
        .col_expr(
            opportunity::Column::State,
            Expr::value(OpportunityState::Closed.to_value()),
        )
        .filter(opportunity::Column::Id.eq(position.id))
        .exec(&held)
        .await
        .unwrap();
    let hr = app.hr();
    let reply = meets(&app, submit(&hr, &position), held.commit()).await;
    assert_snapshot!(reply.user_errors(), @"REFUSED opportunityId: the opportunity is CLOSED; referrals are taken while it is OPEN");
    assert!(app.changes().await.is_empty());
}

/// SQLite has one writer.
#[tokio::test]
async fn referrals_do_not_wait_for_each_other_and_a_closing_waits_for_them() {
    let app = TestApp::start().await;
    if app.app.database.backend() == DbBackend::Sqlite {
        return;
    }
    let position = app.new_opportunity("engineer").insert().await;
    let held = held(&app).await;
    let as_a_referral_does = Query::select()
        .column(opportunity::Column::Id)
        .from(opportunity::Entity)
        .lock(LockType::Share)
        .to_owned();
    held.query_all(&as_a_referral_does).await.unwrap();
    let hr = app.hr();
    let beside = submit(&hr, &position).await;
    assert_eq!(beside.at("/referralSubmit/referral/stage"), "SUBMITTED");
    let close = hr.run(CLOSE, json!({ "input": { "id": position.id.to_string() } }));
    let closed = meets(&app, close, held.commit()).await;
    assert_eq!(closed.at("/opportunityClose/opportunity/state"), "CLOSED");
}

#[tokio::test]
async fn the_last_place_goes_to_who_holds_the_event_and_who_comes_next_waits() {
    let app = TestApp::start().await;
    let event = app.new_event("e").capacity(1).insert().await;
    let other = app
        .answered(&event, AOZORA.person("employee"), Declined)
        .await;
    let held = held(&app).await;
    give_a_place(&held, &other).await;
    let alumnus = app.alumnus();
    let reply = meets(&app, says(&alumnus, &event, "GOING"), held.commit()).await;
    assert_eq!(
        reply.at("/participationRespond/participation"),
        &json!({ "state": "WAITING", "version": 1, "event": { "goingCount": 1, "waitingCount": 1 } })
    );
}

#[tokio::test]
async fn an_answer_is_to_what_the_person_holds_when_it_is_their_turn() {
    let app = TestApp::start().await;
    let event = app.new_event("e").capacity(1).insert().await;
    let mine = app
        .answered(&event, AOZORA.person("alumnus"), Declined)
        .await;
    let held = held(&app).await;
    give_a_place(&held, &mine).await;
    let alumnus = app.alumnus();
    let reply = meets(&app, says(&alumnus, &event, "DECLINED"), held.commit()).await;
    assert_eq!(
        reply.at("/participationRespond/participation"),
        &json!({ "state": "DECLINED", "version": 3, "event": { "goingCount": 0, "waitingCount": 0 } })
    );
}

#[tokio::test]
async fn of_two_who_want_the_last_place_at_once_one_gets_it_and_one_waits() {
    let app = TestApp::start().await;
    let event = app.new_event("e").capacity(1).insert().await;
    let actors = [app.alumnus(), app.employee()];
    join_all(actors.iter().map(|actor| says(actor, &event, "GOING"))).await;
    let answers = participation::Entity::find()
        .order_by_asc(participation::Column::Id)
        .all(app.connection())
        .await
        .unwrap();
    let states: Vec<_> = answers.into_iter().map(|answer| answer.state).collect();
    assert_eq!(states, [Going, Waiting]);
}

const PAUSE: &str = "mutation { membershipPause(input: {}) { membership { state } userErrors { code field message } } }";
const RESUME: &str = "mutation { membershipResume(input: {}) { membership { state } userErrors { code field message } } }";
const WITHDRAW: &str = "mutation { membershipWithdraw(input: {}) { membership { state } userErrors { code field message } } }";
const ACCEPT: &str = "mutation { membershipAccept(input: {}) { membership { state } userErrors { code field message } } }";

/// The states of an event's answers, by the ids of their people, with its counts.
async fn places(
    app: &TestApp,
    event: &engagement_event::Model,
) -> (Vec<(PersonId, ParticipationState)>, (i32, i32)) {
    let answers = participation::Entity::find()
        .filter(participation::Column::EventId.eq(event.id))
        .order_by_asc(participation::Column::PersonId)
        .all(app.connection())
        .await
        .unwrap();
    let found = engagement_event::Entity::find_by_id(event.id);
    let found = found.one(app.connection()).await.unwrap().unwrap();
    let states = answers
        .iter()
        .map(|answer| (answer.person_id, answer.state));
    (states.collect(), (found.going_count, found.waiting_count))
}

/// The event is locked while somebody answers it; they leave meanwhile, and have no place in the end.
#[tokio::test]
async fn who_leaves_while_their_answer_waits_for_the_event_has_no_place() {
    let app = TestApp::start().await;
    let event = app.new_event("e").capacity(1).insert().await;
    let other = app
        .answered(&event, AOZORA.person("employee"), Waiting)
        .await;
    let held = held(&app).await;
    engagement_event::Entity::update_many()
        .col_expr(engagement_event::Column::Title, Expr::value("f"))
        .filter(engagement_event::Column::Id.eq(event.id))
        .exec(&held)
        .await
        .unwrap();
    let alumnus = app.alumnus();
    let pausing = async {
        somebody_waits(&app).await;
        let paused = alumnus.run(PAUSE, json!({}));
        let (paused, ended) = tokio::join!(paused, held.commit());
        ended.unwrap();
        paused
    };
    let (answered, paused) = tokio::join!(says(&alumnus, &event, "GOING"), pausing);
    assert!(answered.body.get("errors").is_none(), "{answered:?}");
    assert_eq!(paused.at("/membershipPause/membership/state"), "PAUSED");
    let (states, counts) = places(&app, &event).await;
    let mine: Vec<_> = states
        .iter()
        .filter(|(person, _)| *person == AOZORA.person("alumnus"))
        .map(|(_, state)| *state)
        .collect();
    // on SQLite either may be first
    assert!(mine.is_empty() || mine == [Declined], "{mine:?}");
    let employees = states
        .iter()
        .filter(|(person, _)| *person == other.person_id);
    let going = employees.filter(|(_, state)| *state == Going).count();
    assert_eq!(
        counts,
        (i32::try_from(going).unwrap(), i32::from(going == 0))
    );
}

/// Done, or refused to a login that ended.
fn is_done(reply: &Reply) -> bool {
    reply.codes().iter().all(|code| *code == "FORBIDDEN")
}

#[tokio::test(flavor = "multi_thread")]
async fn people_who_answer_leave_and_come_back_at_once_neither_block_each_other_nor_keep_places() {
    let app = TestApp::start().await;
    let mut events = Vec::new();
    for _ in 0..3 {
        events.push(app.new_event("e").capacity(2).insert().await);
    }
    let mut actors = Vec::new();
    let mut people = Vec::new();
    for _ in 0..6 {
        let person = app.new_alumnus("n", "").insert().await;
        actors.push(app.login(&person, entity::Role::Alumnus).await);
        people.push(person.id);
    }
    for round in 0..6 {
        let acts = actors.iter().enumerate().map(|(number, actor)| {
            let events = &events;
            async move {
                let order = (0..3).map(|place| &events[(place + number + round) % 3]);
                let answers = async {
                    for event in order {
                        let answer = if round % 3 == 2 { "DECLINED" } else { "GOING" };
                        let reply = says(actor, event, answer).await;
                        assert!(is_done(&reply), "{reply:?}");
                    }
                };
                let leaves = async {
                    let (away, back) = if number % 2 == 0 {
                        (PAUSE, RESUME)
                    } else {
                        (WITHDRAW, ACCEPT)
                    };
                    // a login ends with the membership, so that who withdrew stays away
                    let away = actor.run(away, json!({})).await;
                    assert!(is_done(&away), "{away:?}");
                    if (round + number) % 3 > 0 {
                        let back = actor.run(back, json!({})).await;
                        assert!(is_done(&back), "{back:?}");
                    }
                };
                tokio::join!(answers, leaves);
            }
        });
        join_all(acts).await;
        let stored = entity::person::Entity::find()
            .filter(entity::person::Column::Id.is_in(people.iter().copied()))
            .all(app.connection())
            .await
            .unwrap();
        let gone: Vec<PersonId> = stored
            .iter()
            .filter(|person| person.standing != entity::Standing::Active)
            .map(|person| person.id)
            .collect();
        for event in &events {
            let (states, (going, waiting)) = places(&app, event).await;
            let count = |wanted| states.iter().filter(|(_, state)| *state == wanted).count();
            let counted = (count(Going), count(Waiting));
            let expected = (going.unsigned_abs(), waiting.unsigned_abs());
            assert_eq!(
                (counted.0, counted.1),
                (expected.0 as usize, expected.1 as usize)
            );
            assert!(
                going <= 2 && (going == 2 || waiting == 0),
                "{going} {waiting}"
            );
            let left_over = states
                .iter()
                .filter(|(person, state)| gone.contains(person) && *state != Declined);
            assert_eq!(left_over.count(), 0);
        }
    }
}

#[tokio::test]
async fn a_read_given_up_half_way_leaves_nothing_of_its_answer_to_the_next() {
    let app = TestApp::start().await;
    let settings = DatabaseSettings {
        url: app.database_url().into(),
        max_connections: 1,
        read_timeout: Duration::from_secs(30),
        write_timeout: Duration::from_secs(30),
        replica: None,
    };
    let database = Database::connect(&settings).await.unwrap();
    let slow = match database.backend() {
        DbBackend::Postgres => "(SELECT 'given up' FROM pg_sleep(0.004))",
        _ => "'given up'",
    };
    let slow = Query::select().expr(Expr::cust(slow)).to_owned();
    for turn in 0..40 {
        // before it is sent, while it runs, while its answer is read
        let patience = Duration::from_micros(250 * turn);
        let _ = timeout(patience, database.answer(Planning::Once, &slow)).await;
        let next = Query::select()
            .expr(Expr::cust(format!("'{turn}'")))
            .to_owned();
        let row = database.answer(Planning::Once, &next).await.unwrap();
        let text: String = row.try_get_by_index(0).unwrap();
        assert_eq!(text, turn.to_string());
    }
    database.close().await.unwrap();
}

#[tokio::test]
async fn a_read_that_fails_leaves_its_connection_to_the_next() {
    let app = TestApp::start().await;
    let settings = DatabaseSettings {
        url: app.database_url().into(),
        max_connections: 1,
        read_timeout: Duration::from_secs(30),
        write_timeout: Duration::from_secs(30),
        replica: None,
    };
    let database = Database::connect(&settings).await.unwrap();
    for text in ["1", "2", "3"] {
        let wrong = Query::select()
            .expr(Expr::cust("no_such_column"))
            .to_owned();
        let failed = database.answer(Planning::ByValue, &wrong).await;
        assert!(failed.is_err());
        let next = Query::select()
            .expr(Expr::cust(format!("'{text}'")))
            .to_owned();
        let row = database.answer(Planning::ByValue, &next).await.unwrap();
        assert_eq!(row.try_get_by_index::<String>(0).unwrap(), text);
    }
    database.close().await.unwrap();
}

#[tokio::test]
async fn a_transaction_given_up_while_it_begins_is_not_left_open() {
    let app = TestApp::start().await;
    let settings = DatabaseSettings {
        url: app.database_url().into(),
        max_connections: 1,
        read_timeout: Duration::from_secs(30),
        write_timeout: Duration::from_secs(30),
        replica: None,
    };
    let database = Database::connect(&settings).await.unwrap();
    for _ in 0..20 {
        assert!(database.begin().now_or_never().is_none());
    }
    // Whoever comes next gets the one connection outside of any transaction: for PostgreSQL, one that begins with the statement.
    if database.backend() == DbBackend::Postgres {
        let alone = "SELECT 1 / (now() = statement_timestamp())::int";
        database.writer().execute_unprepared(alone).await.unwrap();
    }
    let open = database.begin().await.unwrap();
    open.rollback().await.unwrap();
    database.close().await.unwrap();
}
