//! What is stored: one file per table, typed ids, and the words (enums) that tables, schema and imports share.
//! No behaviour lives here; a GraphQL type of the service is another thing than a table's row.

mod ids;
mod json;
mod words;

pub mod access_log_entry;
pub mod account;
pub mod api_key;
pub mod block;
pub mod candidate_invitation;
pub mod change;
pub mod company;
pub mod consent;
pub mod data_request;
pub mod delivery;
pub mod delivery_attempt;
pub mod department;
pub mod employment;
pub mod engagement_event;
pub mod external_identity;
pub mod idempotency_key;
pub mod identity_provider;
pub mod invitation;
pub mod job;
pub mod membership;
pub mod membership_application;
pub mod notice;
pub mod notice_text;
pub mod operator_act;
pub mod opportunity;
pub mod participation;
pub mod person;
pub mod person_intent;
pub mod person_skill;
pub mod referral;
pub mod referral_step;
pub mod retention_policy;
pub mod seal;
pub mod skill;
pub mod sync_run;
pub mod sync_run_result;
pub mod tombstone;

pub use ids::*;
pub use json::*;
pub use words::*;

/// A table whose every row belongs to one company.
pub trait Tenant: sea_orm::EntityTrait {
    /// The column that says which company.
    const COMPANY: Self::Column;
}
