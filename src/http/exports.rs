//! `GET /exports/{token}`: download of a file by the link that a mutation returned. The link is a secret and works once. The file is streamed in
//! chunks without a content length; an incomplete transfer is detectable.

use std::sync::Arc;

use axum::{
    Extension,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::Response,
};
use futures_util::stream;
use tokio::sync::mpsc;

use super::{
    accept::MediaType,
    fault::Fault,
    graphql::{authorization, company},
    request_id::RequestId,
};
use crate::{access_log, app::App, error::Error, privacy::export};

/// Number of buffered chunks.
const AHEAD: usize = 2;

pub(super) async fn endpoint(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    Path(token): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    match file(&app, &request_id, &token, &method, &headers).await {
        Ok(response) => response,
        Err(fault) => fault.respond(MediaType::Json, &request_id),
    }
}

async fn file(
    app: &App,
    request_id: &RequestId,
    token: &str,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Response, Fault> {
    // whoever looks ahead without reading must not use the link up
    if method != Method::GET {
        let message = "An export is read by GET.";
        return Err(Fault::new(StatusCode::METHOD_NOT_ALLOWED, message).with(header::ALLOW, "GET"));
    }
    let viewer = app
        .access
        .authenticate(authorization(headers)?, company(headers)?)
        .await?;
    let turn = Arc::clone(&app.exports)
        .try_acquire_owned()
        .map_err(|_| Fault::busy())?;
    let linked = export::redeem(&app.database, token, &viewer, app.clock.now()).await?;
    // that the link is used up is told by the file
    app.database.settled().await;
    if linked.account.person_id != Some(linked.request.person_id) {
        let record = access_log::exported(
            &app.clock,
            &linked.account,
            &linked.request,
            request_id.as_str(),
        );
        app.access_log.append(&record).map_err(Error::internal)?;
    }
    let name = format!("attachment; filename=\"{}.json\"", linked.request.id);
    let (sender, receiver) = mpsc::channel(AHEAD);
    let writing = export::write(app.database.clone(), linked, app.clock.now(), sender);
    tokio::spawn(async move {
        writing.await;
        drop(turn);
    });
    let parts = stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|part| (part, receiver))
    });
    let mut response = Response::new(Body::from_stream(parts));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let name = HeaderValue::from_str(&name).map_err(|error| Fault::from(Error::internal(error)))?;
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}
