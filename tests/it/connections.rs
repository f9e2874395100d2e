//! What lies below requests: connections that are slow, silent or deaf, and those that are open when the process stops.

use std::time::Duration;

use alumni_api::graphql::limits::Limits;
use alumni_api::http::HttpSettings;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::http::served_with;
use crate::support::TestApp;

/// Far beyond anything these tests wait for.
const PATIENCE: Duration = Duration::from_secs(10);
const HEAD: &str = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
const QUERY: &str = r#"{"query":"{ __typename }"}"#;

async fn dial(app: &TestApp, change: impl FnOnce(&mut Limits)) -> TcpStream {
    let mut settings = HttpSettings::default();
    change(&mut settings.limits);
    let address = served_with(app, settings).await;
    TcpStream::connect(address).await.unwrap()
}

async fn the_rest(connection: &mut TcpStream) -> String {
    let mut text = Vec::new();
    timeout(PATIENCE, connection.read_to_end(&mut text))
        .await
        .expect("the other side hangs up")
        .unwrap();
    String::from_utf8_lossy(&text).into_owned()
}

#[tokio::test]
async fn a_header_that_never_ends_is_not_waited_for() {
    let app = TestApp::start().await;
    for begun in [
        "",
        "P",
        "PRI * HTTP/2.0\r\n",
        "POST /graphql HTTP/1.1\r\nhost: x\r\nx-slow: ",
    ] {
        let mut connection = dial(&app, |limits| limits.header_timeout_ms = 20).await;
        connection.write_all(begun.as_bytes()).await.unwrap();
        assert_eq!(the_rest(&mut connection).await, "", "{begun}");
    }
}

#[tokio::test]
async fn a_connection_may_be_used_again_until_it_asks_for_nothing_too_long() {
    let app = TestApp::start().await;
    let mut connection = dial(&app, |limits| limits.header_timeout_ms = 200).await;
    let request = format!("{HEAD}content-length: {}\r\n\r\n{QUERY}", QUERY.len());
    connection
        .write_all(request.repeat(2).as_bytes())
        .await
        .unwrap();
    let answers = the_rest(&mut connection).await;
    assert_eq!(
        answers.matches("HTTP/1.1 200 OK\r\n").count(),
        2,
        "{answers}"
    );
}

#[tokio::test]
async fn who_takes_nothing_of_the_answers_is_cut_off() {
    let app = TestApp::start().await;
    let mut connection = dial(&app, |limits| limits.send_timeout_ms = 20).await;
    let query =
        r#"{"query":"{ __schema { types { name description fields { name description } } } }"}"#;
    let request = format!("{HEAD}content-length: {}\r\n\r\n{query}", query.len());
    // The other side stops reading when it cannot write, and so we would wait for ever.
    let asking = async { while connection.write_all(request.as_bytes()).await.is_ok() {} };
    timeout(PATIENCE, asking)
        .await
        .expect("the other side hangs up");
}

#[tokio::test]
async fn a_request_names_one_host() {
    let app = TestApp::start().await;
    let ends = "connection: close\r\n\r\n";
    for (status, head) in [
        (
            204,
            format!("GET /healthz HTTP/1.1\r\nhost: x:80\r\n{ends}"),
        ),
        (
            204,
            format!("GET /healthz HTTP/1.1\r\nhost: [::1]\r\n{ends}"),
        ),
        (204, format!("GET /healthz HTTP/1.1\r\nhost:\r\n{ends}")),
        (204, format!("GET /healthz HTTP/1.0\r\n{ends}")),
        (400, format!("GET /healthz HTTP/1.1\r\n{ends}")),
        (
            400,
            format!("GET /healthz HTTP/1.1\r\nhost: x\r\nhost: x\r\n{ends}"),
        ),
        (
            400,
            format!("GET /nowhere HTTP/1.1\r\nhost: x, y\r\n{ends}"),
        ),
        (
            400,
            format!("GET /healthz HTTP/1.1\r\nhost: somebody@x\r\n{ends}"),
        ),
        (400, format!("GET /healthz HTTP/1.1\r\nhost: x/y\r\n{ends}")),
    ] {
        let mut connection = TcpStream::connect(app.address()).await.unwrap();
        connection.write_all(head.as_bytes()).await.unwrap();
        let answer = the_rest(&mut connection).await;
        assert_eq!(answer.get(9..12), Some(&*status.to_string()), "{head}");
    }
}

#[tokio::test]
async fn http_2_is_spoken_on_the_same_port() {
    let app = TestApp::start().await;
    let mut connection = TcpStream::connect(app.address()).await.unwrap();
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    connection
        .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        .await
        .unwrap();
    connection.write_all(&settings).await.unwrap();
    let mut head = [0; 9];
    connection.read_exact(&mut head).await.unwrap();
    assert_eq!(head[3..], settings[3..], "the other side's settings");
}

#[tokio::test]
async fn a_request_under_way_is_answered_although_the_process_stops() {
    let app = TestApp::start().await;
    let mut idle = TcpStream::connect(app.address()).await.unwrap();
    let mut busy = TcpStream::connect(app.address()).await.unwrap();
    let head = format!(
        "{HEAD}expect: 100-continue\r\ncontent-length: {}\r\n\r\n",
        QUERY.len()
    );
    busy.write_all(head.as_bytes()).await.unwrap();
    let mut go_on = [0; 25];
    busy.read_exact(&mut go_on).await.unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    app.app.stop.cancel();
    assert_eq!(the_rest(&mut idle).await, "");
    busy.write_all(QUERY.as_bytes()).await.unwrap();
    let answer = the_rest(&mut busy).await;
    assert!(
        answer.starts_with("HTTP/1.1 200 OK\r\n")
            && answer.ends_with("{\"data\":{\"__typename\":\"Query\"}}"),
        "{answer}"
    );
    assert!(TcpStream::connect(app.address()).await.is_err());
}
