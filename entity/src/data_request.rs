//! What people ask about the data held of them.

use sea_orm::entity::prelude::*;

use crate::{
    AccountId, CompanyId, DataRequestId, DataRequestKind, DataRequestOrigin, DataRequestState,
    ErasedStores, PersonId,
};

/// One request.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "data_request")]
pub struct Model {
    /// The key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DataRequestId,
    /// Whose.
    pub company_id: CompanyId,
    /// About whom.
    pub person_id: PersonId,
    /// For what.
    pub kind: DataRequestKind,
    /// Where it stands.
    pub state: DataRequestState,
    /// How it came.
    pub origin: DataRequestOrigin,
    /// In the person's words.
    pub wish: Option<String>,
    /// The day it came.
    pub received_on: Date,
    /// The last day to answer.
    pub due_on: Date,
    /// When that day was put off; once.
    pub extended_at: Option<DateTimeUtc>,
    /// Why.
    pub extension_reason: Option<String>,
    /// When it was made sure that it is the person who asks.
    pub identity_verified_at: Option<DateTimeUtc>,
    /// How.
    pub identity_proof: Option<String>,
    /// Who works on it.
    pub handler_id: Option<PersonId>,
    /// What the person was answered; the reason of a refusal.
    pub answer: Option<String>,
    /// What an erasure left.
    #[sea_orm(column_type = "JsonBinary")]
    pub receipt: Option<ErasedStores>,
    /// The last day on which an erasure leaves something; null: it leaves nothing.
    pub kept_until: Option<Date>,
    /// SHA-256 of the text of an export's link; null where there is none, or it was used.
    pub link_hash: Option<Vec<u8>>,
    /// The login it was made for.
    pub link_account_id: Option<AccountId>,
    /// From when on the link no longer works.
    pub link_expires_at: Option<DateTimeUtc>,
    /// When it came to an end.
    pub closed_at: Option<DateTimeUtc>,
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
    /// `person`.
    #[sea_orm(
        belongs_to = "super::person::Entity",
        from = "Column::HandlerId",
        to = "super::person::Column::Id"
    )]
    Handler,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
