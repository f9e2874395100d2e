//! A headless GraphQL API for corporate alumni relations.
pub mod access;
