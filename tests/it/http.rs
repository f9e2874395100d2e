//! GraphQL over HTTP, to the letter, as a client or somebody worse speaks it.

use std::sync::Arc;
use std::time::Duration;

use alumni_api::app::{App, Parts};
use alumni_api::http::{HttpSettings, router};
use alumni_api::server;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{AOZORA, TestApp};

const NEW: &str = "application/graphql-response+json";
const OLD: &str = "application/json";
const RENAME: &str =
    "mutation($input: CompanyUpdateInput!) { companyUpdate(input: $input) { company { name } } }";

/// Serves the same app with other settings; `host:port`.
pub async fn served_with(app: &TestApp, settings: HttpSettings) -> String {
    let mut parts = Parts::clone(&app.app);
    parts.http = Arc::new(settings);
    served(App::from(parts)).await
}

/// Serves another app; `host:port`.
pub async fn served(other: App) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(server::serve(listener, router(other.clone()), other));
    address
}

fn limited(change: impl FnOnce(&mut HttpSettings)) -> HttpSettings {
    let mut settings = HttpSettings::default();
    change(&mut settings);
    settings
}

fn post(app: &TestApp, accept: &str, body: impl Into<reqwest::Body>) -> RequestBuilder {
    let request = app
        .client()
        .post(app.url("/graphql"))
        .header(ACCEPT, accept);
    request.header(CONTENT_TYPE, "application/json").body(body)
}

async fn sent(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (status, response.json().await.unwrap())
}

fn code(body: &Value) -> &str {
    body["errors"][0]["extensions"]["code"]
        .as_str()
        .unwrap_or("none")
}

fn header<'r>(response: &'r Response, name: &str) -> Option<&'r str> {
    response.headers().get(name)?.to_str().ok()
}

/// A mutation that anyone could see the effect of.
fn rename(name: &str) -> Value {
    let input = json!({ "id": AOZORA.id().to_string(), "name": name });
    json!({ "query": RENAME, "variables": { "input": input } })
}

#[tokio::test]
async fn the_status_says_whether_the_request_was_valid_to_those_who_ask_for_it() {
    let app = TestApp::start().await;
    let unknown_operation = json!({ "query": "query A { viewer { kind } }", "operationName": "B" });
    for (body, code_expected, status) in [
        (json!({ "query": "{ viewer { kind } }" }), "none", 200),
        (
            json!({ "query": "{ viewer { kind }" }),
            "GRAPHQL_PARSE_FAILED",
            400,
        ),
        (
            json!({ "query": "{ nothing }" }),
            "GRAPHQL_VALIDATION_FAILED",
            400,
        ),
        (
            json!({ "query": "{ alumni(first: \"x\") { totalCount } }" }),
            "GRAPHQL_VALIDATION_FAILED",
            400,
        ),
        (
            json!({ "query": "query($n: Int) { alumni(first: $n) { totalCount } }", "variables": { "n": "x" } }),
            "BAD_USER_INPUT",
            400,
        ),
        (
            json!({ "query": "query($id: ID!) { node(id: $id) { id } }" }),
            "BAD_USER_INPUT",
            400,
        ),
        (unknown_operation, "OPERATION_RESOLUTION_FAILURE", 400),
        (
            json!({ "query": "{ alumni { totalCount } }" }),
            "UNAUTHENTICATED",
            200,
        ),
    ] {
        let body = body.to_string();
        let (new, answer) = sent(post(&app, NEW, body.clone())).await;
        assert_eq!((new, code(&answer)), (status, code_expected), "{body}");
        assert_eq!(answer.get("data").is_some(), status == 200, "{body}");
        let (old, answer) = sent(post(&app, OLD, body.clone())).await;
        assert_eq!((old, code(&answer)), (200, code_expected), "{body}");
    }
}

