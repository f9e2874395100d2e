//! All metrics: name, unit and description. Names follow the conventions of Prometheus: `_total` is a counter, `_seconds` and `_bytes` are units.
//! A label has few values, all defined here: never a value that a client sent. `docs/reference/metrics.md` is generated from this file.

use metrics::{IntoLabels, Unit, counter, gauge, histogram};

/// One number.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// What it is called.
    pub name: &'static str,
    /// How it is kept.
    pub kind: Kind,
    /// In what it is measured.
    pub unit: Unit,
    /// What it says, with its labels.
    pub description: &'static str,
}

/// How a number is kept.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// It only grows.
    Counter,
    /// How it stands.
    Gauge,
    /// How many were at most each of these bounds.
    Histogram(&'static [f64]),
}

/// Of a number there is once.
pub const NO_LABELS: &[(&str, &str)] = &[];

/// Bounds of times, in seconds: from what one walk along an index takes to the time limit of a mutation.
const TIMES: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];
/// Bounds of statements' times, in seconds, which are shorter.
const STATEMENT_TIMES: &[f64] = &[
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 10.0,
];
/// Bounds of periodic work's times, in seconds.
const JOB_TIMES: &[f64] = &[0.01, 0.05, 0.25, 1.0, 5.0, 30.0, 120.0, 600.0];
/// Bounds of prices.
const COSTS: &[f64] = &[
    1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1_000.0, 3_000.0, 10_000.0, 30_000.0,
];
/// Bounds of statements an operation. Most take one.
const STATEMENTS: &[f64] = &[0.0, 1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0, 50.0, 100.0];

impl Metric {
    const fn new(name: &'static str, kind: Kind, unit: Unit, description: &'static str) -> Self {
        Self {
            name,
            kind,
            unit,
            description,
        }
    }

    const fn counter(name: &'static str, description: &'static str) -> Self {
        Self::new(name, Kind::Counter, Unit::Count, description)
    }

    const fn gauge(name: &'static str, unit: Unit, description: &'static str) -> Self {
        Self::new(name, Kind::Gauge, unit, description)
    }

    const fn histogram(
        name: &'static str,
        bounds: &'static [f64],
        unit: Unit,
        description: &'static str,
    ) -> Self {
        Self::new(name, Kind::Histogram(bounds), unit, description)
    }

    /// One more.
    pub fn count(&self, labels: impl IntoLabels) {
        counter!(self.name, labels).increment(1);
    }

    /// So many since the start, counted elsewhere.
    pub fn counted(&self, count: u64) {
        counter!(self.name).absolute(count);
    }

    /// One of so much.
    pub fn record(&self, value: f64, labels: impl IntoLabels) {
        histogram!(self.name, labels).record(value);
    }

    /// It stands so.
    pub fn set(&self, value: f64, labels: impl IntoLabels) {
        gauge!(self.name, labels).set(value);
    }

    /// It is more by so much, or less.
    pub fn change(&self, by: f64) {
        gauge!(self.name).increment(by);
    }
}

