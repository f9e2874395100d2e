//! Bodies and addresses as clients write them, and as they should not.

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
fn a_document_is_named_by_its_identifier_or_by_its_hash() {
    let id = Some(Ok(Name::Id("sha256:0f".to_owned())));
    for query in ["null", "\"\""] {
        let body = format!("{{\"documentId\":\"sha256:0f\",\"query\":{query}}}");
        assert_eq!(Params::from_json(body.as_bytes()).unwrap().name, id);
    }
    let address = "documentId=sha256%3A0f&query=&operationName=A";
    assert_eq!(Params::from_address(address).unwrap().name, id);
    let persisted = json!({ "version": 1, "sha256Hash": "0f".repeat(32) });
    let hashed = json!({ "documentId": null, "extensions": { "persistedQuery": persisted } });
    let params = Params::from_json(hashed.to_string().as_bytes()).unwrap();
    assert!(matches!(params.name, Some(Ok(Name::Hash(_)))));
    assert_eq!(params.query, "");
    let both = json!({ "documentId": "1", "extensions": { "persistedQuery": persisted } });
    for other in [
        r#"{"documentId":"1","query":" "}"#,
        r#"{"documentId":1}"#,
        &both.to_string(),
    ] {
        let params = Params::from_json(other.as_bytes()).unwrap();
        assert!(matches!(params.name, Some(Err(_))), "{other}");
    }
    let twice = "documentId=1&documentId=1";
    assert_eq!(
        Params::from_address(twice).unwrap_err(),
        "The address names `documentId` twice."
    );
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
