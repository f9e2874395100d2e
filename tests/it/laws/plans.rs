//! How the databases answer the hot queries: by walking indexes, never a table. The planner is asked itself, with sequential scans made
//! dear, so that a table of a few rows is judged like one of millions.

use alumni_api::alumni::{expire_memberships, notify_of_expiry};
use alumni_api::engagement::release_stale_places;
use alumni_api::hris::record_leavers;
use chrono::TimeDelta;
use entity::{ParticipationState, employment, membership};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, QueryFilter,
    Statement, TransactionTrait,
};
use serde_json::{Value, json};

use super::hot::{self, Hot};
use crate::support::{AOZORA, Actor, TestApp};

/// The statements a query runs when what it names of the company is known.
async fn statements(app: &TestApp, actor: &Actor<'_>, hot: &Hot) -> Vec<String> {
    let mut variables = hot.variables.clone();
    variables["n"] = json!(20);
    actor.run(hot.query, variables.clone()).await.data();
    let (texts, reply) = app.statement_texts(actor.run(hot.query, variables)).await;
    reply.data();
    texts
}

/// What is wrong with the plan of a statement, null if nothing.
async fn fault(transaction: &DatabaseTransaction, text: &str) -> Option<String> {
    let plan = match transaction.get_database_backend() {
        DbBackend::Postgres => postgres(transaction, text).await,
        _ => sqlite(transaction, text).await,
    };
    plan.map(|node| format!("{node}\nin {text}"))
}

/// A table that is read whole, or an index that is walked from end to end.
async fn postgres(transaction: &DatabaseTransaction, text: &str) -> Option<String> {
    let run = |sql: String| async move { transaction.execute_unprepared(&sql).await.unwrap() };
    run("SET LOCAL plan_cache_mode = force_generic_plan".into()).await;
    run("SET LOCAL enable_seqscan = off".into()).await;
    run("SET LOCAL jit = off".into()).await;
    run(format!("PREPARE asked AS {text}")).await;
    let named = |number: &usize| text.contains(&format!("${number}"));
    let parameters = (1..=text.len()).take_while(named).count();
    let values = vec!["NULL"; parameters].join(", ");
    let values = if parameters == 0 {
        String::new()
    } else {
        format!("({values})")
    };
    let explain = format!("EXPLAIN (FORMAT JSON) EXECUTE asked{values}");
    let row = transaction
        .query_one_raw(Statement::from_string(DbBackend::Postgres, explain))
        .await
        .unwrap()
        .unwrap();
    let plan: Value = row.try_get_by_index(0).unwrap();
    run("DEALLOCATE asked".into()).await;
    bad_node(&plan[0]["Plan"])
}

fn bad_node(node: &Value) -> Option<String> {
    let kind = node["Node Type"].as_str().unwrap();
    let whole = kind == "Seq Scan" || (kind.contains("Index") && node.get("Index Cond").is_none());
    if whole {
        let shown = ["Node Type", "Relation Name", "Index Name", "Filter"]
            .map(|key| node[key].as_str().unwrap_or_default());
        return Some(shown.join(" "));
    }
    node["Plans"].as_array()?.iter().find_map(bad_node)
}

/// A table that is scanned; the statement's own subqueries are `counted`, t0, t1 and so on.
async fn sqlite(transaction: &DatabaseTransaction, text: &str) -> Option<String> {
    let explain = Statement::from_string(DbBackend::Sqlite, format!("EXPLAIN QUERY PLAN {text}"));
    let rows = transaction.query_all_raw(explain).await.unwrap();
    let is_table = |name: &str| entity_tables().contains(&name.to_owned());
    rows.iter()
        .map(|row| row.try_get::<String>("", "detail").unwrap())
        .find(|detail| {
            let scanned = detail.strip_prefix("SCAN ");
            scanned
                .and_then(|rest| rest.split(' ').next())
                .is_some_and(is_table)
        })
}

/// The tables, as the migrations name them.
fn entity_tables() -> Vec<String> {
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/entity/src")).unwrap();
    let names = folder.map(|entry| entry.unwrap().path());
    names
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect()
}

#[tokio::test]
async fn no_hot_query_scans_a_table() {
    let app = TestApp::start().await;
    let queries = hot::queries(&app).await;
    let mut faults = Vec::new();
    for hot in &queries {
        for role in hot.roles {
            for text in statements(&app, &app.actor(role), hot).await {
                let transaction = app.connection().begin().await.unwrap();
                let fault = fault(&transaction, &text).await;
                faults.extend(fault.map(|fault| format!("{}: {fault}", hot.name)));
                transaction.rollback().await.unwrap();
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

/// Somebody whose last working day was yesterday, a member whose last day it was, who both hold places, and a member to notify.
async fn due(app: &TestApp) {
    let yesterday = (app.clock.now() - TimeDelta::days(1)).date_naive();
    let leaver = app.new_employee("leaver", "").insert().await;
    employment::Entity::update_many()
        .col_expr(employment::Column::LastWorkingDay, Expr::value(yesterday))
        .filter(employment::Column::PersonId.eq(leaver.id))
        .exec(app.connection())
        .await
        .unwrap();
    let member = app.new_alumnus("member", "").insert().await;
    membership::Entity::update_many()
        .col_expr(membership::Column::ExpiresOn, Expr::value(yesterday))
        .filter(membership::Column::PersonId.eq(member.id))
        .exec(app.connection())
        .await
        .unwrap();
    let ending = app.new_alumnus("ending", "").insert().await;
    app.mail_of(ending.id, "ending@private.example").await;
    membership::Entity::update_many()
        .col_expr(
            membership::Column::ExpiresOn,
            Expr::value(yesterday + TimeDelta::days(9)),
        )
        .filter(membership::Column::PersonId.eq(ending.id))
        .exec(app.connection())
        .await
        .unwrap();
    let event = app.new_event("e").capacity(1).insert().await;
    for (person, state) in [
        (leaver.id, ParticipationState::Going),
        (member.id, ParticipationState::Going),
        (AOZORA.person("hr"), ParticipationState::Waiting),
    ] {
        app.answered(&event, person, state).await;
    }
}

/// The daily work looks for what is due every five minutes, among a million people.
#[tokio::test]
async fn the_daily_work_scans_no_table() {
    let app = TestApp::start().await;
    let scope = app.service();
    let mut texts = Vec::new();
    // a test that begins or ends beside this one may turn the log off for a moment
    for _ in 0..10 {
        due(&app).await;
        let work = async {
            assert_eq!(release_stale_places(&scope).await.unwrap(), 0);
            assert_eq!(record_leavers(&scope).await.unwrap(), 1);
            assert_eq!(expire_memberships(&scope).await.unwrap(), 1);
            assert_eq!(notify_of_expiry(&scope).await.unwrap(), 1);
        };
        (texts, ()) = app.statement_texts(work).await;
        if !texts.is_empty() {
            break;
        }
    }
    let reads = |text: &&String| text.starts_with("SELECT") && !text.contains("FROM \"company\"");
    let reads: Vec<&String> = texts.iter().filter(reads).collect();
    assert!(reads.len() > 10, "{texts:?}");
    let mut faults = Vec::new();
    for text in reads {
        let transaction = app.connection().begin().await.unwrap();
        faults.extend(fault(&transaction, text).await);
        transaction.rollback().await.unwrap();
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[tokio::test]
async fn a_scan_would_be_found() {
    let app = TestApp::start().await;
    let transaction = app.connection().begin().await.unwrap();
    let scan = "SELECT id FROM person WHERE headline = 'x'";
    assert!(fault(&transaction, scan).await.is_some());
}
