//! The four parameters of a GraphQL request, from a JSON object or from an address. Each has its type and comes once; nothing else is
//! read. A list of requests is refused: every operation is its own request, so that each has its own limits, status and name.

use std::str;

use async_graphql::{Extensions, Value, Variables};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{error::Category, value::RawValue};

use crate::graphql::{given::Given, persisted::Digest};
use crate::idempotency::IdempotencyKey;

/// A request as it was sent.
#[derive(Debug, Default)]
pub(super) struct Params {
    /// The document; empty where only its hash was sent.
    pub query: String,
    /// The document's hash, or why what stands for it is none.
    pub persisted: Option<Result<Digest, Malformed>>,
    pub operation_name: Option<String>,
    pub variables: Variables,
    pub extensions: Extensions,
    /// What came beside it in a header.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What is wrong with a request's form, for people.
pub(super) type Malformed = String;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw<'a> {
    #[serde(borrow)]
    query: Option<&'a RawValue>,
    #[serde(borrow)]
    operation_name: Option<&'a RawValue>,
    #[serde(borrow)]
    variables: Option<&'a RawValue>,
    #[serde(borrow)]
    extensions: Option<&'a RawValue>,
}

impl Params {
    /// Reads the JSON object a request consists of.
    pub fn from_json(body: &[u8]) -> Result<Self, Malformed> {
        let text = str::from_utf8(body).map_err(|_| "The body is not valid UTF-8.")?;
        match text.trim_ascii_start().bytes().next() {
            Some(b'{') => {}
            Some(b'[') => {
                return Err(
                    "A list of operations is not accepted: send one operation in one request."
                        .to_owned(),
                );
            }
            None => return Err("The body is empty.".to_owned()),
            Some(_) => return Err("The body must be a JSON object.".to_owned()),
        }
        let raw: Raw<'_> = serde_json::from_str(text).map_err(|error| match error.classify() {
            Category::Data => format!("The body names a parameter twice: {error}."),
            _ => format!(
                "The body is not valid JSON: line {}, column {}.",
                error.line(),
                error.column()
            ),
        })?;
        let extensions = object_parameter("extensions", raw.extensions.map(RawValue::get))?;
        let persisted = persisted(&extensions);
        Ok(Self {
            query: document(text_parameter("query", raw.query)?, persisted.is_some())?,
            persisted,
            operation_name: text_parameter("operationName", raw.operation_name)?,
            variables: object_parameter::<Given>("variables", raw.variables.map(RawValue::get))?.0,
            extensions,
            idempotency_key: None,
        })
    }

    /// Reads the query part of an address; `variables` and `extensions` are JSON there. An empty parameter counts as absent.
    pub fn from_address(query: &str) -> Result<Self, Malformed> {
        let mut found: [Option<String>; 4] = Default::default();
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decoded(name)?;
            let Some(place) = ["query", "operationName", "variables", "extensions"]
                .iter()
                .position(|known| *known == name)
            else {
                continue;
            };
            if found[place].is_some() {
                return Err(format!("The address names `{name}` twice."));
            }
            found[place] = Some(decoded(value)?);
        }
        let [query, operation_name, variables, extensions] =
            found.map(|value| value.filter(|text| !text.is_empty()));
        let extensions = object_parameter("extensions", extensions.as_deref())?;
        let persisted = persisted(&extensions);
        Ok(Self {
            query: document(query, persisted.is_some())?,
            persisted,
            operation_name,
            variables: object_parameter::<Given>("variables", variables.as_deref())?.0,
            extensions,
            idempotency_key: None,
        })
    }
}

fn document(text: Option<String>, hashed: bool) -> Result<String, Malformed> {
    match text {
        Some(text) => Ok(text),
        None if hashed => Ok(String::new()),
        None => Err("The parameter `query` is missing.".to_owned()),
    }
}

fn persisted(extensions: &Extensions) -> Option<Result<Digest, Malformed>> {
    let extension = extensions.get("persistedQuery");
    let given = extension.filter(|given| **given != Value::Null);
    given.map(Digest::read)
}

fn text_parameter(name: &str, raw: Option<&RawValue>) -> Result<Option<String>, Malformed> {
    let Some(raw) = raw else { return Ok(None) };
    if !raw.get().starts_with('"') {
        return Err(format!("`{name}` must be a string."));
    }
    serde_json::from_str(raw.get())
        .map(Some)
        .map_err(|error| format!("`{name}` cannot be read: {error}."))
}

fn object_parameter<T: DeserializeOwned + Default>(
    name: &str,
    raw: Option<&str>,
) -> Result<T, Malformed> {
    match raw.map(str::trim_ascii) {
        None | Some("null") => Ok(T::default()),
        Some(text) if text.starts_with('{') => {
            serde_json::from_str(text).map_err(|error| format!("`{name}` cannot be read: {error}."))
        }
        Some(_) => Err(format!("`{name}` must be a JSON object or null.")),
    }
}

