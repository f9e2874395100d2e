//! Following what happens: in order, none twice, none left out, however many write at once; and only one's own company.

use std::pin::Pin;
use std::time::Duration;

use alumni_api::access_log::Readings;
use alumni_api::changes::{self, Place};
use async_graphql::{Request, Response, Variables};
use entity::{MembershipState, PersonId, change};
use futures_util::{Stream, StreamExt, future::join_all};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};

use crate::support::{AOZORA, MERIDIAN, TestApp};

const FOLLOW: &str = "subscription($after: String) { changes(after: $after) { cursor kind subjectKind subjectId person { id } fields actorKind } }";
const INVITE: &str = "mutation($ids: [ID!]!) { membershipInvite(input: { personIds: $ids }) { results { membership { id } } userErrors { code } } }";

type Following = Pin<Box<dyn Stream<Item = Response> + Send>>;

/// Follows changes as the holder of a token.
async fn follow(app: &TestApp, token: Option<&str>, after: Option<&str>) -> Following {
    let header = token.map(|token| format!("Bearer {token}"));
    let viewer = app
        .app
        .access
        .authenticate(header.as_deref(), None)
        .await
        .unwrap();
    let variables = Variables::from_json(json!({ "after": after }));
    let request = Request::new(FOLLOW).variables(variables);
    let stream = app.app.engine.schema().execute_stream(app.app.prepare(
        &app.app.database,
        viewer,
        "following",
        Readings::default(),
        request,
    ));
    Box::pin(stream)
}

/// The next changes, as many as asked for.
async fn take(stream: &mut Following, count: usize) -> Vec<Value> {
    let mut taken = Vec::new();
    while taken.len() < count {
        let next = tokio::time::timeout(Duration::from_mins(1), stream.next()).await;
        let next = next.expect("a change in time").expect("no end");
        assert!(next.errors.is_empty(), "{:?}", next.errors);
        taken.push(next.data.into_json().unwrap()["changes"].clone());
    }
    taken
}

/// The code of the one error a subscription answers.
async fn refusal(mut stream: Following) -> String {
    let mut answer = stream.next().await.unwrap();
    alumni_api::error::present(&mut answer.errors[0], "following");
    let code = answer.errors[0].extensions.as_ref().unwrap().get("code");
    let code = code.unwrap().clone().into_json().unwrap();
    assert!(stream.next().await.is_none());
    code.as_str().unwrap().to_owned()
}

async fn candidates(app: &TestApp, count: usize) -> Vec<PersonId> {
    let mut ids = Vec::with_capacity(count);
    for number in 0..count {
        let person = app.new_alumnus(&format!("n{number}"), "");
        ids.push(person.state(MembershipState::Candidate).insert().await.id);
    }
    ids
}

/// What the invitation of one person records: the invitation and the membership.
const OF_ONE: usize = 2;

/// Twenty writers at once, each inviting some of the people in a transaction of its own.
async fn write(app: &TestApp, people: &[PersonId]) {
    let hr = app.hr();
    let writers = people.chunks(people.len() / 20).map(|some| {
        let ids: Vec<String> = some.iter().map(ToString::to_string).collect();
        hr.run(INVITE, json!({ "ids": ids }))
    });
    for reply in join_all(writers).await {
        reply.data();
    }
}

