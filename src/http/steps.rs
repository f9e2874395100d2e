//! Serial execution of an operation within its time limit: one step per root field of a mutation, one step for a query.

use std::time::Duration;

use async_graphql::{
    Name, PathSegment, Request, Response, ServerError, Value,
    parser::types::{DocumentOperations, OperationType, Selection},
    value,
};
use tokio::time::{Instant, timeout_at};

use super::errors::{self, coded};
use crate::{
    graphql::{
        answer_order::Selected,
        engine::{Engine, Roots},
        limits::Limits,
    },
    telemetry::within,
};

/// Time limit of an operation.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimeLimit {
    name: &'static str,
    millis: u32,
}

impl TimeLimit {
    pub fn of(kind: OperationType, limits: &Limits) -> Self {
        let (name, millis) = match kind {
            OperationType::Mutation => ("mutationTimeoutMs", limits.mutation_timeout_ms),
            OperationType::Query | OperationType::Subscription => {
                ("queryTimeoutMs", limits.query_timeout_ms)
            }
        };
        Self { name, millis }
    }

    /// Deadline of reads that start now: 5 % before the time limit, so that a partial response can be sent.
    pub fn reads_end(self) -> std::time::Instant {
        let millis = self.millis - self.millis / 20;
        std::time::Instant::now() + Duration::from_millis(millis.into())
    }

    fn end(self) -> Instant {
        Instant::now() + Duration::from_millis(self.millis.into())
    }

    /// The timeout error of the running field; null for several fields.
    fn overdue(self, field: Option<&str>) -> ServerError {
        let Self { name, millis } = self;
        let message = format!("This took longer than {millis} ms and was stopped.");
        let mut error = coded("TIMEOUT", message);
        if let Some(extensions) = &mut error.extensions {
            extensions.set("limit", value!({ "name": name, "maximum": millis }));
        }
        let field = field.map(|name| PathSegment::Field(name.to_owned()));
        error.path.extend(field);
        error
    }
}

/// Executes requests serially, as one operation. Stops after a request that nulls the whole response: a client could not see what the later ones did, and
/// a retry would repeat them. Stops after a timeout as well.
pub(super) async fn in_turn<R: Roots>(
    engine: &Engine<R>,
    requests: Vec<Request>,
    selected: &Selected,
    time: TimeLimit,
) -> Result<Response, ServerError> {
    let end = time.end();
    let alone = requests.len() == selected.roots().len();
    let mut fields = selected.roots();
    let mut whole = Response::default();
    for mut request in requests {
        let field = fields.next().filter(|_| alone);
        let action = within::records().then(|| action(&mut request)).flatten();
        let work = async {
            let work = engine.schema().execute(request);
            match action {
                Some(action) => within::action(action, work, failure).await,
                None => work.await,
            }
        };
        let Ok(response) = timeout_at(end, work).await else {
            let late = time.overdue(field.map(Name::as_str));
            let (Value::Object(answered), Some(field)) = (&mut whole.data, field) else {
                return Err(late);
            };
            answered.insert(field.clone(), Value::Null);
            whole.errors.push(late);
            break;
        };
        let over = leaves_nothing(&response, selected);
        whole.errors.extend(response.errors);
        whole.extensions.extend(response.extensions);
        whole.http_headers.extend(response.http_headers);
        match (&mut whole.data, response.data) {
            (Value::Object(fields), Value::Object(more)) => fields.extend(more),
            (Value::Object(_), _) => {}
            (data, first) => *data = first,
        }
        if over {
            break;
        }
    }
    Ok(whole)
}

/// Field name of a mutation request; null for other requests.
fn action(request: &mut Request) -> Option<String> {
    let DocumentOperations::Single(operation) = &request.parsed_query().ok()?.operations else {
        return None;
    };
    let step = operation.node.selection_set.node.items.first()?;
    match (operation.node.ty, &step.node) {
        (OperationType::Mutation, Selection::Field(field)) => {
            Some(field.node.name.node.to_string())
        }
        _ => None,
    }
}

/// Reason for a failure in one word; null if there is none.
fn failure(response: &Response) -> Option<String> {
    let error = response.errors.first()?;
    Some(errors::code(error).unwrap_or("_OTHER").to_owned())
}

fn leaves_nothing(response: &Response, selected: &Selected) -> bool {
    if response.errors.is_empty() {
        return false;
    }
    let mut left = response.data.clone();
    selected.settle(&mut left, &mut response.errors.clone());
    left == Value::Null
}
