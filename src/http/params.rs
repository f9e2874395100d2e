//! The five parameters of a GraphQL request, from a JSON object or from an address. Each has its type and comes once; nothing else is
//! read. A list of requests is refused: every operation is its own request, so that each has its own limits, status and name.

use std::str;

use async_graphql::{Extensions, Value, Variables};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{error::Category, value::RawValue};

use crate::graphql::{given::Given, persisted::Digest};
use crate::idempotency::IdempotencyKey;

/// A request as received.
#[derive(Debug, Default)]
pub(super) struct Params {
    /// The document; empty if only its id or hash was sent.
    pub query: String,
    /// Id or hash of the document, or why it is malformed.
    pub name: Option<Result<Name, Malformed>>,
    pub operation_name: Option<String>,
    pub variables: Variables,
    pub extensions: Extensions,
    /// Idempotency key of the header.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Reference to a document, instead of it or in addition to it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// `documentId`, instead of the document (GraphQL over HTTP, appendix A, "Persisted Documents").
    Id(String),
    /// `extensions.persistedQuery`.
    Hash(Digest),
}

/// What is malformed in a request.
pub(super) type Malformed = String;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw<'a> {
    #[serde(borrow)]
    query: Option<&'a RawValue>,
    #[serde(borrow)]
    document_id: Option<&'a RawValue>,
    #[serde(borrow)]
    operation_name: Option<&'a RawValue>,
    #[serde(borrow)]
    variables: Option<&'a RawValue>,
    #[serde(borrow)]
    extensions: Option<&'a RawValue>,
}

/// Names in a query string.
const PARAMETERS: [&str; 5] = [
    "query",
    "documentId",
    "operationName",
    "variables",
    "extensions",
];

const ALONE: &str = "`documentId` says which document it is: send neither `query` nor `extensions.persistedQuery` with it.";

impl Params {
    /// Parses the JSON object of a request.
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
        let query = text_parameter("query", raw.query)?;
        let id = text_parameter("documentId", raw.document_id).transpose();
        let (query, name) = document(query, id, &extensions)?;
        Ok(Self {
            query,
            name,
            operation_name: text_parameter("operationName", raw.operation_name)?,
            variables: object_parameter::<Given>("variables", raw.variables.map(RawValue::get))?.0,
            extensions,
            idempotency_key: None,
        })
    }

    /// Parses a query string; `variables` and `extensions` are JSON. An empty parameter counts as absent.
    pub fn from_address(query: &str) -> Result<Self, Malformed> {
        let mut found: [Option<String>; PARAMETERS.len()] = Default::default();
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decoded(name)?;
            let Some(place) = PARAMETERS.iter().position(|known| *known == name) else {
                continue;
            };
            if found[place].is_some() {
                return Err(format!("The address names `{name}` twice."));
            }
            found[place] = Some(decoded(value)?);
        }
        let [query, id, operation_name, variables, extensions] =
            found.map(|value| value.filter(|text| !text.is_empty()));
        let extensions = object_parameter("extensions", extensions.as_deref())?;
        let (query, name) = document(query, id.map(Ok), &extensions)?;
        Ok(Self {
            query,
            name,
            operation_name,
            variables: object_parameter::<Given>("variables", variables.as_deref())?.0,
            extensions,
            idempotency_key: None,
        })
    }
}

/// The document and its reference; one of them is required. A malformed reference fails only its own operation on a socket. An empty document counts as
/// absent if there is a reference, because graphql-transport-ws requires the field `query`.
fn document(
    text: Option<String>,
    id: Option<Result<String, Malformed>>,
    extensions: &Extensions,
) -> Result<(String, Option<Result<Name, Malformed>>), Malformed> {
    let extension = extensions.get("persistedQuery");
    let extension = extension.filter(|given| **given != Value::Null);
    let name = match (id, extension) {
        (Some(Ok(_)), Some(_)) => Some(Err(ALONE.to_owned())),
        (Some(Ok(_)), None) if text.as_ref().is_some_and(|text| !text.is_empty()) => {
            Some(Err(ALONE.to_owned()))
        }
        (Some(id), _) => Some(id.map(Name::Id)),
        (None, extension) => extension.map(|given| Digest::read(given).map(Name::Hash)),
    };
    match (text, name) {
        (None, None) => Err("The parameter `query` is missing.".to_owned()),
        (text, name) => Ok((text.unwrap_or_default(), name)),
    }
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

/// Decodes form encoding: `+` is a space, `%E6` a byte. The result must be UTF-8.
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
mod tests;
