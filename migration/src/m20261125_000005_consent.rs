//! Consent: notices, the ledger of who agreed to what under which of them, and what holds now beside it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::dialect::{run, run_on};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, include_str!("m20261125_000005_consent/up.sql")).await?;
        run_on(
            manager,
            DbBackend::Postgres,
            include_str!("m20261125_000005_consent/up.postgres.sql"),
        )
        .await?;
        run_on(
            manager,
            DbBackend::Sqlite,
            include_str!("m20261125_000005_consent/up.sqlite.sql"),
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            "DROP INDEX person_in_directory_by_name;
            ALTER TABLE person DROP COLUMN consents;
            DROP TABLE consent;
            DROP TABLE notice_text;
            DROP TABLE notice;",
        )
        .await?;
        run_on(
            manager,
            DbBackend::Postgres,
            "DROP FUNCTION consent_stays(); DROP FUNCTION notice_stays();",
        )
        .await
    }
}
