//! Engagement events.

use sea_orm::entity::prelude::*;

use crate::{CompanyId, EngagementEventId, EngagementEventKind, EngagementEventState, PersonId};

/// An engagement event.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "engagement_event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EngagementEventId,
    pub company_id: CompanyId,
    pub kind: EngagementEventKind,
    pub state: EngagementEventState,
    pub title: String,
    /// One line.
    pub summary: Option<String>,
    /// All of it.
    pub description: Option<String>,
    pub starts_at: DateTimeUtc,
    /// After `starts_at`.
    pub ends_at: DateTimeUtc,
    pub venue: Option<String>,
    pub online_url: Option<String>,
    /// Places; null: no limit.
    pub capacity: Option<i32>,
    /// Places taken; changed only together with a participation.
    pub going_count: i32,
    /// People waiting for a place.
    pub waiting_count: i32,
    pub host_id: Option<PersonId>,
    /// Public reason for the cancellation.
    pub cancelled_reason: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub version: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::person::Entity",
        from = "Column::HostId",
        to = "super::person::Column::Id"
    )]
    Host,
    #[sea_orm(
        belongs_to = "super::participation::Entity",
        from = "Column::Id",
        to = "super::participation::Column::EventId"
    )]
    Participations,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
