//! Memberships of alumni in the programme.

use sea_orm::entity::prelude::*;

use crate::{CompanyId, MembershipId, MembershipState, PersonId};

/// One alumnus's membership.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "membership")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MembershipId,
    pub company_id: CompanyId,
    /// Who; unique.
    pub person_id: PersonId,
    /// A person's `standing` follows it in the same transaction.
    pub state: MembershipState,
    /// Time of the last invitation.
    pub invited_at: Option<DateTimeUtc>,
    /// When the alumnus first said yes.
    pub joined_at: Option<DateTimeUtc>,
    /// Since when paused; null otherwise.
    pub paused_at: Option<DateTimeUtc>,
    /// Null while the membership has not ended.
    pub ended_at: Option<DateTimeUtc>,
    /// Last day of the membership; null: no end.
    pub expires_on: Option<Date>,
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
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
