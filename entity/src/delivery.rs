//! Messages to one recipient each, from the moment they are queued to their final state.

use sea_orm::entity::prelude::*;
use uuid::Uuid;

use crate::{
    CompanyId, ConsentPurpose, DeliveryId, DeliveryKind, DeliveryReason, DeliveryState, PersonId,
};

/// One message to one recipient.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "delivery")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DeliveryId,
    pub company_id: CompanyId,
    pub kind: DeliveryKind,
    /// Purpose of consent that is checked; null: none.
    pub purpose: Option<ConsentPurpose>,
    /// Null if the recipient is not a person of the company.
    pub person_id: Option<PersonId>,
    /// The invitation or other row that caused it.
    pub subject_id: Option<Uuid>,
    /// E-mail address; null once removed.
    pub recipient: Option<String>,
    /// BCP 47 tag of the message's language.
    pub locale: String,
    /// Unique in the company: a second message with the same key is not queued.
    pub dedupe_key: String,
    /// The message's values, without secrets; null once removed.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub parameters: Option<Json>,
    /// Sealed secret of the message (the link's token); null: none, or removed.
    pub sealed: Option<Vec<u8>>,
    pub state: DeliveryState,
    /// Reason for the state.
    pub reason: Option<DeliveryReason>,
    /// Number of attempts started.
    pub attempt_count: i32,
    /// Number of attempts after which it fails.
    pub attempt_limit: i32,
    /// When a sender may claim it: the next attempt, or the end of the lease while it is sent. Null in a final state.
    pub next_attempt_at: Option<DateTimeUtc>,
    /// The sender that claimed it last.
    pub lease_owner: Option<Uuid>,
    /// Message-ID, the same for every attempt.
    pub message_id: String,
    /// Reply code of the mail server's last response.
    pub server_code: Option<i32>,
    /// Text of the mail server's last response, without the recipient's address.
    pub server_answer: Option<String>,
    /// After this instant it is not sent.
    pub not_after: DateTimeUtc,
    /// When the mail server accepted it.
    pub sent_at: Option<DateTimeUtc>,
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
        belongs_to = "super::delivery_attempt::Entity",
        from = "Column::Id",
        to = "super::delivery_attempt::Column::DeliveryId"
    )]
    Attempts,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
