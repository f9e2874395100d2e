//! A chain of seals over each company's changes, by which it shows that none was altered since.

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
            "CREATE TABLE seal (
                company_id {id} NOT NULL REFERENCES company (id),
                number {big} NOT NULL,
                transaction_id {big} NOT NULL,
                seq {big} NOT NULL,
                changes integer NOT NULL,
                digest {bytes} NOT NULL,
                hash {bytes} NOT NULL,
                sealed_at {instant} NOT NULL,
                PRIMARY KEY (company_id, number)
            ) {strict};",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "DROP TABLE seal;").await
    }
}
