//! Manifests as they are written, and those that stop the start.

use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::NamedTempFile;

use super::*;
use crate::schema::Api;

const ME: &str = "query Me { viewer { kind } }";

fn file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

/// Of files with these texts; a refusal without the files' names.
fn read_texts(texts: &[&str]) -> Result<Trusted, String> {
    let files: Vec<_> = texts.iter().map(|text| file(text)).collect();
    let paths: Vec<_> = files.iter().map(|file| file.path().to_owned()).collect();
    let read = Trusted::read(&paths, &Engine::<Api>::default(), &Limits::default(), false);
    read.map_err(|distrust| {
        let said = distrust.to_string();
        paths.iter().fold(said, |said, path| {
            said.replace(path.to_str().unwrap(), "FILE")
        })
    })
}

fn read(manifest: &Value) -> Result<Trusted, String> {
    read_texts(&[&manifest.to_string()])
}

fn hash(text: &str) -> String {
    use sha2::{Digest as _, Sha256};
    let hash = Sha256::digest(text);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn apollo(operations: &Value) -> Value {
    json!({ "format": "apollo-persisted-query-manifest", "version": 1, "operations": operations })
}

#[test]
fn each_tool_s_manifest_is_read() {
    let id = hash(ME);
    let operation = json!({ "id": id, "name": "Me", "type": "query", "body": ME });
    for manifest in [json!({ &id: ME }), apollo(&json!([operation]))] {
        let trusted = read(&manifest).unwrap();
        assert_eq!(trusted.len(), 1);
        let found = trusted.by_id(&id).unwrap();
        assert_eq!(&**found, ME);
        for same in [
            trusted.by_id(&format!("sha256:{id}")),
            trusted.by_digest(Digest::of(ME)),
            trusted.same(ME),
        ] {
            assert!(Arc::ptr_eq(same.unwrap(), found));
        }
        assert_eq!(trusted.same(&format!("{ME} ")), None);
    }
    assert!(read(&json!({})).unwrap().is_empty());
}

#[test]
fn an_identifier_is_what_the_manifest_calls_it_and_nothing_like_it() {
    let trusted = read(&json!({ "Me": ME })).unwrap();
    let upper = hash(ME).to_uppercase();
    for other in [
        "me",
        " Me",
        "",
        "x-a:Me",
        &hash(ME),
        &upper,
        &format!("sha256:{upper}"),
        &format!("SHA256:{}", hash(ME)),
        "sha256:",
        "sha256:+1",
    ] {
        assert_eq!(trusted.by_id(other), None, "{other}");
    }
}

#[test]
fn files_add_up_and_may_repeat_each_other() {
    let (old, new) = (
        json!({ "1": ME }),
        json!({ "1": ME, "2": ME, "3": "{ viewer { roles } }" }),
    );
    let trusted = read_texts(&[&old.to_string(), &new.to_string()]).unwrap();
    assert_eq!(trusted.len(), 2);
    assert!(Arc::ptr_eq(
        trusted.by_id("1").unwrap(),
        trusted.by_id("2").unwrap()
    ));
    let other = json!({ "1": "{ viewer { roles } }" });
    assert_eq!(
        read_texts(&[&old.to_string(), &other.to_string()]).unwrap_err(),
        "the manifest FILE, document `1`: stands for two documents that differ"
    );
    let twice = r#"{ "1": "{ viewer { kind } }", "1": "{ viewer { roles } }" }"#;
    assert_eq!(
        read_texts(&[twice]).unwrap_err(),
        "the manifest FILE, document `1`: stands for two documents that differ"
    );
}

#[test]
fn what_could_never_run_stops_the_start() {
    let deep = format!(
        "{{ viewer {{ {}id{} }} }}",
        "person { ".repeat(14),
        " }".repeat(14)
    );
    for (text, reason) in [
        ("{ viewer", "Syntax error at line 1, column 9: expected"),
        ("", "Syntax error"),
        ("fragment A on Viewer { kind }", "Syntax error"),
        (
            "{ viewer { shoeSize } }",
            "Unknown field \"shoeSize\" on type \"Viewer\".",
        ),
        (
            "query($id: Int!) { alumnus(id: $id) { id } }",
            "Variable \"$id\" of type \"Int!\" used in position expecting type \"ID!\".",
        ),
        (
            &deep,
            "Fields are nested 16 levels deep; at most 15 are accepted.",
        ),
        (
            "{ alumni(first: 100) { nodes { employments { department { name } } changes: skills { name } } } engagementEvents(first: 100) { nodes { participations(first: 100) { nodes { id } } } } }",
            "The operation costs ",
        ),
        (
            "{ __schema { types { name } } }",
            "asks for introspection, which is off",
        ),
    ] {
        let refused = read(&json!({ "A.1": text })).unwrap_err();
        let begins = format!("the manifest FILE, document `A.1`: {reason}");
        assert!(refused.starts_with(&begins), "{refused}");
    }
    let dear_or_not = "query($n: Int = 100) { engagementEvents(first: $n) { nodes { participations(first: $n) { nodes { id } } } } }";
    assert!(read(&json!({ "1": dear_or_not })).is_ok());
}

#[test]
fn an_identifier_is_one_by_the_appendix() {
    for id in [
        "a",
        "portal~1.2.0~Me_-",
        &format!("sha256:{}", hash(ME)),
        "x-md5:0f",
    ] {
        assert!(read(&json!({ id: ME })).is_ok(), "{id}");
    }
    let other = format!("sha256:{}", hash("{ viewer { kind } }"));
    for (id, reason) in [
        (other.as_str(), "is not the SHA-256 of its document"),
        ("sha256:0f", "is not the SHA-256 of its document"),
        ("", "is no document identifier"),
        ("a b", "is no document identifier"),
        ("ä", "is no document identifier"),
        ("md5:0f", "is no document identifier"),
        ("x-:0f", "is no document identifier"),
        ("x-md5:", "is no document identifier"),
    ] {
        let refused = read(&json!({ id: ME })).unwrap_err();
        let begins = format!("the manifest FILE, document `{id}`: {reason}");
        assert!(refused.starts_with(&begins), "{refused}");
    }
}

#[test]
fn what_is_no_manifest_is_named() {
    let version =
        json!({ "format": "apollo-persisted-query-manifest", "version": 2, "operations": [] });
    let nothing = json!({ "format": "apollo-persisted-query-manifest", "version": 1 });
    for (text, reason) in [
        ("", "is no JSON object of documents: "),
        ("[]", "is no JSON object of documents: "),
        ("{ \"1\": \"{ a }\"", "is no JSON object of documents: "),
        ("{ \"1\": 1 }", "holds no text under `1`"),
        (
            &version.to_string(),
            "is not of version 1 of apollo-persisted-query-manifest",
        ),
        (&nothing.to_string(), "has no `operations`"),
        (
            &apollo(&json!([{ "id": "1" }])).to_string(),
            "holds operations that cannot be read: missing field `body`",
        ),
    ] {
        let refused = read_texts(&[text]).unwrap_err();
        assert!(
            refused.starts_with(&format!("the manifest FILE {reason}")),
            "{refused}"
        );
    }
    let absent = Path::new("/no/such/manifest.json").to_owned();
    let engine = Engine::<Api>::default();
    let refused = Trusted::read(&[absent], &engine, &Limits::default(), false).unwrap_err();
    assert!(matches!(refused, Distrust::Unreadable(..)), "{refused}");
    let mut no_text = NamedTempFile::new().unwrap();
    no_text.write_all(b"{\"\xff\": \"\"}").unwrap();
    let refused = manifest::text(no_text.path(), 100).unwrap_err();
    assert!(refused.to_string().ends_with(" is not UTF-8"), "{refused}");
}

#[test]
fn more_than_fits_is_not_read() {
    let manifest = file("{}");
    assert_eq!(manifest::text(manifest.path(), 2).unwrap(), "{}");
    let refused = manifest::text(manifest.path(), 1).unwrap_err();
    assert!(matches!(refused, Distrust::TooLong(_)), "{refused}");
}
