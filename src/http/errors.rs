//! Errors of the transports, in addition to `crate::error`: codes of errors by async-graphql, no existing names for callers who may not introspect,
//! and a length limit, because async-graphql may repeat the document.

use async_graphql::{ErrorExtensionValues, PathSegment, ServerError};

use super::request_id::RequestId;
use crate::error::{Error, present};

const LONGEST_MESSAGE: usize = 300;

/// Added to [`Error::LOG_IN`] in development.
const TOKEN_COMMAND: &str = " In development, `alumni-api token --as HR` prints a token.";

/// Phase in which an error occurred.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Phase {
    /// Before execution: the document or its variables are invalid.
    Validation,
    /// During execution.
    Execution,
}

/// An error with a code.
pub(super) fn coded(code: &str, message: impl Into<String>) -> ServerError {
    let mut error = ServerError::new(message, None);
    set(&mut error, "code", code);
    error
}

/// An internal error. The cause is logged if known.
pub(super) fn internal() -> ServerError {
    let error = Error::internal("it broke");
    coded(error.code(), error.to_string())
}

/// Prepares errors for the response.
#[derive(Clone, Copy, Debug)]
pub(super) struct Finish<'a> {
    pub request_id: &'a RequestId,
    /// Whether error messages may suggest existing names.
    pub suggestions: bool,
    /// Whether the message for a missing token names the command that prints one.
    pub development: bool,
}

impl Finish<'_> {
    pub fn all(&self, errors: &mut [ServerError], phase: Phase) {
        for error in errors {
            self.one(error, phase);
        }
    }

    pub fn one(&self, error: &mut ServerError, phase: Phase) {
        if code(error).is_none() && error.source.is_none() {
            let code = match phase {
                Phase::Validation => "GRAPHQL_VALIDATION_FAILED",
                Phase::Execution if is_unreadable(error) => "BAD_USER_INPUT",
                Phase::Execution => {
                    tracing::error!(request_id = %self.request_id, path = %path(error), cause = %error.message, "a field failed");
                    error.message = internal().message;
                    "INTERNAL_SERVER_ERROR"
                }
            };
            set(error, "code", code);
        }
        present(error, self.request_id.as_str());
        if self.development && error.message == Error::LOG_IN.to_string() {
            error.message.push_str(TOKEN_COMMAND);
        }
        if !self.suggestions
            && let Some(end) = error.message.find(" Did you mean ")
        {
            error.message.truncate(end);
        }
        if let Some((end, _)) = error.message.char_indices().nth(LONGEST_MESSAGE) {
            error.message.truncate(end);
            error.message.push('…');
        }
    }
}

/// Whether async-graphql could not parse an argument. Such errors have no source; errors of resolvers have a source or a code.
fn is_unreadable(error: &ServerError) -> bool {
    ["Failed to parse \"", "Expected input type \"", "Variable "]
        .iter()
        .any(|start| error.message.starts_with(start))
}

pub(super) fn code(error: &ServerError) -> Option<&str> {
    match error.extensions.as_ref()?.get("code")? {
        async_graphql::Value::String(code) => Some(code),
        _ => None,
    }
}

fn set(error: &mut ServerError, name: &str, value: &str) {
    error
        .extensions
        .get_or_insert_with(ErrorExtensionValues::default)
        .set(name, value);
}

fn path(error: &ServerError) -> String {
    let segment = |segment: &PathSegment| match segment {
        PathSegment::Field(name) => name.clone(),
        PathSegment::Index(index) => index.to_string(),
    };
    error.path.iter().map(segment).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use async_graphql::Value;

    use super::*;
    use crate::clock::Clock;

    fn finished(mut error: ServerError, phase: Phase, suggestions: bool) -> (String, String) {
        let request_id = RequestId::fresh(&Clock::default());
        Finish {
            request_id: &request_id,
            suggestions,
            development: false,
        }
        .one(&mut error, phase);
        assert_eq!(
            error.extensions.as_ref().unwrap().get("requestId"),
            Some(&Value::from(request_id.as_str()))
        );
        (code(&error).unwrap().to_owned(), error.message)
    }

    #[test]
    fn an_argument_no_type_could_read_is_bad_input() {
        let error = ServerError::new("Failed to parse \"Date\": no such day", None);
        assert_eq!(finished(error, Phase::Execution, true).0, "BAD_USER_INPUT");
    }

    #[test]
    fn an_error_nobody_gave_a_code_says_nothing_of_its_cause() {
        let error = ServerError::new("no such table: person", None);
        let internal = (
            "INTERNAL_SERVER_ERROR".to_owned(),
            "Something went wrong on our side.".to_owned(),
        );
        assert_eq!(finished(error, Phase::Execution, true), internal);
        let cause =
            async_graphql::Error::new_with_source(std::io::Error::other("Failed to parse \"x\""));
        assert_eq!(
            finished(
                cause.into_server_error(async_graphql::Pos::default()),
                Phase::Execution,
                true
            ),
            internal
        );
    }

    #[test]
    fn a_code_that_was_given_stays_with_its_message() {
        let error = coded("CONFLICT", "Somebody was first.");
        assert_eq!(
            finished(error, Phase::Execution, false),
            ("CONFLICT".to_owned(), "Somebody was first.".to_owned())
        );
    }

    #[test]
    fn suggestions_are_for_those_who_may_see_them() {
        let error = || {
            ServerError::new(
                "Unknown field \"nme\" on type \"Person\". Did you mean \"name\"?",
                None,
            )
        };
        assert_eq!(
            finished(error(), Phase::Validation, true).1,
            "Unknown field \"nme\" on type \"Person\". Did you mean \"name\"?"
        );
        assert_eq!(
            finished(error(), Phase::Validation, false).1,
            "Unknown field \"nme\" on type \"Person\"."
        );
    }

    #[test]
    fn a_long_message_is_cut_between_characters() {
        let (_, message) = finished(
            ServerError::new("é".repeat(5_000), None),
            Phase::Validation,
            true,
        );
        assert_eq!(message, format!("{}…", "é".repeat(300)));
    }
}
