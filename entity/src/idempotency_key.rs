//! Mutations done under a key, for as long as they may be sent again.

use sea_orm::entity::prelude::*;

use crate::CompanyId;

/// One key of one viewer.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_key")]
pub struct Model {
    /// Of the viewer and the key, neither of which can be told from it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hash: Vec<u8>,
    /// Whose answer it may hold: the viewer's company; null where they belong to none.
    pub company_id: Option<CompanyId>,
    /// Of what was sent with the key.
    pub request_hash: Vec<u8>,
    /// What was answered, sealed: only who has the key can have it opened. Null where it is to be told to nobody any more.
    pub answer: Option<Vec<u8>>,
    /// From when on the key is as if it had never been used.
    pub expires_at: DateTimeUtc,
}

/// What lies behind a row.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
