//! What viewers owe of their budgets, as instances tell each other on PostgreSQL. A crash may forget it, so it is logged nowhere and on no
//! replica; SQLite has one process, which keeps it in its memory, and the table is empty there.

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
            "CREATE {unlogged} TABLE cost_budget (
                payer {id} NOT NULL PRIMARY KEY,
                owed {big} NOT NULL,
                restore_rate {big} NOT NULL,
                at {instant} NOT NULL
            ) {strict};",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "DROP TABLE cost_budget;").await
    }
}
