//! Skills named by people of a company.

use sea_orm::entity::prelude::*;

use crate::{CompanyId, SkillId};

/// A skill.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "skill")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SkillId,
    pub company_id: CompanyId,
    /// As first entered.
    pub name: String,
    /// Without case, width and kana form; unique in the company.
    pub folded_name: String,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
