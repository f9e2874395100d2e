//! Two people of whom one blocks the other do not exist for each other, and nobody is told.

pub mod silence;
mod told;

use entity::{MembershipState, PersonId, Role, block, person};
use insta::assert_snapshot;
use sea_orm::{EntityTrait, IntoActiveModel, QueryOrder};
use serde_json::{Value, json};

use crate::support::{AOZORA, Actor, MERIDIAN, Reply, TestApp};

const BLOCK: &str = "mutation($id: ID!) { personBlock(input: { personId: $id }) { block { personId displayName blockedAt } userErrors { code field message } } }";
const UNBLOCK: &str = "mutation($id: ID!) { personUnblock(input: { personId: $id }) { personId userErrors { code field message } } }";
const BLOCKED: &str =
    "{ viewer { blocked { totalCount nodes { personId displayName blockedAt } } } }";

/// What is said of whoever is not there for the viewer.
const UNSEEN: &str = "NOT_FOUND personId: there is no such person for you";

async fn blocks(actor: &Actor<'_>, person: PersonId) -> Reply {
    actor.run(BLOCK, json!({ "id": person.to_string() })).await
}

async fn unblocks(actor: &Actor<'_>, person: PersonId) -> Reply {
    actor
        .run(UNBLOCK, json!({ "id": person.to_string() }))
        .await
}

/// Whom blocks are between, as they are stored.
async fn stored(app: &TestApp) -> Vec<(PersonId, PersonId)> {
    let rows = block::Entity::find()
        .order_by_asc(block::Column::CreatedAt)
        .order_by_asc(block::Column::BlockedId);
    let rows = rows.all(app.connection()).await.unwrap();
    rows.into_iter()
        .map(|row| (row.blocker_id, row.blocked_id))
        .collect()
}

/// Another active alumnus, with a login.
async fn another<'a>(app: &'a TestApp, name: &str) -> (person::Model, Actor<'a>) {
    let person = app.new_alumnus(name, "").insert().await;
    let login = app.login(&person, Role::Alumnus).await;
    (person, login)
}

/// The family names of the directory.
async fn directory(actor: &Actor<'_>) -> Vec<String> {
    let reply = actor.ask("{ alumni { nodes { familyName } } }").await;
    reply.texts("/alumni/nodes", "familyName")
}

#[tokio::test]
async fn each_vanishes_from_the_other_and_from_nobody_else() {
    let app = TestApp::start().await;
    let (other, other_login) = another(&app, "other").await;
    let (_, third) = another(&app, "third").await;
    assert_eq!(blocks(&app.alumnus(), other.id).await.user_errors(), "");
    assert_eq!(directory(&app.alumnus()).await, ["alumnus", "third"]);
    assert_eq!(directory(&other_login).await, ["other", "third"]);
    let all = ["alumnus", "other", "third"];
    assert_eq!(directory(&third).await, all);
    assert_eq!(directory(&app.employee()).await, all);
    assert_eq!(stored(&app).await, [(AOZORA.person("alumnus"), other.id)]);
}

#[tokio::test]
async fn who_unblocks_sees_and_is_seen_again() {
    let app = TestApp::start().await;
    let (other, other_login) = another(&app, "other").await;
    blocks(&app.alumnus(), other.id).await.data();
    let reply = unblocks(&app.alumnus(), other.id).await;
    assert_eq!(
        reply.data(),
        &json!({ "personUnblock": { "personId": other.id.to_string(), "userErrors": [] } })
    );
    assert_eq!(directory(&app.alumnus()).await, ["alumnus", "other"]);
    assert_eq!(directory(&other_login).await, ["alumnus", "other"]);
    assert_eq!(stored(&app).await, []);
}

#[tokio::test]
async fn blocking_twice_changes_nothing() {
    let app = TestApp::start().await;
    let (other, _) = another(&app, "other").await;
    let first = blocks(&app.alumnus(), other.id).await;
    app.clock.advance(chrono::TimeDelta::hours(1));
    let again = blocks(&app.alumnus(), other.id).await;
    assert_eq!(
        first.at("/personBlock/block"),
        &json!({ "personId": other.id.to_string(), "displayName": "other", "blockedAt": "2026-04-01T00:00:00+00:00" })
    );
    assert_eq!(again.data(), first.data());
    assert_eq!(app.change_kinds().await, ["person.blocked"]);
}

