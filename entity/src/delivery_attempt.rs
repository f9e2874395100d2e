//! The attempts to send a message. Rows are only added.

use sea_orm::entity::prelude::*;

use crate::{CompanyId, DeliveryId, DeliveryOutcome};

/// One attempt.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "delivery_attempt")]
pub struct Model {
    /// Of which delivery.
    #[sea_orm(primary_key, auto_increment = false)]
    pub delivery_id: DeliveryId,
    /// Which attempt of it, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    pub company_id: CompanyId,
    /// When it began.
    pub started_at: DateTimeUtc,
    /// When its result was known; null: it never was.
    pub ended_at: Option<DateTimeUtc>,
    pub outcome: DeliveryOutcome,
    /// Reply code of the mail server.
    pub server_code: Option<i32>,
    /// Text of the mail server's response, without the recipient's address.
    pub server_answer: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::delivery::Entity",
        from = "Column::DeliveryId",
        to = "super::delivery::Column::Id"
    )]
    Delivery,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
