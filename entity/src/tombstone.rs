//! By what the erased are kept from being made anew: salted hashes, which name nobody and point at nobody.

use sea_orm::entity::prelude::*;

use crate::CompanyId;

/// One thing somebody erased was known by.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tombstone")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub company_id: CompanyId,
    /// HMAC-SHA-256 of it under the company's salt.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hash: Vec<u8>,
    /// The day of the erasure: an employment that begins later is another matter.
    pub erased_on: Date,
}

/// What lies behind a row.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
