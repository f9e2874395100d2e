//! Ids of people in other systems.

use sea_orm::entity::prelude::*;

use crate::{CompanyId, PersonId};

/// One person's name in one outside system.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "external_identity")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub company_id: CompanyId,
    /// Which system.
    #[sea_orm(primary_key, auto_increment = false)]
    pub source: String,
    /// What it calls the person.
    #[sea_orm(primary_key, auto_increment = false)]
    pub external_id: String,
    pub person_id: PersonId,
    /// When the worker last changed in that system, as it says; null if it never said.
    pub source_updated_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::person::Entity",
        from = "Column::PersonId",
        to = "super::person::Column::Id"
    )]
    Person,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
