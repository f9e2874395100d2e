//! GraphQL over a WebSocket, in the protocol graphql-transport-ws: queries, mutations and subscriptions, under the same limits as over
//! HTTP. This file opens a socket; `websocket::session` talks over it, in the messages of `websocket::message`.

mod line;
mod message;
mod session;
mod work;

use axum::{
    body::Body,
    extract::{FromRequestParts, WebSocketUpgrade},
    http::{HeaderMap, Request, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};

use self::session::Session;
use super::{
    accept::MediaType,
    client_address::client_address,
    fault::Fault,
    graphql::{authorization, company},
    lasting::{Credentials, Open},
    request_id::RequestId,
};
use crate::{
    app::App,
    telemetry::{names, within::Within},
};

/// The only supported subprotocol. Its predecessor, named `graphql-ws`, is not supported.
const PROTOCOL: &str = "graphql-transport-ws";

/// Initial buffer size per direction; it grows for longer messages.
const BUFFER_BYTES: usize = 4 * 1024;
/// Messages up to this multiple of the limit are read and then rejected, so that the client receives the close reason. Longer ones are not read.
const ROOM: usize = 4;

/// Whether a request is a WebSocket upgrade.
pub(super) fn is_wanted(headers: &HeaderMap) -> bool {
    headers
        .get(header::UPGRADE)
        .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Whether it has a valid key of sixteen bytes (RFC 6455, section 4.2.1).
fn has_key(headers: &HeaderMap) -> bool {
    let key = headers.get(header::SEC_WEBSOCKET_KEY);
    let bytes = key.and_then(|key| BASE64_STANDARD.decode(key.as_bytes().trim_ascii()).ok());
    bytes.is_some_and(|bytes| bytes.len() == 16)
}

/// Opens a socket. Also opens one without our subprotocol, because only a close frame can give the reason (4406).
pub(super) async fn upgrade(app: App, request_id: RequestId, request: Request<Body>) -> Response {
    let (mut parts, _) = request.into_parts();
    let token = match authorization(&parts.headers) {
        Ok(token) => token.map(str::to_owned),
        Err(fault) => return fault.respond(MediaType::Json, &request_id),
    };
    let company = match company(&parts.headers) {
        Ok(company) => company.map(str::to_owned),
        Err(fault) => return fault.respond(MediaType::Json, &request_id),
    };
    let credentials = Credentials { token, company };
    let address = client_address(&parts, app.http.trusted_proxies);
    let refused = |status| {
        Fault::new(status, "This is no valid request for a WebSocket.")
            .with(header::SEC_WEBSOCKET_VERSION, "13")
            .respond(MediaType::Json, &request_id)
    };
    if !has_key(&parts.headers) {
        return refused(StatusCode::BAD_REQUEST);
    }
    let upgrade = match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        Ok(upgrade) => upgrade,
        Err(rejection) => return refused(rejection.into_response().status()),
    };
    let most = usize::try_from(app.http.limits.socket_message_bytes).unwrap_or(usize::MAX);
    let most = most.saturating_mul(ROOM);
    let upgrade = upgrade
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES)
        .max_message_size(most)
        .max_frame_size(most)
        .protocols([PROTOCOL]);
    let spoken = upgrade.selected_protocol().is_some();
    let opened_by = Within::here().span();
    let (counted, under_way) = (Open::counted(&names::SOCKETS), app.sockets.token());
    upgrade.on_upgrade(move |socket| async move {
        let _held = (counted, under_way);
        Session::new(app, socket, request_id, credentials, address, opened_by)
            .run(spoken)
            .await;
    })
}
