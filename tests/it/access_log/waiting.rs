//! Files that wait for the database: none blocks the others, none is lost, none has a descriptor, and no other user writes into their folder.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use alumni_api::access_log::{Record, Spool};
use sea_orm::{ConnectionTrait, DbBackend};

use super::*;

fn record(app: &TestApp, request: &str) -> Record {
    let id: entity::AccessLogEntryId = app.clock.new_id();
    Record {
        id: id.0,
        company: Some(AOZORA.id()),
        reader_kind: entity::ActorKind::Account,
        reader_role: Some(Role::Hr),
        reader_id: AOZORA.person("hr").0,
        operation_name: None,
        request_id: request.into(),
        at: app.clock.now(),
        people: vec![(alumnus(), 1)],
        outsiders: Vec::new(),
    }
}

async fn requests(app: &TestApp) -> Vec<String> {
    let all = entries(app).await;
    all.into_iter().map(|entry| entry.request_id).collect()
}

/// The files with an extension, in a folder and the directories below it.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut paths = all_files(folder);
    paths.retain(|path| path.extension().is_some_and(|own| own == ending));
    paths
}

/// The descriptors of this process that are files of a folder.
fn descriptors(folder: &Path) -> usize {
    let own = fs::read_dir("/proc/self/fd").unwrap();
    let targets = own.filter_map(|entry| fs::read_link(entry.unwrap().path()).ok());
    targets.filter(|target| target.starts_with(folder)).count()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn what_cannot_be_read_is_set_aside_and_the_rest_comes_in() {
    let app = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let line = |request| serde_json::to_string(&record(&app, request)).unwrap();
    let mut spoiled = format!("{}\n", line("before")).into_bytes();
    spoiled.extend([0xff, 0xfe, b'\n']);
    spoiled.extend(format!("{}\n", line("behind")).into_bytes());
    fs::write(place("1.jsonl"), &spoiled).unwrap();
    fs::create_dir(place("2.jsonl")).unwrap();
    // the last line is of an answer that did not leave
    let cut = format!("{}\n{}", line("after"), &line("never")[..40]);
    fs::write(place("3.jsonl"), cut).unwrap();
    let spool = Spool::open(folder.path(), app.clock.clone()).unwrap();
    assert_eq!(spool.drain(&app.app.database).await.unwrap(), 3);
    assert_eq!(requests(&app).await, ["before", "behind", "after"]);
    assert_eq!(fs::read(place("1.bad")).unwrap(), spoiled);
    assert!(place("2.bad").is_dir());
    // there is but the one that is written
    assert_eq!(files(folder.path(), "jsonl").len(), 1);
}

#[tokio::test]
async fn files_of_an_instance_that_ended_are_taken_over_by_one_that_runs() {
    let app = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let open = || Spool::open(folder.path(), app.clock.clone()).unwrap();
    let (ends, stays) = (open(), open());
    ends.append(&record(&app, "left")).unwrap();
    assert_eq!(stays.take_over().unwrap(), 0);
    drop(ends);
    assert_eq!(stays.take_over().unwrap(), 1);
    assert_eq!(stays.take_over().unwrap(), 0);
    stays.drain(&app.app.database).await.unwrap();
    assert_eq!(requests(&app).await, ["left"]);
}

#[tokio::test]
async fn files_that_somebody_takes_away_lose_nothing() {
    let app = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path(), app.clock.clone()).unwrap();
    spool.append(&record(&app, "one")).unwrap();
    fs::remove_dir_all(folder.path()).unwrap();
    spool.append(&record(&app, "two")).unwrap();
    spool.drain(&app.app.database).await.unwrap();
    assert_eq!(requests(&app).await, ["one", "two"]);
}

#[tokio::test]
async fn the_folder_is_ours_alone() {
    let app = TestApp::start().await;
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("of").join("entries");
    let spool = Spool::open(&folder, app.clock.clone()).unwrap();
    assert_eq!(
        (mode(folder.parent().unwrap()), mode(&folder)),
        (0o700, 0o700)
    );
    assert_eq!(mode(&files(&folder, "jsonl")[0]), 0o600);
    drop(spool);
    for open in [0o777, 0o770, 0o1777, 0o702] {
        fs::set_permissions(&folder, fs::Permissions::from_mode(open)).unwrap();
        let refused = Spool::open(&folder, app.clock.clone()).unwrap_err();
        assert!(refused.to_string().contains("others may write"), "{open:o}");
    }
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    drop(Spool::open(&folder, app.clock.clone()).unwrap());
    let link = parent.path().join("link");
    std::os::unix::fs::symlink(&folder, &link).unwrap();
    assert!(Spool::open(&link, app.clock.clone()).is_err());
}

#[tokio::test]
async fn the_end_does_not_wait_for_a_database_that_does_not_answer() {
    let app = TestApp::start().await;
    let database = &app.app.database;
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path(), app.clock.clone()).unwrap();
    spool.append(&record(&app, "late")).unwrap();
    let busy = database.begin().await.unwrap();
    if database.backend() == DbBackend::Postgres {
        let lock = "LOCK TABLE access_log_entry IN ACCESS EXCLUSIVE MODE";
        busy.execute_unprepared(lock).await.unwrap();
    }
    spool.finish(database, Duration::from_millis(50)).await;
    assert_eq!(files(folder.path(), "jsonl").len(), 2);
    busy.rollback().await.unwrap();
    drop(spool);
    let next = Spool::open(folder.path(), app.clock.clone()).unwrap();
    next.drain(database).await.unwrap();
    assert_eq!(requests(&app).await, ["late"]);
}

#[tokio::test]
async fn closed_files_have_no_descriptor_and_are_protected_by_the_lock_of_their_directory() {
    let app = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path(), app.clock.clone()).unwrap();
    for number in 0..20 {
        let mut large = record(&app, &format!("{number:02}"));
        large.operation_name = Some("x".repeat(1_100_000));
        spool.append(&large).unwrap();
    }
    let backlog = spool.backlog();
    assert_eq!(
        (backlog.files, files(folder.path(), "jsonl").len()),
        (20, 20)
    );
    assert!(backlog.bytes > 20 * 1_100_000);
    // the file that is written, and the lock
    assert_eq!(descriptors(folder.path()), 2);
    let other = Spool::open(folder.path(), app.clock.clone()).unwrap();
    assert_eq!(other.backlog().files, 0);
    drop(spool);
    assert_eq!(other.take_over().unwrap(), 20);
    assert_eq!((other.backlog().files, descriptors(folder.path())), (20, 2));
}

#[tokio::test]
async fn a_file_of_an_earlier_release_is_taken_over_when_its_process_ended() {
    let app = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("0193.jsonl");
    let line = serde_json::to_string(&record(&app, "earlier")).unwrap();
    fs::write(&path, format!("{line}\n")).unwrap();
    let earlier = fs::File::open(&path).unwrap();
    earlier.lock().unwrap();
    let spool = Spool::open(folder.path(), app.clock.clone()).unwrap();
    assert_eq!(spool.drain(&app.app.database).await.unwrap(), 0);
    drop(earlier);
    assert_eq!(spool.take_over().unwrap(), 1);
    assert_eq!(spool.drain(&app.app.database).await.unwrap(), 1);
    assert_eq!(requests(&app).await, ["earlier"]);
    assert!(!path.exists());
}

#[tokio::test]
async fn an_ended_process_leaves_no_directory_when_all_its_entries_are_stored() {
    let app = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path(), app.clock.clone()).unwrap();
    spool.append(&record(&app, "one")).unwrap();
    spool.drain(&app.app.database).await.unwrap();
    drop(spool);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
