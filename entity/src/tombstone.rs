//! Tombstones: salted hashes of identifiers, which prevent an import from recreating an erased person. They identify no person.

use sea_orm::entity::prelude::*;

use crate::CompanyId;

/// One identifier of an erased person.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tombstone")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub company_id: CompanyId,
    /// HMAC-SHA-256 of the identifier with the company's salt.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hash: Vec<u8>,
    /// The day of the erasure. An employment that starts later is not affected.
    pub erased_on: Date,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
