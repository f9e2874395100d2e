//! Who may log in.

use sea_orm::entity::prelude::*;

use crate::{AccountId, CompanyId, PersonId, Roles};

/// A token's (issuer, subject) and what it stands for. An operator has no company.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    /// The key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccountId,
    /// Whose; null for an operator.
    pub company_id: Option<CompanyId>,
    /// The person who logs in, where it is one the company knows.
    pub person_id: Option<PersonId>,
    /// The token's `iss`.
    pub issuer: String,
    /// The token's `sub`; unique per issuer.
    pub subject: String,
    /// What the account may do.
    #[sea_orm(column_type = "JsonBinary")]
    pub roles: Roles,
    /// Since when it may no longer.
    pub disabled_at: Option<DateTimeUtc>,
    /// When the row came.
    pub created_at: DateTimeUtc,
}

/// What lies behind a row.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
