//! Runs of HR systems: who sent which source when, and how many rows had which result.

use sea_orm::entity::prelude::*;

use crate::{ActorKind, CompanyId, SyncRunId, SyncRunState};

/// One run: a call or several of `workersSync`, or a file.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sync_run")]
pub struct Model {
    /// The key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SyncRunId,
    /// Whose.
    pub company_id: CompanyId,
    /// Name of the HR system.
    pub source: String,
    /// The state.
    pub state: SyncRunState,
    /// What kind of actor sent it.
    pub actor_kind: ActorKind,
    /// Which account or key; null for the command line.
    pub actor_id: Option<Uuid>,
    /// Rows that made a person.
    pub created_count: i32,
    /// Rows that changed something.
    pub updated_count: i32,
    /// Rows that changed nothing.
    pub unchanged_count: i32,
    /// Rows that were refused.
    pub invalid_count: i32,
    /// Rows older than what was stored.
    pub stale_count: i32,
    /// Rows about people who were erased.
    pub suppressed_count: i32,
    /// When the run came.
    pub started_at: DateTimeUtc,
    /// When rows came last, or when it last changed.
    pub updated_at: DateTimeUtc,
    /// When it was closed; null while it is `RUNNING`.
    pub finished_at: Option<DateTimeUtc>,
    /// When it was undone.
    pub undone_at: Option<DateTimeUtc>,
    /// People that the undo removed.
    pub removed_people_count: i32,
    /// Employments that the undo removed.
    pub removed_employment_count: i32,
    /// Departments that the undo removed.
    pub removed_department_count: i32,
    /// Results whose person or employment the undo kept.
    pub kept_count: i32,
    /// When the results were deleted.
    pub results_deleted_at: Option<DateTimeUtc>,
}

/// What lies behind a row.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// `sync_run_result`.
    #[sea_orm(
        belongs_to = "super::sync_run_result::Entity",
        from = "Column::Id",
        to = "super::sync_run_result::Column::RunId"
    )]
    Results,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
