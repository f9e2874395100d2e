//! GraphQL over HTTP. A POST has the content type `application/json`, so that a foreign page needs a CORS preflight. A GET allows queries and
//! subscriptions only. The negotiated response type determines the status, or starts a stream (`http::event_stream`). A GET by a browser returns the
//! playground.

use async_graphql::parser::types::OperationType;
use axum::{
    Extension,
    body::Body,
    extract::State,
    http::{HeaderMap, Method, Request, StatusCode, header},
    response::Response,
};

use super::{
    accept::{Accepted, MediaType, negotiate, wants_page},
    answer::Answer,
    body,
    client_address::client_address,
    errors::{code, coded},
    event_stream::EventStream,
    fault::Fault,
    lasting::{Admission, Credentials},
    params::Params,
    playground,
    request_id::RequestId,
    websocket,
    work::{self, Sender},
};
use crate::{app::App, error::Error, idempotency::IdempotencyKey};

/// Handler of `/graphql`.
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
    let Some(accepted) = negotiate(headers) else {
        let message = "Accept must allow application/graphql-response+json, application/json or text/event-stream.";
        return Fault::new(StatusCode::NOT_ACCEPTABLE, message)
            .respond(MediaType::Json, &request_id);
    };
    match answer(app, &request_id, accepted, request).await {
        Ok(response) => response,
        Err(fault) => fault.respond(accepted.document, &request_id),
    }
}

async fn answer(
    app: App,
    request_id: &RequestId,
    accepted: Accepted,
    request: Request<Body>,
) -> Result<Response, Fault> {
    let (parts, body) = request.into_parts();
    let address = client_address(&parts, app.http.trusted_proxies);
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
        body::is_json(&parts.headers)?;
    }
    app.turns.look("http")?;
    let token = authorization(&parts.headers)?;
    let company = company(&parts.headers)?;
    let viewer = app.access.authenticate(token, company).await?;
    let mut _turn = None;
    let params = if reading {
        Params::from_address(parts.uri.query().unwrap_or_default())
    } else {
        let body = body::read(body, &parts.headers, &app.http.limits).await?;
        _turn = body::turn(&body, &app.large_bodies, &app.http.limits).await?;
        Params::from_json(&body)
    };
    let mut params = params.map_err(|message| Fault::new(StatusCode::BAD_REQUEST, message))?;
    params.idempotency_key = idempotency_key(&parts.headers)?;
    if let Some(Err(message)) = params.name {
        return Err(Fault::new(StatusCode::BAD_REQUEST, message));
    }
    work::wait_for_access_log(&app, &viewer, "http").await?;
    // after the body, which a slow client could take its time for
    let turn = app.turns.take("http").await?;
    let sender = Sender {
        viewer: &viewer,
        request_id,
        transport: "http",
        address,
    };
    let operation = match work::inspect(&app, sender, params) {
        Err(answer @ Answer::Throttled(..)) => return Ok(document(answer, accepted)),
        Ok(operation) => operation,
        Err(answer) if !accepted.refusals_in_stream() => return Ok(document(answer, accepted)),
        Err(answer) if names_no_operation(&answer) => {
            return Ok(answer.respond(StatusCode::BAD_REQUEST, accepted.document));
        }
        Err(answer) => {
            let admission = Admission::new(&app, credentials(token, company), viewer);
            let stream = EventStream::refusal(app, request_id.clone(), admission, answer);
            return Ok(stream.respond());
        }
    };
    let kind = operation.kind();
    if reading && kind == OperationType::Mutation {
        let message = "A GET runs queries and subscriptions only; send a mutation by POST.";
        return Err(Fault::new(StatusCode::METHOD_NOT_ALLOWED, message).with(header::ALLOW, "POST"));
    }
    if accepted.in_stream(kind) {
        let admission = Admission::new(&app, credentials(token, company), viewer);
        return Ok(EventStream::of(app, request_id.clone(), admission, operation, turn).respond());
    }
    let answer = if kind == OperationType::Subscription {
        let message = "A subscription needs the header `Accept: text/event-stream`, or a WebSocket with the protocol graphql-transport-ws, at this same address.";
        operation.refuse(coded("BAD_REQUEST", message))
    } else {
        work::run(&app, operation).await
    };
    Ok(document(answer, accepted))
}

/// The only `Authorization` header of a request. Several tokens are rejected as ambiguous.
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

/// The company that the request names, for a login with accounts in several.
pub(super) const COMPANY: &str = "alumni-company";

/// The one `Alumni-Company` header of a request.
pub(super) fn company(headers: &HeaderMap) -> Result<Option<&str>, Fault> {
    let mut values = headers.get_all(COMPANY).iter();
    let company = match (values.next(), values.next()) {
        (None, _) => return Ok(None),
        (Some(value), None) => value.to_str().ok().filter(|text| !text.trim().is_empty()),
        (Some(_), Some(_)) => None,
    };
    let message = "The header Alumni-Company comes once and has a company's slug or id.";
    company
        .map(|text| Some(text.trim()))
        .ok_or_else(|| Fault::new(StatusCode::BAD_REQUEST, message))
}

fn credentials(token: Option<&str>, company: Option<&str>) -> Credentials {
    Credentials {
        token: token.map(str::to_owned),
        company: company.map(str::to_owned),
    }
}

/// The one `Idempotency-Key` header of a request.
fn idempotency_key(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, Fault> {
    let mut values = headers.get_all("idempotency-key").iter();
    let key = match (values.next(), values.next()) {
        (None, _) => return Ok(None),
        (Some(value), None) => value.to_str().ok().and_then(IdempotencyKey::from_header),
        (Some(_), Some(_)) => None,
    };
    key.map(Some).ok_or_else(|| {
        let message = "The header Idempotency-Key comes once and has 1 to 255 printable ASCII characters, without spaces.";
        Fault::new(StatusCode::BAD_REQUEST, message)
    })
}

/// Whether the document cannot be parsed or does not identify the operation. No stream starts then.
fn names_no_operation(answer: &Answer) -> bool {
    answer.errors().iter().any(|error| {
        matches!(
            code(error),
            Some(
                "GRAPHQL_PARSE_FAILED"
                    | "OPERATION_RESOLUTION_FAILURE"
                    | "PERSISTED_QUERY_NOT_FOUND"
                    | "PERSISTED_QUERY_NOT_IN_LIST"
                    | "PERSISTED_QUERY_ID_REQUIRED"
                    | "BAD_REQUEST"
            )
        )
    })
}

fn document(answer: Answer, accepted: Accepted) -> Response {
    let status = status(&answer, accepted.document);
    answer.respond(status, accepted.document)
}

/// With `application/graphql-response+json`, a rejected operation is a client error and an aborted one a server error.
fn status(answer: &Answer, media_type: MediaType) -> StatusCode {
    match (media_type, answer) {
        (_, Answer::Throttled(..)) => StatusCode::TOO_MANY_REQUESTS,
        (MediaType::Json, _) | (_, Answer::Ran(_)) => StatusCode::OK,
        (MediaType::GraphqlResponse, Answer::Refused(_)) => StatusCode::BAD_REQUEST,
        (MediaType::GraphqlResponse, Answer::Stopped(error)) if code(error) == Some("TIMEOUT") => {
            StatusCode::GATEWAY_TIMEOUT
        }
        (MediaType::GraphqlResponse, Answer::Stopped(_)) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
