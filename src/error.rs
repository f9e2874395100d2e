//! The one error, and the one place that says it in GraphQL.
//! What the caller can mend by changing the input is a [`Refusal`] and comes back as data; internal causes never leave the process.

use async_graphql::{Enum, ServerError, SimpleObject};
use sea_orm::DbErr;

use crate::database::took_too_long;

/// The result of nearly everything here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a request, or a part of it, was not done. A variant exists where a client would act differently.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody, or nobody we know, asks: log in.
    #[error("{0}")]
    Unauthenticated(&'static str),
    /// The viewer lacks the named permission.
    #[error("This needs the permission `{0}`.")]
    Forbidden(&'static str),
    /// The login has no account in the company.
    #[error("{0}")]
    NoAccount(&'static str),
    /// There is no such thing for this viewer; whether it exists for another is not said.
    #[error("There is no such thing.")]
    NotFound,
    /// An argument is wrong beyond what a payload could carry.
    #[error("{field}: {message}")]
    BadInput {
        /// Path of the argument.
        field: String,
        /// What is wrong, and what would be accepted.
        message: String,
    },
    /// Another request was first; reading again and trying again may help.
    #[error("{0}")]
    Conflict(&'static str),
    /// What the caller can mend; mutations answer it in `userErrors`.
    #[error("The input was refused.")]
    Refused(Vec<Refusal>),
    /// It took longer than allowed.
    #[error("This took too long and was stopped.")]
    Timeout,
    /// A service that this one depends on does not answer; trying again may help.
    #[error("{0}")]
    Unavailable(&'static str),
    /// Ours to mend. The cause is logged, never shown.
    #[error("Something went wrong on our side.")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// Nobody asks for what only somebody may have.
    pub const LOG_IN: Self =
        Self::Unauthenticated("Log in: send `Authorization: Bearer …` with a token or an API key.");

    /// A wrong argument.
    pub fn bad_input(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::BadInput {
            field: field.into(),
            message: message.into(),
        }
    }

    /// An internal failure.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }

    /// The code a client finds in `extensions.code`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unauthenticated(_) => "UNAUTHENTICATED",
            Self::Forbidden(_) | Self::NoAccount(_) => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::BadInput { .. } | Self::Refused(_) => "BAD_USER_INPUT",
            Self::Conflict(_) => "CONFLICT",
            Self::Timeout => "TIMEOUT",
            Self::Unavailable(_) => "SERVICE_UNAVAILABLE",
            Self::Internal(_) => "INTERNAL_SERVER_ERROR",
        }
    }
}

impl From<DbErr> for Error {
    fn from(cause: DbErr) -> Self {
        if took_too_long(&cause) {
            return Self::Timeout;
        }
        Self::internal(cause)
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(vec![refusal])
    }
}

/// Says an error of a response as clients read it: a fixed sentence, `extensions.code` and `extensions.requestId`.
/// Errors of async-graphql itself carry no source: with a path they are values it could not read, without one documents it could not accept.
pub fn present(error: &mut ServerError, request_id: &str) {
    let extensions = error.extensions.get_or_insert_default();
    match error
        .source
        .as_ref()
        .and_then(|source| source.downcast_ref::<Error>())
    {
        Some(ours) => {
            if let Error::Internal(cause) = ours {
                tracing::error!(request_id, %cause, "internal error");
            }
            if let Error::BadInput { field, .. } = ours {
                extensions.set("field", field.as_str());
            }
            extensions.set("code", ours.code());
        }
        None if extensions.get("code").is_some() => {}
        None if error.source.is_some() => {
            tracing::error!(request_id, message = error.message, "an error nobody named");
            error.message = Error::internal("").to_string();
            extensions.set("code", "INTERNAL_SERVER_ERROR");
        }
        None if error.path.is_empty() => extensions.set("code", "GRAPHQL_VALIDATION_FAILED"),
        None => extensions.set("code", "BAD_USER_INPUT"),
    }
    extensions.set("requestId", request_id);
}

/// Code of a user error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum UserErrorCode {
    /// The value is invalid. The message says what is accepted.
    Invalid,
    /// The value is required and missing.
    Required,
    /// The string or list is too long. The message says the maximum.
    TooLong,
    /// The referenced object does not exist, or is not visible to you.
    NotFound,
    /// The value must be unique and is already in use.
    Taken,
    /// `expectedVersion` is not the current version. Read the object again.
    StaleVersion,
    /// The state of the object does not allow this. The message names the state and what it allows.
    Refused,
}

/// A validation error of one input value.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
#[graphql(name = "UserError")]
pub struct Refusal {
    /// Code of the error.
    pub code: UserErrorCode,
    /// Path of the invalid input field below `input`; null if the error belongs to no single field.
    pub field: Option<Vec<String>>,
    /// What is wrong and what is accepted, in English.
    pub message: String,
}

impl Refusal {
    /// A fault of one field, by its path from `input` down with dots between.
    pub fn new(code: UserErrorCode, field: &str, message: impl Into<String>) -> Self {
        let path = field
            .split('.')
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect::<Vec<_>>();
        Self {
            code,
            field: (!path.is_empty()).then_some(path),
            message: message.into(),
        }
    }
}

/// Refusals as lines for the command line: `field: message`.
#[must_use]
pub fn lines(refusals: &[Refusal]) -> String {
    let line = |refusal: &Refusal| match &refusal.field {
        Some(field) => format!("{}: {}", field.join("."), refusal.message),
        None => refusal.message.clone(),
    };
    refusals.iter().map(line).collect::<Vec<_>>().join("\n")
}
