//! Messages and close codes of graphql-transport-ws.

use std::borrow::Cow;

use axum::extract::ws::CloseFrame;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, value::RawValue};

use crate::http::{answer::Answer, lasting::Lapse, params::Params};

/// Messages of a client.
#[derive(Debug)]
pub(super) enum ClientMessage {
    Init(Map<String, Value>),
    Ping(Option<Value>),
    Pong,
    Subscribe { id: String, params: Params },
    Complete { id: String },
}

/// Messages to a client, about one operation or about the socket.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ServerMessage<'a> {
    ConnectionAck,
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<Value>,
    },
    Next {
        id: &'a str,
        payload: &'a Answer,
    },
    Error {
        id: &'a str,
        payload: &'a [async_graphql::ServerError],
    },
    Complete {
        id: &'a str,
    },
}

/// Reasons to close a socket.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Close {
    /// The client is disconnected.
    Gone,
    /// The client closed the socket.
    Done,
    BadMessage,
    Unauthorized,
    Forbidden(&'static str),
    Subprotocol,
    InitTimeout,
    Duplicate(String),
    TooManyInits,
    /// Maximum size in bytes.
    TooBig(u64),
    NotText,
    /// An invalid WebSocket frame, or one that a client must not send.
    Protocol,
    Internal,
    Stopping,
}

impl Close {
    /// The close frame; none if the client is gone. A reason has at most 123 bytes.
    pub fn frame(&self) -> Option<CloseFrame> {
        let (code, reason): (u16, Cow<'_, str>) = match self {
            Self::Gone | Self::Done => return None,
            Self::BadMessage => (4400, "Invalid message received".into()),
            Self::Unauthorized => (4401, "Unauthorized".into()),
            Self::Forbidden(reason) => (4403, (*reason).into()),
            Self::Subprotocol => (4406, "Subprotocol not acceptable".into()),
            Self::InitTimeout => (4408, "Connection initialisation timeout".into()),
            Self::Duplicate(id) => (
                4409,
                format!("Subscriber for {} already exists", cut(id)).into(),
            ),
            Self::TooManyInits => (4429, "Too many initialisation requests".into()),
            Self::TooBig(most) => (
                1009,
                format!("Message too big: socketMessageBytes is at most {most}").into(),
            ),
            Self::Protocol => (1002, "Protocol error".into()),
            Self::NotText => (1007, "Messages must be UTF-8 text".into()),
            Self::Stopping => (1001, "Going away".into()),
            Self::Internal => (4500, "Internal server error".into()),
        };
        Some(CloseFrame {
            code,
            reason: reason.as_ref().into(),
        })
    }
}

impl From<Lapse> for Close {
    fn from(lapse: Lapse) -> Self {
        Self::Forbidden(lapse.reason())
    }
}

/// At most 80 bytes, whole characters.
fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(80)]
}

#[derive(Deserialize)]
struct Raw<'a> {
    #[serde(rename = "type")]
    kind: String,
    id: Option<String>,
    #[serde(borrow)]
    payload: Option<&'a RawValue>,
}

impl ClientMessage {
    /// Parses a message; none if its type is unknown.
    pub fn read(text: &str) -> Option<Self> {
        let raw: Raw<'_> = serde_json::from_str(text).ok()?;
        let object = |payload: Option<&RawValue>| match payload {
            None => Some(None),
            Some(payload) => serde_json::from_str::<Map<String, Value>>(payload.get())
                .ok()
                .map(Some),
        };
        let id = raw.id.filter(|id| !id.is_empty());
        match raw.kind.as_str() {
            "connection_init" => Some(Self::Init(object(raw.payload)?.unwrap_or_default())),
            "ping" => Some(Self::Ping(object(raw.payload)?.map(Value::Object))),
            "pong" => object(raw.payload).map(|_| Self::Pong),
            "subscribe" => Some(Self::Subscribe {
                id: id?,
                params: Params::from_json(raw.payload?.get().as_bytes()).ok()?,
            }),
            "complete" => Some(Self::Complete { id: id? }),
            _ => None,
        }
    }
}

