//! What the daily work needs: which employments have passed their last working day without being recorded, which memberships have an end,
//! and which places were released without an answer of the person.

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
            "ALTER TABLE employment ADD COLUMN ended_at {instant};
            UPDATE employment SET ended_at = updated_at
                WHERE last_working_day IS NOT NULL AND EXISTS (
                    SELECT 1 FROM person
                    WHERE person.company_id = employment.company_id
                        AND person.id = employment.person_id
                        AND person.standing <> 'EMPLOYEE'
                );
            CREATE INDEX employment_due ON employment (company_id, last_working_day, id)
                WHERE ended_at IS NULL AND last_working_day IS NOT NULL;
            CREATE INDEX membership_due ON membership (company_id, expires_on, id)
                WHERE expires_on IS NOT NULL AND state IN ('INVITED', 'ACTIVE', 'PAUSED');
            ALTER TABLE participation ADD COLUMN released_at {instant};
            ALTER TABLE participation ADD COLUMN release_reason {text};",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            "ALTER TABLE participation DROP COLUMN release_reason;
            ALTER TABLE participation DROP COLUMN released_at;
            DROP INDEX membership_due;
            DROP INDEX employment_due;
            ALTER TABLE employment DROP COLUMN ended_at;",
        )
        .await
    }
}
