//! Who blocks whom.

use sea_orm::entity::prelude::*;

use crate::{CompanyId, PersonId};

/// One person's wish that another and they do not exist for each other.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "block")]
pub struct Model {
    /// Who blocks.
    #[sea_orm(primary_key, auto_increment = false)]
    pub blocker_id: PersonId,
    /// Who is blocked; never the same.
    #[sea_orm(primary_key, auto_increment = false)]
    pub blocked_id: PersonId,
    /// Whose both are.
    pub company_id: CompanyId,
    /// Since when.
    pub created_at: DateTimeUtc,
}

/// What lies behind a row.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
