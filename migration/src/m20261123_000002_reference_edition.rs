//! A company's reference rows (itself, its departments, its skills) have an edition: whoever keeps a copy asks whether it is still good.

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
            "ALTER TABLE company ADD COLUMN reference_edition integer NOT NULL DEFAULT 0;",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            "ALTER TABLE company DROP COLUMN reference_edition;",
        )
        .await
    }
}
