//! graphql-transport-ws, spoken by a client that knows the protocol no better than it must, and by raw connections.

pub mod client;

use std::time::Duration;

use alumni_api::http::HttpSettings;
use chrono::TimeDelta;
use entity::{Scopes, api_key};
use sea_orm::ActiveValue::Set;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use self::client::{Client, PROTOCOL, change_key, closed_after, handshake, init, subscribe};
use crate::http::served_with;
use crate::support::{AOZORA, TestApp, beginning};

const RENAME: &str =
    "mutation($input: CompanyUpdateInput!) { companyUpdate(input: $input) { company { name } } }";
const CHANGES: &str = "subscription { changes { kind } }";

fn limited(change: impl FnOnce(&mut HttpSettings)) -> HttpSettings {
    let mut settings = HttpSettings::default();
    change(&mut settings);
    settings
}

fn rename(name: &str) -> Value {
    json!({ "input": { "id": AOZORA.id().to_string(), "name": name } })
}

#[tokio::test]
async fn every_breach_of_the_protocol_closes_the_socket_with_its_code() {
    let app = TestApp::start().await;
    let twice = subscribe("1", CHANGES);
    let token = json!({ "Authorization": format!("Bearer {}", app.hr().token().unwrap()) });
    let ready = json!({ "type": "connection_init", "payload": token });
    for (said, expected) in [
        (vec![json!("hello")], (4400, "Invalid message received")),
        (
            vec![init(), json!({ "type": "start", "id": "1", "payload": {} })],
            (4400, "Invalid message received"),
        ),
        (
            vec![
                init(),
                json!({ "type": "subscribe", "id": "1", "payload": { "query": 1 } }),
            ],
            (4400, "Invalid message received"),
        ),
        (vec![twice.clone()], (4401, "Unauthorized")),
        (
            vec![json!({ "type": "connection_init", "payload": { "token": "nonsense" } })],
            (4403, "Forbidden"),
        ),
        (
            vec![ready.clone(), twice.clone(), twice],
            (4409, "Subscriber for 1 already exists"),
        ),
        (
            vec![init(), init()],
            (4429, "Too many initialisation requests"),
        ),
        (
            vec![ready.clone(), ready],
            (4429, "Too many initialisation requests"),
        ),
        (
            vec![
                init(),
                json!({ "type": "ping", "payload": { "a": "x".repeat(300_000) } }),
            ],
            (
                1009,
                "Message too big: socketMessageBytes is at most 256000",
            ),
        ),
    ] {
        assert_eq!(
            closed_after(app.address(), &said).await,
            (expected.0, expected.1.to_owned()),
            "{said:?}"
        );
    }
    let mut binary = Client::ready(app.address(), None).await;
    binary.send_bytes(b"{\"type\":\"ping\"}").await;
    assert_eq!(binary.closed().await.0, 4400);
}

#[tokio::test]
async fn a_frame_too_long_to_be_read_at_all_is_told_so_as_well() {
    let app = TestApp::start().await;
    let mut socket = TcpStream::connect(app.address()).await.unwrap();
    let head = handshake(app.address(), Some(PROTOCOL), None);
    socket.write_all(head.as_bytes()).await.unwrap();
    // Text, last of its message, masked; ten million bytes are announced and some of them sent.
    let mut frame = vec![0x81, 0xff, 0, 0, 0, 0, 0, 0x98, 0x96, 0x80, 0, 0, 0, 0];
    frame.resize(1_000_000, b' ');
    socket.write_all(&frame).await.unwrap();
    let mut answer = Vec::new();
    let told = b"\x88\x37\x03\xf1Message too big: socketMessageBytes is at most 256000";
    while !answer.ends_with(told) {
        let byte = timeout(Duration::from_secs(5), socket.read_u8()).await;
        answer.push(byte.unwrap().unwrap());
    }
}

