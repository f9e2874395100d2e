//! Opportunities.

use sea_orm::entity::prelude::*;

use crate::{CompanyId, DepartmentId, OpportunityId, OpportunityKind, OpportunityState, PersonId};

/// An opportunity.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "opportunity")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OpportunityId,
    pub company_id: CompanyId,
    pub kind: OpportunityKind,
    pub state: OpportunityState,
    pub title: String,
    pub summary: Option<String>,
    pub description: Option<String>,
    pub department_id: Option<DepartmentId>,
    pub contact_id: Option<PersonId>,
    pub location: Option<String>,
    /// Whether the work can be done remotely.
    pub remote: bool,
    /// Time of the first opening.
    pub opened_at: Option<DateTimeUtc>,
    /// Last day for referrals; null: no end.
    pub closes_on: Option<Date>,
    /// Null unless closed.
    pub closed_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub version: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::department::Entity",
        from = "Column::DepartmentId",
        to = "super::department::Column::Id"
    )]
    Department,
    #[sea_orm(
        belongs_to = "super::person::Entity",
        from = "Column::ContactId",
        to = "super::person::Column::Id"
    )]
    Contact,
    #[sea_orm(
        belongs_to = "super::referral::Entity",
        from = "Column::Id",
        to = "super::referral::Column::OpportunityId"
    )]
    Referrals,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
