//! A headless GraphQL API for corporate alumni relations. The README says what it is for; `server` is where a request comes in.
#![recursion_limit = "512"]

pub mod access;
pub mod alumni;
pub mod app;
pub mod changes;
pub mod checks;
pub mod clock;
pub mod companies;
pub mod config;
pub mod database;
pub mod error;
pub mod graphql;
pub mod hris;
pub mod http;
pub mod nodes;
pub mod opportunities;
pub mod outbox;
pub mod page;
pub mod reading;
pub mod referrals;
pub mod schema;
pub mod scope;
pub mod seed;
pub mod server;
pub mod service;
pub mod worker;
