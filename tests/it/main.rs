//! The behaviour of the service, through HTTP, on a real database: `DATABASE_URL` chooses which; a SQLite file each where it is not set.
#![expect(
    clippy::disallowed_methods,
    reason = "tests read DATABASE_URL and the tables themselves"
)]

mod support;

mod access_log;
mod accounts;
mod alumni;
mod api_keys;
mod applications;
mod audit;
mod blocks;
mod budgets;
mod changes;
mod companies;
mod connections;
mod consents;
mod deliveries;
mod departure;
mod documents;
mod engagement;
mod execution;
mod health;
mod hris;
mod http;
mod idempotency;
mod identity_providers;
mod jobs;
mod joining;
mod laws;
mod limits;
mod membership_terms;
mod memberships;
mod opportunities;
mod overload;
mod persisted;
mod privacy;
mod profiles;
mod query_cost;
mod races;
mod read_path;
mod referrals;
mod replica;
mod search;
mod seed;
mod socket;
mod stream;
mod telemetry;
mod times;
mod tokens;
mod trusted;
mod validation;
mod visibility;
mod writes;
