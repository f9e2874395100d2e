//! Temporary: replaced by the access module proper.

pub mod api_key;
pub mod jwks;
pub mod jwt;
