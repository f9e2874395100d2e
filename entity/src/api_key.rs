//! The keys HR systems carry; a key itself is shown once and only its hash is kept.

use sea_orm::entity::prelude::*;

use crate::{ApiKeyId, CompanyId, Scopes};

/// A key of an HR system.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_key")]
pub struct Model {
    /// The key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ApiKeyId,
    /// Whose.
    pub company_id: CompanyId,
    /// What it is for, as the company calls it.
    pub name: String,
    /// The key's public part; unique.
    pub lookup: String,
    /// SHA-256 of the whole key.
    pub hash: Vec<u8>,
    /// What it may do.
    #[sea_orm(column_type = "JsonBinary")]
    pub scopes: Scopes,
    /// Until when it works; null: no end.
    pub expires_at: Option<DateTimeUtc>,
    /// Since when it no longer works.
    pub revoked_at: Option<DateTimeUtc>,
    /// When the row came.
    pub created_at: DateTimeUtc,
}

/// What lies behind a row.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