/// Undoes the encoding of a form: `+` is a space, `%E6` a byte; what results must be UTF-8.
fn decoded(text: &str) -> Result<String, Malformed> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut ahead = rest.clone();
                let digits = [ahead.next(), ahead.next()]
                    .map(|digit| digit.and_then(|digit| char::from(digit).to_digit(16)));
                match digits {
                    [Some(high), Some(low)] => {
                        rest = ahead;
                        u8::try_from(high * 16 + low).unwrap_or(byte)
                    }
                    _ => byte,
                }
            }
            other => other,
        });
    }
    String::from_utf8(bytes).map_err(|_| "The address is not valid UTF-8.".to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(body: &str) -> Malformed {
        Params::from_json(body.as_bytes()).unwrap_err()
    }

    #[test]
    fn a_request_is_read_whole() {
        let body = r#" {"query":"{ id }","operationName":"A","variables":{"a":[1,"é"]},"extensions":{"b":true},"other":[[]]} "#;
        let params = Params::from_json(body.as_bytes()).unwrap();
        assert_eq!(params.query, "{ id }");
        assert_eq!(params.operation_name.as_deref(), Some("A"));
        assert_eq!(
            params.variables,
            Variables::from_json(json!({ "a": [1, "é"] }))
        );
        assert_eq!(params.extensions.len(), 1);
    }

    #[test]
    fn null_is_as_good_as_absent() {
        let params = Params::from_json(
            br#"{"query":"{ id }","operationName":null,"variables":null,"extensions":null}"#,
        )
        .unwrap();
        assert_eq!(
            (
                params.operation_name,
                params.variables.len(),
                params.extensions.len()
            ),
            (None, 0, 0)
        );
    }

    #[test]
    fn a_malformed_body_is_told_what_is_wrong_without_being_repeated() {
        for (body, message) in [
            ("", "The body is empty."),
            ("  \n", "The body is empty."),
            ("\"query\"", "The body must be a JSON object."),
            (
                "[{\"query\":\"{ id }\"}]",
                "A list of operations is not accepted: send one operation in one request.",
            ),
            (
                "{ \"not a JSON",
                "The body is not valid JSON: line 1, column 13.",
            ),
            (
                "{\"query\":\"{ id }\"} {}",
                "The body is not valid JSON: line 1, column 20.",
            ),
            ("{}", "The parameter `query` is missing."),
            ("{\"query\":null}", "The parameter `query` is missing."),
            ("{\"query\":{\"a\":1}}", "`query` must be a string."),
            (
                "{\"query\":\"\",\"operationName\":0}",
                "`operationName` must be a string.",
            ),
            (
                "{\"query\":\"\",\"variables\":\"secret\"}",
                "`variables` must be a JSON object or null.",
            ),
            (
                "{\"query\":\"\",\"extensions\":[1]}",
                "`extensions` must be a JSON object or null.",
            ),
            (
                "{\"query\":\"\",\"query\":\"\"}",
                "The body names a parameter twice: duplicate field `query` at line 1 column 19.",
            ),
            (
                "{\"query\":\"\\ud800\"}",
                "`query` cannot be read: unexpected end of hex escape at line 1 column 8.",
            ),
        ] {
            assert_eq!(refused(body), message, "{body}");
        }
        assert_eq!(
            Params::from_json(b"{\"query\":\"\xff\"}").unwrap_err(),
            "The body is not valid UTF-8."
        );
    }

    #[test]
    fn variables_nested_without_end_are_refused() {
        let deep = format!(
            "{{\"query\":\"\",\"variables\":{{\"a\":{}{}}}}}",
            "[".repeat(100_000),
            "]".repeat(100_000)
        );
        assert_eq!(
            refused(&deep),
            "`variables` cannot be read: recursion limit exceeded at line 1 column 132."
        );
    }

    #[test]
    fn an_address_is_read_like_a_form() {
        let params =
            Params::from_address("query=%7B+a(b%3A%22%E5%B1%B1%2B%22)%20%7D&variables=%7B%22c%22:1%7D&operationName=&ignored=%zz").unwrap();
        assert_eq!(params.query, "{ a(b:\"山+\") }");
        assert_eq!(params.operation_name, None);
        assert_eq!(params.variables, Variables::from_json(json!({ "c": 1 })));
    }

    #[test]
    fn a_malformed_address_is_refused() {
        for (address, message) in [
            ("", "The parameter `query` is missing."),
            ("query=", "The parameter `query` is missing."),
            (
                "query=%7Ba%7D&query=%7Bb%7D",
                "The address names `query` twice.",
            ),
            ("query=%FF", "The address is not valid UTF-8."),
            (
                "query=%7Ba%7D&variables=1",
                "`variables` must be a JSON object or null.",
            ),
            (
                "query=%7Ba%7D&variables=%7B",
                "`variables` cannot be read: EOF while parsing an object at line 1 column 1.",
            ),
        ] {
            assert_eq!(
                Params::from_address(address).unwrap_err(),
                message,
                "{address}"
            );
        }
        assert_eq!(Params::from_address("query=100%&x").unwrap().query, "100%");
    }
}