#[tokio::test]
async fn everything_after_a_cursor_comes_in_order_once_under_twenty_writers() {
    let app = TestApp::start().await;
    let people = candidates(&app, 121).await;
    let hr = app.token("hr@aozora");
    let mut first = follow(
        &app,
        Some(&hr),
        Some(
            &Place {
                transaction_id: 0,
                seq: 0,
            }
            .cursor(),
        ),
    )
    .await;
    app.hr()
        .run(INVITE, json!({ "ids": [people[120].to_string()] }))
        .await
        .data();
    let cursor = take(&mut first, OF_ONE).await[OF_ONE - 1]["cursor"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut following = follow(&app, Some(&hr), Some(&cursor)).await;
    let (seen, ()) = tokio::join!(
        take(&mut following, 120 * OF_ONE),
        write(&app, &people[..120])
    );
    let mut rows = app.changes().await;
    rows.drain(..OF_ONE);
    rows.sort_by_key(|row| Place::from(row));
    let expected: Vec<_> = rows.iter().map(|row| Place::from(row).cursor()).collect();
    let cursors: Vec<_> = seen
        .iter()
        .map(|change| change["cursor"].as_str().unwrap())
        .collect();
    assert_eq!(cursors, expected);
    assert_eq!(take(&mut first, 120 * OF_ONE).await, seen);
}

#[tokio::test]
async fn a_follower_that_begins_anywhere_gets_the_rest() {
    let app = TestApp::start().await;
    let people = candidates(&app, 40).await;
    write(&app, &people).await;
    let viewer = app
        .app
        .access
        .authenticate(Some(&format!("Bearer {}", app.token("hr@aozora"))), None)
        .await
        .unwrap();
    let scope = app.app.scope(viewer, "reading");
    let all = settled(&scope, 40 * OF_ONE).await;
    for (place, row) in all.iter().enumerate() {
        let rest = changes::after(&scope, Place::from(row)).await.unwrap();
        assert_eq!(rest, all[place + 1..]);
    }
    assert_eq!(
        changes::latest(&scope).await.unwrap(),
        Place::from(&all[40 * OF_ONE - 1])
    );
}

/// All changes, once no transaction of another database of the server holds them back.
async fn settled(scope: &alumni_api::scope::Scope, count: usize) -> Vec<change::Model> {
    let begin = Place {
        transaction_id: 0,
        seq: 0,
    };
    let looking = async {
        loop {
            let rows = changes::after(scope, begin).await.unwrap();
            if rows.len() == count {
                return rows;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), looking)
        .await
        .expect("all changes in time")
}

#[tokio::test]
async fn a_change_says_what_happened_to_what_and_holds_nothing_personal() {
    let app = TestApp::start().await;
    let begin = Place {
        transaction_id: 0,
        seq: 0,
    }
    .cursor();
    let mut following = follow(&app, Some(&app.token("hr@aozora")), Some(&begin)).await;
    let edit = "mutation { alumnusProfileUpdate(input: { phone: \"0312345678\", headline: \"Rust\" }) { alumnus { id } } }";
    app.alumnus().ask(edit).await.data();
    let seen = take(&mut following, 1).await;
    let person = AOZORA.person("alumnus").to_string();
    let mut seen = seen[0].clone();
    seen.as_object_mut().unwrap().remove("cursor");
    assert_eq!(
        seen,
        json!({ "kind": "person.profile_updated", "subjectKind": "PERSON", "subjectId": person, "person": { "id": person },
            "fields": ["phone", "headline"], "actorKind": "ACCOUNT" })
    );
}

/// Until no transaction of PostgreSQL's server, which other tests share, is as old as a change: readers stop before those.
async fn passed(app: &TestApp, change: &change::Model) {
    let ahead = format!(
        "SELECT 1 WHERE pg_snapshot_xmin(pg_current_snapshot())::text::bigint <= {}",
        change.transaction_id
    );
    while app.app.database.backend() == DbBackend::Postgres {
        let ahead = Statement::from_string(DbBackend::Postgres, &ahead);
        if app
            .connection()
            .query_one_raw(ahead)
            .await
            .unwrap()
            .is_none()
        {
            break;
        }
    }
}

#[tokio::test]
async fn who_gives_no_cursor_follows_from_now_on() {
    let app = TestApp::start().await;
    let edit = |headline: String| {
        let edit = format!(
            "mutation {{ alumnusProfileUpdate(input: {{ headline: \"{headline}\" }}) {{ alumnus {{ id }} }} }}"
        );
        async { app.alumnus().ask(&{ edit }).await.data().clone() }
    };
    edit("before".into()).await;
    let old = app.changes().await;
    passed(&app, &old[0]).await;
    let mut following = follow(&app, Some(&app.token("hr@aozora")), None).await;
    let editing = async {
        for number in 0.. {
            edit(format!("number {number}")).await;
        }
    };
    let seen = tokio::select! {
        seen = take(&mut following, 2) => seen,
        () = editing => unreachable!("goes on until something is seen"),
    };
    let places: Vec<_> = seen
        .iter()
        .map(|change| change["cursor"].as_str().unwrap())
        .map(|cursor| Place::parse(cursor).unwrap())
        .collect();
    assert!(Place::from(&old[0]) < places[0] && places[0] < places[1]);
}

#[tokio::test]
async fn a_stranger_sees_none_of_it() {
    let app = TestApp::start().await;
    let begin = Place {
        transaction_id: 0,
        seq: 0,
    }
    .cursor();
    let stranger = app.token("hr@meridian");
    let mut following = follow(&app, Some(&stranger), Some(&begin)).await;
    let people = candidates(&app, 20).await;
    write(&app, &people).await;
    let skill = "mutation { skillAdd(input: { name: \"Rust\", level: BASIC }) { alumnus { id } } }";
    app.actor_of(MERIDIAN, "alumnus").ask(skill).await.data();
    let seen = take(&mut following, 2).await;
    let kinds: Vec<_> = seen
        .iter()
        .map(|change| change["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["skill.created", "person.profile_updated"]);
    assert_eq!(seen[1]["subjectId"], MERIDIAN.person("alumnus").to_string());
}

#[tokio::test]
async fn without_the_permission_nobody_follows() {
    let app = TestApp::start().await;
    let begin = Place {
        transaction_id: 0,
        seq: 0,
    }
    .cursor();
    for after in [None, Some(begin.as_str())] {
        for role in ["recruiter", "supporter", "employee", "alumnus"] {
            let token = app.token(&format!("{role}@aozora"));
            assert_eq!(
                refusal(follow(&app, Some(&token), after).await).await,
                "FORBIDDEN",
                "{role}"
            );
        }
        assert_eq!(
            refusal(follow(&app, None, after).await).await,
            "UNAUTHENTICATED"
        );
    }
    let hr = app.token("hr@aozora");
    assert_eq!(
        refusal(follow(&app, Some(&hr), Some("nonsense")).await).await,
        "BAD_USER_INPUT"
    );
}

/// The command that prepares a restored database, over the test's database; what it printed.
fn restored(app: &TestApp) -> String {
    let done = std::process::Command::new(env!("CARGO_BIN_EXE_alumni-api"))
        .arg("restored")
        .env("DATABASE_URL", app.database_url())
        .output()
        .unwrap();
    assert!(done.status.success(), "{done:?}");
    String::from_utf8(done.stdout).unwrap()
}

#[tokio::test]
async fn after_a_restore_the_transaction_counter_is_advanced_beyond_the_changes() {
    let app = TestApp::start().await;
    let database = &app.app.database;
    write(&app, &candidates(&app, 40).await).await;
    assert_eq!(changes::counter_behind(database).await.unwrap(), 0);
    assert_eq!(
        restored(&app),
        "the transaction counter was advanced by 0\n"
    );
    if database.backend() != DbBackend::Postgres {
        return;
    }
    // as in a dump of a cluster whose counter is ahead; other tests advance the counter of this one meanwhile
    let ahead = "UPDATE change SET transaction_id = pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 200000";
    app.connection().execute_unprepared(ahead).await.unwrap();
    let behind = changes::counter_behind(database).await.unwrap();
    assert!((1..=200_001).contains(&behind), "{behind}");
    let printed = restored(&app);
    let advanced = printed.trim().rsplit(' ').next().unwrap();
    assert!(
        (1..=200_001).contains(&advanced.parse::<i64>().unwrap()),
        "{printed}"
    );
    assert_eq!(changes::counter_behind(database).await.unwrap(), 0);
}
