//! Participations: responses and attendance of people at engagement events.

use sea_orm::entity::prelude::*;

use crate::{CompanyId, EngagementEventId, ParticipationId, ParticipationState, PersonId};

/// Response and attendance of one person at one engagement event.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "participation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ParticipationId,
    pub company_id: CompanyId,
    pub event_id: EngagementEventId,
    /// Unique per event.
    pub person_id: PersonId,
    pub state: ParticipationState,
    /// Note to the organisers.
    pub note: Option<String>,
    /// Time of the last response.
    pub responded_at: DateTimeUtc,
    /// Start of the wait; places go to the longest wait, ties by id.
    pub waiting_since: Option<DateTimeUtc>,
    /// Time of the promotion from the waiting list.
    pub promoted_at: Option<DateTimeUtc>,
    /// Check-in time.
    pub checked_in_at: Option<DateTimeUtc>,
    /// When a place or a wait ended without a response of the person; null after the next response.
    pub released_at: Option<DateTimeUtc>,
    /// The organiser's reason; null if the person became ineligible.
    pub release_reason: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub version: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::engagement_event::Entity",
        from = "Column::EventId",
        to = "super::engagement_event::Column::Id"
    )]
    Event,
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
