//! The files that say which documents are trusted, as the clients' own tools write them: a JSON object of documents by their identifiers
//! (`persistedDocuments` of graphql-codegen's client preset, `persistConfig.file` of relay-compiler), or the manifest of
//! `@apollo/generate-persisted-query-manifest`. Which of the two it is the file itself says.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::Distrust;

/// What Apollo's manifest says it is.
const APOLLO: &str = "apollo-persisted-query-manifest";

/// One document.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Entry {
    pub id: String,
    #[serde(rename = "body")]
    pub text: String,
}

/// The text of a file that has at most so many bytes.
pub(super) fn text(file: &Path, most: u64) -> Result<String, Distrust> {
    let unreadable = |error| Distrust::Unreadable(file.to_owned(), error);
    let opened = File::open(file).map_err(unreadable)?;
    let mut bytes = Vec::new();
    let read = opened.take(most + 1).read_to_end(&mut bytes);
    read.map_err(unreadable)?;
    if bytes.len() as u64 > most {
        return Err(Distrust::TooLong(file.to_owned()));
    }
    let no_text = |_| Distrust::NoManifest(file.to_owned(), "is not UTF-8".to_owned());
    String::from_utf8(bytes).map_err(no_text)
}

/// The documents of a manifest, in its order; what is wrong with it, where it is none.
pub(super) fn entries(text: &str) -> Result<Vec<Entry>, String> {
    let Pairs(pairs) = serde_json::from_str(text)
        .map_err(|error| format!("is no JSON object of documents: {error}"))?;
    let entry = |(id, value)| match value {
        Value::String(text) => Ok(Entry { id, text }),
        _ => Err(format!("holds no text under `{id}`")),
    };
    let format = pairs.iter().find(|(name, _)| name == "format");
    match format.map(|(_, format)| format) {
        Some(format) if format == APOLLO => apollo(&pairs),
        _ => pairs.into_iter().map(entry).collect(),
    }
}

fn apollo(pairs: &[(String, Value)]) -> Result<Vec<Entry>, String> {
    let member = |wanted: &str| {
        let mut found = pairs.iter().filter(|(name, _)| name == wanted);
        found.next().map(|(_, value)| value)
    };
    if member("version").is_none_or(|version| *version != 1) {
        return Err(format!("is not of version 1 of {APOLLO}"));
    }
    let operations = member("operations").ok_or("has no `operations`")?;
    Vec::deserialize(operations)
        .map_err(|error| format!("holds operations that cannot be read: {error}"))
}

/// The members of a JSON object, one that comes twice twice.
struct Pairs(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Pairs;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Pairs, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = members.next_entry()? {
            pairs.push(pair);
        }
        Ok(Pairs(pairs))
    }
}