/// Requests answered.
pub const REQUESTS: Metric = Metric::counter(
    "http_requests_total",
    "Responses, by method, route and status",
);
/// How long they took.
pub const REQUEST_DURATION: Metric = Metric::histogram(
    "http_request_duration_seconds",
    TIMES,
    Unit::Seconds,
    "Time to the first byte of a response, by method and route",
);
/// Operations answered.
pub const OPERATIONS: Metric = Metric::counter(
    "graphql_operations_total",
    "Operations, by transport (http, socket), type (query, mutation, subscription, unknown) and outcome. Outcomes: ok; partial: a field has an error; refused: not executed; throttled: rate limit; timeout: of at least one field; failed: internal error. A subscription counts once, at its end",
);
/// How long they took.
pub const OPERATION_DURATION: Metric = Metric::histogram(
    "graphql_operation_duration_seconds",
    TIMES,
    Unit::Seconds,
    "Time from the document of a query or mutation to its response, by transport and type",
);
/// What they cost.
pub const OPERATION_COST: Metric = Metric::histogram(
    "graphql_operation_cost",
    COSTS,
    Unit::Count,
    "Cost of an operation, as queryCost computes it, by type",
);
/// How many statements they took.
pub const OPERATION_STATEMENTS: Metric = Metric::histogram(
    "graphql_operation_statements",
    STATEMENTS,
    Unit::Count,
    "Statements per query or mutation, without begin and commit, by type",
);
/// Operations that took long.
pub const SLOW_OPERATIONS: Metric = Metric::counter(
    "graphql_slow_operations_total",
    "Operations slower than ALUMNI_SLOW_OPERATION_MS, by type. Each is in the log",
);
/// Errors told.
pub const ERRORS: Metric = Metric::counter(
    "graphql_errors_total",
    "Top-level errors in responses, by extensions.code",
);
/// Operations turned away.
pub const SHED: Metric = Metric::counter(
    "graphql_operations_shed_total",
    "Operations rejected because of overload, by transport",
);
/// Turns in use.
pub const RUNNING: Metric = Metric::gauge(
    "graphql_operations_running",
    Unit::Count,
    "Operations in execution",
);
/// Operations waiting for a turn.
pub const WAITING: Metric = Metric::gauge(
    "graphql_operations_waiting",
    Unit::Count,
    "Operations that wait for their execution",
);
/// Turns there are.
pub const TURNS: Metric = Metric::gauge(
    "graphql_operations_running_max",
    Unit::Count,
    "Maximum number of operations in execution",
);
/// Open sockets.
pub const SOCKETS: Metric = Metric::gauge("graphql_sockets", Unit::Count, "Open WebSockets");
/// Open streams.
pub const STREAMS: Metric = Metric::gauge("graphql_streams", Unit::Count, "Open event streams");
/// Running subscriptions.
pub const SUBSCRIPTIONS: Metric = Metric::gauge(
    "graphql_subscriptions",
    Unit::Count,
    "Active subscriptions, over all transports",
);
/// What subscriptions were answered.
pub const SUBSCRIPTION_ANSWERS: Metric = Metric::counter(
    "graphql_subscription_answers_total",
    "Responses of subscriptions, by transport and outcome",
);
/// Documents looked up.
pub const DOCUMENT_LOOKUPS: Metric = Metric::counter(
    "graphql_document_lookups_total",
    "Document lookups, by cache (parsed: by text, persisted: by hash) and result (hit, miss)",
);
/// Documents remembered.
pub const DOCUMENTS: Metric = Metric::gauge(
    "graphql_documents",
    Unit::Count,
    "Cached documents, by cache (parsed, persisted)",
);
/// Statements run.
pub const STATEMENTS_RUN: Metric = Metric::counter(
    "database_statements_total",
    "Database statements, without begin and commit",
);
/// How long they took.
pub const STATEMENT_DURATION: Metric = Metric::histogram(
    "database_statement_duration_seconds",
    STATEMENT_TIMES,
    Unit::Seconds,
    "Time of a statement, by pool (reads, searches, writes, replica_reads, replica_searches)",
);
/// Connections open.
pub const CONNECTIONS: Metric = Metric::gauge(
    "database_connections",
    Unit::Count,
    "Connections to the database, by pool (reads, searches, writes, replica_reads, replica_searches) and state (used, idle)",
);
/// Connections there may be.
pub const CONNECTIONS_MAX: Metric = Metric::gauge(
    "database_connections_max",
    Unit::Count,
    "Maximum number of connections, by pool",
);
/// How long one waits for them.
pub const CONNECTION_WAIT: Metric = Metric::histogram(
    "database_connection_wait_seconds",
    STATEMENT_TIMES,
    Unit::Seconds,
    "Time to acquire a connection, by pool. Reads and searches on PostgreSQL only; writes, to begin a transaction, on both databases",
);
/// What the replica answered.
pub const REPLICA_ANSWERS: Metric = Metric::counter(
    "database_replica_answers_total",
    "Statements of queries that the replica executed",
);
/// How often it was set aside.
pub const REPLICA_SET_ASIDE: Metric = Metric::counter(
    "database_replica_set_aside_total",
    "Switches of queries from the replica to the primary, by reason. Reasons: silent: no response; late: lag too high; foreign: not a replica of the primary; alone: the primary does not respond",
);
/// How late it is.
pub const REPLICA_LAG: Metric = Metric::gauge(
    "database_replica_lag_seconds",
    Unit::Seconds,
    "Age of the newest commit that the replica is known to have replayed",
);
/// How long answers wait for it.
pub const REPLICA_WAIT: Metric = Metric::histogram(
    "database_replica_wait_seconds",
    STATEMENT_TIMES,
    Unit::Seconds,
    "Time that a mutation's response or an event waited for the replica",
);
/// Changes followers wait for.
pub const OUTBOX_CHANGES: Metric = Metric::gauge(
    "outbox_lag_changes",
    Unit::Count,
    "Changes not yet delivered to a follower, at most 1,000 per company, by follower (subscriptions: blocked by an open transaction; seals: not yet sealed). Read every 15 s",
);
/// How long they wait.
pub const OUTBOX_AGE: Metric = Metric::gauge(
    "outbox_lag_seconds",
    Unit::Seconds,
    "Age of the oldest change not yet delivered to a follower, 0 if there is none, by follower. Read every 15 s",
);
/// Whether the lag could be looked at.
pub const LOOKS: Metric = Metric::counter(
    "outbox_lag_looks_total",
    "Reads of the outbox lag, by result (ok, failed). If all fail, the lag metrics keep their last values",
);
/// The access log's entries that wait, in bytes.
pub const SPOOL_BYTES: Metric = Metric::gauge(
    "access_log_spool_bytes",
    Unit::Bytes,
    "Size of the entries of the access log in this process's files that are not yet in the database",
);
/// Files of entries that wait.
pub const SPOOL_FILES: Metric = Metric::gauge(
    "access_log_spool_files",
    Unit::Count,
    "Files of the access log that are not yet in the database",
);
/// The backlog with which readers wait.
pub const SPOOL_MAX: Metric = Metric::gauge(
    "access_log_spool_max_bytes",
    Unit::Bytes,
    "Backlog at which callers whose reads are logged wait (ALUMNI_ACCESS_BACKLOG_MIB)",
);
/// How long the oldest entry waits.
pub const SPOOL_AGE: Metric = Metric::gauge(
    "access_log_spool_oldest_seconds",
    Unit::Seconds,
    "Age of the oldest entry of the access log that is not yet in the database, 0 if there is none",
);
/// Periodic work done.
pub const JOBS: Metric = Metric::counter(
    "job_runs_total",
    "Runs of periodic jobs by this process, by task and outcome (ok; failed: for at least one company)",
);
/// How long it took.
pub const JOB_DURATION: Metric = Metric::histogram(
    "job_duration_seconds",
    JOB_TIMES,
    Unit::Seconds,
    "Time of one run of a periodic job over all companies, by task",
);
/// When it was last done.
pub const JOB_SUCCESS: Metric = Metric::gauge(
    "job_last_success_timestamp_seconds",
    Unit::Seconds,
    "Unix time of the last run by this process that succeeded for every company, by task. Use the maximum over all instances",
);
/// Work nobody does.
pub const JOB_LATE: Metric = Metric::gauge(
    "job_late_seconds",
    Unit::Seconds,
    "Time since a periodic job was due and not started, 0 if it is not late, by task. Read every 15 s",
);
/// Messages queued.
pub const DELIVERIES_QUEUED: Metric = Metric::counter(
    "deliveries_queued_total",
    "Messages queued by this process, by kind",
);
/// Messages in a final state.
pub const DELIVERIES_ENDED: Metric = Metric::counter(
    "deliveries_ended_total",
    "Messages that reached a final state in this process, by kind and state (SENT, FAILED, EXPIRED, SUPPRESSED, UNDELIVERABLE, NOT_SENT)",
);
/// Attempts to send a message.
pub const DELIVERY_ATTEMPTS: Metric = Metric::counter(
    "delivery_attempts_total",
    "Attempts of this process to send a message, by outcome (sent; deferred: 4xx; rejected: 5xx; connection_lost; released: the mail server could not be used)",
);
/// Messages that wait.
pub const DELIVERIES_WAITING: Metric = Metric::gauge(
    "deliveries_waiting",
    Unit::Count,
    "Messages without a final state, counted up to 1,000. Read every 15 s",
);
/// How long the oldest waits.
pub const DELIVERIES_AGE: Metric = Metric::gauge(
    "deliveries_oldest_waiting_seconds",
    Unit::Seconds,
    "Age of the oldest message without a final state, 0 if there is none. Read every 15 s",
);
/// What this is.
pub const BUILD: Metric = Metric::gauge(
    "alumni_api_build_info",
    Unit::Count,
    "Always 1. Labels: version, database (sqlite, postgresql)",
);

