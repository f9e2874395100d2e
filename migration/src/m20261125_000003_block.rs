//! Who blocks whom: the two do not exist for each other.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // a viewer asks in both directions, each of which an index answers alone
        run(
            manager,
            "CREATE TABLE block (
                company_id {id} NOT NULL,
                blocker_id {id} NOT NULL,
                blocked_id {id} NOT NULL,
                created_at {instant} NOT NULL,
                PRIMARY KEY (company_id, blocker_id, blocked_id),
                CHECK (blocker_id <> blocked_id),
                FOREIGN KEY (company_id, blocker_id) REFERENCES person (company_id, id),
                FOREIGN KEY (company_id, blocked_id) REFERENCES person (company_id, id)
            ) {strict};
            CREATE INDEX block_by_blocked ON block (company_id, blocked_id, blocker_id);",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "DROP TABLE block;").await
    }
}
