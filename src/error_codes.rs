//! The codes of top-level errors (`extensions.code`), as the documentation lists them. A test compares the list with the codes in the source.

/// A code of top-level errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorCode {
    /// The value of `extensions.code`.
    pub code: &'static str,
    /// The HTTP status with `Accept: application/graphql-response+json`, if nothing was executed.
    pub status: &'static str,
    /// When it is returned.
    pub meaning: &'static str,
    /// What the client does next.
    pub client: &'static str,
}

const fn code(
    code: &'static str,
    status: &'static str,
    meaning: &'static str,
    client: &'static str,
) -> ErrorCode {
    ErrorCode {
        code,
        status,
        meaning,
        client,
    }
}

/// All codes, sorted.
pub const ALL: [ErrorCode; 16] = [
    code(
        "BAD_REQUEST",
        "400, 405, 406, 408, 413, 415",
        "The HTTP request is not a valid GraphQL request, or its body is too large or too slow.",
        "Correct the request.",
    ),
    code(
        "BAD_USER_INPUT",
        "200; 400 for variables",
        "An argument or a variable has an invalid value. `extensions.field` is the path of the argument, if known.",
        "Correct the value.",
    ),
    code(
        "CONFLICT",
        "200; 400 for an idempotency key",
        "Another request changed the same data first, or the idempotency key was used for another operation.",
        "If `extensions.retryable` is true, or the key is new: send it again. Otherwise use another key.",
    ),
    code(
        "FORBIDDEN",
        "200; 403 without an account in the company",
        "You lack a permission, which the message names, or you have no account.",
        "Ask an admin for a role with the permission.",
    ),
    code(
        "GRAPHQL_PARSE_FAILED",
        "400",
        "The document has a syntax error. The message names line and column.",
        "Correct the document.",
    ),
    code(
        "GRAPHQL_VALIDATION_FAILED",
        "400",
        "The document does not match the schema, or it exceeds a limit (`extensions.limit`).",
        "Correct the document, or select less.",
    ),
    code(
        "INTERNAL_SERVER_ERROR",
        "200; 500",
        "The service failed. The cause is in its log under `extensions.requestId`.",
        "Send it again later; report the request id.",
    ),
    code(
        "NOT_FOUND",
        "200; 404 for a file",
        "The object does not exist, or it is not visible to you.",
        "Read the current state.",
    ),
    code(
        "OPERATION_RESOLUTION_FAILURE",
        "400",
        "The document has several operations and `operationName` selects none, or selects one that is missing.",
        "Send a valid `operationName`.",
    ),
    code(
        "PERSISTED_QUERY_ID_REQUIRED",
        "400",
        "You may run trusted documents only, and this is none.",
        "Send `documentId` of a trusted document.",
    ),
    code(
        "PERSISTED_QUERY_NOT_FOUND",
        "400",
        "The hash of an automatic persisted query is not in the cache.",
        "Send the hash together with the document.",
    ),
    code(
        "PERSISTED_QUERY_NOT_IN_LIST",
        "400",
        "No trusted document has this `documentId`.",
        "Deploy the manifest to the service first.",
    ),
    code(
        "RATE_LIMITED",
        "429",
        "The rate limit is exceeded. Nothing was executed.",
        "Send it again after `extensions.retryAfterMs`.",
    ),
    code(
        "SERVICE_UNAVAILABLE",
        "200; 503",
        "The service is overloaded, or a system it depends on does not respond.",
        "Send it again after `Retry-After`.",
    ),
    code(
        "TIMEOUT",
        "200; 503 or 504",
        "The operation or a field exceeded its time limit. The field was rolled back.",
        "Send it again, or select less.",
    ),
    code(
        "UNAUTHENTICATED",
        "200; 401 for an invalid token",
        "The request has no token although it needs one, or its token is invalid, expired or revoked.",
        "Sign in, or refresh the token.",
    ),
];
