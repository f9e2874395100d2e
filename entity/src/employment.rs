//! The stints of people at the company.

use sea_orm::entity::prelude::*;

use crate::{CompanyId, DepartmentId, EmploymentId, EmploymentType, LeaveType, PersonId};

/// One stint.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "employment")]
pub struct Model {
    /// The key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EmploymentId,
    /// Whose.
    pub company_id: CompanyId,
    /// Who.
    pub person_id: PersonId,
    /// Where.
    pub department_id: Option<DepartmentId>,
    /// How.
    pub employment_type: EmploymentType,
    /// As what.
    pub position: Option<String>,
    /// At which place.
    pub location: Option<String>,
    /// First day; one stint a person and day.
    pub started_on: Date,
    /// Last day at work; null while it goes on; may lie ahead.
    pub last_working_day: Option<Date>,
    /// How it ended.
    pub leave_type: Option<LeaveType>,
    /// Why, in HR's words. For HR only.
    pub leave_reason: Option<String>,
    /// The id of the employment in the HR system; null if it sends none.
    pub external_id: Option<String>,
    /// When the service recorded that the last working day had passed; null before that.
    pub ended_at: Option<DateTimeUtc>,
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
    /// `person`.
    #[sea_orm(
        belongs_to = "super::person::Entity",
        from = "Column::PersonId",
        to = "super::person::Column::Id"
    )]
    Person,
    /// `department`.
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
