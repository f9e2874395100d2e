//! Limits of one document, checked before anything else: first on its text, then on its selections with fragments expanded. Each fragment is measured
//! once and the measure is added for each spread, so that a document that expands to millions of fields is rejected in time proportional to its
//! length. This module does not know the schema; validation follows. `limits::scan` reads the text, `limits::measure` the selections, and
//! `limits::refusal` describes the error.

mod amount;
mod beforehand;
mod cost;
mod escapes;
mod measure;
mod refusal;
mod scan;
#[cfg(test)]
mod tests;
mod values;
mod variables;
pub mod weight;

use async_graphql::{
    Positioned, SimpleObject, Variables,
    parser::{
        parse_query,
        types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType},
    },
};
use serde::{Deserialize, Serialize};

pub use beforehand::{Beforehand, beforehand};
pub use cost::{QueryCost, cost};
pub use refusal::{Limit, Refusal};
pub use variables::has_null_character;

/// The limits of every request, with the values of this service. The error of a rejected request has `extensions.limit` with `name` (a field
/// of this type), `value` (of the request) and `maximum`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, SimpleObject)]
#[graphql(name = "ServiceLimits")]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Limits {
    /// Maximum depth of nested fields; `{ viewer { id } }` has depth 2. Fragments add no depth. Fields below `__schema` and `__type` count for
    /// `introspectionDepth`.
    pub depth: u32,
    /// Maximum number of aliases in one operation. Aliases in a fragment count each time the fragment is spread.
    pub aliases: u32,
    /// Maximum number of root fields in one operation, including repeated fields and `__typename`.
    pub root_fields: u32,
    /// Maximum number of directives in one operation. Directives in a fragment count each time the fragment is spread.
    pub directives: u32,
    /// Maximum size of a document in bytes. Send long values in variables; `bodyBytes` applies to them.
    pub document_bytes: u32,
    /// Maximum number of tokens in a document: names, numbers, strings and punctuators. White space and comments do not count.
    pub tokens: u32,
    /// Maximum depth of nested brackets in a document, also after fragments are expanded.
    pub nesting: u32,
    /// Maximum number of fields in a document after all fragments are expanded, over all its operations.
    pub expanded_fields: u32,
    /// Maximum cost of one operation. Each object of the response costs 1, multiplied by the page sizes above it. A page size is `first` or `last`,
    /// else 20; for a field with `ids`, it is their number. Other lists count as one object. Scalars and enums cost nothing. `totalCount` and each
    /// field of a mutation cost 10. Each object in a list of a mutation's input costs 1. The minimum is 1. Introspection is not included. The schema
    /// states the same costs by `@cost` and `@listSize`.
    pub complexity: u32,
    /// Maximum number of values and conditions in one filter.
    pub filter_values: u32,
    /// Maximum size of all arguments of an operation in bytes. A variable counts each time it is used, and each value counts 16 bytes in addition to
    /// its text.
    pub value_bytes: u32,
    /// Maximum depth of nested fields below `__schema` or `__type`.
    pub introspection_depth: u32,
    /// Maximum cost of the introspection in one operation. Each field costs 1, multiplied by the assumed sizes of the lists above it. The assumed
    /// size is 200 for `types`, 10 for `fields`, `possibleTypes` and `directives`, and 3 for other lists. The standard introspection query is within
    /// the limit.
    pub introspection_complexity: u32,
    /// Maximum time in milliseconds to receive the headers of a request. The connection is closed after it. An idle HTTP/1.1 connection is closed
    /// after the same time.
    pub header_timeout_ms: u32,
    /// Maximum size of a request body in bytes. A larger body is rejected with status 413.
    pub body_bytes: u32,
    /// Maximum time in milliseconds to receive a request body. A slower body is rejected with status 408.
    pub body_timeout_ms: u32,
    /// Maximum number of concurrent requests with a body of more than 64,000 bytes. Others wait up to `bodyTimeoutMs`, then are rejected with status
    /// 503.
    pub large_bodies: u32,
    /// Maximum number of concurrent queries and mutations. Others wait, in order of arrival. A subscription counts only while it starts.
    pub operations: u32,
    /// Maximum number of waiting operations. Another one is rejected with status 503, `Retry-After` and code `SERVICE_UNAVAILABLE`; over a WebSocket,
    /// with an `error` message. It was not executed: send it again.
    pub waiting_operations: u32,
    /// Maximum time in milliseconds that an operation waits for its execution. After it, the operation is rejected like one beyond
    /// `waitingOperations`.
    pub operation_wait_ms: u32,
    /// Maximum time in milliseconds that a client may leave sent data unread. The connection is closed after it.
    pub send_timeout_ms: u32,
    /// Maximum execution time of a query in milliseconds. A query that exceeds it is aborted with code `TIMEOUT`. Database statements are cancelled 5
    /// % earlier: their field is null with an error of code `TIMEOUT`, and the other fields are returned.
    pub query_timeout_ms: u32,
    /// Maximum execution time of a mutation in milliseconds. A mutation that exceeds it is aborted with code `TIMEOUT` and the path of the running
    /// field. That field is rolled back, unless it was already committing. Earlier fields are committed, later fields are not executed.
    pub mutation_timeout_ms: u32,
    /// Maximum time in milliseconds from opening a WebSocket to `connection_init`. The socket is closed with 4408 after it.
    pub socket_init_timeout_ms: u32,
    /// Maximum number of concurrent operations on one WebSocket. Another one is rejected with an `error` message.
    pub socket_operations: u32,
    /// Maximum size of a WebSocket message from a client in bytes. A larger message closes the socket with 1009.
    pub socket_message_bytes: u32,
    /// Interval in milliseconds of WebSocket pings and token checks. A socket is closed if two pings are not answered or if its token was revoked.
    pub socket_heartbeat_ms: u32,
    /// Interval in milliseconds of keep-alive comments and token checks on event streams. A subscription ends if its token was revoked.
    pub stream_heartbeat_ms: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 15,
            aliases: 30,
            root_fields: 20,
            directives: 50,
            document_bytes: 100_000,
            tokens: 15_000,
            nesting: 64,
            expanded_fields: 20_000,
            // A page of a hundred people with a page of twenty-five things each.
            complexity: 5_000,
            filter_values: 300,
            value_bytes: 6_000_000,
            introspection_depth: 20,
            introspection_complexity: 600_000,
            header_timeout_ms: 10_000,
            body_bytes: 2_000_000,
            body_timeout_ms: 10_000,
            large_bodies: 4,
            // By the usual ten connections to the database: see `config`.
            operations: 80,
            waiting_operations: 1_280,
            operation_wait_ms: 2_000,
            send_timeout_ms: 10_000,
            query_timeout_ms: 10_000,
            mutation_timeout_ms: 30_000,
            socket_init_timeout_ms: 3_000,
            socket_operations: 100,
            socket_message_bytes: 256_000,
            socket_heartbeat_ms: 30_000,
            stream_heartbeat_ms: 15_000,
        }
    }
}

