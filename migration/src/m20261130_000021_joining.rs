//! How people join a company's programme: whether a verified e-mail address is enough, and how long a membership lasts.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            "ALTER TABLE company ADD COLUMN join_by_email {flag} NOT NULL DEFAULT FALSE;
            ALTER TABLE company ADD COLUMN membership_months INTEGER;",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            "ALTER TABLE company DROP COLUMN membership_months;
            ALTER TABLE company DROP COLUMN join_by_email;",
        )
        .await
    }
}
