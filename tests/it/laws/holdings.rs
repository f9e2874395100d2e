//! Nothing held of a person is forgotten: every table and column of the database is either in the list that exports and erasures follow,
//! or named as nobody's.

use std::collections::BTreeSet;

use alumni_api::privacy::{HOLDINGS, NOBODYS, Way, tables};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::support::TestApp;

/// What is of no company: the database's own machinery, whose contents follow from other tables, and the service's.
const MACHINERY: [&str; 11] = [
    "cost_budget",
    "idempotency_key",
    "job",
    "operator_act",
    "seaql_migrations",
    "sqlite_sequence",
    "person_search",
    "person_search_data",
    "person_search_idx",
    "person_search_docsize",
    "person_search_config",
];

async fn texts(app: &TestApp, postgres: &str, sqlite: &str) -> Vec<Vec<String>> {
    let backend = app.app.database.backend();
    let text = if backend == DbBackend::Postgres {
        postgres
    } else {
        sqlite
    };
    let rows = app
        .connection()
        .query_all_raw(Statement::from_string(backend, text.to_owned()))
        .await
        .unwrap();
    rows.iter()
        .map(|row| {
            (0..row.column_names().len())
                .map(|place| row.try_get_by_index::<String>(place).unwrap())
                .collect()
        })
        .collect()
}

/// Each table of the database, with each of its columns.
async fn columns(app: &TestApp) -> BTreeSet<(String, String)> {
    let rows = texts(
        app,
        "SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = 'public'",
        "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'",
    )
    .await;
    rows.into_iter()
        .map(|row| (row[0].clone(), row[1].clone()))
        .filter(|(table, _)| !MACHINERY.contains(&table.as_str()))
        .collect()
}

/// Each column that points at a table: table, column, the other table.
async fn references(app: &TestApp) -> Vec<Vec<String>> {
    texts(
        app,
        "SELECT c.conrelid::regclass::text, a.attname::text, c.confrelid::regclass::text FROM pg_constraint c
            CROSS JOIN unnest(c.conkey) AS k(n) JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.n WHERE c.contype = 'f'",
        "SELECT m.name, f.\"from\", f.\"table\" FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'",
    )
    .await
}

#[tokio::test]
async fn every_table_with_a_companys_rows_is_listed_with_all_its_columns() {
    let app = TestApp::start().await;
    let listed: BTreeSet<(String, String)> = tables()
        .iter()
        .flat_map(|table| {
            let columns = table.columns.iter();
            columns.map(|column| (table.name.to_owned(), column.name.to_owned()))
        })
        .collect();
    // SQLite's text search points at people by a number of its own
    let mut stored = columns(&app).await;
    stored.remove(&("person".to_owned(), "row".to_owned()));
    assert_eq!(listed, stored, "`privacy::tables` names what there is");
}

#[tokio::test]
async fn what_points_at_another_table_is_listed_after_it() {
    let app = TestApp::start().await;
    let place = |name: &str| tables().iter().position(|table| table.name == name);
    for reference in references(&app).await {
        let [table, _, other] = &reference[..] else {
            panic!("three texts")
        };
        // what is nobody's goes with what it points at
        if MACHINERY.contains(&table.as_str()) {
            continue;
        }
        assert!(
            table == other || place(other) < place(table),
            "{table} points at {other}"
        );
    }
}

#[tokio::test]
async fn whatever_points_at_people_is_exported_and_erased_or_has_a_reason() {
    let app = TestApp::start().await;
    let held: BTreeSet<(&str, &str)> = HOLDINGS
        .iter()
        .map(|holding| match holding.way {
            Way::Column(column) | Way::Login(column) | Way::Through { column, .. } => {
                (holding.table, column)
            }
        })
        .collect();
    let mut missing = BTreeSet::new();
    for reference in references(&app).await {
        let [table, column, other] = &reference[..] else {
            panic!("three texts")
        };
        let person = ["person", "account"].contains(&other.as_str()) && column != "company_id";
        if person && !held.contains(&(table.as_str(), column.as_str())) {
            missing.insert((table.clone(), column.clone()));
        }
    }
    // not every one is a foreign key
    for (table, column) in columns(&app).await {
        let names = ["person_id", "account_id", "actor_id"];
        if names.iter().any(|name| column.ends_with(name))
            && !held.contains(&(table.as_str(), column.as_str()))
        {
            missing.insert((table, column));
        }
    }
    assert_eq!(
        missing,
        BTreeSet::new(),
        "place it in `privacy::rules::holdings`"
    );
}

#[tokio::test]
async fn every_table_is_somebodys_or_named_as_nobodys() {
    let app = TestApp::start().await;
    let placed: BTreeSet<String> = HOLDINGS
        .iter()
        .map(|holding| holding.table)
        .chain(NOBODYS.iter().map(|(table, _)| *table))
        .map(str::to_owned)
        .collect();
    let stored: BTreeSet<String> = columns(&app)
        .await
        .into_iter()
        .map(|(table, _)| table)
        .collect();
    assert_eq!(placed, stored, "place it in `privacy::rules::holdings`");
}
