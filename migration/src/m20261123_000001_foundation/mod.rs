//! The first shape: the five nouns and what stands around them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::dialect::{run, run_on};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, include_str!("up.sql")).await?;
        run_on(
            manager,
            DbBackend::Postgres,
            include_str!("up.postgres.sql"),
        )
        .await?;
        run_on(manager, DbBackend::Sqlite, include_str!("up.sqlite.sql")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run_on(manager, DbBackend::Sqlite, "DROP TABLE person_search;").await?;
        run(manager, include_str!("down.sql")).await?;
        run_on(
            manager,
            DbBackend::Postgres,
            "DROP FUNCTION change_notify();",
        )
        .await
    }
}
