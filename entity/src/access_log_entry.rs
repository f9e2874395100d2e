//! The access log: reads of personal data.

use sea_orm::entity::prelude::*;

use crate::{AccessLogEntryId, ActorKind, CompanyId, PersonId, ReferralId, Role};

/// One read: the personal fields of one person, or of one external candidate, that one operation returned to staff or an API key. Append-only.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_log_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub company_id: CompanyId,
    /// Ordered by the time of the operation. Deterministic, so that an entry can be inserted again.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccessLogEntryId,
    /// The person read; null for an external candidate.
    pub person_id: Option<PersonId>,
    /// The referral whose candidate was read; null for a person.
    pub referral_id: Option<ReferralId>,
    pub reader_kind: ActorKind,
    /// The role that permitted the read, as it was then; null for an API key and for old entries.
    pub reader_role: Option<Role>,
    /// Id of the account or API key.
    pub reader_id: Uuid,
    /// The returned fields as a bit set (`PersonalField`).
    pub fields: i64,
    /// Name of the operation in the client's document.
    pub operation_name: Option<String>,
    pub request_id: String,
    /// Time of the response.
    pub at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// The person read.
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
