//! The tenants and their departments. Everything else belongs to exactly one company.

mod actions;
mod filter;
mod mutation;
mod query;
mod rules;
mod store;
mod types;

pub use actions::{CompanyCommandError, NewCompany, create_by_command};
pub use mutation::CompaniesMutation;
pub use query::CompaniesQuery;
pub use rules::is_language_tag;
pub use store::{all_without_scope, list_by_command};
pub use types::{Company, Department};
