//! What a mutation under a key answered, so that it is done once however often it is sent.

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
            "CREATE TABLE idempotency_key (
                hash {bytes} NOT NULL PRIMARY KEY,
                company_id {id} REFERENCES company (id) ON DELETE CASCADE,
                request_hash {bytes} NOT NULL,
                answer {bytes},
                expires_at {instant} NOT NULL
            ) {strict};
            CREATE INDEX idempotency_key_by_company ON idempotency_key (company_id);
            CREATE INDEX idempotency_key_by_end ON idempotency_key (expires_at);",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "DROP TABLE idempotency_key;").await
    }
}
