//! What the company offers.

use sea_orm::entity::prelude::*;

use crate::{CompanyId, DepartmentId, OpportunityId, OpportunityKind, OpportunityState, PersonId};

/// An opportunity.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "opportunity")]
pub struct Model {
    /// The key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OpportunityId,
    /// Whose.
    pub company_id: CompanyId,
    /// What kind.
    pub kind: OpportunityKind,
    /// Where it stands.
    pub state: OpportunityState,
    /// Its name.
    pub title: String,
    /// One line.
    pub summary: Option<String>,
    /// All of it.
    pub description: Option<String>,
    /// Where in the company.
    pub department_id: Option<DepartmentId>,
    /// Whom to ask.
    pub contact_id: Option<PersonId>,
    /// Where.
    pub location: Option<String>,
    /// Whether it can be done from anywhere.
    pub remote: bool,
    /// When first opened.
    pub opened_at: Option<DateTimeUtc>,
    /// Last day for referrals; null: no end.
    pub closes_on: Option<Date>,
    /// When closed; null unless closed.
    pub closed_at: Option<DateTimeUtc>,
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
    /// `department`.
    #[sea_orm(
        belongs_to = "super::department::Entity",
        from = "Column::DepartmentId",
        to = "super::department::Column::Id"
    )]
    Department,
    /// `person`.
    #[sea_orm(
        belongs_to = "super::person::Entity",
        from = "Column::ContactId",
        to = "super::person::Column::Id"
    )]
    Contact,
    /// `referral`.
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
