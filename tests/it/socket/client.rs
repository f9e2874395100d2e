//! A client of the protocol, and the keys it may hold.

use std::time::Duration;

use alumni_api::access::api_key::ApiKeySecret;
use entity::api_key;
use futures_util::{SinkExt, StreamExt};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

use crate::support::{AOZORA, TestApp, beginning};

pub const PROTOCOL: &str = "graphql-transport-ws";
/// Far beyond anything these tests wait for.
const PATIENCE: Duration = Duration::from_mins(1);

/// One socket, from the client's side.
pub struct Client(WebSocketStream<TcpStream>);

/// What a client says to open a socket.
pub fn handshake(address: &str, protocol: Option<&str>, token: Option<&str>) -> String {
    let mut head = format!(
        "GET /graphql HTTP/1.1\r\nhost: {address}\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    );
    for (name, value) in [
        ("sec-websocket-protocol: ", protocol),
        ("authorization: Bearer ", token),
    ] {
        if let Some(value) = value {
            head = head + name + value + "\r\n";
        }
    }
    head + "\r\n"
}

pub fn init() -> Value {
    json!({ "type": "connection_init" })
}

pub fn subscribe(id: &str, query: &str) -> Value {
    json!({ "type": "subscribe", "id": id, "payload": { "query": query } })
}

impl Client {
    /// Opens a socket by hand: the other side may choose no protocol at all, which other clients do mind.
    pub async fn open(address: &str, protocol: Option<&str>, token: Option<&str>) -> Self {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream
            .write_all(handshake(address, protocol, token).as_bytes())
            .await
            .unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        assert!(
            head.starts_with(b"HTTP/1.1 101 "),
            "{}",
            String::from_utf8_lossy(&head)
        );
        Self(WebSocketStream::from_raw_socket(stream, Role::Client, None).await)
    }

    /// A socket that is acknowledged.
    pub async fn ready(address: &str, token: Option<&str>) -> Self {
        let mut client = Self::open(address, Some(PROTOCOL), token).await;
        client.send(&init()).await;
        assert_eq!(client.next().await, json!({ "type": "connection_ack" }));
        client
    }

    pub async fn send(&mut self, message: &Value) {
        let text = message
            .as_str()
            .map_or_else(|| message.to_string(), str::to_owned);
        self.0.send(Message::text(text)).await.unwrap();
    }

    pub async fn send_bytes(&mut self, bytes: &'static [u8]) {
        self.0.send(Message::binary(bytes)).await.unwrap();
    }

    async fn receive(&mut self) -> Message {
        let message = timeout(PATIENCE, self.0.next())
            .await
            .expect("the other side says something");
        message.expect("the other side says why it goes").unwrap()
    }

    /// The next message of the protocol.
    pub async fn next(&mut self) -> Value {
        loop {
            match self.receive().await {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("not a message: {other:?}"),
            }
        }
    }

    /// Waits for a ping, which is answered as soon as the next message is waited for.
    pub async fn pinged(&mut self) {
        assert!(matches!(self.receive().await, Message::Ping(_)));
    }

    /// The code and the reason the socket is closed with, whatever comes before.
    pub async fn closed(&mut self) -> (u16, String) {
        loop {
            if let Message::Close(frame) = self.receive().await {
                let frame = frame.unwrap();
                return (frame.code.into(), frame.reason.to_string());
            }
        }
    }
}

/// How the socket is closed after this was said.
pub async fn closed_after(address: &str, said: &[Value]) -> (u16, String) {
    let mut client = Client::open(address, Some(PROTOCOL), None).await;
    for message in said {
        client.send(message).await;
    }
    client.closed().await
}

/// A key of the first company.
pub async fn api_key(app: &TestApp) -> ApiKeySecret {
    let key = ApiKeySecret::generate().unwrap();
    let row = api_key::Model {
        id: app.clock.new_id(),
        company_id: AOZORA.id(),
        name: "HR system".into(),
        lookup: key.lookup().into(),
        hash: key.hash().to_vec(),
        scopes: entity::Scopes(vec!["changes:read".into()]),
        expires_at: None,
        revoked_at: None,
        created_at: beginning(),
    };
    api_key::Entity::insert(row.into_active_model())
        .exec_without_returning(app.connection())
        .await
        .unwrap();
    key
}

/// Changes a key, as a mutation that does so would.
pub async fn change_key(
    app: &TestApp,
    key: &ApiKeySecret,
    change: impl FnOnce(&mut api_key::ActiveModel),
) {
    let of_key = api_key::Entity::find().filter(api_key::Column::Lookup.eq(key.lookup()));
    let row = of_key.one(app.connection()).await.unwrap().unwrap();
    let mut row = row.into_active_model();
    change(&mut row);
    row.update(app.connection()).await.unwrap();
    app.app.feed.rights_changed();
}
