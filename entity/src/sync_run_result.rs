//! The results of the rows of sync runs, except of those that changed nothing. No values: ids, and names of fields.

use sea_orm::entity::prelude::*;

use crate::{
    CompanyId, EmploymentId, Fields, PersonId, SyncRunId, SyncRunResultId, SyncUndoOutcome,
    WorkerSyncStatus,
};

/// The result of one row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sync_run_result")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four independent facts of a row, a column each"
)]
pub struct Model {
    /// Grows with each row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SyncRunResultId,
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub company_id: CompanyId,
    /// Of which run.
    #[sea_orm(primary_key, auto_increment = false)]
    pub run_id: SyncRunId,
    /// Number of the row in the run, from 0; for a file, of the line or entry, from 1.
    pub position: i32,
    /// What the HR system calls the worker; null for somebody erased or removed.
    pub external_id: Option<String>,
    /// The result.
    pub status: WorkerSyncStatus,
    /// The stored person, if there is one.
    pub person_id: Option<PersonId>,
    /// The stored employment that the row is about.
    pub employment_id: Option<EmploymentId>,
    /// Whether the row made the employment.
    pub employment_created: bool,
    /// Whether the row changed a person stored before.
    pub person_edited: bool,
    /// Whether the row changed an employment stored before.
    pub employment_edited: bool,
    /// Whether the row changed a membership stored before.
    pub membership_edited: bool,
    /// Names of the fields that were changed, or that are at fault.
    #[sea_orm(column_type = "JsonBinary")]
    pub fields: Fields,
    /// What the undo of the run did to what the row created.
    pub undo_outcome: Option<SyncUndoOutcome>,
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
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
