//! People without an invitation apply to join: their applications, the company's setting, and invitations that only one login can use.

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
            "ALTER TABLE company ADD COLUMN applications {flag} NOT NULL DEFAULT FALSE;
            ALTER TABLE invitation ADD COLUMN issuer {key};
            ALTER TABLE invitation ADD COLUMN subject {key};
            CREATE INDEX invitation_by_login ON invitation (company_id, issuer, subject, id)
                WHERE issuer IS NOT NULL AND accepted_at IS NULL AND revoked_at IS NULL;
            CREATE TABLE membership_application (
                id {id} NOT NULL PRIMARY KEY,
                company_id {id} NOT NULL REFERENCES company (id),
                issuer {key} NOT NULL,
                subject {key} NOT NULL,
                email {text},
                email_verified {flag} NOT NULL,
                family_name {text} NOT NULL,
                given_name {text} NOT NULL,
                family_name_kana {text},
                given_name_kana {text},
                other_name {text},
                employee_number {text},
                worked_from {day},
                worked_until {day},
                department {text},
                message {text},
                language {text},
                state {text} NOT NULL,
                person_id {id},
                rejection {text},
                rejection_note {text},
                reviewer_account_id {id},
                reviewed_at {instant},
                created_at {instant} NOT NULL,
                updated_at {instant} NOT NULL,
                version INTEGER NOT NULL,
                UNIQUE (company_id, id),
                CHECK ((state = 'APPROVED') = (person_id IS NOT NULL)),
                CHECK ((state = 'REJECTED') = (rejection IS NOT NULL)),
                CHECK ((state IN ('APPROVED', 'REJECTED')) = (reviewed_at IS NOT NULL)),
                FOREIGN KEY (company_id, person_id) REFERENCES person (company_id, id)
            ) {strict};
            CREATE UNIQUE INDEX membership_application_open ON membership_application (company_id, issuer, subject) WHERE state = 'PENDING';
            CREATE INDEX membership_application_by_login ON membership_application (issuer, subject, id);
            CREATE INDEX membership_application_by_state ON membership_application (company_id, state, id);
            CREATE INDEX membership_application_by_person ON membership_application (company_id, person_id) WHERE person_id IS NOT NULL;
            CREATE INDEX membership_application_to_delete ON membership_application (company_id, updated_at, id) WHERE state IN ('REJECTED', 'WITHDRAWN');",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            "DROP TABLE membership_application;
            DROP INDEX invitation_by_login;
            ALTER TABLE invitation DROP COLUMN subject;
            ALTER TABLE invitation DROP COLUMN issuer;
            ALTER TABLE company DROP COLUMN applications;",
        )
        .await
    }
}
