//! API keys of other systems. A key is returned only once; only its hash is stored.

use sea_orm::entity::prelude::*;

use crate::{ApiKeyId, CompanyId, Scopes};

/// A key of another system.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_key")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ApiKeyId,
    pub company_id: CompanyId,
    pub name: String,
    /// The key's public part; unique.
    pub lookup: String,
    /// SHA-256 of the whole key.
    pub hash: Vec<u8>,
    #[sea_orm(column_type = "JsonBinary")]
    pub scopes: Scopes,
    /// Null: no end.
    pub expires_at: Option<DateTimeUtc>,
    pub revoked_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
