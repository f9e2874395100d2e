//! What happened stays written as it was, and whoever audits can prove it.

use alumni_api::access::Viewer;
use alumni_api::{audit, changes};
use entity::{change, seal};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};
use serde_json::{Value, json};

use crate::support::{AOZORA, Actor, MERIDIAN, TestApp};

const VERIFY: &str = "query($head: String) { auditVerify(expectedHead: $head) { intact finished seals head sealedAt firstBreak { kind seal after sealedAt } } }";

async fn verify(actor: &Actor<'_>, head: Option<&str>) -> Value {
    let reply = actor.run(VERIFY, json!({ "head": head })).await;
    reply.at("/auditVerify").clone()
}

/// The alumnus edits their headline, which writes one change.
async fn edits(app: &TestApp, headline: &str) {
    let edit = format!(
        "mutation {{ alumnusProfileUpdate(input: {{ headline: \"{headline}\" }}) {{ userErrors {{ message }} }} }}"
    );
    app.alumnus().ask(&edit).await.data();
}

/// Seals all that happened in one go, once no transaction of whatever else runs on the server can still write before.
async fn seals(app: &TestApp) {
    let scope = app.app.scope(Viewer::System(AOZORA.id()), "test");
    let last = app.changes().await.pop().expect("a change").seq;
    while changes::latest(&scope).await.unwrap().seq < last {}
    audit::seal(scope).await.unwrap();
}

/// Three seals over two changes each.
async fn sealed(app: &TestApp) -> Vec<change::Model> {
    for number in 0..3 {
        edits(app, &format!("{number} a")).await;
        edits(app, &format!("{number} b")).await;
        seals(app).await;
        app.clock.advance(chrono::TimeDelta::minutes(1));
    }
    app.changes().await
}

async fn breaks(app: &TestApp) -> String {
    let found = verify(&app.admin(), None).await;
    assert_eq!(found["intact"], false);
    let broken = &found["firstBreak"];
    format!("{} {}", broken["kind"].as_str().unwrap(), broken["seal"])
}

#[tokio::test]
async fn an_unbroken_chain_is_proved_and_its_head_told() {
    let app = TestApp::start().await;
    let nothing = json!({ "intact": true, "finished": true, "seals": 0, "head": null, "sealedAt": null, "firstBreak": null });
    assert_eq!(verify(&app.admin(), None).await, nothing);
    sealed(&app).await;
    let found = verify(&app.admin(), None).await;
    let last = seal::Entity::find()
        .order_by_desc(seal::Column::Number)
        .one(app.connection())
        .await
        .unwrap()
        .unwrap();
    let head: String = last.hash.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(
        found,
        json!({ "intact": true, "finished": true, "seals": 3, "head": head, "sealedAt": "2026-04-01T00:02:00+00:00", "firstBreak": null })
    );
    assert_eq!(verify(&app.admin(), Some(&head)).await, found);
}

#[tokio::test]
async fn what_is_not_sealed_yet_breaks_nothing() {
    let app = TestApp::start().await;
    sealed(&app).await;
    edits(&app, "later").await;
    assert_eq!(verify(&app.admin(), None).await["intact"], true);
    seals(&app).await;
    assert_eq!(verify(&app.admin(), None).await["seals"], 4);
}

#[tokio::test]
async fn sealing_when_nothing_happened_adds_no_seal() {
    let app = TestApp::start().await;
    sealed(&app).await;
    seals(&app).await;
    assert_eq!(verify(&app.admin(), None).await["seals"], 3);
}

#[tokio::test]
async fn an_altered_change_is_found() {
    let app = TestApp::start().await;
    let changes = sealed(&app).await;
    change::Entity::update_many()
        .col_expr(change::Column::Kind, Expr::value("person.other"))
        .filter(change::Column::Seq.eq(changes[3].seq))
        .exec(app.connection())
        .await
        .unwrap();
    assert_eq!(breaks(&app).await, "CHANGE_ALTERED 2");
    let found = verify(&app.admin(), None).await;
    assert_eq!(found["firstBreak"]["after"], "2026-04-01T00:00:00+00:00");
    assert_eq!(found["firstBreak"]["sealedAt"], "2026-04-01T00:01:00+00:00");
    assert_eq!(found["seals"], 1);
}

#[tokio::test]
async fn a_missing_change_is_found() {
    let app = TestApp::start().await;
    let changes = sealed(&app).await;
    for (place, seal) in [(5, 3), (2, 2)] {
        change::Entity::delete_by_id(changes[place].seq)
            .exec(app.connection())
            .await
            .unwrap();
        assert_eq!(breaks(&app).await, format!("CHANGE_MISSING {seal}"));
    }
}

