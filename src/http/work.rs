//! What was sent becomes an operation and the operation answers, the same for every way in.

use async_graphql::parser::types::OperationType;
use futures_util::{Stream, StreamExt, stream};

use super::{
    answer::Answer,
    operation::{Caller, Operation},
    params::Params,
    request_id::RequestId,
};
use crate::{access::Viewer, app::App};

/// Makes an operation that may run of what somebody sent. The answer of a refused one is ready to leave.
pub(super) fn inspect(
    app: &App,
    viewer: &Viewer,
    request_id: &RequestId,
    transport: &'static str,
    params: Params,
) -> Result<Operation, Answer> {
    let introspection = app.http.introspection;
    let caller = Caller {
        request_id: request_id.clone(),
        transport,
        suggestions: introspection && viewer.known(),
    };
    let mut operation =
        Operation::inspect(&app.engine, &app.http.limits, introspection, caller, params)?;
    let recording = app.recording(viewer, request_id.as_str());
    operation.prepare(recording, |readings, request| {
        app.prepare(viewer.clone(), request_id.as_str(), readings, request)
    });
    Ok(operation)
}

/// Whatever an operation has to say: a subscription's answers for as long as it lasts, the one answer of anything else. Nothing runs
/// before it is asked for, nor after the stream is dropped.
pub(super) fn answers(app: App, operation: Operation) -> impl Stream<Item = Answer> + Send {
    if operation.kind() == OperationType::Subscription {
        operation.stream(&app.engine).left_stream()
    } else {
        let run = async move { operation.run(&app.engine, &app.http.limits).await };
        stream::once(run).right_stream()
    }
}
