//! What operators do to companies as a whole, written down where it outlives them.

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
            "CREATE TABLE operator_act (
                id {id} NOT NULL PRIMARY KEY,
                act {text} NOT NULL,
                company_id {id} NOT NULL,
                company_slug {text} NOT NULL,
                rows {json} NOT NULL,
                at {instant} NOT NULL
            ) {strict};",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "DROP TABLE operator_act;").await
    }
}
