//! Who sees which field of a profile: what the person chose, and what holds where they chose nothing. A field is a bit, an audience a column.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // everybody begins with the careful defaults: contact details and intents for staff alone (8191 is every field, 6140 all but these)
        run(
            manager,
            "ALTER TABLE company ADD COLUMN seen_by_hr integer NOT NULL DEFAULT 8191;
            ALTER TABLE company ADD COLUMN seen_by_employees integer NOT NULL DEFAULT 6140;
            ALTER TABLE company ADD COLUMN seen_by_alumni integer NOT NULL DEFAULT 6140;
            ALTER TABLE person ADD COLUMN visibility_chosen integer NOT NULL DEFAULT 0;
            ALTER TABLE person ADD COLUMN seen_by_hr integer NOT NULL DEFAULT 8191;
            ALTER TABLE person ADD COLUMN seen_by_employees integer NOT NULL DEFAULT 6140;
            ALTER TABLE person ADD COLUMN seen_by_alumni integer NOT NULL DEFAULT 6140;
            ALTER TABLE person ADD COLUMN grams_names integer;
            ALTER TABLE person ADD COLUMN grams_other_name integer;
            ALTER TABLE person ADD COLUMN grams_employer integer;",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            "ALTER TABLE person DROP COLUMN grams_employer;
            ALTER TABLE person DROP COLUMN grams_other_name;
            ALTER TABLE person DROP COLUMN grams_names;
            ALTER TABLE person DROP COLUMN seen_by_alumni;
            ALTER TABLE person DROP COLUMN seen_by_employees;
            ALTER TABLE person DROP COLUMN seen_by_hr;
            ALTER TABLE person DROP COLUMN visibility_chosen;
            ALTER TABLE company DROP COLUMN seen_by_alumni;
            ALTER TABLE company DROP COLUMN seen_by_employees;
            ALTER TABLE company DROP COLUMN seen_by_hr;",
        )
        .await
    }
}
