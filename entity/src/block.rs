//! Blocks between people.

use sea_orm::entity::prelude::*;

use crate::{CompanyId, PersonId};

/// A block between two people, who then do not exist for each other.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "block")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub blocker_id: PersonId,
    /// Never the blocker.
    #[sea_orm(primary_key, auto_increment = false)]
    pub blocked_id: PersonId,
    pub company_id: CompanyId,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