#[tokio::test]
async fn the_answers_type_is_the_one_the_client_likes_best() {
    let app = TestApp::start().await;
    let asked = async |accept: &str| {
        let request = post(&app, accept, r#"{"query":"{ __typename }"}"#);
        let response = request.send().await.unwrap();
        (
            response.status().as_u16(),
            header(&response, "content-type").unwrap().to_owned(),
        )
    };
    let (new, old) = (
        format!("{NEW}; charset=utf-8"),
        format!("{OLD}; charset=utf-8"),
    );
    assert_eq!(
        asked("application/graphql-response+json, application/json;q=0.9").await,
        (200, new)
    );
    assert_eq!(asked("*/*").await, (200, old.clone()));
    assert_eq!(asked("text/html, image/*").await, (406, old));
}

#[tokio::test]
async fn nothing_a_foreign_page_can_send_unasked_is_run() {
    let app = TestApp::start().await;
    let token = app.admin().token().unwrap().to_owned();
    let form = "multipart/form-data; boundary=x";
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        form,
        "application/json; charset=utf-16",
        "",
    ] {
        let request = app.client().post(app.url("/graphql")).bearer_auth(&token);
        let request = if content_type.is_empty() {
            request
        } else {
            request.header(CONTENT_TYPE, content_type)
        };
        let (status, answer) = sent(request.body(rename("stolen").to_string())).await;
        assert_eq!(
            (status, code(&answer)),
            (415, "BAD_REQUEST"),
            "{content_type}"
        );
    }
    let encoded = post(&app, OLD, rename("stolen").to_string()).header("content-encoding", "gzip");
    assert_eq!(sent(encoded.bearer_auth(&token)).await.0, 415);
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn a_get_runs_queries_and_nothing_else() {
    let app = TestApp::start().await;
    let get = |query: &str, token: &str| {
        let variables =
            json!({ "id": AOZORA.id().to_string(), "input": rename("x")["variables"]["input"] });
        let parameters = [("query", query), ("variables", &variables.to_string())];
        let url = reqwest::Url::parse_with_params(&app.url("/graphql"), parameters).unwrap();
        app.client().get(url).header(ACCEPT, NEW).bearer_auth(token)
    };
    let token = app.admin().token().unwrap().to_owned();
    let (status, answer) = sent(get("query($id: ID!) { company(id: $id) { slug } }", &token)).await;
    assert_eq!(
        (status, &answer["data"]["company"]["slug"]),
        (200, &json!("aozora"))
    );
    let refused = get(RENAME, &token).send().await.unwrap();
    assert_eq!(
        (refused.status().as_u16(), header(&refused, "allow")),
        (405, Some("POST"))
    );
    assert!(app.changes().await.is_empty());
    let (status, answer) = sent(get("subscription { changes { kind } }", &token)).await;
    assert_eq!((status, code(&answer)), (400, "BAD_REQUEST"));
}

#[tokio::test]
async fn other_methods_are_told_which_there_are() {
    let app = TestApp::start().await;
    for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
        let response = app
            .client()
            .request(method.clone(), app.url("/graphql"))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 405, "{method}");
        assert_eq!(header(&response, "allow"), Some("GET, POST"), "{method}");
    }
}

