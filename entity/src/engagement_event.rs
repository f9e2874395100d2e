//! What the programme holds for people.

use sea_orm::entity::prelude::*;

use crate::{CompanyId, EngagementEventId, EngagementEventKind, EngagementEventState, PersonId};

/// An engagement event.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "engagement_event")]
pub struct Model {
    /// The key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EngagementEventId,
    /// Whose.
    pub company_id: CompanyId,
    /// What kind.
    pub kind: EngagementEventKind,
    /// Where it stands.
    pub state: EngagementEventState,
    /// Its name.
    pub title: String,
    /// One line.
    pub summary: Option<String>,
    /// All of it.
    pub description: Option<String>,
    /// Begin.
    pub starts_at: DateTimeUtc,
    /// End; after the begin.
    pub ends_at: DateTimeUtc,
    /// Where.
    pub venue: Option<String>,
    /// Where online.
    pub online_url: Option<String>,
    /// Places; null: no limit.
    pub capacity: Option<i32>,
    /// Places taken; changed only together with a participation.
    pub going_count: i32,
    /// People waiting for a place.
    pub waiting_count: i32,
    /// Who holds it.
    pub host_id: Option<PersonId>,
    /// Why it was called off, as told to people.
    pub cancelled_reason: Option<String>,
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
        from = "Column::HostId",
        to = "super::person::Column::Id"
    )]
    Host,
    /// `participation`.
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
