//! Who read which of whose personal fields.

use sea_orm::entity::prelude::*;

use crate::{AccessLogEntryId, ActorKind, CompanyId, PersonId, ReferralId, Role};

/// One person, or someone outside who was recommended, whose personal fields one operation answered to somebody whose office it is to see them. Append-only.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_log_entry")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub company_id: CompanyId,
    /// Grows with the time of the operation; the same however often the entry is brought in.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccessLogEntryId,
    /// Who was read; null for someone outside.
    pub person_id: Option<PersonId>,
    /// The referral of someone outside who was read; null for a person.
    pub referral_id: Option<ReferralId>,
    /// What kind of hand read.
    pub reader_kind: ActorKind,
    /// The role by which the account could read, as it was then; null for a key, and for entries older than this.
    pub reader_role: Option<Role>,
    /// Which account or key.
    pub reader_id: Uuid,
    /// Which fields, a bit each (`PersonalField`).
    pub fields: i64,
    /// What the client calls the operation; null where it does not.
    pub operation_name: Option<String>,
    /// The request that did it.
    pub request_id: String,
    /// When it was answered.
    pub at: DateTimeUtc,
}

/// What lies behind a row.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// Who was read.
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
