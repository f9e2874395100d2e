//! Runs of HR systems and the results of their rows, and which run made a department.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // a result names people without a foreign key, as a change does: it is deleted or emptied in the transaction that removes the person
        run(
            manager,
            "CREATE TABLE sync_run (
                id {id} NOT NULL PRIMARY KEY,
                company_id {id} NOT NULL REFERENCES company (id),
                source {key} NOT NULL,
                state {text} NOT NULL,
                actor_kind {text} NOT NULL,
                actor_id {id},
                created_count INTEGER NOT NULL,
                updated_count INTEGER NOT NULL,
                unchanged_count INTEGER NOT NULL,
                invalid_count INTEGER NOT NULL,
                stale_count INTEGER NOT NULL,
                suppressed_count INTEGER NOT NULL,
                started_at {instant} NOT NULL,
                updated_at {instant} NOT NULL,
                finished_at {instant},
                undone_at {instant},
                removed_people_count INTEGER NOT NULL,
                removed_employment_count INTEGER NOT NULL,
                removed_department_count INTEGER NOT NULL,
                kept_count INTEGER NOT NULL,
                results_deleted_at {instant},
                UNIQUE (company_id, id),
                CHECK ((state = 'RUNNING') = (finished_at IS NULL))
            ) {strict};
            CREATE INDEX sync_run_by_source ON sync_run (company_id, source, id);
            CREATE INDEX sync_run_open ON sync_run (company_id, updated_at) WHERE finished_at IS NULL;
            CREATE INDEX sync_run_with_results ON sync_run (company_id, finished_at) WHERE results_deleted_at IS NULL;
            CREATE TABLE sync_run_result (
                id {id} NOT NULL,
                company_id {id} NOT NULL,
                run_id {id} NOT NULL,
                position INTEGER NOT NULL,
                external_id {key},
                status {text} NOT NULL,
                person_id {id},
                employment_id {id},
                employment_created {flag} NOT NULL,
                person_edited {flag} NOT NULL,
                employment_edited {flag} NOT NULL,
                membership_edited {flag} NOT NULL,
                fields {json} NOT NULL,
                undo_outcome {text},
                PRIMARY KEY (company_id, run_id, id),
                FOREIGN KEY (company_id, run_id) REFERENCES sync_run (company_id, id)
            ) {strict};
            CREATE INDEX sync_run_result_by_status ON sync_run_result (company_id, run_id, status, id);
            CREATE INDEX sync_run_result_by_person ON sync_run_result (company_id, person_id) WHERE person_id IS NOT NULL;
            ALTER TABLE department ADD COLUMN sync_run_id {id};",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            "ALTER TABLE department DROP COLUMN sync_run_id;
            DROP TABLE sync_run_result;
            DROP TABLE sync_run;",
        )
        .await
    }
}
