//! By which office was read, what was read of people outside, and for how long a company keeps it; recruiters' lists.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // made anew, for SQLite cannot let a column be null that was not. Each index costs every entry: what one reader
        // read is found by time, in which ids grow
        run(
            manager,
            "CREATE TABLE access_log_entry_next (
                company_id {id} NOT NULL,
                id {id} NOT NULL,
                person_id {id},
                referral_id {id},
                reader_kind {text} NOT NULL CHECK (reader_kind IN ('ACCOUNT', 'API_KEY')),
                reader_role {text},
                reader_id {id} NOT NULL,
                fields {big} NOT NULL,
                operation_name {text},
                request_id {text} NOT NULL,
                at {instant} NOT NULL,
                CHECK ((person_id IS NULL) <> (referral_id IS NULL)),
                CONSTRAINT access_log_entry_key PRIMARY KEY (company_id, id)
            ) {strict};
            INSERT INTO access_log_entry_next (company_id, id, person_id, reader_kind, reader_id, fields, operation_name, request_id, at)
                SELECT company_id, id, person_id, reader_kind, reader_id, fields, operation_name, request_id, at FROM access_log_entry;
            DROP TABLE access_log_entry;
            ALTER TABLE access_log_entry_next RENAME TO access_log_entry;
            CREATE INDEX access_log_entry_by_person ON access_log_entry (company_id, person_id, id) WHERE person_id IS NOT NULL;
            CREATE INDEX access_log_entry_by_referral ON access_log_entry (company_id, referral_id, id) WHERE referral_id IS NOT NULL;

            ALTER TABLE retention_policy ADD COLUMN access_log_months INTEGER;

            -- Who is listed to recruiters: 50 is the bits of DIRECTORY, JOB_OFFERS and CONTRACT_OFFERS.
            CREATE INDEX person_to_recruiters_by_name ON person (company_id, sort_name, id) WHERE standing = 'ACTIVE' AND (consents & 50) <> 0;",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            "DROP INDEX person_to_recruiters_by_name;
            ALTER TABLE retention_policy DROP COLUMN access_log_months;
            CREATE TABLE access_log_entry_before (
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
            INSERT INTO access_log_entry_before (company_id, id, person_id, reader_kind, reader_id, fields, operation_name, request_id, at)
                SELECT company_id, id, person_id, reader_kind, reader_id, fields, operation_name, request_id, at FROM access_log_entry
                WHERE person_id IS NOT NULL;
            DROP TABLE access_log_entry;
            ALTER TABLE access_log_entry_before RENAME TO access_log_entry;
            CREATE INDEX access_log_entry_by_person ON access_log_entry (company_id, person_id, id);
            CREATE INDEX access_log_entry_by_reader ON access_log_entry (company_id, reader_id, id);",
        )
        .await
    }
}
