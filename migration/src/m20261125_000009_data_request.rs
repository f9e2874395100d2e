//! What people ask about the data held of them, how long it is kept, and by what the erased stay erased.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::dialect::{run, run_on};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            "CREATE TABLE data_request (
                id {id} NOT NULL PRIMARY KEY,
                company_id {id} NOT NULL,
                person_id {id} NOT NULL,
                kind {text} NOT NULL,
                state {text} NOT NULL,
                origin {text} NOT NULL,
                wish {text},
                received_on {day} NOT NULL,
                due_on {day} NOT NULL,
                extended_at {instant},
                extension_reason {text},
                identity_verified_at {instant},
                identity_proof {text},
                handler_id {id},
                answer {text},
                receipt {json},
                kept_until {day},
                link_hash {bytes} UNIQUE,
                link_account_id {id},
                link_expires_at {instant},
                closed_at {instant},
                created_at {instant} NOT NULL,
                updated_at {instant} NOT NULL,
                version INTEGER NOT NULL,
                UNIQUE (company_id, id),
                CHECK ((link_hash IS NULL) = (link_expires_at IS NULL)),
                FOREIGN KEY (company_id, person_id) REFERENCES person (company_id, id),
                FOREIGN KEY (company_id, handler_id) REFERENCES person (company_id, id)
            ) {strict};
            CREATE INDEX data_request_by_due ON data_request (company_id, due_on, id);
            CREATE INDEX data_request_open ON data_request (company_id, due_on, id) WHERE closed_at IS NULL;
            CREATE INDEX data_request_by_person ON data_request (company_id, person_id, id);
            CREATE INDEX data_request_kept ON data_request (company_id, kept_until) WHERE kept_until IS NOT NULL;

            CREATE TABLE retention_policy (
                company_id {id} NOT NULL PRIMARY KEY REFERENCES company (id),
                employment_record_years INTEGER NOT NULL,
                never_joined_months INTEGER,
                ended_months INTEGER,
                outside_candidate_months INTEGER,
                data_request_months INTEGER NOT NULL,
                salt {bytes} NOT NULL,
                created_at {instant} NOT NULL,
                updated_at {instant} NOT NULL,
                version INTEGER NOT NULL
            ) {strict};

            CREATE TABLE tombstone (
                company_id {id} NOT NULL REFERENCES company (id),
                hash {bytes} NOT NULL,
                erased_on {day} NOT NULL,
                PRIMARY KEY (company_id, hash)
            ) {strict};

            ALTER TABLE person ADD COLUMN restricted_at {instant};",
        )
        .await?;
        // an index of words keeps what was deleted from it until its parts are merged, unless told so
        run_on(
            manager,
            DbBackend::Sqlite,
            "INSERT INTO person_search (person_search, rank) VALUES ('secure-delete', 1);",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run_on(
            manager,
            DbBackend::Sqlite,
            "INSERT INTO person_search (person_search, rank) VALUES ('secure-delete', 0);",
        )
        .await?;
        run(
            manager,
            "ALTER TABLE person DROP COLUMN restricted_at;
            DROP TABLE tombstone;
            DROP TABLE retention_policy;
            DROP TABLE data_request;",
        )
        .await
    }
}
