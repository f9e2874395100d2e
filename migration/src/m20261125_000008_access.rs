//! Who read which of whose personal fields.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // ids grow with time, so that each index ends in the order of reading. No foreign keys: they would cost more than
        // the rest of the row does, and an entry is made of rows that were just read
        run(
            manager,
            "CREATE TABLE access_log_entry (
                company_id {id} NOT NULL,
                id {id} NOT NULL,
                person_id {id} NOT NULL,
                reader_kind {text} NOT NULL CHECK (reader_kind IN ('ACCOUNT', 'API_KEY')),
                reader_id {id} NOT NULL,
                fields {big} NOT NULL,
                operation_name {text},
                request_id {text} NOT NULL,
                at {instant} NOT NULL,
                PRIMARY KEY (company_id, id)
            ) {strict};
            CREATE INDEX access_log_entry_by_person ON access_log_entry (company_id, person_id, id);
            CREATE INDEX access_log_entry_by_reader ON access_log_entry (company_id, reader_id, id);",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "DROP TABLE access_log_entry;").await
    }
}
