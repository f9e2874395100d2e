//! One-time links by which a login becomes an account or a person joins the programme.

use sea_orm::entity::prelude::*;

use crate::{AccountId, CompanyId, InvitationId, InvitationKind, PersonId, Roles};

/// An invitation. The link itself is not stored, only the hash of its secret part.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invitation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InvitationId,
    /// Null for an operator's account.
    pub company_id: Option<CompanyId>,
    /// What accepting it creates.
    pub kind: InvitationKind,
    /// The person it is for; null for an account without a person.
    pub person_id: Option<PersonId>,
    /// Roles the account is granted.
    #[sea_orm(column_type = "JsonBinary")]
    pub roles: Roles,
    /// Display name of an account without a person.
    pub name: Option<String>,
    /// The e-mail address it was sent to; null if the link was handed over another way.
    pub email: Option<String>,
    /// The `iss` of the only login that may use the link; null: any login.
    pub issuer: Option<String>,
    /// The `sub` of that login.
    pub subject: Option<String>,
    /// Whether the account needs no current employment for its roles.
    pub external: bool,
    /// When the roles of an external account end; null: no end.
    pub account_expires_at: Option<DateTimeUtc>,
    /// SHA-256 of the link's secret part; a new link replaces it.
    pub link_hash: Vec<u8>,
    /// When the current link was made.
    pub sent_at: DateTimeUtc,
    /// How many links were made.
    pub sent_count: i32,
    /// When the link expires.
    pub expires_at: DateTimeUtc,
    /// When it was accepted; null while it is open.
    pub accepted_at: Option<DateTimeUtc>,
    /// The account that accepted it.
    pub account_id: Option<AccountId>,
    /// When it was revoked.
    pub revoked_at: Option<DateTimeUtc>,
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
