//! GraphQL over HTTP. A POST carries `application/json` and nothing else, so that no foreign page can send one without asking first; a GET
//! carries queries alone. The answer's type is negotiated and decides what the status says. Browsers that come with a GET get the playground.

use std::{sync::Arc, time::Duration};

use async_graphql::{ServerError, parser::types::OperationType};
use axum::{
    Extension,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header},
    response::{IntoResponse, Response},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::timeout;

use super::{
    accept::{MediaType, negotiate, wants_page},
    answer::Answer,
    errors::{Finish, Phase, code, coded},
    operation::{Caller, Operation},
    params::Params,
    playground,
    request_id::RequestId,
    websocket,
};
use crate::{
    access::Viewer,
    app::App,
    error::Error,
    graphql::limits::{Limit, Limits, Refusal},
};

/// Why a request did not become an operation: the status says it, whatever the answer's type.
pub(super) struct Fault {
    status: StatusCode,
    error: Box<ServerError>,
    header: Option<(HeaderName, HeaderValue)>,
}

impl Fault {
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            error: Box::new(coded("BAD_REQUEST", message)),
            header: None,
        }
    }

    pub fn with(self, name: HeaderName, value: &'static str) -> Self {
        Self {
            header: Some((name, HeaderValue::from_static(value))),
            ..self
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let status = match &error {
            Error::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
            Error::Forbidden(_) => StatusCode::FORBIDDEN,
            Error::Timeout => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let header = (status == StatusCode::UNAUTHORIZED).then(|| {
            (
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"alumni-api\", error=\"invalid_token\""),
            )
        });
        let mut said = coded(error.code(), error.to_string());
        // Kept as the source, so that an internal cause is logged with the request's id when the error leaves.
        said.source = Some(Arc::new(error));
        Self {
            status,
            error: Box::new(said),
            header,
        }
    }
}

/// Everything that comes to `/graphql`.
pub(super) async fn endpoint(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    request: Request<Body>,
) -> Response {
    let headers = request.headers();
    let reading = matches!(*request.method(), Method::GET | Method::HEAD);
    if reading && websocket::is_wanted(headers) {
        return websocket::upgrade(app, request_id, request).await;
    }
    if reading && app.http.playground && wants_page(headers) {
        return playground::page();
    }
    let Some(media_type) = negotiate(headers) else {
        let message = "Accept must allow application/graphql-response+json or application/json.";
        return refuse(
            Fault::new(StatusCode::NOT_ACCEPTABLE, message),
            MediaType::Json,
            &request_id,
        );
    };
    match answer(&app, &request_id, request).await {
        Ok(answer) => respond(status(&answer, media_type), media_type, answer),
        Err(fault) => refuse(fault, media_type, &request_id),
    }
}

async fn answer(
    app: &App,
    request_id: &RequestId,
    request: Request<Body>,
) -> Result<Answer, Fault> {
    let limits = &app.http.limits;
    let (parts, body) = request.into_parts();
    let reading = match parts.method {
        Method::POST => false,
        Method::GET | Method::HEAD => true,
        _ => {
            let message = "Send a POST with application/json, or a GET with a query.";
            return Err(Fault::new(StatusCode::METHOD_NOT_ALLOWED, message)
                .with(header::ALLOW, "GET, POST"));
        }
    };
    if !reading {
        is_json(&parts.headers)?;
    }
    let viewer = viewer(app, &parts.headers).await?;
    let params = if reading {
        Params::from_address(parts.uri.query().unwrap_or_default())
    } else {
        Params::from_json(&read(body, &parts.headers, limits).await?)
    };
    let params = params.map_err(|message| Fault::new(StatusCode::BAD_REQUEST, message))?;
    let introspection = app.http.introspection;
    let caller = Caller {
        request_id: request_id.clone(),
        transport: "http",
        suggestions: introspection && viewer.known(),
    };
    let mut operation = match Operation::inspect(&app.engine, limits, introspection, caller, params)
    {
        Ok(operation) => operation,
        Err(answer) => return Ok(answer),
    };
    match operation.kind() {
        OperationType::Mutation if reading => {
            let message = "A GET runs queries only; send a mutation by POST.";
            return Err(
                Fault::new(StatusCode::METHOD_NOT_ALLOWED, message).with(header::ALLOW, "POST")
            );
        }
        OperationType::Subscription => {
            let message = "A subscription needs a WebSocket with the protocol graphql-transport-ws, at this same address.";
            return Ok(operation.refuse(coded("BAD_REQUEST", message)));
        }
        OperationType::Query | OperationType::Mutation => {}
    }
    operation.request = app.prepare(viewer, request_id.as_str(), operation.request);
    Ok(operation.run(&app.engine, limits).await)
}

