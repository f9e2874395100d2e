//! How the stored shape came to be: append-only steps, each reversible, the same for SQLite and PostgreSQL.

mod dialect;
mod m20261123_000001_foundation;
mod m20261123_000002_reference_edition;
mod m20261125_000003_block;
mod m20261125_000004_visibility;
mod m20261125_000005_consent;
mod m20261125_000007_job;
mod m20261125_000008_access;
mod m20261125_000009_data_request;
mod m20261125_000010_operator_act;
mod m20261125_000011_seal;
mod m20261125_000012_access_office;
mod m20261125_000014_candidate_invitation;
mod m20261125_000015_idempotency_key;
mod m20261128_000016_cost_budget;
mod m20261130_000017_account;
mod m20261130_000018_identity_provider;
mod m20261130_000019_delivery;
mod m20261130_000020_last_day;
mod m20261130_000021_joining;
mod m20261130_000022_application;
mod m20261130_000023_membership_term;
mod m20261130_000024_operator_account;
mod m20261130_000025_source_age;
mod m20261130_000026_search_fold;
mod m20261130_000027_sync_run;

use sea_orm_migration::prelude::*;
pub use sea_orm_migration::{MigrationStatus, MigratorTrait};

/// Every step, oldest first.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_foundation::Migration),
            Box::new(m20261123_000002_reference_edition::Migration),
            Box::new(m20261125_000003_block::Migration),
            Box::new(m20261125_000004_visibility::Migration),
            Box::new(m20261125_000005_consent::Migration),
            Box::new(m20261125_000007_job::Migration),
            Box::new(m20261125_000008_access::Migration),
            Box::new(m20261125_000009_data_request::Migration),
            Box::new(m20261125_000010_operator_act::Migration),
            Box::new(m20261125_000011_seal::Migration),
            Box::new(m20261125_000012_access_office::Migration),
            Box::new(m20261125_000014_candidate_invitation::Migration),
            Box::new(m20261125_000015_idempotency_key::Migration),
            Box::new(m20261128_000016_cost_budget::Migration),
            Box::new(m20261130_000017_account::Migration),
            Box::new(m20261130_000018_identity_provider::Migration),
            Box::new(m20261130_000019_delivery::Migration),
            Box::new(m20261130_000020_last_day::Migration),
            Box::new(m20261130_000021_joining::Migration),
            Box::new(m20261130_000022_application::Migration),
            Box::new(m20261130_000023_membership_term::Migration),
            Box::new(m20261130_000024_operator_account::Migration),
            Box::new(m20261130_000025_source_age::Migration),
            Box::new(m20261130_000026_search_fold::Migration),
            Box::new(m20261130_000027_sync_run::Migration),
        ]
    }
}
