//! Periodic jobs, with the time of the next run over all instances.

use sea_orm::entity::prelude::*;

/// One kind of periodic work.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job")]
pub struct Model {
    /// What it is called in the code and the log.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// Earliest time of the next run.
    pub due_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
