//! A client of the protocol that hides nothing of the stream: comments are told like events.

use std::time::Duration;

use reqwest::RequestBuilder;
use reqwest::header::ACCEPT;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::support::TestApp;

pub const EVENT_STREAM: &str = "text/event-stream";
/// Far beyond anything these tests wait for.
const PATIENCE: Duration = Duration::from_mins(1);

/// What stands between two empty lines.
#[derive(Debug, PartialEq)]
pub enum Said {
    Comment,
    Next(Value),
    Complete,
}

/// One answer as it arrives.
pub struct Stream {
    response: reqwest::Response,
    text: String,
}

/// A POST that asks for a stream, without a body yet.
pub fn post(app: &TestApp, address: &str, token: Option<&str>) -> RequestBuilder {
    let request = app
        .client()
        .post(format!("http://{address}/graphql"))
        .header(ACCEPT, EVENT_STREAM);
    match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    }
}

impl Stream {
    /// The stream that answers a request.
    pub async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let content_type = response.headers()["content-type"].to_str().unwrap();
        assert_eq!(
            (response.status().as_u16(), content_type),
            (200, EVENT_STREAM)
        );
        Self {
            response,
            text: String::new(),
        }
    }

    /// The stream of an operation.
    pub async fn open(app: &TestApp, address: &str, token: Option<&str>, query: &str) -> Self {
        Self::of(post(app, address, token).json(&json!({ "query": query }))).await
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name)?.to_str().ok()
    }

    /// What is said next, comments included; none at the end.
    pub async fn said(&mut self) -> Option<Said> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let said = read(block);
                self.text = String::from(rest);
                return Some(said);
            }
            let part = timeout(PATIENCE, self.response.chunk())
                .await
                .expect("the stream says something or ends")
                .unwrap();
            let Some(part) = part else {
                assert_eq!(self.text, "", "the stream ends within an event");
                return None;
            };
            self.text.push_str(std::str::from_utf8(&part).unwrap());
        }
    }

    /// The next event; none at the end.
    pub async fn event(&mut self) -> Option<Said> {
        loop {
            match self.said().await {
                Some(Said::Comment) => {}
                said => return said,
            }
        }
    }

    /// Every event to the end.
    pub async fn events(&mut self) -> Vec<Said> {
        let mut events = Vec::new();
        while let Some(event) = self.event().await {
            events.push(event);
        }
        events
    }
}

fn read(block: &str) -> Said {
    match block {
        ":" => Said::Comment,
        "event: complete\ndata:" => Said::Complete,
        next => {
            let data = next.strip_prefix("event: next\ndata: ").expect("an event");
            Said::Next(serde_json::from_str(data).unwrap())
        }
    }
}
