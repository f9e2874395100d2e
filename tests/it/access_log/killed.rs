//! A real process, killed right after it answered.

use super::*;
use crate::support::process::{serve, token_now};

#[tokio::test]
async fn an_entry_outlives_the_process_that_answered_and_comes_in_once() {
    let app = TestApp::start().await;
    let spool = tempfile::tempdir().unwrap();
    let served = serve(&app, spool.path());
    let query = "query Last($id: ID!) { alumnus(id: $id) { displayName } }";
    let request = app
        .client()
        .post(format!("http://{}/graphql", served.address))
        .bearer_auth(token_now("hr@aozora"))
        .json(&json!({ "query": query, "variables": { "id": alumnus().to_string() } }));
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    served.ends("-KILL").await;
    assert!(
        answer["data"]["alumnus"]["displayName"].is_string(),
        "{answer}"
    );

    let left = all_files(spool.path()).into_iter();
    let copies: Vec<_> = left
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect();
    serve(&app, spool.path()).ends("-TERM").await;
    let last = [(alumnus(), vec![PersonalField::DisplayName])];
    assert_eq!(logged(&app).await, last);

    // as if the process had been killed after the database took them and before the files went
    for (path, text) in copies {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    serve(&app, spool.path()).ends("-TERM").await;
    assert_eq!(logged(&app).await, last);
    assert_eq!(all_files(spool.path()), Vec::<std::path::PathBuf>::new());
}
