//! The chain of seals over a company's changes. Each covers the changes since the previous seal, and that seal's hash. Append-only.

use sea_orm::entity::prelude::*;

use crate::CompanyId;

/// A seal.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "seal")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub company_id: CompanyId,
    /// 1, 2, 3 and so on, without gaps.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    /// Transaction of the last covered change.
    pub transaction_id: i64,
    /// Position of the last covered change.
    pub seq: i64,
    /// Number of covered changes.
    pub changes: i32,
    /// SHA-256 over the changes; see `audit::rules`.
    pub digest: Vec<u8>,
    /// SHA-256 of the previous hash and all values of this row.
    pub hash: Vec<u8>,
    pub sealed_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