#[tokio::test]
async fn a_frame_no_client_may_send_closes_the_socket_with_its_code() {
    let app = TestApp::start().await;
    let masked =
        |first: u8, length: u8| [&[first, 0x80 | length, 0, 0, 0, 0], &[b' '; 9][..]].concat();
    for (name, frame) in [
        ("not masked", b"\x81\x02{}".to_vec()),
        ("with a reserved bit", masked(0xc1, 9)),
        ("of a kind there is not", masked(0x83, 9)),
        ("that goes on where nothing began", masked(0x80, 9)),
        ("a ping in parts", masked(0x09, 9)),
        ("a close of one byte", masked(0x88, 1)),
    ] {
        let mut socket = TcpStream::connect(app.address()).await.unwrap();
        let head = handshake(app.address(), Some(PROTOCOL), None);
        socket.write_all(head.as_bytes()).await.unwrap();
        socket.write_all(&frame).await.unwrap();
        let mut answer = Vec::new();
        let heard = timeout(Duration::from_secs(5), socket.read_to_end(&mut answer)).await;
        heard.unwrap().unwrap();
        assert!(
            answer.ends_with(b"\x88\x10\x03\xeaProtocol error"),
            "{name}"
        );
    }
}

#[tokio::test]
async fn another_protocol_or_none_is_not_spoken() {
    let app = TestApp::start().await;
    for protocol in [None, Some("soap")] {
        let mut client = Client::open(app.address(), protocol, None).await;
        assert_eq!(
            client.closed().await,
            (4406, "Subprotocol not acceptable".to_owned())
        );
    }
    let mut one_of_two = Client::open(
        app.address(),
        Some("graphql-ws, graphql-transport-ws"),
        None,
    )
    .await;
    one_of_two.send(&init()).await;
    assert_eq!(one_of_two.next().await, json!({ "type": "connection_ack" }));
}

#[tokio::test]
async fn a_socket_that_never_says_who_it_is_is_closed() {
    let app = TestApp::start().await;
    let address = served_with(
        &app,
        limited(|settings| settings.limits.socket_init_timeout_ms = 20),
    )
    .await;
    let mut client = Client::open(&address, Some(PROTOCOL), None).await;
    assert_eq!(
        client.closed().await,
        (4408, "Connection initialisation timeout".to_owned())
    );
}

#[tokio::test]
async fn pings_are_answered_before_and_after_the_acknowledgement() {
    let app = TestApp::start().await;
    let mut client = Client::open(app.address(), Some(PROTOCOL), None).await;
    client.send(&json!({ "type": "ping" })).await;
    assert_eq!(client.next().await, json!({ "type": "pong" }));
    client.send(&init()).await;
    assert_eq!(client.next().await["type"], "connection_ack");
    client.send(&json!({ "type": "pong", "payload": {} })).await;
    client
        .send(&json!({ "type": "ping", "payload": { "at": 7 } }))
        .await;
    assert_eq!(
        client.next().await,
        json!({ "type": "pong", "payload": { "at": 7 } })
    );
}

#[tokio::test]
async fn queries_and_mutations_are_answered_and_completed() {
    let app = TestApp::start().await;
    let mut client = Client::ready(app.address(), app.admin().token()).await;
    client.send(&subscribe("q", "{ viewer { roles } }")).await;
    assert_eq!(
        client.next().await,
        json!({ "type": "next", "id": "q", "payload": { "data": { "viewer": { "roles": ["ADMIN", "EMPLOYEE"] } } } })
    );
    assert_eq!(
        client.next().await,
        json!({ "type": "complete", "id": "q" })
    );
    client.send(&json!({ "type": "subscribe", "id": "q", "payload": { "query": RENAME, "variables": rename("改名") } })).await;
    assert_eq!(
        client.next().await["payload"]["data"]["companyUpdate"]["company"]["name"],
        "改名"
    );
    assert_eq!(
        client.next().await,
        json!({ "type": "complete", "id": "q" })
    );
    assert_eq!(app.change_kinds().await, ["company.updated"]);
}

