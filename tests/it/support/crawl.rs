//! Documents that ask for everything, made from the schema itself, so that what is added is crawled as well.

use alumni_api::graphql::engine::Roots;
use alumni_api::schema::Api;
use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::Value;

/// The schema, by the names of its types.
pub struct Crawler(BTreeMap<String, Value>);

const INTROSPECTION: &str = "{ __schema { types { name kind possibleTypes { name }
    fields { name args { name defaultValue type { kind } } type { ...T } } } } }
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

impl Crawler {
    pub async fn new() -> Self {
        let answer = Api::build()
            .finish()
            .execute(INTROSPECTION)
            .await
            .into_result()
            .unwrap();
        let data = answer.data.into_json().unwrap();
        let types = data["__schema"]["types"].as_array().unwrap().clone();
        Self(
            types
                .into_iter()
                .map(|kind| (kind["name"].as_str().unwrap().to_owned(), kind))
                .collect(),
        )
    }

    fn fields(&self, of: &str) -> impl Iterator<Item = &Value> {
        self.0[of]["fields"].as_array().into_iter().flatten()
    }

    /// The names of a root's fields.
    pub fn root_fields(&self, root: &str) -> Vec<String> {
        self.fields(root)
            .map(|field| text(&field["name"]))
            .collect()
    }

    /// Root queries that take one id, or none.
    pub fn queries(&self, takes_id: bool) -> Vec<String> {
        let wanted = |field: &&Value| required(field) == if takes_id { vec!["id"] } else { vec![] };
        self.fields("Query")
            .filter(wanted)
            .map(|field| text(&field["name"]))
            .collect()
    }

    /// Everything a root query without arguments answers: the rows, and what lies right behind each.
    pub fn document(&self, query: &str) -> String {
        let field = self
            .fields("Query")
            .find(|field| field["name"] == query)
            .expect("a root query");
        let of = named(&field["type"]);
        let below = self.selection(&of, if of.ends_with("Connection") { 2 } else { 1 });
        format!("{{ {query}{} {below} }}", page(&of, 11))
    }

    fn selection(&self, of: &str, depth: usize) -> String {
        let kind = self.0[of]["kind"].as_str().unwrap();
        if !matches!(kind, "OBJECT" | "INTERFACE" | "UNION") {
            return String::new();
        }
        let mut inner = String::from("__typename ");
        for field in self.fields(of).filter(|field| required(field).is_empty()) {
            let (name, below) = (text(&field["name"]), named(&field["type"]));
            let object = matches!(
                self.0[&below]["kind"].as_str().unwrap(),
                "OBJECT" | "INTERFACE" | "UNION"
            );
            // a connection is no depth of its own; its edges hold the same rows as its nodes
            let cost = usize::from(object && !below.ends_with("Connection") && below != "PageInfo");
            if (of.ends_with("Connection") && name == "edges") || cost > depth {
                continue;
            }
            write!(
                inner,
                "{name}{} {} ",
                page(&below, 3),
                self.selection(&below, depth - cost)
            )
            .unwrap();
        }
        for possible in self.0[of]["possibleTypes"].as_array().into_iter().flatten() {
            let name = text(&possible["name"]);
            write!(inner, "... on {name} {} ", self.selection(&name, depth)).unwrap();
        }
        format!("{{ {inner}}}")
    }
}

/// The size of a connection's page.
fn page(of: &str, size: usize) -> String {
    if of.ends_with("Connection") {
        format!("(first: {size})")
    } else {
        String::new()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn named(kind: &Value) -> String {
    if kind["ofType"].is_object() {
        named(&kind["ofType"])
    } else {
        text(&kind["name"])
    }
}

fn required(field: &Value) -> Vec<&str> {
    let arguments = field["args"].as_array().into_iter().flatten();
    arguments
        .filter(|argument| {
            argument["type"]["kind"] == "NON_NULL" && argument["defaultValue"].is_null()
        })
        .map(|argument| argument["name"].as_str().unwrap())
        .collect()
}

/// Every id in an answer.
pub fn ids(answer: &Value, found: &mut Vec<String>) {
    match answer {
        Value::String(text)
            if text
                .split_once('_')
                .is_some_and(|(_, suffix)| suffix.len() == 26) =>
        {
            found.push(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| ids(item, found)),
        Value::Object(fields) => fields.values().for_each(|item| ids(item, found)),
        _ => {}
    }
}
