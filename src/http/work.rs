//! What was sent becomes an operation and the operation answers, the same for every way in.

use async_graphql::parser::types::OperationType;
use futures_util::{Stream, StreamExt, stream};

use super::{
    answer::Answer,
    once,
    operation::{Caller, Operation},
    params::Params,
    request_id::RequestId,
};
use crate::{access::Viewer, app::App, database::Database};

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
        slow: app.http.slow_operation,
        suggestions: introspection && viewer.known(),
        viewer: viewer.clone(),
    };
    Operation::inspect(&app.engine, &app.http.limits, introspection, caller, params)
}

/// Puts into an operation what its resolvers will ask for, over these connections.
pub(super) fn begin(app: &App, database: &Database, operation: &mut Operation) {
    let (viewer, request_id) = (operation.viewer().clone(), operation.request_id().clone());
    let recording = app.recording(&viewer, request_id.as_str());
    operation.prepare(recording, |readings, request| {
        app.prepare(
            database,
            viewer.clone(),
            request_id.as_str(),
            readings,
            request,
        )
    });
}

/// The answer of a query or a mutation.
pub(super) async fn run(app: &App, mut operation: Operation) -> Answer {
    if let Some(keyed) = operation.keyed().cloned() {
        return once::run(app, operation, &keyed).await;
    }
    begin(app, &app.database, &mut operation);
    operation.run(&app.engine, &app.http.limits).await
}

/// Whatever an operation has to say: a subscription's answers for as long as it lasts, the one answer of anything else. Nothing runs
/// before it is asked for, nor after the stream is dropped.
pub(super) fn answers(app: App, mut operation: Operation) -> impl Stream<Item = Answer> + Send {
    if operation.kind() == OperationType::Subscription {
        begin(&app, &app.database, &mut operation);
        operation.stream(&app.engine).left_stream()
    } else {
        let run = async move { run(&app, operation).await };
        stream::once(run).right_stream()
    }
}