/// A document within the limits, parsed, with what the border needs to know of the operation it will run.
#[derive(Clone, Debug)]
pub struct Inspected {
    /// The parsed document. Pass it to the execution, which then need not parse again.
    pub document: ExecutableDocument,
    /// Type of the operation.
    pub kind: OperationType,
    /// The name of the operation to run; none when it has none.
    pub name: Option<String>,
    /// Cost of the operation.
    pub price: Price,
}

/// Cost of an operation with its variables.
#[derive(Clone, Copy, Debug)]
pub struct Price {
    /// By the rule of [`Limits::complexity`].
    pub complexity: u64,
    /// The part for input objects, which does not depend on the response.
    pub given: u64,
    /// Whether it contains introspection.
    pub introspects: bool,
}

/// Parses a document, and rejects it if the document or the operation exceeds a limit.
///
/// The work is bounded by the length of the text, also if fragments expand to much more.
pub fn inspect(
    limits: &Limits,
    text: &str,
    operation_name: Option<&str>,
    variables: &Variables,
) -> Result<Inspected, Refusal> {
    let document = read(limits, text)?;
    let (name, operation) = operation(&document, operation_name)?;
    measure::whole(limits, &document, &operation.node, variables)?;
    let price = price(limits, &document, &operation.node, variables)?;
    let (kind, name) = (operation.node.ty, name.map(str::to_owned));
    Ok(Inspected {
        document,
        kind,
        name,
        price,
    })
}

/// Parses a document whose text is within the limits.
fn read(limits: &Limits, text: &str) -> Result<ExecutableDocument, Refusal> {
    Limit::DocumentBytes.holds(text.len() as u64, limits.document_bytes)?;
    let scanned = scan::scan(text, limits.nesting);
    Limit::Tokens.holds(scanned.tokens, limits.tokens)?;
    Limit::Nesting.holds(scanned.nesting, limits.nesting)?;
    if let Some(fault) = scanned.fault {
        return Err(fault);
    }
    Ok(parse_query(escapes::written_out(text, &scanned.escaped))?)
}

/// Rejects an inspected document if the operation exceeds a limit with these variables.
pub fn price(
    limits: &Limits,
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
) -> Result<Price, Refusal> {
    let price = measure::operation(limits, document, operation, variables)?;
    Ok(price)
}

/// The operation to run: the one named, or the only one.
pub fn operation<'a>(
    document: &'a ExecutableDocument,
    wanted: Option<&str>,
) -> Result<(Option<&'a str>, &'a Positioned<OperationDefinition>), Refusal> {
    let found = match (&document.operations, wanted) {
        (DocumentOperations::Single(operation), None) => Some((None, operation)),
        (DocumentOperations::Single(_), Some(_)) => None,
        (DocumentOperations::Multiple(operations), Some(wanted)) => operations
            .get_key_value(wanted)
            .map(|(name, operation)| (Some(name.as_str()), operation)),
        (DocumentOperations::Multiple(operations), None) => {
            let mut all = operations.iter();
            match (all.next(), all.next()) {
                (Some((name, operation)), None) => Some((Some(name.as_str()), operation)),
                _ => {
                    return Err(Refusal::Operation(
                        "The document has several operations: name one in `operationName`."
                            .to_owned(),
                    ));
                }
            }
        }
    };
    found.ok_or_else(|| {
        Refusal::Operation(format!(
            "Unknown operation named \"{}\".",
            wanted.unwrap_or_default()
        ))
    })
}
