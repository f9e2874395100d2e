//! What happens to operators' accounts and invitations, which belong to no company, is recorded beside what operators do to companies.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::dialect::run_on;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP_SQLITE: &str = "
    CREATE TABLE operator_act_new (
        id {id} NOT NULL PRIMARY KEY,
        act {text} NOT NULL,
        company_id {id},
        company_slug {text},
        rows {json},
        subject_id {id},
        actor_id {id},
        at {instant} NOT NULL,
        CHECK ((company_id IS NULL) = (subject_id IS NOT NULL))
    ) {strict};
    INSERT INTO operator_act_new (id, act, company_id, company_slug, rows, at)
        SELECT id, act, company_id, company_slug, rows, at FROM operator_act;
    DROP TABLE operator_act;
    ALTER TABLE operator_act_new RENAME TO operator_act;
";

const DOWN_SQLITE: &str = "
    CREATE TABLE operator_act_old (
        id {id} NOT NULL PRIMARY KEY,
        act {text} NOT NULL,
        company_id {id} NOT NULL,
        company_slug {text} NOT NULL,
        rows {json} NOT NULL,
        at {instant} NOT NULL
    ) {strict};
    INSERT INTO operator_act_old (id, act, company_id, company_slug, rows, at)
        SELECT id, act, company_id, company_slug, rows, at FROM operator_act WHERE company_id IS NOT NULL;
    DROP TABLE operator_act;
    ALTER TABLE operator_act_old RENAME TO operator_act;
";

const UP_POSTGRES: &str = "
    ALTER TABLE operator_act ADD COLUMN subject_id uuid, ADD COLUMN actor_id uuid, ALTER COLUMN company_id DROP NOT NULL,
        ALTER COLUMN company_slug DROP NOT NULL, ALTER COLUMN rows DROP NOT NULL,
        ADD CONSTRAINT operator_act_subject CHECK ((company_id IS NULL) = (subject_id IS NOT NULL));
";

const DOWN_POSTGRES: &str = "
    DELETE FROM operator_act WHERE company_id IS NULL;
    ALTER TABLE operator_act DROP CONSTRAINT operator_act_subject, DROP COLUMN subject_id, DROP COLUMN actor_id,
        ALTER COLUMN company_id SET NOT NULL, ALTER COLUMN company_slug SET NOT NULL, ALTER COLUMN rows SET NOT NULL;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run_on(manager, DbBackend::Sqlite, UP_SQLITE).await?;
        run_on(manager, DbBackend::Postgres, UP_POSTGRES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run_on(manager, DbBackend::Sqlite, DOWN_SQLITE).await?;
        run_on(manager, DbBackend::Postgres, DOWN_POSTGRES).await
    }
}
