//! The standing of alumni in the programme.

use sea_orm::entity::prelude::*;

use crate::{CompanyId, MembershipId, MembershipState, PersonId};

/// One alumnus's membership.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "membership")]
pub struct Model {
    /// The key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MembershipId,
    /// Whose.
    pub company_id: CompanyId,
    /// Who; unique.
    pub person_id: PersonId,
    /// Where it stands; a person's `standing` follows it in the same transaction.
    pub state: MembershipState,
    /// When last asked to join.
    pub invited_at: Option<DateTimeUtc>,
    /// When the alumnus first said yes.
    pub joined_at: Option<DateTimeUtc>,
    /// Since when paused; null otherwise.
    pub paused_at: Option<DateTimeUtc>,
    /// When it ended; null while it goes on.
    pub ended_at: Option<DateTimeUtc>,
    /// Last day of the membership; null: no end.
    pub expires_on: Option<Date>,
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
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
