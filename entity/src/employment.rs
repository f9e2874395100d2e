//! Employments of people at the company.

use sea_orm::entity::prelude::*;

use crate::{CompanyId, DepartmentId, EmploymentId, EmploymentType, LeaveType, PersonId};

/// One employment.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "employment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EmploymentId,
    pub company_id: CompanyId,
    pub person_id: PersonId,
    pub department_id: Option<DepartmentId>,
    pub employment_type: EmploymentType,
    pub position: Option<String>,
    /// At which place.
    pub location: Option<String>,
    /// First day. Unique per person.
    pub started_on: Date,
    /// Null for a current employment without an end; can be in the future.
    pub last_working_day: Option<Date>,
    pub leave_type: Option<LeaveType>,
    /// Why, in HR's words. For HR only.
    pub leave_reason: Option<String>,
    /// The id of the employment in the HR system; null if it sends none.
    pub external_id: Option<String>,
    /// When the service recorded that the last working day had passed; null before that.
    pub ended_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub version: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::person::Entity",
        from = "Column::PersonId",
        to = "super::person::Column::Id"
    )]
    Person,
    #[sea_orm(
        belongs_to = "super::department::Entity",
        from = "Column::DepartmentId",
        to = "super::department::Column::Id"
    )]
    Department,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
