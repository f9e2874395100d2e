//! What an HR system says about its own rows: when a worker last changed there, and its own id of an employment.

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
            "ALTER TABLE external_identity ADD COLUMN source_updated_at {instant};
            ALTER TABLE employment ADD COLUMN external_id {text};",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            "ALTER TABLE employment DROP COLUMN external_id;
            ALTER TABLE external_identity DROP COLUMN source_updated_at;",
        )
        .await
    }
}
