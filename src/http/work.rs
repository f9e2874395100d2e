//! Inspection and execution of operations, shared by all transports.

use std::net::IpAddr;

use async_graphql::parser::types::OperationType;
use futures_util::{Stream, StreamExt, future, stream};

use super::{
    answer::Answer,
    bill::Purse,
    once,
    operation::{Caller, Operation},
    params::Params,
    request_id::RequestId,
    steps::TimeLimit,
    turns::Overload,
};
use crate::{access::Viewer, access_log::Recording, app::App, database::Database};

/// Sender of a request, and the transport.
#[derive(Clone, Copy)]
pub(super) struct Sender<'a> {
    pub viewer: &'a Viewer,
    pub request_id: &'a RequestId,
    /// `http` or `socket`, for metrics.
    pub transport: &'static str,
    /// Null if unknown.
    pub address: Option<IpAddr>,
}

/// Creates an executable operation from a request, or the response that rejects it.
pub(super) fn inspect(app: &App, sender: Sender, params: Params) -> Result<Operation, Answer> {
    let (viewer, introspection) = (sender.viewer, app.http.introspection);
    let payer = app.budgets.payer(viewer, sender.address);
    let caller = Caller {
        request_id: sender.request_id.clone(),
        transport: sender.transport,
        slow: app.http.slow_operation,
        suggestions: introspection && viewer.known(),
        development: app.http.development,
        viewer: viewer.clone(),
        purse: Purse::new(&app.budgets, payer),
        trusted_only: app.http.trusted_only.holds(viewer),
    };
    Operation::inspect(&app.engine, &app.http.limits, introspection, caller, params)
}

/// Lets a caller whose reads are logged wait while the backlog of the access log is at its limit.
pub(super) async fn wait_for_access_log(
    app: &App,
    viewer: &Viewer,
    transport: &'static str,
) -> Result<(), Overload> {
    if app.access_log.has_room() || !Recording::applies_to(viewer) {
        return Ok(());
    }
    let room = app.access_log.wait_for_room();
    app.turns.wait(transport, room).await
}

/// Adds the data and the connections that resolvers need.
pub(super) fn begin(app: &App, database: &Database, operation: &mut Operation) {
    let (viewer, request_id) = (operation.viewer().clone(), operation.request_id().clone());
    let recording = app.recording(&viewer, request_id.as_str());
    let database = match operation.kind() {
        OperationType::Subscription => database.clone(),
        kind => database.until(TimeLimit::of(kind, &app.http.limits).reads_end()),
    };
    operation.prepare(recording, |readings, request| {
        app.prepare(
            &database,
            viewer.clone(),
            request_id.as_str(),
            readings,
            request,
        )
    });
}

/// Executes a query or a mutation.
pub(super) async fn run(app: &App, mut operation: Operation) -> Answer {
    if let Err(exhausted) = operation.pay().await {
        return operation.throttle(exhausted);
    }
    if operation.kind() == OperationType::Query {
        begin(app, &app.database.for_queries(), &mut operation);
        return operation.run(&app.engine, &app.http.limits).await;
    }
    let answer = if let Some(keyed) = operation.keyed().cloned() {
        // mostly there is none, and what waits for the rest need not be as large
        Box::pin(once::run(app, operation, &keyed)).await
    } else {
        begin(app, &app.database, &mut operation);
        operation.run(&app.engine, &app.http.limits).await
    };
    // what it tells, be it of another instance's work, is seen by whatever is asked next
    app.database.settled().await;
    answer
}

/// The responses of an operation: all of a subscription, one of a query or mutation. Execution starts when the stream is polled and ends when it is
/// dropped.
pub(super) fn answers(app: App, mut operation: Operation) -> impl Stream<Item = Answer> + Send {
    if operation.kind() == OperationType::Subscription {
        let begun = async move {
            if let Err(exhausted) = operation.pay().await {
                let throttled = operation.throttle(exhausted);
                return stream::once(future::ready(throttled)).left_stream();
            }
            begin(&app, &app.database, &mut operation);
            operation.stream(&app.engine).right_stream()
        };
        stream::once(begun).flatten().left_stream()
    } else {
        let run = async move { run(&app, operation).await };
        stream::once(run).right_stream()
    }
}