#[tokio::test]
async fn unblocking_whom_one_does_not_block_changes_nothing_whoever_that_is() {
    let app = TestApp::start().await;
    let (other, other_login) = another(&app, "other").await;
    blocks(&other_login, AOZORA.person("alumnus")).await.data();
    let ids = [
        other.id,
        MERIDIAN.person("alumnus"),
        app.clock.new_id(),
        AOZORA.person("alumnus"),
    ];
    for id in ids {
        let reply = unblocks(&app.alumnus(), id).await;
        assert_eq!(
            reply.data(),
            &json!({ "personUnblock": { "personId": id.to_string(), "userErrors": [] } })
        );
    }
    assert_eq!(stored(&app).await, [(other.id, AOZORA.person("alumnus"))]);
    assert_eq!(app.change_kinds().await, ["person.blocked"]);
}

#[tokio::test]
async fn whom_one_does_not_see_one_cannot_block() {
    let app = TestApp::start().await;
    let gone = app.new_alumnus("gone", "").state(MembershipState::Paused);
    let (gone, (other, other_login)) = (gone.insert().await, another(&app, "other").await);
    blocks(&other_login, AOZORA.person("alumnus")).await.data();
    // who paused, a colleague whom alumni are not shown, another company's, nobody's, and who was first to block
    let ids = [
        gone.id,
        AOZORA.person("employee"),
        MERIDIAN.person("alumnus"),
        app.clock.new_id(),
        other.id,
    ];
    for id in ids {
        assert_eq!(blocks(&app.alumnus(), id).await.user_errors(), UNSEEN);
    }
    assert_eq!(stored(&app).await, [(other.id, AOZORA.person("alumnus"))]);
}

