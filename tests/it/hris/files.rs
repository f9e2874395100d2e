//! The command, through the binary: files as people and systems leave them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use entity::{LeaveType, Standing, employment, membership, person};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::people;
use crate::support::TestApp;

fn sample(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(file)
}

/// Runs the command on a file, for the source `files` unless `more` names another.
pub fn import(app: &TestApp, file: &Path, more: &[&str]) -> Output {
    let source = ["--source", "files"];
    let source: &[&str] = if more.contains(&"--source") {
        &[]
    } else {
        &source
    };
    Command::new(env!("CARGO_BIN_EXE_alumni-api"))
        .arg("import")
        .arg(file)
        .args(["--company", "aozora"])
        .args(source)
        .args(more)
        .env("DATABASE_URL", app.database_url())
        .output()
        .unwrap()
}

/// The report on a file of which every row was loaded.
pub fn report(output: &Output) -> String {
    said(output, 0)
}

/// The report on a file, with this exit code: 3 if rows are invalid. The id of the run is left out.
fn said(output: &Output, code: i32) -> String {
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{complaint}");
    let said = String::from_utf8(output.stdout.clone()).unwrap();
    match said.split_once("Sync run: syncrun_") {
        Some((before, after)) => format!("{before}Sync run: …{}", &after[26..]),
        None => said,
    }
}

#[tokio::test]
async fn a_messy_english_export_loads_and_every_fault_is_named() {
    let app = TestApp::start().await;
    let said = said(
        &import(&app, &sample("tests/data/messy-english.csv"), &[]),
        3,
    );
    insta::assert_snapshot!(said);
    let mut names: Vec<_> = people(&app)
        .await
        .into_iter()
        .map(|person| person.family_name)
        .collect();
    names.sort_unstable();
    // White died and was never known: nothing of him is kept.
    assert_eq!(
        names,
        [
            "Garcia Marquez",
            "Green",
            "Ill",
            "Müller",
            "Null",
            "O'Brien",
            "Smith"
        ]
    );
}

#[tokio::test]
async fn running_it_twice_changes_nothing() {
    let app = TestApp::start().await;
    for (file, loaded) in [
        ("tests/data/messy-english.csv", 8),
        ("tests/data/smarthr-cp932.csv", 6),
    ] {
        said(&import(&app, &sample(file), &[]), 3);
        let (before, changes) = (people(&app).await, app.changes().await.len());
        let said = said(&import(&app, &sample(file), &[]), 3);
        let counts = format!(" 0 created, 0 updated, {loaded} unchanged, ");
        assert!(said.contains(&counts), "{said}");
        assert_eq!(
            (people(&app).await, app.changes().await.len()),
            (before, changes)
        );
    }
}

#[tokio::test]
async fn a_cp932_export_loads_with_kana_eras_and_leavers() {
    let app = TestApp::start().await;
    let said = said(
        &import(&app, &sample("tests/data/smarthr-cp932.csv"), &[]),
        3,
    );
    insta::assert_snapshot!(said);
    let stored = people(&app).await;
    let taro = stored
        .iter()
        .find(|person| person.family_name == "山田")
        .unwrap();
    assert_eq!(
        (taro.standing, taro.left_on.unwrap().to_string().as_str()),
        (Standing::Candidate, "2024-03-31")
    );
    assert_eq!(
        (taro.given_name_kana.as_deref(), taro.phone.as_deref()),
        (Some("タロウ"), Some("090-1234-5678"))
    );
    assert!(stored.iter().all(|person| person.family_name != "伊藤"));
    let ill = employment::Entity::find()
        .filter(employment::Column::LeaveType.eq(LeaveType::Other))
        .one(app.connection())
        .await
        .unwrap();
    assert_eq!(ill.map(|stint| stint.leave_reason), Some(None));
}

#[tokio::test]
async fn a_dry_run_of_a_file_stores_nothing() {
    let app = TestApp::start().await;
    let said = report(&import(
        &app,
        &sample("examples/hris/english-export.csv"),
        &["--dry-run"],
    ));
    assert!(said.contains("Rows: 2 read, 2 created, 0 updated, 0 unchanged, 0 invalid\nDry run: nothing was stored\n"), "{said}");
    assert!(people(&app).await.is_empty() && app.changes().await.is_empty());
}

#[tokio::test]
async fn the_examples_load_by_their_mapping_and_presets() {
    let app = TestApp::start().await;
    let mapping = sample("examples/hris/mapping-uk.toml");
    for (file, more) in [
        (
            "export-uk.csv",
            vec!["--mapping", mapping.to_str().unwrap()],
        ),
        ("smarthr-export.csv", vec!["--preset", "smarthr-ja"]),
        ("workers.jsonl", vec![]),
    ] {
        let said = report(&import(&app, &sample("examples/hris").join(file), &more));
        assert!(
            said.contains("Rows: 2 read, 2 created, 0 updated, 0 unchanged, 0 invalid"),
            "{file}: {said}"
        );
    }
}

#[tokio::test]
async fn a_file_of_several_batches_loads_whole_and_refuses_a_worker_who_comes_twice() {
    let app = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("workers.json");
    let entry = |number: usize| {
        format!(
            "{{\"id\": \"w{}\", \"last_name\": \"Lee\", \"first_name\": \"No {number}\", \"hire_date\": \"2020-01-01\", \"termination_date\": \"2024-01-01\"}}",
            number % 2_500
        )
    };
    let entries: Vec<String> = (0..2_501).map(entry).collect();
    std::fs::write(
        &path,
        format!("{{\"employees\": [\n{}\n]}}", entries.join(",\n")),
    )
    .unwrap();
    let said = said(&import(&app, &path, &[]), 3);
    assert!(
        said.contains("Rows: 2501 read, 2500 created, 0 updated, 0 unchanged, 1 invalid"),
        "{said}"
    );
    assert!(
        said.contains("line 2502, entry 2501 (id w0): the worker w0 with the first day 2020-01-01 came in an earlier row"),
        "{said}"
    );
    assert_eq!(
        person::Entity::find()
            .filter(person::Column::Standing.eq(Standing::Candidate))
            .count(app.connection())
            .await
            .unwrap(),
        2_500
    );
    assert_eq!(
        membership::Entity::find()
            .count(app.connection())
            .await
            .unwrap(),
        2_502
    );
}

#[tokio::test]
async fn what_cannot_be_read_ends_with_an_error_and_its_reason() {
    let app = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    std::fs::write(&path, "colour,shape\nred,round\n").unwrap();
    let complaint = |path: &Path, more: &[&str]| {
        let output = import(&app, path, more);
        assert!(!output.status.success() && output.stdout.is_empty());
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(complaint(&path, &[]).contains("the first line has: colour,shape"));
    assert!(complaint(&folder.path().join("none.csv"), &[]).contains("cannot open"));
    assert!(
        complaint(&path, &["--preset", "payday"])
            .contains("preset: “payday” is none of hr-en, smarthr-ja")
    );
    assert!(app.changes().await.is_empty());
}