#[tokio::test]
async fn an_added_change_is_found() {
    let app = TestApp::start().await;
    let changes = sealed(&app).await;
    let added = change::Model {
        seq: 0,
        ..changes[0].clone()
    };
    change::Entity::insert(added.into_active_model())
        .exec_without_returning(app.connection())
        .await
        .unwrap();
    assert_eq!(breaks(&app).await, "CHANGE_ADDED 1");
}

#[tokio::test]
async fn an_altered_seal_is_found() {
    let app = TestApp::start().await;
    sealed(&app).await;
    seal::Entity::update_many()
        .col_expr(seal::Column::Hash, Expr::value(vec![7_u8; 32]))
        .filter(seal::Column::Number.eq(2))
        .exec(app.connection())
        .await
        .unwrap();
    assert_eq!(breaks(&app).await, "SEAL_ALTERED 2");
}

#[tokio::test]
async fn whoever_wrote_another_time_onto_a_seal_is_found() {
    let app = TestApp::start().await;
    sealed(&app).await;
    seal::Entity::update_many()
        .col_expr(seal::Column::SealedAt, Expr::value(app.clock.now()))
        .filter(seal::Column::Number.eq(3))
        .exec(app.connection())
        .await
        .unwrap();
    assert_eq!(breaks(&app).await, "SEAL_ALTERED 3");
}

#[tokio::test]
async fn a_long_chain_is_proved_in_parts() {
    let app = TestApp::start().await;
    sealed(&app).await;
    let ask = async |after: i64| {
        let query = "query($after: Int) { auditVerify(after: $after) { intact finished seals } }";
        app.admin().run(query, json!({ "after": after })).await
    };
    let all = json!({ "intact": true, "finished": true, "seals": 3 });
    assert_eq!(ask(2).await.at("/auditVerify"), &all);
    assert_eq!(ask(3).await.at("/auditVerify"), &all);
    assert_eq!(ask(4).await.codes(), ["BAD_USER_INPUT"]);
}

#[tokio::test]
async fn a_missing_seal_is_found() {
    let app = TestApp::start().await;
    sealed(&app).await;
    seal::Entity::delete_many()
        .filter(seal::Column::Number.eq(2))
        .exec(app.connection())
        .await
        .unwrap();
    assert_eq!(breaks(&app).await, "SEAL_MISSING 2");
}

#[tokio::test]
async fn a_chain_that_was_cut_or_rewritten_is_found_by_a_head_kept_elsewhere() {
    let app = TestApp::start().await;
    let changes = sealed(&app).await;
    let head = verify(&app.admin(), None).await["head"].clone();
    let head = head.as_str().unwrap();
    seal::Entity::delete_many()
        .filter(seal::Column::Number.eq(3))
        .exec(app.connection())
        .await
        .unwrap();
    change::Entity::delete_by_id(changes[5].seq)
        .exec(app.connection())
        .await
        .unwrap();
    assert_eq!(verify(&app.admin(), None).await["intact"], true);
    let found = verify(&app.admin(), Some(head)).await;
    assert_eq!(found["intact"], false);
    assert_eq!(found["firstBreak"]["kind"], "HEAD_NOT_FOUND");
    // and sealed again it is another chain
    let scope = app.app.scope(Viewer::System(AOZORA.id()), "test");
    audit::seal(scope).await.unwrap();
    let found = verify(&app.admin(), Some(head)).await;
    assert_eq!(found["firstBreak"]["kind"], "HEAD_NOT_FOUND");
}

#[tokio::test]
async fn the_chain_holds_while_many_write_and_several_seal() {
    let app = TestApp::start().await;
    let other = app.another_instance().await;
    let mut people = Vec::new();
    for number in 0..6 {
        let person = app.new_alumnus(&format!("p{number}"), "").insert().await;
        people.push(app.login_of(&person).await.token().unwrap().to_owned());
    }
    let writes = people.iter().map(|token| async {
        for number in 0..8 {
            let edit = format!("mutation {{ alumnusProfileUpdate(input: {{ headline: \"{number}\" }}) {{ userErrors {{ message }} }} }}");
            app.with_token(token).ask(&edit).await.data();
        }
    });
    let sealing = async {
        for _ in 0..12 {
            let scope = other.app.scope(Viewer::System(AOZORA.id()), "test");
            let own = app.app.scope(Viewer::System(AOZORA.id()), "test");
            let (one, two) = tokio::join!(audit::seal(own), audit::seal(scope));
            one.and(two).unwrap();
        }
    };
    tokio::join!(futures_util::future::join_all(writes), sealing);
    seals(&app).await;
    let found = verify(&app.admin(), None).await;
    assert_eq!(found["intact"], true, "{found}");
    let covered = seal::Entity::find().all(app.connection()).await.unwrap();
    assert_eq!(covered.iter().map(|seal| seal.changes).sum::<i32>(), 48);
}

