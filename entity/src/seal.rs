//! The chain of seals over a company's changes: each covers the changes since the one before, and that one's hash. Append-only.

use sea_orm::entity::prelude::*;

use crate::CompanyId;

/// One seal.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "seal")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub company_id: CompanyId,
    /// 1, 2, 3 and so on, without a gap.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    /// The transaction of the last change it covers.
    pub transaction_id: i64,
    /// The place of the last change it covers.
    pub seq: i64,
    /// How many changes it covers.
    pub changes: i32,
    /// SHA-256 over the changes; see `audit::rules`.
    pub digest: Vec<u8>,
    /// SHA-256 over the hash before and everything here.
    pub hash: Vec<u8>,
    /// When it was made.
    pub sealed_at: DateTimeUtc,
}

/// What lies behind a row.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
