//! The result of an operation as an HTTP response: errors first, and no `data` if nothing was executed.

use async_graphql::{Response, ServerError};
use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::IntoResponse,
};
use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{accept::MediaType, bill, errors::code};
use crate::budget::Exhausted;
use crate::telemetry::operation::Outcome;

/// The result of one operation.
#[derive(Debug)]
pub(super) enum Answer {
    /// Not executed: the request is invalid.
    Refused(Vec<ServerError>),
    /// Not executed: rate limit exceeded.
    Throttled(Vec<ServerError>, Exhausted),
    /// Execution was aborted by the time limit or an internal error.
    Stopped(ServerError),
    /// Executed. Single fields may have failed.
    Ran(Box<Response>),
}

impl Answer {
    pub fn refused(error: impl Into<ServerError>) -> Self {
        Self::Refused(vec![error.into()])
    }

    pub fn errors(&self) -> &[ServerError] {
        match self {
            Self::Refused(errors) | Self::Throttled(errors, _) => errors,
            Self::Stopped(error) => std::slice::from_ref(error),
            Self::Ran(response) => &response.errors,
        }
    }

    /// Writes a single response.
    pub fn respond(
        mut self,
        status: StatusCode,
        media_type: MediaType,
    ) -> axum::response::Response {
        let headers = match &mut self {
            Self::Ran(response) => std::mem::take(&mut response.http_headers),
            Self::Throttled(_, exhausted) => bill::headers_when(exhausted),
            Self::Refused(_) | Self::Stopped(_) => HeaderMap::new(),
        };
        let body = match serde_json::to_vec(&self) {
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

    /// The outcome for telemetry.
    pub fn told(&self) -> Outcome<'_> {
        Outcome {
            word: self.outcome(),
            codes: self.errors().iter().filter_map(code).collect(),
        }
    }

    /// The outcome as one word, for metrics.
    pub fn outcome(&self) -> &'static str {
        match self {
            Self::Refused(_) => "refused",
            Self::Throttled(..) => "throttled",
            Self::Stopped(_) if self.has("TIMEOUT") => "timeout",
            Self::Stopped(_) => "failed",
            Self::Ran(_) if self.has("INTERNAL_SERVER_ERROR") => "failed",
            // be it that the rest was answered
            Self::Ran(_) if self.has("TIMEOUT") => "timeout",
            Self::Ran(response) if response.errors.is_empty() => "ok",
            Self::Ran(_) => "partial",
        }
    }

    fn has(&self, wanted: &str) -> bool {
        let mut errors = self.errors().iter();
        errors.any(|error| code(error) == Some(wanted))
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let errors = self.errors();
        if !errors.is_empty() {
            map.serialize_entry("errors", errors)?;
        }
        if let Self::Ran(response) = self {
            map.serialize_entry("data", &response.data)?;
            if !response.extensions.is_empty() {
                map.serialize_entry("extensions", &response.extensions)?;
            }
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::value;

    use super::*;
    use crate::http::errors::coded;

    fn written(answer: &Answer) -> String {
        serde_json::to_string(answer).unwrap()
    }

    #[test]
    fn a_refusal_has_no_data() {
        let answer = Answer::refused(coded("BAD_REQUEST", "No."));
        assert_eq!(
            written(&answer),
            r#"{"errors":[{"message":"No.","extensions":{"code":"BAD_REQUEST"}}]}"#
        );
        assert_eq!(answer.outcome(), "refused");
    }

    #[test]
    fn what_ran_has_data_although_it_be_null() {
        let whole = Answer::Ran(Box::new(
            Response::new(value!({ "b": 1, "a": 2 })).extension("cost", value!({ "requested": 3 })),
        ));
        assert_eq!(
            written(&whole),
            r#"{"data":{"b":1,"a":2},"extensions":{"cost":{"requested":3}}}"#
        );
        assert_eq!(whole.outcome(), "ok");
        let failed = Answer::Ran(Box::new(Response::from_errors(vec![coded(
            "NOT_FOUND",
            "No.",
        )])));
        assert_eq!(
            written(&failed),
            r#"{"errors":[{"message":"No.","extensions":{"code":"NOT_FOUND"}}],"data":null}"#
        );
        assert_eq!(failed.outcome(), "partial");
    }

    #[test]
    fn statistics_tell_our_failures_from_theirs() {
        assert_eq!(Answer::Stopped(coded("TIMEOUT", "")).outcome(), "timeout");
        assert_eq!(
            Answer::Stopped(coded("INTERNAL_SERVER_ERROR", "")).outcome(),
            "failed"
        );
        let ran = |codes: &[&str]| {
            let errors = codes.iter().map(|code| coded(code, "")).collect();
            Answer::Ran(Box::new(Response::from_errors(errors))).outcome()
        };
        assert_eq!(ran(&["FORBIDDEN"]), "partial");
        assert_eq!(ran(&["FORBIDDEN", "TIMEOUT"]), "timeout");
        assert_eq!(ran(&["TIMEOUT", "INTERNAL_SERVER_ERROR"]), "failed");
    }
}
