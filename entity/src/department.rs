//! The departments of a company.

use sea_orm::entity::prelude::*;

use crate::{CompanyId, DepartmentId, SyncRunId};

/// A department.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "department")]
pub struct Model {
    /// The key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DepartmentId,
    /// Whose.
    pub company_id: CompanyId,
    /// Unique in the company.
    pub name: String,
    /// The run of an HR system that made it; null: made in another way.
    pub sync_run_id: Option<SyncRunId>,
    /// When the row came.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    /// Grows by one with each change.
    pub version: i32,
}

/// What lies behind a row.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// `employment`.
    #[sea_orm(
        belongs_to = "super::employment::Entity",
        from = "Column::Id",
        to = "super::employment::Column::DepartmentId"
    )]
    Employments,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
