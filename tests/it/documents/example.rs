//! The examples of a document: who sends which operation, and its response.

use std::collections::HashMap;

use serde_json::Value;

/// An operation with its response.
#[derive(Debug)]
pub struct Example {
    /// A role, `API_KEY` or `ANONYMOUS`.
    pub sender: String,
    pub document: String,
    /// May name values of earlier responses, as `"$id"`.
    pub variables: Value,
    /// A text such as `"$id"` stands for any text.
    pub response: Value,
}

/// A fenced block.
struct Block<'a> {
    kind: &'a str,
    text: String,
    /// The line before the fence.
    before: &'a str,
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut found = Vec::new();
    let mut before = "";
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(kind) = line.strip_prefix("```") {
            let inside: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
            found.push(Block {
                kind,
                text: inside.join("\n"),
                before,
            });
        }
        before = line;
    }
    found
}

/// The examples of a document in their order. Panics if an operation has no sender or no response.
pub fn examples(text: &str) -> Vec<Example> {
    let mut blocks = blocks(text).into_iter().peekable();
    let mut found = Vec::new();
    while let Some(block) = blocks.next() {
        if block.kind != "graphql" {
            continue;
        }
        let document = block.text;
        let sender = block
            .before
            .strip_prefix("<!-- as: ")
            .and_then(|rest| rest.strip_suffix(" -->"))
            .unwrap_or_else(|| panic!("no `<!-- as: ROLE -->` before: {document}"));
        let variables = blocks
            .next_if(|block| block.kind == "json variables")
            .map_or(Value::Null, |block| json(&block.text));
        let response = blocks
            .next_if(|block| block.kind == "json")
            .unwrap_or_else(|| panic!("no response below: {document}"));
        found.push(Example {
            sender: sender.to_owned(),
            document,
            variables,
            response: json(&response.text),
        });
    }
    found
}

/// Each command that is followed by its response: a block `sh` with `curl`, and the block `json` after it.
pub fn commands(text: &str) -> Vec<(String, Value)> {
    let blocks = blocks(text);
    let pairs = blocks.windows(2);
    pairs
        .filter(|pair| pair[0].kind == "sh" && pair[0].text.starts_with("curl "))
        .map(|pair| (pair[0].text.clone(), json(&pair[1].text)))
        .collect()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

const NULL: &Value = &Value::Null;

/// The values of earlier responses by their names.
#[derive(Default)]
pub struct Values(HashMap<String, String>);

impl Values {
    /// Variables with their names replaced by values.
    pub fn fill(&self, variables: &Value) -> Value {
        match variables {
            Value::String(text) => match text.strip_prefix('$') {
                Some(name) => Value::String(
                    self.0
                        .get(name)
                        .unwrap_or_else(|| panic!("no earlier response has {text}"))
                        .clone(),
                ),
                None => variables.clone(),
            },
            Value::Array(items) => items.iter().map(|item| self.fill(item)).collect(),
            Value::Object(fields) => fields
                .iter()
                .map(|(name, value)| (name.clone(), self.fill(value)))
                .collect(),
            other => other.clone(),
        }
    }

    /// The response with names in place of the texts for which the printed one has names. Keeps the texts.
    pub fn name(&mut self, printed: &Value, response: Value) -> Value {
        match (printed, response) {
            (Value::String(name), Value::String(text)) if name.starts_with('$') => {
                self.0.insert(name[1..].to_owned(), text);
                printed.clone()
            }
            (Value::Array(printed), Value::Array(items)) => {
                let mut printed = printed.iter();
                let named = items.into_iter().map(|item| {
                    let one = printed.next().unwrap_or(NULL);
                    self.name(one, item)
                });
                named.collect()
            }
            (Value::Object(printed), Value::Object(fields)) => {
                let named = fields.into_iter().map(|(name, value)| {
                    let one = printed.get(&name).unwrap_or(NULL);
                    let value = self.name(one, value);
                    (name, value)
                });
                named.collect()
            }
            (_, other) => other,
        }
    }
}

/// A response as documents print it: without `extensions`, unless the printed one has them.
pub fn shortened(printed: &Value, mut response: Value) -> Value {
    if printed.get("extensions").is_none()
        && let Some(fields) = response.as_object_mut()
    {
        fields.remove("extensions");
    }
    response
}
