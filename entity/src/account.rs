//! Accounts: logins of a company.

use sea_orm::entity::prelude::*;

use crate::{AccountId, CompanyId, PersonId, Roles};

/// A login: issuer and subject of a token. An operator has no company.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccountId,
    /// Null for an operator.
    pub company_id: Option<CompanyId>,
    /// Null for an account without a person.
    pub person_id: Option<PersonId>,
    /// The token's `iss`.
    pub issuer: String,
    /// The token's `sub`; unique per issuer and company.
    pub subject: String,
    /// Granted roles. `EMPLOYEE` and `ALUMNUS` follow from the person's standing and are not stored.
    #[sea_orm(column_type = "JsonBinary")]
    pub roles: Roles,
    /// Display name of an account without a person.
    pub name: Option<String>,
    /// The e-mail address that the invitation was sent to or the identity provider verified.
    pub email: Option<String>,
    /// Whether the account needs no current employment for its roles.
    pub external: bool,
    /// When the roles of an external account end; null: no end.
    pub expires_at: Option<DateTimeUtc>,
    /// When it was disabled; null while it is enabled.
    pub disabled_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub version: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::company::Entity",
        from = "Column::CompanyId",
        to = "super::company::Column::Id"
    )]
    Company,
    #[sea_orm(
        belongs_to = "super::person::Entity",
        from = "Column::PersonId",
        to = "super::person::Column::Id"
    )]
    Person,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