/// All of them.
pub const ALL: &[Metric] = &[
    REQUESTS,
    REQUEST_DURATION,
    OPERATIONS,
    OPERATION_DURATION,
    OPERATION_COST,
    OPERATION_STATEMENTS,
    SLOW_OPERATIONS,
    ERRORS,
    SHED,
    RUNNING,
    WAITING,
    TURNS,
    SOCKETS,
    STREAMS,
    SUBSCRIPTIONS,
    SUBSCRIPTION_ANSWERS,
    DOCUMENT_LOOKUPS,
    DOCUMENTS,
    STATEMENTS_RUN,
    STATEMENT_DURATION,
    CONNECTIONS,
    CONNECTIONS_MAX,
    CONNECTION_WAIT,
    REPLICA_ANSWERS,
    REPLICA_SET_ASIDE,
    REPLICA_LAG,
    REPLICA_WAIT,
    OUTBOX_CHANGES,
    OUTBOX_AGE,
    LOOKS,
    SPOOL_BYTES,
    SPOOL_FILES,
    SPOOL_MAX,
    SPOOL_AGE,
    JOBS,
    JOB_DURATION,
    JOB_SUCCESS,
    JOB_LATE,
    DELIVERIES_QUEUED,
    DELIVERIES_ENDED,
    DELIVERY_ATTEMPTS,
    DELIVERIES_WAITING,
    DELIVERIES_AGE,
    BUILD,
];
