//! People outside are asked before anybody at the company learns of them.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // the first check is the promise itself: an answer, or none in time, leaves nothing of the candidate here
        run(
            manager,
            "CREATE TABLE candidate_invitation (
                id {id} NOT NULL PRIMARY KEY,
                company_id {id} NOT NULL,
                opportunity_id {id} NOT NULL,
                referrer_id {id} NOT NULL,
                state {text} NOT NULL,
                candidate_name {text},
                candidate_email {text},
                candidate_key {key},
                recommendation {text},
                link_hash {bytes} NOT NULL,
                expires_at {instant} NOT NULL,
                consented_at {instant},
                notice_id {id},
                notice_version INTEGER,
                language {text},
                text_hash {text},
                referral_id {id},
                closed_at {instant},
                created_at {instant} NOT NULL,
                updated_at {instant} NOT NULL,
                version INTEGER NOT NULL,
                UNIQUE (company_id, id),
                CHECK (state = 'WAITING' OR (candidate_name IS NULL AND candidate_email IS NULL AND candidate_key IS NULL AND recommendation IS NULL)),
                CHECK (state <> 'WAITING' OR (candidate_name IS NOT NULL AND candidate_email IS NOT NULL AND candidate_key IS NOT NULL AND consented_at IS NULL)),
                CHECK ((consented_at IS NULL) = (text_hash IS NULL)),
                CHECK ((consented_at IS NULL) = (referral_id IS NULL)),
                FOREIGN KEY (company_id, opportunity_id) REFERENCES opportunity (company_id, id),
                FOREIGN KEY (company_id, referrer_id) REFERENCES person (company_id, id),
                FOREIGN KEY (company_id, notice_id) REFERENCES notice (company_id, id),
                FOREIGN KEY (company_id, referral_id) REFERENCES referral (company_id, id)
            ) {strict};
            CREATE UNIQUE INDEX candidate_invitation_once ON candidate_invitation (company_id, referrer_id, opportunity_id, candidate_key) WHERE state = 'WAITING';
            CREATE INDEX candidate_invitation_by_referrer ON candidate_invitation (company_id, referrer_id, id);
            CREATE INDEX candidate_invitation_by_opportunity ON candidate_invitation (company_id, opportunity_id, id);
            CREATE INDEX candidate_invitation_by_referral ON candidate_invitation (company_id, referral_id) WHERE referral_id IS NOT NULL;
            CREATE INDEX candidate_invitation_waiting ON candidate_invitation (company_id, expires_at) WHERE state = 'WAITING';
            CREATE INDEX candidate_invitation_by_key ON candidate_invitation (company_id, candidate_key) WHERE state = 'WAITING';",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "DROP TABLE candidate_invitation;").await
    }
}
