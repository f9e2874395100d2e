//! What one document may ask for, judged before anything else looks at it: counted over its text first, then over its selections with
//! every fragment put in its place. Each fragment is measured once and the measure added wherever it is spread, so that a document which
//! unfolds to millions of fields costs no more to refuse than its own length. This module refuses; it does not know the schema, which the
//! validation after it does. `limits::scan` reads the text, `limits::measure` the selections, `limits::refusal` says why not.

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

/// The limits every request meets, with the numbers in force here. A refused request is answered with an error whose
/// `extensions.limit` holds `name` (the field of this type), `value` (what was asked for) and `maximum` (what is taken).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, SimpleObject)]
#[graphql(name = "ServiceLimits")]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Limits {
    /// How many levels fields may be nested; `{ viewer { id } }` has two. Fragments add none. What lies below `__schema` and `__type`
    /// counts for `introspectionDepth` instead.
    pub depth: u32,
    /// How many aliases one operation may use, those in fragments counted wherever the fragment is spread.
    pub aliases: u32,
    /// How many fields an operation may ask for at its root, repetitions and `__typename` included.
    pub root_fields: u32,
    /// How many directives one operation may use, those in fragments counted wherever the fragment is spread.
    pub directives: u32,
    /// How many bytes a document may have. Long values belong into variables, for which `bodyBytes` holds.
    pub document_bytes: u32,
    /// How many tokens (names, numbers, texts, brackets and other marks) a document may consist of. White space and comments are free.
    pub tokens: u32,
    /// How deep brackets may be nested in a document, and its selections once fragments are put in their places.
    pub nesting: u32,
    /// How many fields a document may hold once every fragment is put in its places, over all its operations and fragments.
    pub expanded_fields: u32,
    /// The highest price of one operation: each object it may answer counts 1, so a field with something selected below it counts 1, times
    /// the page sizes above it; scalars and enums are free, but `totalCount` counts 10, and so does each field of a mutation, and 1
    /// more each object in a list of its input (a sync of 500 workers: 510 and what is asked of their results). A page size is
    /// the value of `first` or `last`, else 20; the number of `ids` where a field takes those. Other lists count as one object. An operation
    /// costs at least 1. Introspection is not priced here. The schema's text says the same by `@cost` and `@listSize`.
    pub complexity: u32,
    /// How many values and conditions one filter may hold: each becomes a part of what the database is asked.
    pub filter_values: u32,
    /// How many bytes all arguments of an operation may come to, each variable counted in every place where it stands: whatever reads it
    /// makes a copy. A value counts 32 beside its text.
    pub value_bytes: u32,
    /// How many levels fields may be nested from `__schema` or `__type` down.
    pub introspection_depth: u32,
    /// The highest price of an operation's introspection: each field counts 1, times what the lists above it usually hold (`types` 200;
    /// `fields`, `possibleTypes` and `directives` 10; others 3). The usual introspection query fits, one that goes round in circles does not.
    pub introspection_complexity: u32,
    /// How long a connection may take to send the whole header of its next request, in milliseconds; a slower one is closed. So is one
    /// over HTTP/1.1 that asks for nothing for so long.
    pub header_timeout_ms: u32,
    /// How many bytes the body of a request may have; a longer one is answered with the status 413.
    pub body_bytes: u32,
    /// How long the body of a request may take to arrive, in milliseconds; a slower one is answered with the status 408.
    pub body_timeout_ms: u32,
    /// How many requests with a body of more than 64,000 bytes are worked on at once, for what such a body holds takes many times its length
    /// in memory. Others wait for their turn; who waits longer than `bodyTimeoutMs` is answered with the status 503.
    pub large_bodies: u32,
    /// How many queries and mutations run at once. Others wait for their turn, those that came first before the others. A subscription needs
    /// one only to begin.
    pub operations: u32,
    /// How many operations may wait for their turn; another one is answered at once with the status 503, `Retry-After` and the code
    /// `SERVICE_UNAVAILABLE`, over a WebSocket with an `error` message. Nothing of it has run: send it again.
    pub waiting_operations: u32,
    /// How long an operation waits for its turn, in milliseconds. It is then answered like one that could not wait.
    pub operation_wait_ms: u32,
    /// How long a connection may take nothing of what is sent to it, in milliseconds; it is then closed.
    pub send_timeout_ms: u32,
    /// How long a query may run, in milliseconds. It is then stopped and answered with the code `TIMEOUT`. What still waits for the database a
    /// twentieth sooner is given up, by the database as well: the field is null with that code and its path, and what else was asked for
    /// is answered.
    pub query_timeout_ms: u32,
    /// How long a mutation may run, in milliseconds. It is then stopped and answered with the code `TIMEOUT` and the path of the field that was
    /// under way, of which nothing is kept, unless its very last step was; fields before it are done, those behind it were not begun.
    pub mutation_timeout_ms: u32,
    /// How long a WebSocket may be open before it sends `connection_init`, in milliseconds; it is then closed with 4408.
    pub socket_init_timeout_ms: u32,
    /// How many operations may be under way on one WebSocket at once; another one is answered with an `error` message.
    pub socket_operations: u32,
    /// How many bytes one WebSocket message to this service may have; a longer one closes the socket with 1009.
    pub socket_message_bytes: u32,
    /// How often a WebSocket is pinged and its token looked at again, in milliseconds. A socket that leaves two pings without an answer,
    /// or whose token was taken back, is closed.
    pub socket_heartbeat_ms: u32,
    /// How often a stream of events is sent a comment, which keeps what lies between from closing it, and its token looked at again, in
    /// milliseconds. A subscription whose token was taken back ends.
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
    /// The parsed document: hand it to the execution, which then need not parse again.
    pub document: ExecutableDocument,
    /// What the operation to run is.
    pub kind: OperationType,
    /// The name of the operation to run; none when it has none.
    pub name: Option<String>,
    /// What it costs.
    pub price: Price,
}

/// What an operation costs with its variables.
#[derive(Clone, Copy, Debug)]
pub struct Price {
    /// By the rule of [`Limits::complexity`].
    pub complexity: u64,
    /// How much of it is for what is given, whatever is answered.
    pub given: u64,
    /// Whether it asks about the schema itself.
    pub introspects: bool,
}

/// Parses a document, once, and refuses it where it or the operation to run goes beyond a limit.
///
/// The work is bounded by the length of the text, whatever the fragments unfold to.
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

/// Refuses a document that was inspected before where its operation goes beyond a limit with these variables.
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
