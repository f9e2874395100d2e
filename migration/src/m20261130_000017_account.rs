//! Accounts become manageable: one login may have an account in several companies, external staff have an end, invitations are stored,
//! and `EMPLOYEE` and `ALUMNUS` are no longer stored because they follow from the person's standing.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::dialect::{run, run_on};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// SQLite cannot drop a table's UNIQUE constraint, so that the table is made anew.
const REBUILD_UP: &str = "
    CREATE TABLE account_new (
        id {id} NOT NULL PRIMARY KEY,
        company_id {id} REFERENCES company (id),
        person_id {id},
        issuer {key} NOT NULL,
        subject {key} NOT NULL,
        roles {json} NOT NULL,
        name {text},
        email {text},
        external {flag} NOT NULL,
        expires_at {instant},
        disabled_at {instant},
        created_at {instant} NOT NULL,
        updated_at {instant} NOT NULL,
        version INTEGER NOT NULL,
        FOREIGN KEY (company_id, person_id) REFERENCES person (company_id, id)
    ) {strict};
    INSERT INTO account_new (id, company_id, person_id, issuer, subject, roles, external, disabled_at, created_at, updated_at, version)
        SELECT id, company_id, person_id, issuer, subject,
            (SELECT json_group_array(role.value) FROM json_each(account.roles) role WHERE role.value NOT IN ('EMPLOYEE', 'ALUMNUS')),
            person_id IS NULL AND company_id IS NOT NULL, disabled_at, created_at, created_at, 1
        FROM account;
    DROP TABLE account;
    ALTER TABLE account_new RENAME TO account;
    CREATE INDEX account_by_company ON account (company_id, id);
";

const REBUILD_DOWN: &str = "
    CREATE TABLE account_old (
        id {id} NOT NULL PRIMARY KEY,
        company_id {id} REFERENCES company (id),
        person_id {id},
        issuer {key} NOT NULL,
        subject {key} NOT NULL,
        roles {json} NOT NULL,
        disabled_at {instant},
        created_at {instant} NOT NULL,
        UNIQUE (issuer, subject),
        FOREIGN KEY (company_id, person_id) REFERENCES person (company_id, id)
    ) {strict};
    INSERT INTO account_old (id, company_id, person_id, issuer, subject, roles, disabled_at, created_at)
        SELECT id, company_id, person_id, issuer, subject, roles, disabled_at, created_at FROM account;
    DROP TABLE account;
    ALTER TABLE account_old RENAME TO account;
    CREATE INDEX account_by_company ON account (company_id, id);
";

/// Of a login with several accounts the oldest one stays; who has no role gets the one their standing gives.
const DOWN_SQLITE: &str = "
    DELETE FROM account WHERE EXISTS (
        SELECT 1 FROM account older WHERE older.issuer = account.issuer AND older.subject = account.subject AND older.id < account.id);
    UPDATE account SET roles = CASE
        WHEN (SELECT standing FROM person WHERE person.id = account.person_id) = 'EMPLOYEE' THEN '[\"EMPLOYEE\"]' ELSE '[\"ALUMNUS\"]' END
        WHERE roles = '[]' AND person_id IS NOT NULL;
";

const UP_POSTGRES: &str = "
    ALTER TABLE account DROP CONSTRAINT account_issuer_subject_key;
    ALTER TABLE account ADD COLUMN name text, ADD COLUMN email text, ADD COLUMN external boolean NOT NULL DEFAULT false,
        ADD COLUMN expires_at timestamptz, ADD COLUMN updated_at timestamptz, ADD COLUMN version integer NOT NULL DEFAULT 1;
    UPDATE account SET updated_at = created_at, external = person_id IS NULL AND company_id IS NOT NULL,
        roles = (SELECT coalesce(jsonb_agg(role), '[]'::jsonb) FROM jsonb_array_elements(roles) role WHERE role #>> '{}' NOT IN ('EMPLOYEE', 'ALUMNUS'));
    ALTER TABLE account ALTER COLUMN updated_at SET NOT NULL, ALTER COLUMN external DROP DEFAULT, ALTER COLUMN version DROP DEFAULT;
";

const DOWN_POSTGRES: &str = "
    DELETE FROM account WHERE EXISTS (
        SELECT 1 FROM account older WHERE older.issuer = account.issuer AND older.subject = account.subject AND older.id < account.id);
    UPDATE account SET roles = CASE
        WHEN (SELECT standing FROM person WHERE person.id = account.person_id) = 'EMPLOYEE' THEN '[\"EMPLOYEE\"]'::jsonb ELSE '[\"ALUMNUS\"]'::jsonb END
        WHERE roles = '[]'::jsonb AND person_id IS NOT NULL;
    ALTER TABLE account DROP COLUMN name, DROP COLUMN email, DROP COLUMN external, DROP COLUMN expires_at, DROP COLUMN updated_at, DROP COLUMN version;
    ALTER TABLE account ADD CONSTRAINT account_issuer_subject_key UNIQUE (issuer, subject);
";

const ADDED: &str = "
    CREATE UNIQUE INDEX account_by_login ON account (issuer, subject, company_id);
    CREATE UNIQUE INDEX account_of_operator ON account (issuer, subject) WHERE company_id IS NULL;
    CREATE INDEX account_by_person ON account (company_id, person_id) WHERE person_id IS NOT NULL;

    CREATE TABLE invitation (
        id {id} NOT NULL PRIMARY KEY,
        company_id {id} REFERENCES company (id),
        kind {text} NOT NULL,
        person_id {id},
        roles {json} NOT NULL,
        name {text},
        email {text},
        external {flag} NOT NULL,
        account_expires_at {instant},
        link_hash {bytes} NOT NULL,
        sent_at {instant} NOT NULL,
        sent_count INTEGER NOT NULL,
        expires_at {instant} NOT NULL,
        accepted_at {instant},
        account_id {id},
        revoked_at {instant},
        created_at {instant} NOT NULL,
        updated_at {instant} NOT NULL,
        version INTEGER NOT NULL,
        UNIQUE (company_id, id),
        FOREIGN KEY (company_id, person_id) REFERENCES person (company_id, id)
    ) {strict};
    CREATE INDEX invitation_by_person ON invitation (company_id, person_id, id) WHERE person_id IS NOT NULL;
    CREATE INDEX invitation_open ON invitation (company_id, expires_at, id) WHERE accepted_at IS NULL AND revoked_at IS NULL;

    CREATE INDEX person_by_work_email ON person (company_id, lower(work_email)) WHERE work_email IS NOT NULL;
    CREATE INDEX person_by_personal_email ON person (company_id, lower(personal_email)) WHERE personal_email IS NOT NULL;
    CREATE INDEX person_by_employee_number ON person (company_id, employee_number) WHERE employee_number IS NOT NULL;
";

const REMOVED: &str = "
    DROP INDEX person_by_employee_number;
    DROP INDEX person_by_personal_email;
    DROP INDEX person_by_work_email;
    DROP TABLE invitation;
    DROP INDEX account_by_person;
    DROP INDEX account_of_operator;
    DROP INDEX account_by_login;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run_on(manager, DbBackend::Sqlite, REBUILD_UP).await?;
        run_on(manager, DbBackend::Postgres, UP_POSTGRES).await?;
        run(manager, ADDED).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, REMOVED).await?;
        run_on(manager, DbBackend::Sqlite, DOWN_SQLITE).await?;
        run_on(manager, DbBackend::Sqlite, REBUILD_DOWN).await?;
        run_on(manager, DbBackend::Postgres, DOWN_POSTGRES).await
    }
}
