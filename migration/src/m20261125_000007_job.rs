//! When the service's own periodic work is due next, so that one instance of many does it.

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
            "CREATE TABLE job (
                name {text} NOT NULL PRIMARY KEY,
                due_at {instant} NOT NULL
            ) {strict};",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "DROP TABLE job;").await
    }
}