/// Who asks. Two tokens are none: which of them counts would be anybody's guess.
async fn viewer(app: &App, headers: &HeaderMap) -> Result<Viewer, Fault> {
    Ok(app.access.authenticate(authorization(headers)?).await?)
}

/// The one `Authorization` header of a request.
pub(super) fn authorization(headers: &HeaderMap) -> Result<Option<&str>, Fault> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(_), Some(_)) => Err(Fault::new(
            StatusCode::BAD_REQUEST,
            "There are several Authorization headers.",
        )),
        (Some(value), None) => match value.to_str() {
            Ok(text) => Ok(Some(text)),
            Err(_) => {
                Err(Error::Unauthenticated("The Authorization header cannot be read.").into())
            }
        },
    }
}

/// Lets nothing in that a browser sends to a foreign site without asking it first.
fn is_json(headers: &HeaderMap) -> Result<(), Fault> {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let accepted = match (types.next(), types.next()) {
        (Some(value), None) => value.to_str().is_ok_and(|text| {
            let mut parts = text.split(';').map(str::trim);
            let json = parts
                .next()
                .is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
            json && parts
                .filter_map(|part| part.split_once('='))
                .all(|(name, value)| {
                    !name.trim().eq_ignore_ascii_case("charset")
                        || value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
                })
        }),
        _ => false,
    };
    let plain = headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .all(|value| value.as_bytes().eq_ignore_ascii_case(b"identity"));
    if accepted && plain {
        Ok(())
    } else {
        Err(Fault::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Content-Type must be application/json in UTF-8, without a Content-Encoding.",
        ))
    }
}

/// Reads a body no further than its limit, whatever length it announces, and no longer than it may take.
async fn read(body: Body, headers: &HeaderMap, limits: &Limits) -> Result<Bytes, Fault> {
    let most = limits.body_bytes;
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if let Some(announced) = announced {
        Limit::BodyBytes.holds(announced, most).map_err(too_long)?;
    }
    let most_bytes = usize::try_from(most).unwrap_or(usize::MAX);
    match timeout(
        Duration::from_millis(limits.body_timeout_ms.into()),
        Limited::new(body, most_bytes).collect(),
    )
    .await
    {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_long(Refusal::Over {
            limit: Limit::BodyBytes,
            value: u64::from(most) + 1,
            maximum: most.into(),
        })),
        Ok(Err(_)) => Err(Fault::new(StatusCode::BAD_REQUEST, "The body broke off.")),
        Err(_) => Err(Fault::new(
            StatusCode::REQUEST_TIMEOUT,
            "The body took too long to arrive.",
        )
        .with(header::CONNECTION, "close")),
    }
}

fn too_long(refusal: Refusal) -> Fault {
    Fault {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        error: Box::new(refusal.into()),
        header: Some((header::CONNECTION, HeaderValue::from_static("close"))),
    }
}

/// With the type that says so, an operation that did not run is the request's fault and one that broke is ours.
fn status(answer: &Answer, media_type: MediaType) -> StatusCode {
    match (media_type, answer) {
        (MediaType::Json, _) | (_, Answer::Ran(_)) => StatusCode::OK,
        (MediaType::GraphqlResponse, Answer::Refused(_)) => StatusCode::BAD_REQUEST,
        (MediaType::GraphqlResponse, Answer::Stopped(error)) if code(error) == Some("TIMEOUT") => {
            StatusCode::GATEWAY_TIMEOUT
        }
        (MediaType::GraphqlResponse, Answer::Stopped(_)) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

pub(super) fn refuse(mut fault: Fault, media_type: MediaType, request_id: &RequestId) -> Response {
    Finish {
        request_id,
        suggestions: false,
    }
    .one(&mut fault.error, Phase::Validation);
    let mut response = respond(fault.status, media_type, Answer::refused(*fault.error));
    if let Some((name, value)) = fault.header {
        response.headers_mut().insert(name, value);
    }
    response
}

fn respond(status: StatusCode, media_type: MediaType, mut answer: Answer) -> Response {
    let headers = if let Answer::Ran(response) = &mut answer {
        std::mem::take(&mut response.http_headers)
    } else {
        HeaderMap::new()
    };
    let body = match serde_json::to_vec(&answer) {
        Ok(body) => body,
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let mut response = (status, headers, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, media_type.header_value());
    // Answers are personal and depend on who asks: nothing between may keep them.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.append(
        header::VARY,
        HeaderValue::from_static("accept, authorization"),
    );
    response
}
