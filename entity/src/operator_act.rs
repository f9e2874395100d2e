//! What operators did to companies as a whole. Belongs to no company, for it outlives them, and names nobody.

use sea_orm::entity::prelude::*;

use crate::{CompanyId, OperatorActId};

/// One act.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "operator_act")]
pub struct Model {
    /// The key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OperatorActId,
    /// What: `COMPANY_EXPORTED`, `COMPANY_DELETED`.
    pub act: String,
    /// To which company; it may no longer be.
    pub company_id: CompanyId,
    /// Its slug at that time.
    pub company_slug: String,
    /// How many rows of each table it had.
    #[sea_orm(column_type = "JsonBinary")]
    pub rows: Json,
    /// When.
    pub at: DateTimeUtc,
}

/// What lies behind a row.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
