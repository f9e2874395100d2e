//! The examples of the guides, over HTTP against the demo data.

use alumni_api::seed::{API_KEYS, COMPANIES, subject};
use entity::Role;
use sea_orm::ActiveEnum;
use serde_json::{Value, json};

use super::example::{Example, Values, examples, shortened};
use super::{documents, read};
use crate::stream::client::{Said, Stream, post};
use crate::support::TestApp;

/// The token of a sender of an example; none for `ANONYMOUS`.
fn token(app: &TestApp, sender: &str) -> Option<String> {
    match sender {
        "ANONYMOUS" => None,
        "API_KEY" => Some(API_KEYS[0].1.to_owned()),
        role => {
            let role = Role::try_from_value(&role.to_owned()).unwrap();
            Some(app.token(&subject(role, COMPANIES[0])))
        }
    }
}

/// The response to an example; of a subscription, its first event.
async fn response(app: &TestApp, example: &Example, variables: &Value) -> Value {
    let token = token(app, &example.sender);
    let body = json!({ "query": example.document, "variables": variables });
    if example.document.starts_with("subscription") {
        let request = post(app, app.address(), token.as_deref()).json(&body);
        match Stream::of(request).await.event().await {
            Some(Said::Next(event)) => event,
            other => panic!("{other:?} instead of an event: {}", example.document),
        }
    } else {
        let mut request = app.client().post(app.url("/graphql")).json(&body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        request.send().await.unwrap().json().await.unwrap()
    }
}

/// Runs the examples of a document, in their order, against demo data of its own. Returns their number.
async fn run(path: &str) -> usize {
    let app = TestApp::start_with_demo().await;
    let examples = examples(&read(path));
    let mut values = Values::default();
    for example in &examples {
        let variables = values.fill(&example.variables);
        let response = response(&app, example, &variables).await;
        let response = values.name(&example.response, shortened(&example.response, response));
        assert!(
            response == example.response,
            "{path}: {}\nreturned {response:#}",
            example.document
        );
    }
    examples.len()
}

#[tokio::test]
async fn the_examples_of_the_readme_return_what_is_printed() {
    assert_eq!(run("README.md").await, 2);
}

#[tokio::test]
async fn the_examples_of_the_japanese_readme_return_what_is_printed() {
    assert_eq!(run("README.ja.md").await, 2);
}

#[tokio::test]
async fn the_examples_of_the_frontend_guide_return_what_is_printed() {
    assert!(run("docs/guide/frontend.md").await >= 9);
}

#[tokio::test]
async fn the_examples_of_the_hr_integration_guide_return_what_is_printed() {
    assert!(run("docs/guide/hr-integration.md").await >= 6);
}

#[tokio::test]
async fn the_examples_of_the_candidates_guide_return_what_is_printed() {
    assert!(run("docs/guide/candidates.md").await >= 5);
}

#[test]
fn every_document_with_examples_is_run() {
    let with_examples: Vec<_> = documents()
        .into_iter()
        .filter(|path| !examples(&read(path)).is_empty())
        .collect();
    assert_eq!(
        with_examples,
        [
            "README.ja.md",
            "README.md",
            "docs/guide/candidates.md",
            "docs/guide/frontend.md",
            "docs/guide/hr-integration.md",
        ]
    );
}

#[test]
fn the_frontend_guide_maps_every_scalar() {
    let sdl = TestApp::sdl();
    let mut scalars: Vec<_> = sdl
        .lines()
        .filter_map(|line| line.strip_prefix("scalar ")?.split(' ').next())
        .collect();
    let guide = read("docs/guide/frontend.md");
    let (_, section) = guide.split_once("## Code generation").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let mut mapped: Vec<_> = section
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .collect();
    scalars.sort_unstable();
    mapped.sort_unstable();
    assert_eq!(mapped, scalars);
    for scalar in scalars {
        assert!(section.contains(&format!("{scalar}: '")), "{scalar}");
    }
}