#[tokio::test]
async fn nobody_blocks_themselves() {
    let app = TestApp::start().await;
    let reply = blocks(&app.alumnus(), AOZORA.person("alumnus")).await;
    assert_snapshot!(reply.user_errors(), @"REFUSED personId: is yourself; a block is between you and somebody else");
    assert_eq!(stored(&app).await, []);
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn both_may_block_and_both_must_unblock() {
    let app = TestApp::start().await;
    let (own, colleague) = (AOZORA.person("employee"), AOZORA.person("hr"));
    // HR sees who blocks them, and can still block them
    blocks(&app.employee(), colleague).await.data();
    assert_eq!(blocks(&app.hr(), own).await.user_errors(), "");
    let seen = "query($id: ID!) { employee(id: $id) { familyName } }";
    let sees = async || {
        let reply = app
            .employee()
            .run(seen, json!({ "id": colleague.to_string() }))
            .await;
        !reply.at("/employee").is_null()
    };
    unblocks(&app.employee(), colleague).await.data();
    assert!(!sees().await);
    unblocks(&app.hr(), own).await.data();
    assert!(sees().await);
}

#[tokio::test]
async fn only_a_person_blocks() {
    let app = TestApp::start().await;
    let (other, _) = another(&app, "other").await;
    let system = app.system(&["alumni:read", "alumni:write"]).await;
    for (actor, code) in [
        (app.anonymous(), "UNAUTHENTICATED"),
        (system, "FORBIDDEN"),
        (app.operator(), "FORBIDDEN"),
    ] {
        assert_eq!(blocks(&actor, other.id).await.codes(), [code]);
        assert_eq!(unblocks(&actor, other.id).await.codes(), [code]);
        let none = json!({ "viewer": { "blocked": { "totalCount": 0, "nodes": [] } } });
        assert_eq!(actor.ask(BLOCKED).await.data(), &none);
    }
    assert_eq!(stored(&app).await, []);
}

#[tokio::test]
async fn one_company_does_not_block_in_another() {
    let app = TestApp::start().await;
    let stranger = app.actor_of(MERIDIAN, "alumnus");
    let reply = blocks(&stranger, AOZORA.person("alumnus")).await;
    assert_eq!(reply.user_errors(), UNSEEN);
    assert_eq!(stored(&app).await, []);
}

/// Lets the alumnus block many, whom nobody needs to see.
async fn blocks_many(app: &TestApp, count: usize) -> Vec<PersonId> {
    let own = AOZORA.person("alumnus");
    let like = person::Entity::find_by_id(AOZORA.person("employee"));
    let like = like.one(app.connection()).await.unwrap().unwrap();
    let people: Vec<person::Model> = (0..count)
        .map(|_| person::Model {
            id: app.clock.new_id(),
            ..like.clone()
        })
        .collect();
    let ids: Vec<PersonId> = people.iter().map(|row| row.id).collect();
    for some in people.chunks(200) {
        let rows = some.iter().cloned().map(IntoActiveModel::into_active_model);
        let insert = person::Entity::insert_many(rows);
        insert
            .exec_without_returning(app.connection())
            .await
            .unwrap();
    }
    for some in ids.chunks(200) {
        let rows = some.iter().map(|id| {
            let row = block::Model {
                blocker_id: own,
                blocked_id: *id,
                company_id: AOZORA.id(),
                created_at: app.clock.now(),
            };
            row.into_active_model()
        });
        let insert = block::Entity::insert_many(rows);
        insert
            .exec_without_returning(app.connection())
            .await
            .unwrap();
    }
    ids
}

#[tokio::test]
async fn a_person_blocks_a_thousand_and_no_more() {
    let app = TestApp::start().await;
    let many = blocks_many(&app, 1_000).await;
    let (other, _) = another(&app, "other").await;
    let refused = blocks(&app.alumnus(), other.id).await;
    assert_snapshot!(refused.user_errors(), @"TOO_LONG personId: you block 1000 people, which is the most: unblock somebody first");
    assert_eq!(blocks(&app.alumnus(), many[0]).await.user_errors(), "");
    assert_eq!(stored(&app).await.len(), 1_000);
    unblocks(&app.alumnus(), many[0]).await.data();
    assert_eq!(blocks(&app.alumnus(), other.id).await.user_errors(), "");
}

#[tokio::test]
async fn two_at_once_do_not_pass_the_limit() {
    let app = TestApp::start().await;
    blocks_many(&app, 999).await;
    let (one, _) = another(&app, "one").await;
    let (two, _) = another(&app, "two").await;
    let login = app.alumnus();
    let (first, second) = tokio::join!(blocks(&login, one.id), blocks(&login, two.id));
    let done = [first, second]
        .iter()
        .filter(|reply| reply.user_errors().is_empty())
        .count();
    assert_eq!((done, stored(&app).await.len()), (1, 1_000));
}

#[tokio::test]
async fn two_who_block_each_other_at_once_do_not_wait_for_each_other() {
    let app = TestApp::start().await;
    let (other, other_login) = another(&app, "other").await;
    let login = app.alumnus();
    for _ in 0..10 {
        let (first, second) = tokio::join!(
            blocks(&login, other.id),
            blocks(&other_login, AOZORA.person("alumnus"))
        );
        // whoever is second may see the other no more
        for reply in [first, second] {
            assert!(["", UNSEEN].contains(&reply.user_errors().as_str()));
        }
        assert!(!stored(&app).await.is_empty());
        unblocks(&login, other.id).await.data();
        unblocks(&other_login, AOZORA.person("alumnus"))
            .await
            .data();
    }
}

#[tokio::test]
async fn blocking_the_same_at_once_is_blocking_once() {
    let app = TestApp::start().await;
    let (other, _) = another(&app, "other").await;
    let login = app.alumnus();
    let replies = futures_util::future::join_all((0..8).map(|_| blocks(&login, other.id))).await;
    for reply in &replies {
        assert_eq!(reply.data(), replies[0].data());
    }
    assert_eq!(app.change_kinds().await, ["person.blocked"]);
    let undone = futures_util::future::join_all((0..8).map(|_| unblocks(&login, other.id))).await;
    assert!(undone.iter().all(|reply| reply.user_errors().is_empty()));
    assert_eq!(
        app.change_kinds().await,
        ["person.blocked", "person.unblocked"]
    );
}

#[tokio::test]
async fn a_sync_and_a_membership_go_their_way() {
    let app = TestApp::start().await;
    let sync = "mutation($workers: [WorkerInput!]!) { workersSync(input: { source: \"law\", workers: $workers }) { results { status personId } } }";
    let worker = |position: &str| json!({ "workers": [{ "externalId": "1", "familyName": "other", "startedOn": "2015-04-01", "position": position }] });
    let made = app.hr().run(sync, worker("one")).await;
    let id = made.at("/workersSync/results/0/personId").as_str().unwrap();
    let blocked = app.employee().run(BLOCK, json!({ "id": id })).await;
    assert_eq!(blocked.user_errors(), "");
    let again = app.hr().run(sync, worker("two")).await;
    assert_eq!(
        again.at("/workersSync/results/0"),
        &json!({ "status": "UPDATED", "personId": id })
    );
    let (other, other_login) = another(&app, "other").await;
    blocks(&other_login, AOZORA.person("alumnus")).await.data();
    let pause =
        "mutation { membershipPause(input: {}) { membership { state } userErrors { code } } }";
    let paused: Value = json!({ "state": "PAUSED" });
    assert_eq!(
        other_login
            .ask(pause)
            .await
            .at("/membershipPause/membership"),
        &paused
    );
    // a pause of one does not undo the block of the other
    assert!(
        stored(&app)
            .await
            .contains(&(other.id, AOZORA.person("alumnus")))
    );
}
