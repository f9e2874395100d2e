//! The steps of an operation, one after the other, in the time there is: a mutation has one for each of its fields, a query one.

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

/// How long an operation may run.
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

    /// By when what begins now must have what it reads: a twentieth sooner, so that there is time left to answer what came before.
    pub fn reads_end(self) -> std::time::Instant {
        let millis = self.millis - self.millis / 20;
        std::time::Instant::now() + Duration::from_millis(millis.into())
    }

    fn end(self) -> Instant {
        Instant::now() + Duration::from_millis(self.millis.into())
    }

    /// What is said of the field that was under way; null where it was one of several.
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

/// Runs requests one after the other, as one. None is run after one that leaves nothing of the answer: nobody would learn what it did,
/// and who asks again would do it twice. None is run after one whose time was up either, which is null; an error where there is nothing
/// else to tell.
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

/// What a mutation's step does, by its field's name; null for anything else.
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

/// Why an action failed, in one word; null where it did not.
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
