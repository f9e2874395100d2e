//! Requests of people about their personal data.

use sea_orm::entity::prelude::*;

use crate::{
    AccountId, CompanyId, DataRequestId, DataRequestKind, DataRequestOrigin, DataRequestState,
    ErasedStores, PersonId,
};

/// A data request.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "data_request")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DataRequestId,
    pub company_id: CompanyId,
    pub person_id: PersonId,
    pub kind: DataRequestKind,
    pub state: DataRequestState,
    pub origin: DataRequestOrigin,
    /// The request in the person's words.
    pub wish: Option<String>,
    pub received_on: Date,
    pub due_on: Date,
    /// When the due date was extended; once only.
    pub extended_at: Option<DateTimeUtc>,
    pub extension_reason: Option<String>,
    pub identity_verified_at: Option<DateTimeUtc>,
    pub identity_proof: Option<String>,
    pub handler_id: Option<PersonId>,
    /// The response to the person; the reason of a refusal.
    pub answer: Option<String>,
    /// Result of an erasure.
    #[sea_orm(column_type = "JsonBinary")]
    pub receipt: Option<ErasedStores>,
    /// The last day on which an erasure leaves data; null: it leaves none.
    pub kept_until: Option<Date>,
    /// SHA-256 of an export link's secret; null if there is none, or it was used.
    pub link_hash: Option<Vec<u8>>,
    /// The account for which the link was created.
    pub link_account_id: Option<AccountId>,
    pub link_expires_at: Option<DateTimeUtc>,
    pub closed_at: Option<DateTimeUtc>,
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