/// The token of a `connection_init`, as the value of an `Authorization` header: under that name, or bare under `token`. A value that is not a string
/// counts as an invalid token.
pub(super) fn token(payload: &Map<String, Value>) -> Option<Result<String, Close>> {
    let text = |value: &Value| {
        value
            .as_str()
            .map(str::to_owned)
            .ok_or(Close::Forbidden("The token must be a string"))
    };
    let named = ["Authorization", "authorization"]
        .into_iter()
        .find_map(|name| payload.get(name).filter(|value| !value.is_null()));
    let bare = || {
        payload
            .get("token")
            .filter(|value| !value.is_null())
            .map(|value| text(value).map(|token| format!("Bearer {token}")))
    };
    named.map(text).or_else(bare)
}

/// The company that a `connection_init` names by slug or id, under `company`.
pub(super) fn company(payload: &Map<String, Value>) -> Option<Result<String, Close>> {
    let named = payload.get("company").filter(|value| !value.is_null())?;
    Some(match named.as_str() {
        Some(text) if !text.trim().is_empty() => Ok(text.trim().to_owned()),
        _ => Err(Close::Forbidden("The company must be a slug or an id")),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn is_read(text: &str) -> bool {
        ClientMessage::read(text).is_some()
    }

    #[test]
    fn the_messages_of_the_protocol_are_read() {
        for text in [
            r#"{"type":"connection_init"}"#,
            r#"{"type":"connection_init","payload":null}"#,
            r#"{"type":"connection_init","payload":{"token":"x"}}"#,
            r#"{"type":"ping"}"#,
            r#"{"type":"pong","payload":{}}"#,
            r#"{"id":"1","type":"subscribe","payload":{"query":"{ id }","variables":null,"extensions":{}}}"#,
            r#"{"id":"1","type":"complete"}"#,
        ] {
            assert!(is_read(text), "{text}");
        }
    }

    #[test]
    fn what_the_protocol_has_not_is_not_read() {
        for text in [
            "",
            "hello",
            "[]",
            "{}",
            r#"{"type":"start","id":"1","payload":{"query":"{ id }"}}"#,
            r#"{"type":"connection_ack"}"#,
            r#"{"type":1}"#,
            r#"{"type":"connection_init","payload":"x"}"#,
            r#"{"type":"ping","payload":[]}"#,
            r#"{"type":"subscribe","payload":{"query":"{ id }"}}"#,
            r#"{"type":"subscribe","id":"","payload":{"query":"{ id }"}}"#,
            r#"{"type":"subscribe","id":1,"payload":{"query":"{ id }"}}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":"subscribe","id":"1","payload":{}}"#,
            r#"{"type":"subscribe","id":"1","payload":{"query":1}}"#,
            r#"{"type":"subscribe","id":"1","payload":{"query":"","variables":"x"}}"#,
            r#"{"type":"complete"}"#,
        ] {
            assert!(!is_read(text), "{text}");
        }
    }

    #[test]
    fn a_token_is_found_under_each_of_its_names() {
        let found = |payload: Value| token(payload.as_object().unwrap());
        assert_eq!(found(json!({})), None);
        assert_eq!(
            found(json!({ "Authorization": "Bearer a" })),
            Some(Ok("Bearer a".to_owned()))
        );
        assert_eq!(
            found(json!({ "authorization": "Bearer a", "token": "b" })),
            Some(Ok("Bearer a".to_owned()))
        );
        assert_eq!(
            found(json!({ "token": "b" })),
            Some(Ok("Bearer b".to_owned()))
        );
        assert_eq!(
            found(json!({ "token": 1 })),
            Some(Err(Close::Forbidden("The token must be a string")))
        );
    }

    #[test]
    fn a_close_reason_fits_into_its_frame() {
        let frame = Close::Duplicate("é".repeat(500)).frame().unwrap();
        assert_eq!(frame.code, 4409);
        assert!(frame.reason.len() <= 123, "{}", frame.reason.len());
    }
}
