//! HTTP errors before any operation: the status gives the reason, regardless of the response type.

use std::sync::Arc;

use async_graphql::{ServerError, value};
use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};

use super::{
    accept::MediaType,
    answer::Answer,
    errors::{Finish, Phase, coded},
    request_id::RequestId,
    turns::Overload,
};
use crate::{
    error::Error,
    graphql::limits::{Limit, Refusal},
    telemetry,
};

/// An HTTP error before any operation.
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

    /// The body exceeds its limit. The rest is not read.
    pub fn too_long(value: u64, maximum: u32) -> Self {
        let refusal = Refusal::Over {
            limit: Limit::BodyBytes,
            value,
            maximum: maximum.into(),
        };
        Self {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            error: Box::new(refusal.into()),
            header: Some((header::CONNECTION, HeaderValue::from_static("close"))),
        }
    }

    /// The body did not arrive in time. The rest is not read.
    pub fn too_slow(maximum: u32) -> Self {
        let message = format!("The body took longer than {maximum} ms to arrive.");
        let mut fault = Self::new(StatusCode::REQUEST_TIMEOUT, message);
        if let Some(extensions) = &mut fault.error.extensions {
            let limit = value!({ "name": "bodyTimeoutMs", "maximum": maximum });
            extensions.set("limit", limit);
        }
        fault.with(header::CONNECTION, "close")
    }

    /// A large body got no permit in time.
    pub fn too_many(maximum: u32) -> Self {
        let message = format!("{maximum} long requests are being worked on; send this one again.");
        let mut fault = Self::new(StatusCode::SERVICE_UNAVAILABLE, message);
        if let Some(extensions) = &mut fault.error.extensions {
            let limit = value!({ "name": "largeBodies", "maximum": maximum });
            extensions.set("code", "TIMEOUT");
            extensions.set("limit", limit);
        }
        fault.with(header::RETRY_AFTER, "1")
    }

    /// A file got no permit.
    pub fn busy() -> Self {
        let message = "Other files are being read; read this one again.";
        let mut fault = Self::new(StatusCode::SERVICE_UNAVAILABLE, message);
        if let Some(extensions) = &mut fault.error.extensions {
            extensions.set("code", "TIMEOUT");
        }
        fault.with(header::RETRY_AFTER, "1")
    }

    pub fn respond(mut self, media_type: MediaType, request_id: &RequestId) -> Response {
        Finish {
            request_id,
            suggestions: false,
            development: false,
        }
        .one(&mut self.error, Phase::Validation);
        let answer = Answer::refused(*self.error);
        telemetry::operation::errors(&answer.told().codes);
        let mut response = answer.respond(self.status, media_type);
        if let Some((name, value)) = self.header {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

impl From<Overload> for Fault {
    fn from(overload: Overload) -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            error: Box::new(overload.into()),
            header: Some((header::RETRY_AFTER, HeaderValue::from_static("1"))),
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let status = match &error {
            Error::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
            Error::Forbidden(_) => StatusCode::FORBIDDEN,
            Error::NotFound => StatusCode::NOT_FOUND,
            Error::Timeout | Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
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
