//! Periodic work of the service itself: when it is due next, whichever instance does it.

use sea_orm::entity::prelude::*;

/// One kind of periodic work.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job")]
pub struct Model {
    /// What it is called in the code and the log.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// Nobody does it before.
    pub due_at: DateTimeUtc,
}

/// What lies behind a row.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
