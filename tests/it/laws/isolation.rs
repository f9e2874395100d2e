//! Two companies share nothing: whatever a login of one asks for, in whatever way the schema offers, nothing of the other comes back.

use std::collections::BTreeSet;

use serde_json::json;

use crate::support::{AOZORA, Crawler, MERIDIAN, TestApp, ids};

/// What stands in the rows of the first company and nowhere in those of the second.
const MARKS: [&str; 4] = ["aozora", "あおぞら", "開発部", "秘密"];

/// Everything an administrator and HR of a company can see of it, as ids.
async fn known_ids(app: &TestApp, crawler: &Crawler) -> BTreeSet<String> {
    let mut found = Vec::new();
    for role in ["admin", "hr", "alumnus"] {
        for query in crawler.queries(false) {
            let reply = app.actor_of(AOZORA, role).ask(&format!("{{ {query} {} }}", crawler.below(&query, 2))).await;
            ids(&reply.body["data"], &mut found);
        }
    }
    found.into_iter().collect()
}

#[tokio::test]
async fn nothing_of_one_company_is_reached_from_another() {
    let app = TestApp::start().await;
    app.full_house(AOZORA, "秘密").await;
    app.full_house(MERIDIAN, "open").await;
    let crawler = Crawler::new().await;
    let foreign = known_ids(&app, &crawler).await;
    let kinds: BTreeSet<&str> = foreign.iter().filter_map(|id| id.split_once('_')).map(|(kind, _)| kind).collect();
    assert!(kinds.len() >= 9, "the crawl of the first company saw only {kinds:?}");
    for role in ["admin", "hr", "recruiter", "supporter", "employee", "alumnus"] {
        let stranger = app.actor_of(MERIDIAN, role);
        for query in crawler.queries(false) {
            let reply = stranger.ask(&format!("{{ {query} {} }}", crawler.below(&query, 2))).await;
            for mark in MARKS {
                assert!(!reply.text.contains(mark), "{role} sees {mark} through {query}: {}", reply.text);
            }
            let mut seen = Vec::new();
            ids(&reply.body, &mut seen);
            assert!(seen.iter().all(|id| !foreign.contains(id)), "{role} sees an id through {query}");
        }
        let asked: Vec<&String> = foreign.iter().collect();
        for some in asked.chunks(100) {
            let reply = stranger.run("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({ "ids": some })).await;
            assert!(reply.at("/nodes").as_array().unwrap().iter().all(serde_json::Value::is_null), "{role} reaches a node");
        }
        for query in crawler.queries(true) {
            let document = format!("query($id: ID!) {{ {query}(id: $id) {{ __typename }} }}");
            for id in &foreign {
                let reply = stranger.run(&document, json!({ "id": id })).await;
                let data = &reply.body["data"][&query];
                assert!(data.is_null(), "{role} reaches {id} through {query}: {}", reply.text);
            }
        }
    }
}
