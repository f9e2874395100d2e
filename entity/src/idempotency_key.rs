//! Idempotency keys of mutations, with the stored responses.

use sea_orm::entity::prelude::*;

use crate::CompanyId;

/// One key of one viewer.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_key")]
pub struct Model {
    /// Hash of viewer and key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hash: Vec<u8>,
    /// Company of the viewer; null if the viewer has none.
    pub company_id: Option<CompanyId>,
    /// Of what was sent with the key.
    pub request_hash: Vec<u8>,
    /// The sealed response, which only the key can open. Null once it must not be returned any more.
    pub answer: Option<Vec<u8>>,
    /// From when on the key is as if it had never been used.
    pub expires_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
