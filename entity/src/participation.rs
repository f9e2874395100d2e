//! Who answers to and attends which engagement event.

use sea_orm::entity::prelude::*;

use crate::{CompanyId, EngagementEventId, ParticipationId, ParticipationState, PersonId};

/// One person's answer to and presence at one engagement event.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "participation")]
pub struct Model {
    /// The key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ParticipationId,
    /// Whose.
    pub company_id: CompanyId,
    /// What.
    pub event_id: EngagementEventId,
    /// Who; once per event.
    pub person_id: PersonId,
    /// Where it stands.
    pub state: ParticipationState,
    /// What the person told the organisers.
    pub note: Option<String>,
    /// When last answered.
    pub responded_at: DateTimeUtc,
    /// Since when waiting; places go to the longest wait, ties by id.
    pub waiting_since: Option<DateTimeUtc>,
    /// When a place came free for them.
    pub promoted_at: Option<DateTimeUtc>,
    /// When seen at the event.
    pub checked_in_at: Option<DateTimeUtc>,
    /// When the place or the wait ended without an answer of the person; null after the next answer.
    pub released_at: Option<DateTimeUtc>,
    /// The organiser's reason for it; null if it followed from leaving.
    pub release_reason: Option<String>,
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
    /// `engagement_event`.
    #[sea_orm(
        belongs_to = "super::engagement_event::Entity",
        from = "Column::EventId",
        to = "super::engagement_event::Column::Id"
    )]
    Event,
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