#[tokio::test]
async fn who_audits_reads_the_trail_by_person_actor_kind_and_time() {
    let app = TestApp::start().await;
    edits(&app, "a").await;
    app.clock.advance(chrono::TimeDelta::hours(1));
    app.hr()
        .run(
            "mutation($id: ID!) { personRecordUpdate(input: { id: $id, employeeNumber: \"E7\" }) { userErrors { message } } }",
            json!({ "id": AOZORA.person("alumnus").to_string() }),
        )
        .await
        .data();
    let hr = entity::AccountId(entity::Id::uuid(AOZORA.person("hr"))).to_string();
    let trail = async |filter: Value| {
        let reply = app
            .admin()
            .run(
                "query($filter: ChangeFilter) { auditTrail(filter: $filter) { totalCount nodes { kind fields actorKind actorId person { displayName } at } } }",
                json!({ "filter": filter }),
            )
            .await;
        reply.texts("/auditTrail/nodes", "at")
    };
    let (early, late) = ("2026-04-01T00:00:00+00:00", "2026-04-01T01:00:00+00:00");
    assert_eq!(trail(json!({})).await, [late, early]);
    assert_eq!(trail(json!({ "accountIds": [hr] })).await, [late]);
    assert_eq!(trail(json!({ "at": { "before": late } })).await, [early]);
    let alumnus = AOZORA.person("alumnus").to_string();
    assert_eq!(
        trail(json!({ "personIds": [alumnus], "kinds": ["person.profile_updated"] })).await,
        [late, early]
    );
    assert_eq!(trail(json!({ "kinds": ["person.blocked"] })).await, [""; 0]);
    let reply = app
        .admin()
        .ask("{ auditTrail(first: 1) { nodes { actorKind actorId } pageInfo { endCursor } } }")
        .await;
    assert_eq!(
        reply.at("/auditTrail/nodes/0"),
        &json!({ "actorKind": "ACCOUNT", "actorId": hr })
    );
    let next = app
        .admin()
        .run(
            "query($after: String) { auditTrail(first: 1, after: $after) { nodes { at } } }",
            json!({ "after": reply.at("/auditTrail/pageInfo/endCursor") }),
        )
        .await;
    assert_eq!(next.texts("/auditTrail/nodes", "at"), [early]);
}

#[tokio::test]
async fn what_a_person_did_for_themselves_alone_is_no_part_of_the_trail_and_still_sealed() {
    let app = TestApp::start().await;
    let other = app.new_alumnus("other", "").insert().await;
    let block =
        "mutation($id: ID!) { personBlock(input: { personId: $id }) { userErrors { message } } }";
    app.alumnus()
        .run(block, json!({ "id": other.id.to_string() }))
        .await
        .data();
    let reply = app
        .admin()
        .ask("{ auditTrail { totalCount nodes { kind } } }")
        .await;
    assert_eq!(
        reply.at("/auditTrail"),
        &json!({ "totalCount": 0, "nodes": [] })
    );
    seals(&app).await;
    assert_eq!(verify(&app.admin(), None).await["seals"], 1);
    app.connection()
        .execute_unprepared("DELETE FROM change")
        .await
        .unwrap();
    assert_eq!(breaks(&app).await, "CHANGE_MISSING 1");
}

#[tokio::test]
async fn hr_does_not_audit_itself_and_a_company_audits_itself_alone() {
    let app = TestApp::start().await;
    sealed(&app).await;
    for actor in [app.hr(), app.alumnus(), app.system(&["changes:read"]).await] {
        assert_eq!(actor.run(VERIFY, json!({})).await.codes(), ["FORBIDDEN"]);
        assert_eq!(
            actor.ask("{ auditTrail { totalCount } }").await.codes(),
            ["FORBIDDEN"]
        );
    }
    let auditor = app.system(&["audit:read"]).await;
    assert_eq!(verify(&auditor, None).await["seals"], 3);
    assert_eq!(
        auditor
            .ask("{ auditTrail { totalCount } }")
            .await
            .at("/auditTrail/totalCount"),
        6
    );
    let stranger = app.actor_of(MERIDIAN, "admin");
    assert_eq!(verify(&stranger, None).await["seals"], 0);
    assert_eq!(
        stranger
            .ask("{ auditTrail { totalCount } }")
            .await
            .at("/auditTrail/totalCount"),
        0
    );
}
