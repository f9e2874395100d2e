//! Somebody who sends requests, and what they got.

use serde_json::{Value, json};

use super::TestApp;

/// Somebody who sends requests.
pub struct Actor<'a> {
    app: &'a TestApp,
    token: Option<String>,
}

impl<'a> Actor<'a> {
    pub fn new(app: &'a TestApp, token: Option<String>) -> Self {
        Self { app, token }
    }

    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Sends a document with variables.
    pub async fn run(&self, query: &str, variables: Value) -> Reply {
        let mut request = self
            .app
            .client()
            .post(self.app.url("/graphql"))
            .json(&json!({ "query": query, "variables": variables }));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        Reply {
            status,
            body: serde_json::from_str(&text).unwrap_or(Value::Null),
            text,
        }
    }

    /// Sends a document without variables.
    pub async fn ask(&self, query: &str) -> Reply {
        self.run(query, json!({})).await
    }
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub body: Value,
    /// The body as it was sent.
    pub text: String,
}

impl Reply {
    /// The data, where there are no errors.
    pub fn data(&self) -> &Value {
        assert!(self.body.get("errors").is_none(), "errors: {:#}", self.body);
        &self.body["data"]
    }

    /// One place of the data by its JSON pointer, as `/alumnus/displayName`.
    pub fn at(&self, pointer: &str) -> &Value {
        self.data()
            .pointer(pointer)
            .unwrap_or_else(|| panic!("nothing at {pointer} in {:#}", self.body))
    }

    /// The texts of a list's places, as `texts("/alumni/nodes", "familyName")`.
    pub fn texts(&self, list: &str, field: &str) -> Vec<String> {
        self.at(list)
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item[field].as_str().unwrap_or("null").to_owned())
            .collect()
    }

    /// The codes of the top-level errors.
    pub fn codes(&self) -> Vec<&str> {
        let errors = self.body["errors"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        errors
            .iter()
            .map(|error| error["extensions"]["code"].as_str().unwrap_or("none"))
            .collect()
    }

    /// The payload's faults of the one mutation, a line each: `CODE field.path: message`.
    pub fn user_errors(&self) -> String {
        let payload = self
            .data()
            .as_object()
            .and_then(|data| data.values().next())
            .unwrap();
        let faults = payload["userErrors"].as_array().unwrap();
        let line = |fault: &Value| {
            let path: Vec<&str> = fault["field"]
                .as_array()
                .map(|path| path.iter().filter_map(Value::as_str).collect())
                .unwrap_or_default();
            format!(
                "{} {}: {}",
                fault["code"].as_str().unwrap(),
                path.join("."),
                fault["message"].as_str().unwrap()
            )
        };
        faults.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}
