//! Identity providers: issuers whose tokens a company, or the operator of the service, accepts. `registry` chooses the provider of a
//! token and verifies against that provider alone; an identity is bound to the company whose provider accepted the token.
//! `rules` says what a provider may be; `refused` logs refused tokens.

pub mod actions;
mod configured;
mod explain;
pub mod filter;
mod mutation;
mod query;
pub mod refused;
mod registry;
pub mod rules;
mod store;
pub mod types;

pub use self::configured::{ConfiguredProvider, IdentitySettings, Owner, ProviderSettings};
pub use self::mutation::IdentityProvidersMutation;
pub use self::query::IdentityProvidersQuery;
pub use self::registry::IdentityProviders;
pub use self::types::IdentityProvider;
