//! Messages to one recipient each, their attempts, and the company's settings for them.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // a row in a final state has no next attempt, so both partial indexes hold only what is not finished
        run(
            manager,
            "ALTER TABLE company ADD COLUMN mail_sender_name {text};
            ALTER TABLE company ADD COLUMN mail_sender_address {text};
            ALTER TABLE company ADD COLUMN mail_reply_to {text};
            ALTER TABLE company ADD COLUMN portal_url {text};
            CREATE TABLE delivery (
                id {id} NOT NULL PRIMARY KEY,
                company_id {id} NOT NULL REFERENCES company (id),
                kind {text} NOT NULL,
                purpose {text},
                person_id {id},
                subject_id {id},
                recipient {text},
                locale {text} NOT NULL,
                dedupe_key {key} NOT NULL,
                parameters {json},
                sealed {bytes},
                state {text} NOT NULL,
                reason {text},
                attempt_count INTEGER NOT NULL,
                attempt_limit INTEGER NOT NULL,
                next_attempt_at {instant},
                lease_owner {id},
                message_id {text} NOT NULL,
                server_code INTEGER,
                server_answer {text},
                not_after {instant} NOT NULL,
                sent_at {instant},
                created_at {instant} NOT NULL,
                updated_at {instant} NOT NULL,
                version INTEGER NOT NULL,
                UNIQUE (company_id, id),
                UNIQUE (company_id, dedupe_key),
                CHECK ((state IN ('PENDING', 'SENDING')) = (next_attempt_at IS NOT NULL)),
                CHECK ((state = 'SENT') = (sent_at IS NOT NULL)),
                CHECK (state NOT IN ('SENT', 'SUPPRESSED') OR sealed IS NULL),
                FOREIGN KEY (company_id, person_id) REFERENCES person (company_id, id)
            ) {strict};
            CREATE INDEX delivery_due ON delivery (company_id, next_attempt_at, id) WHERE next_attempt_at IS NOT NULL;
            CREATE INDEX delivery_waiting ON delivery (created_at) WHERE next_attempt_at IS NOT NULL;
            CREATE INDEX delivery_by_person ON delivery (company_id, person_id, id) WHERE person_id IS NOT NULL;
            CREATE INDEX delivery_by_subject ON delivery (company_id, subject_id) WHERE subject_id IS NOT NULL;
            CREATE INDEX delivery_by_state ON delivery (company_id, state, id);
            CREATE INDEX delivery_to_clean ON delivery (company_id, updated_at) WHERE next_attempt_at IS NULL AND (sealed IS NOT NULL OR recipient IS NOT NULL);
            CREATE TABLE delivery_attempt (
                delivery_id {id} NOT NULL,
                number INTEGER NOT NULL,
                company_id {id} NOT NULL,
                started_at {instant} NOT NULL,
                ended_at {instant},
                outcome {text} NOT NULL,
                server_code INTEGER,
                server_answer {text},
                PRIMARY KEY (delivery_id, number),
                FOREIGN KEY (company_id, delivery_id) REFERENCES delivery (company_id, id)
            ) {strict};
            CREATE INDEX delivery_attempt_of ON delivery_attempt (company_id, delivery_id);",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            "DROP TABLE delivery_attempt;
            DROP TABLE delivery;
            ALTER TABLE company DROP COLUMN portal_url;
            ALTER TABLE company DROP COLUMN mail_reply_to;
            ALTER TABLE company DROP COLUMN mail_sender_address;
            ALTER TABLE company DROP COLUMN mail_sender_name;",
        )
        .await
    }
}
