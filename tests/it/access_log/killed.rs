//! A real process, killed right after it answered.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use alumni_api::access::jwt::issue;
use alumni_api::clock::Clock;
use chrono::TimeDelta;

use super::*;
use crate::support::{ISSUER, SECRET, tokens};

/// A served process over the test's database.
struct Served {
    child: Child,
    /// Where it listens.
    address: String,
    /// What it says; it must not find this closed.
    _said: BufReader<ChildStdout>,
}

fn serve(app: &TestApp, spool: &Path) -> Served {
    let mut child = Command::new(env!("CARGO_BIN_EXE_alumni-api"))
        .env("DATABASE_URL", app.database_url())
        .env("BIND", "127.0.0.1:0")
        .env("ALUMNI_JWT_ISSUER", ISSUER)
        .env("ALUMNI_JWT_SECRET", SECRET)
        .env("ALUMNI_ACCESS_SPOOL", spool)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap());
    let address = said
        .by_ref()
        .lines()
        .map_while(Result::ok)
        .find_map(|line| {
            let (_, rest) = line.split_once("http://")?;
            Some(rest.split('/').next()?.to_owned())
        });
    Served {
        child,
        address: address.unwrap(),
        _said: said,
    }
}

async fn ends(mut served: Served, signal: &str) {
    let pid = served.child.id().to_string();
    let sent = Command::new("kill").args([signal, &pid]).status().unwrap();
    assert!(sent.success());
    tokio::task::spawn_blocking(move || served.child.wait().unwrap())
        .await
        .unwrap();
}

#[tokio::test]
async fn an_entry_outlives_the_process_that_answered_and_comes_in_once() {
    let app = TestApp::start().await;
    let spool = tempfile::tempdir().unwrap();
    let served = serve(&app, spool.path());
    let token = issue(
        &tokens(),
        "hr@aozora",
        None,
        Clock::default().now(),
        TimeDelta::hours(1),
    )
    .unwrap();
    let query = "query Last($id: ID!) { alumnus(id: $id) { displayName } }";
    let request = app
        .client()
        .post(format!("http://{}/graphql", served.address))
        .bearer_auth(token)
        .json(&json!({ "query": query, "variables": { "id": alumnus().to_string() } }));
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    ends(served, "-KILL").await;
    assert!(
        answer["data"]["alumnus"]["displayName"].is_string(),
        "{answer}"
    );

    let left: Vec<_> = std::fs::read_dir(spool.path()).unwrap().collect();
    let copies = left.into_iter().map(|entry| {
        let path = entry.unwrap().path();
        (path.clone(), std::fs::read(path).unwrap())
    });
    let copies: Vec<_> = copies.collect();
    ends(serve(&app, spool.path()), "-TERM").await;
    let last = [(alumnus(), vec![PersonalField::DisplayName])];
    assert_eq!(logged(&app).await, last);

    // as if the process had been killed after the database took them and before the files went
    for (path, text) in copies {
        std::fs::write(path, text).unwrap();
    }
    ends(serve(&app, spool.path()), "-TERM").await;
    assert_eq!(logged(&app).await, last);
    let held = std::fs::read_dir(spool.path()).unwrap();
    let held = held.map(|entry| entry.unwrap().metadata().unwrap().len());
    assert_eq!(held.sum::<u64>(), 0);
}