#[tokio::test]
async fn what_is_no_request_is_refused_whatever_the_type() {
    let app = TestApp::start().await;
    let batch = format!(
        "[{}]",
        vec![r#"{"query":"{ __typename }"}"#; 1_000].join(",")
    );
    for body in [
        "",
        "{ \"not a JSON",
        "\"text\"",
        "{\"qeury\":\"{ __typename }\"}",
        "{\"query\":[\"array\"]}",
        "{\"query\":\"{ __typename }\",\"variables\":\"text\"}",
        "{\"query\":\"{ __typename }\",\"operationName\":1}",
        "{\"query\":\"{ __typename }\",\"extensions\":[]}",
        &batch,
    ] {
        for accept in [OLD, NEW] {
            let (status, answer) = sent(post(&app, accept, body.to_owned())).await;
            assert_eq!((status, code(&answer)), (400, "BAD_REQUEST"), "{body}");
            assert!(answer.get("data").is_none(), "{body}");
        }
    }
    let (status, answer) = sent(post(
        &app,
        OLD,
        b"{\"query\":\"{ __typename } # \xff\"}".to_vec(),
    ))
    .await;
    assert_eq!(
        (status, &answer["errors"][0]["message"]),
        (400, &json!("The body is not valid UTF-8."))
    );
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_with_or_without_its_length() {
    let app = TestApp::start().await;
    let comment = |length: usize| {
        format!(
            "{{\"query\":\"{{ __typename }}\",\"extensions\":{{\"a\":\"{}\"}}}}",
            "x".repeat(length)
        )
    };
    assert_eq!(sent(post(&app, OLD, comment(1_900_000))).await.0, 200);
    let long = comment(2_000_000);
    let length = long.len();
    let (status, answer) = sent(post(&app, OLD, long)).await;
    assert_eq!((status, code(&answer)), (413, "BAD_REQUEST"));
    let limit = &answer["errors"][0]["extensions"]["limit"];
    assert_eq!(
        limit,
        &json!({ "name": "bodyBytes", "value": length, "maximum": 2_000_000 })
    );

    let mut socket = TcpStream::connect(app.address()).await.unwrap();
    let head = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    socket.write_all(head.as_bytes()).await.unwrap();
    let chunk = format!("{:x}\r\n{}\r\n", 100_000, " ".repeat(100_000));
    for _ in 0..21 {
        socket.write_all(chunk.as_bytes()).await.unwrap();
    }
    assert!(read_head(&mut socket).await.starts_with("HTTP/1.1 413 "));
}

#[tokio::test]
async fn a_refusal_reaches_a_client_that_sends_its_whole_body_first() {
    let app = TestApp::start().await;
    let json = "content-type: application/json\r\n";
    let refusals = [
        (json.to_owned(), 3_000_000, "HTTP/1.1 413 "),
        (
            format!("{json}authorization: Bearer none\r\n"),
            1_900_000,
            "HTTP/1.1 401 ",
        ),
        (
            "content-type: text/csv\r\n".to_owned(),
            1_900_000,
            "HTTP/1.1 415 ",
        ),
    ];
    for (headers, length, expected) in refusals {
        let mut socket = TcpStream::connect(app.address()).await.unwrap();
        let head = format!(
            "POST /graphql HTTP/1.1\r\nhost: x\r\n{headers}content-length: {length}\r\n\r\n"
        );
        socket.write_all(head.as_bytes()).await.unwrap();
        let part = vec![b' '; length / 20];
        for _ in 0..20 {
            socket.write_all(&part).await.unwrap();
            // the refusal is sent before the body is
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let answer = read_head(&mut socket).await;
        assert!(answer.starts_with(expected), "{answer}");
    }
}

#[tokio::test]
async fn a_client_that_waits_for_100_continue_is_refused_without_being_asked_for_its_body() {
    let app = TestApp::start().await;
    let mut socket = TcpStream::connect(app.address()).await.unwrap();
    let head = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nexpect: 100-continue\r\ncontent-length: 3000000\r\n\r\n";
    socket.write_all(head.as_bytes()).await.unwrap();
    let answer = read_head(&mut socket).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

async fn read_head(socket: &mut TcpStream) -> String {
    let mut head = vec![0; 4_096];
    let length = socket.read(&mut head).await.unwrap();
    String::from_utf8_lossy(&head[..length]).into_owned()
}

#[tokio::test]
async fn long_bodies_take_turns_and_short_ones_need_none() {
    let app = TestApp::start().await;
    let address = served_with(
        &app,
        limited(|settings| settings.limits.body_timeout_ms = 20),
    )
    .await;
    let ask = |length: usize| {
        let query = format!("{{ __typename }} #{}", "-".repeat(length));
        let request = app.client().post(format!("http://{address}/graphql"));
        sent(request.json(&json!({ "query": query })))
    };
    let turns = app.app.large_bodies.acquire_many(4).await.unwrap();
    assert_eq!(ask(10).await.0, 200);
    let (status, body) = ask(70_000).await;
    assert_eq!((status, code(&body)), (503, "TIMEOUT"));
    let limit = &body["errors"][0]["extensions"]["limit"];
    assert_eq!(*limit, json!({ "name": "largeBodies", "maximum": 4 }));
    drop(turns);
    assert_eq!(ask(70_000).await.0, 200);
}

#[tokio::test]
async fn a_body_that_never_comes_is_not_waited_for() {
    let app = TestApp::start().await;
    let address = served_with(
        &app,
        limited(|settings| settings.limits.body_timeout_ms = 20),
    )
    .await;
    let mut socket = TcpStream::connect(address).await.unwrap();
    let head = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{";
    socket.write_all(head.as_bytes()).await.unwrap();
    let answer = read_head(&mut socket).await;
    let limit = r#""limit":{"name":"bodyTimeoutMs","maximum":20}"#;
    assert!(
        answer.starts_with("HTTP/1.1 408 ") && answer.contains(limit),
        "{answer}"
    );
}

#[tokio::test]
async fn a_bad_token_is_refused_before_anything_else_and_never_taken_for_nobody() {
    let app = TestApp::start().await;
    let query = r#"{"query":"{ viewer { kind } }"}"#;
    for authorization in [
        "Bearer nonsense",
        "Basic eDp5",
        "Bearer",
        "Bearer ak_nonsense",
        "Bearer \u{e9}",
    ] {
        for accept in [OLD, NEW] {
            let response = post(&app, accept, query)
                .header("authorization", authorization)
                .send()
                .await
                .unwrap();
            assert_eq!(response.status(), 401, "{authorization}");
            assert!(
                header(&response, "www-authenticate")
                    .unwrap()
                    .starts_with("Bearer "),
                "{authorization}"
            );
            assert_eq!(
                code(&response.json().await.unwrap()),
                "UNAUTHENTICATED",
                "{authorization}"
            );
        }
    }
    let expired = app.token("hr@aozora");
    app.clock.advance(chrono::TimeDelta::hours(2));
    assert_eq!(
        sent(post(&app, OLD, query).bearer_auth(expired)).await.0,
        401
    );
    let (status, answer) = sent(post(&app, OLD, query)).await;
    assert_eq!(
        (status, &answer["data"]["viewer"]["kind"]),
        (200, &json!("ANONYMOUS"))
    );
}

#[tokio::test]
async fn two_tokens_are_one_too_many() {
    let app = TestApp::start().await;
    let token = format!("Bearer {}", app.hr().token().unwrap());
    let mut headers = HeaderMap::new();
    headers.append("authorization", token.parse().unwrap());
    headers.append("authorization", token.parse().unwrap());
    let (status, answer) =
        sent(post(&app, OLD, r#"{"query":"{ viewer { kind } }"}"#).headers(headers)).await;
    assert_eq!((status, code(&answer)), (400, "BAD_REQUEST"));
}

#[tokio::test]
async fn every_error_carries_the_requests_id_which_a_client_may_give() {
    let app = TestApp::start().await;
    for (body, accept) in [
        (r#"{"query":"{ alumni { totalCount } }"}"#, OLD),
        ("{", NEW),
        ("{}", "text/html"),
    ] {
        let response = post(&app, accept, body)
            .header("x-request-id", "web-42.a_b")
            .send()
            .await
            .unwrap();
        assert_eq!(
            header(&response, "x-request-id"),
            Some("web-42.a_b"),
            "{body}"
        );
        let answer: Value = response.json().await.unwrap();
        assert_eq!(
            answer["errors"][0]["extensions"]["requestId"], "web-42.a_b",
            "{body}"
        );
    }
    let response = post(&app, OLD, "{")
        .header("x-request-id", "two words")
        .send()
        .await
        .unwrap();
    let made = header(&response, "x-request-id").unwrap().to_owned();
    assert_eq!((made.len(), &made[14..15]), (36, "7"));
}

#[tokio::test]
async fn names_are_suggested_to_those_who_logged_in_only() {
    let app = TestApp::start().await;
    let message = async |actor: crate::support::Actor<'_>| {
        actor.ask("{ viewr { kind } }").await.body["errors"][0]["message"].clone()
    };
    assert_eq!(
        message(app.anonymous()).await,
        "Unknown field \"viewr\" on type \"Query\"."
    );
    let told = message(app.hr()).await;
    assert!(
        told.as_str()
            .unwrap()
            .starts_with("Unknown field \"viewr\" on type \"Query\". Did you mean \"viewer\""),
        "{told}"
    );
}

#[tokio::test]
async fn a_long_document_is_not_sent_back() {
    let app = TestApp::start().await;
    let long = format!("{{ {} ", "secret ".repeat(5_000));
    let (_, answer) = sent(post(&app, OLD, json!({ "query": long }).to_string())).await;
    let message = answer["errors"][0]["message"].as_str().unwrap();
    assert!(
        message.starts_with("Syntax error at line 1, column ") && !message.contains("secret"),
        "{message}"
    );
    let name = "x".repeat(50_000);
    let (_, answer) = sent(post(
        &app,
        OLD,
        json!({ "query": format!("{{ {name} }}") }).to_string(),
    ))
    .await;
    assert!(answer.to_string().len() < 1_000);
}

#[tokio::test]
async fn a_browser_at_the_endpoint_gets_the_playground() {
    let app = TestApp::start().await;
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let page = app
        .client()
        .get(app.url("/graphql"))
        .header(ACCEPT, browser)
        .send()
        .await
        .unwrap();
    assert_eq!(
        (
            page.status().as_u16(),
            header(&page, "content-type").unwrap()
        ),
        (200, "text/html; charset=utf-8")
    );
    let address = served_with(&app, limited(|settings| settings.playground = false)).await;
    let none = app
        .client()
        .get(format!("http://{address}/graphql"))
        .header(ACCEPT, "text/html")
        .send()
        .await
        .unwrap();
    assert_eq!(none.status(), 406);
}

#[tokio::test]
async fn answers_are_kept_by_nobody_guessed_by_nobody_and_small_for_those_who_unpack() {
    let app = TestApp::start().await;
    let request = post(
        &app,
        OLD,
        r#"{"query":"{ __schema { types { name description } } }"}"#,
    );
    let response = request
        .header("accept-encoding", "gzip")
        .send()
        .await
        .unwrap();
    for (name, value) in [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        (
            "content-security-policy",
            "default-src 'none'; frame-ancestors 'none'",
        ),
        ("content-encoding", "gzip"),
    ] {
        assert_eq!(header(&response, name), Some(value), "{name}");
    }
    assert_eq!(response.bytes().await.unwrap()[..2], [0x1f, 0x8b]);
}

#[tokio::test]
async fn foreign_pages_may_call_only_where_they_are_listed() {
    let app = TestApp::start().await;
    let settings = limited(|settings| {
        settings.allowed_origins = vec!["https://portal.example.com".parse().unwrap()];
    });
    let address = served_with(&app, settings).await;
    let allowed = async |url: String, origin: &str| {
        let request = app
            .client()
            .request(Method::OPTIONS, url)
            .header("origin", origin);
        let request = request
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type");
        header(
            &request.send().await.unwrap(),
            "access-control-allow-origin",
        )
        .map(str::to_owned)
    };
    let listed = format!("http://{address}/graphql");
    assert_eq!(
        allowed(listed.clone(), "https://portal.example.com")
            .await
            .as_deref(),
        Some("https://portal.example.com")
    );
    assert_eq!(allowed(listed, "https://portal.example.org").await, None);
    assert_eq!(
        allowed(app.url("/graphql"), "https://portal.example.com").await,
        None
    );
}

#[tokio::test]
async fn a_wrong_variable_is_a_fault_of_the_request_also_where_the_document_is_known() {
    let app = TestApp::start().await;
    let query = "query($first: Int, $filter: AlumnusFilter) { alumni(first: $first, filter: $filter) { nodes { id } } }";
    let filter = json!({ "leftOn": { "from": "2026-02-30" } });
    for _ in 0..2 {
        for (variables, message) in [
            (
                json!({ "first": "one" }),
                "Variable \"$first\" cannot be read: expected \"Int\".",
            ),
            (
                json!({ "filter": filter }),
                "Variable \"$filter\" cannot be read: at `leftOn.from`, expected \"NaiveDate\".",
            ),
        ] {
            let reply = app.hr().run(query, variables).await;
            assert_eq!(reply.codes(), ["BAD_USER_INPUT"]);
            assert_eq!(reply.body["errors"][0]["message"], message);
            assert!(reply.body.get("data").is_none());
        }
        // whole numbers may come with a point
        let right = json!({ "first": 1.0, "filter": { "leftOn": { "from": "2026-02-28" } } });
        assert_eq!(
            app.hr().run(query, right).await.at("/alumni/nodes"),
            &json!([])
        );
    }
}

/// The origin that the answer to a preflight request allows.
async fn preflight(app: &TestApp, address: &str, origin: &str) -> Option<String> {
    let request = app
        .client()
        .request(Method::OPTIONS, format!("http://{address}/graphql"))
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header(
            "access-control-request-headers",
            "authorization,content-type",
        );
    let response = request.send().await.unwrap();
    header(&response, "access-control-allow-origin").map(str::to_owned)
}

#[tokio::test]
async fn in_development_pages_of_this_machine_may_call_on_any_port() {
    let app = TestApp::start().await;
    let address = served_with(&app, limited(|settings| settings.development = true)).await;
    for origin in [
        "http://localhost",
        "http://localhost:5173",
        "http://127.0.0.1:3000",
        "http://[::1]:8080",
    ] {
        assert_eq!(
            preflight(&app, &address, origin).await.as_deref(),
            Some(origin)
        );
        assert_eq!(
            preflight(&app, app.address(), origin).await,
            None,
            "{origin}"
        );
    }
}

#[tokio::test]
async fn in_development_an_attackers_page_that_resembles_this_machine_may_not_call() {
    let app = TestApp::start().await;
    let address = served_with(&app, limited(|settings| settings.development = true)).await;
    for origin in [
        "null",
        "https://evil.example",
        "http://localhost.evil.example",
        "http://localhost:80@evil.example",
        "http://127.0.0.1.evil.example:3000",
        "http://[::1].evil.example",
        "file://localhost",
        "https://localhost:5173",
    ] {
        assert_eq!(preflight(&app, &address, origin).await, None, "{origin}");
    }
}

#[tokio::test]
async fn the_error_for_a_missing_token_names_the_command_in_development_only() {
    let app = TestApp::start().await;
    let development = served_with(&app, limited(|settings| settings.development = true)).await;
    let message = async |address: &str| {
        let request = app
            .client()
            .post(format!("http://{address}/graphql"))
            .json(&json!({ "query": "{ alumni { totalCount } }" }));
        let body: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(code(&body), "UNAUTHENTICATED");
        body["errors"][0]["message"].as_str().unwrap().to_owned()
    };
    let log_in = "Log in: send `Authorization: Bearer …` with a token or an API key.";
    assert_eq!(message(app.address()).await, log_in);
    let command = "In development, `alumni-api token --as HR` prints a token.";
    assert_eq!(message(&development).await, format!("{log_in} {command}"));
}

#[tokio::test]
async fn the_schema_says_where_to_begin_in_its_text_and_by_introspection() {
    let app = TestApp::start().await;
    let query = "query { __schema { text: description ...Parts queryType { description } } __type(name: \"__Schema\") { description } }
        fragment Parts on __Schema { description }";
    let answer = app.anonymous().ask(query).await;
    let described = answer.at("/__schema/description").as_str().unwrap();
    assert_eq!(answer.at("/__schema/text"), described);
    for word in [
        "Authorization: Bearer",
        "`viewer`",
        "`Node`",
        "Relay connections",
        "`userErrors",
        "`extensions.code`",
        "`serviceLimits`",
    ] {
        assert!(described.contains(word), "{word}");
    }
    assert!(TestApp::sdl().contains(&format!("\"\"\"\n{described}\n\"\"\"\nschema {{\n")));
    assert_ne!(answer.at("/__schema/queryType/description"), described);
    assert_ne!(answer.at("/__type/description"), described);
}
