//! The tenants and their departments. Everything else belongs to exactly one company.

pub mod actions;
pub mod filter;
pub mod mutation;
pub mod query;
pub mod rules;
pub mod store;
pub mod types;

pub use mutation::CompaniesMutation;
pub use query::CompaniesQuery;
pub use types::{Company, Department};
