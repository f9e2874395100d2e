//! The skills a company's people name.

use sea_orm::entity::prelude::*;

use crate::{CompanyId, SkillId};

/// A skill.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "skill")]
pub struct Model {
    /// The key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SkillId,
    /// Whose.
    pub company_id: CompanyId,
    /// As first written.
    pub name: String,
    /// Without case, width and kana form; unique in the company.
    pub folded_name: String,
    /// When the row came.
    pub created_at: DateTimeUtc,
}

/// What lies behind a row.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