#[tokio::test]
async fn a_request_that_cannot_be_run_is_an_error_and_not_an_event() {
    let app = TestApp::start().await;
    let mut client = Client::ready(app.address(), None).await;
    for (query, code) in [
        ("{ viewer { kind }", "GRAPHQL_PARSE_FAILED"),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        (CHANGES, "UNAUTHENTICATED"),
        ("query($id: ID!) { node(id: $id) { id } }", "BAD_USER_INPUT"),
        (
            "{ companies(first: 100) { nodes { departments(first: 100) { nodes { id } } } } }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
    ] {
        client.send(&subscribe("1", query)).await;
        let message = client.next().await;
        assert_eq!(
            (&message["type"], &message["id"]),
            (&json!("error"), &json!("1")),
            "{query}"
        );
        let extensions = &message["payload"][0]["extensions"];
        assert_eq!(extensions["code"], code, "{query}");
        assert_eq!(
            extensions["requestId"].as_str().unwrap().len(),
            36,
            "{query}"
        );
    }
}

#[tokio::test]
async fn changes_arrive_while_they_are_followed_and_no_longer() {
    let app = TestApp::start().await;
    let mut client = Client::ready(app.address(), app.admin().token()).await;
    // From the very beginning: nothing is missed, however early the first change comes.
    let from_the_beginning = "subscription { changes(after: \"MC4w\") { kind } }";
    client.send(&subscribe("live", from_the_beginning)).await;
    let event = json!({ "type": "next", "id": "live", "payload": { "data": { "changes": { "kind": "company.updated" } } } });
    app.admin().run(RENAME, rename("one")).await.data();
    assert_eq!(client.next().await, event);
    client
        .send(&json!({ "type": "complete", "id": "live" }))
        .await;
    client.send(&json!({ "type": "ping" })).await;
    assert_eq!(client.next().await["type"], "pong");
    app.admin().run(RENAME, rename("two")).await.data();
    // The id is free again, and nothing of its former owner comes.
    client.send(&subscribe("live", "{ viewer { kind } }")).await;
    assert_eq!(
        client.next().await["payload"]["data"]["viewer"]["kind"],
        "MEMBER"
    );
}

#[tokio::test]
async fn only_so_many_operations_run_on_one_socket_at_once() {
    let app = TestApp::start().await;
    let address = served_with(
        &app,
        limited(|settings| settings.limits.socket_operations = 2),
    )
    .await;
    let mut client = Client::ready(&address, app.hr().token()).await;
    for id in ["1", "2", "3"] {
        client.send(&subscribe(id, CHANGES)).await;
    }
    let refused = client.next().await;
    assert_eq!(
        (&refused["type"], &refused["id"]),
        (&json!("error"), &json!("3"))
    );
    let extensions = &refused["payload"][0]["extensions"];
    assert_eq!(
        (&extensions["code"], &extensions["limit"]),
        (
            &json!("RATE_LIMITED"),
            &json!({ "name": "socketOperations", "value": 3, "maximum": 2 })
        )
    );
    client.send(&json!({ "type": "complete", "id": "1" })).await;
    client.send(&subscribe("3", "{ viewer { kind } }")).await;
    assert_eq!(client.next().await["type"], "next");
}

#[tokio::test]
async fn a_token_comes_with_the_first_message_or_with_the_opening_and_the_first_message_counts() {
    let app = TestApp::start().await;
    let (hr, admin) = (
        app.hr().token().unwrap().to_owned(),
        app.admin().token().unwrap().to_owned(),
    );
    for (opening, payload, roles) in [
        (
            None,
            json!({ "authorization": format!("Bearer {hr}") }),
            "[\"HR\",\"EMPLOYEE\"]",
        ),
        (None, json!({ "token": hr }), "[\"HR\",\"EMPLOYEE\"]"),
        (Some(hr.as_str()), json!({}), "[\"HR\",\"EMPLOYEE\"]"),
        (
            Some(hr.as_str()),
            json!({ "token": admin }),
            "[\"ADMIN\",\"EMPLOYEE\"]",
        ),
        (None, json!(null), "[]"),
    ] {
        let mut client = Client::open(app.address(), Some(PROTOCOL), opening).await;
        client
            .send(&json!({ "type": "connection_init", "payload": payload }))
            .await;
        assert_eq!(client.next().await["type"], "connection_ack", "{payload}");
        client.send(&subscribe("1", "{ viewer { roles } }")).await;
        assert_eq!(
            client.next().await["payload"]["data"]["viewer"]["roles"].to_string(),
            roles,
            "{payload}"
        );
    }
}

#[tokio::test]
async fn a_token_that_ends_ends_the_socket() {
    let app = TestApp::start().await;
    let token = app.token("hr@aozora");
    app.clock
        .advance(TimeDelta::minutes(60) - TimeDelta::milliseconds(50));
    let mut client = Client::ready(app.address(), Some(&token)).await;
    client.send(&subscribe("1", CHANGES)).await;
    assert_eq!(client.closed().await, (4403, "token expired".to_owned()));
}

#[tokio::test]
async fn a_token_is_looked_at_again_while_the_socket_is_open() {
    let app = TestApp::start().await;
    let address = served_with(
        &app,
        limited(|settings| settings.limits.socket_heartbeat_ms = 20),
    )
    .await;
    let mut client = Client::ready(&address, app.hr().token()).await;
    app.clock.advance(TimeDelta::hours(2));
    assert_eq!(client.closed().await, (4403, "token expired".to_owned()));
}

#[tokio::test]
async fn a_key_taken_back_or_narrowed_ends_the_socket() {
    let app = TestApp::start().await;
    let settings = limited(|settings| settings.limits.socket_heartbeat_ms = 20);
    let address = served_with(&app, settings).await;
    let key = client::api_key(&app).await;
    let narrowed = |row: &mut api_key::ActiveModel| row.scopes = Set(Scopes(Vec::new()));
    let mut client = Client::ready(&address, Some(key.reveal())).await;
    // The client answers pings meanwhile, or it would count as gone.
    let (closed, ()) = tokio::join!(client.closed(), change_key(&app, &key, narrowed));
    assert_eq!(closed, (4403, "rights changed".to_owned()));
    let taken_back = |row: &mut api_key::ActiveModel| row.revoked_at = Set(Some(beginning()));
    let mut client = Client::ready(&address, Some(key.reveal())).await;
    let (closed, ()) = tokio::join!(client.closed(), change_key(&app, &key, taken_back));
    assert_eq!(closed, (4403, "token revoked".to_owned()));
}

#[tokio::test]
async fn a_socket_nobody_is_at_any_more_is_dropped() {
    let app = TestApp::start().await;
    let address = served_with(
        &app,
        limited(|settings| settings.limits.socket_heartbeat_ms = 20),
    )
    .await;
    let mut silent = TcpStream::connect(&address).await.unwrap();
    let head = handshake(&address, Some(PROTOCOL), None);
    silent.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // It is pinged and answers nothing; the other side then hangs up.
    timeout(Duration::from_secs(5), silent.read_to_end(&mut answer))
        .await
        .unwrap()
        .unwrap();
    let text = String::from_utf8_lossy(&answer).to_ascii_lowercase();
    assert!(
        text.starts_with("http/1.1 101 ")
            && text.contains(&format!("sec-websocket-protocol: {PROTOCOL}\r\n")),
        "{text}"
    );
}

#[tokio::test]
async fn a_socket_somebody_is_at_stays_open() {
    let app = TestApp::start().await;
    let settings = limited(|settings| settings.limits.socket_heartbeat_ms = 20);
    let address = served_with(&app, settings).await;
    let mut client = Client::ready(&address, None).await;
    for _ in 0..5 {
        client.pinged().await;
    }
    client.send(&json!({ "type": "ping" })).await;
    assert_eq!(client.next().await["type"], "pong");
}

#[tokio::test]
async fn the_end_of_the_process_is_told() {
    let app = TestApp::start().await;
    let mut client = Client::ready(app.address(), None).await;
    app.app.stop.cancel();
    assert_eq!(client.closed().await, (1001, "Going away".to_owned()));
}

#[tokio::test]
async fn half_a_handshake_is_told_what_is_missing() {
    let app = TestApp::start().await;
    let request = app
        .client()
        .get(app.url("/graphql"))
        .header("connection", "upgrade")
        .header("upgrade", "websocket");
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 400);
    let answer: Value = response.json().await.unwrap();
    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_REQUEST");

    let whole = handshake(app.address(), Some(PROTOCOL), None);
    let mut socket = TcpStream::connect(app.address()).await.unwrap();
    let short = whole.replace("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIGtleQ==");
    socket.write_all(short.as_bytes()).await.unwrap();
    let mut head = [0; 13];
    socket.read_exact(&mut head).await.unwrap();
    assert_eq!(&head, b"HTTP/1.1 400 ", "a key that is too short");
}
