//! Companies: the tenants.

use sea_orm::entity::prelude::*;

use crate::CompanyId;

/// A tenant: runs one alumni programme.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "company")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CompanyId,
    /// Short name in addresses and on the command line; unique over all companies.
    pub slug: String,
    pub name: String,
    pub description: Option<String>,
    /// HTTPS URL.
    pub website: Option<String>,
    /// BCP 47 language tag.
    pub locale: String,
    /// IANA time zone, in which dates are interpreted.
    pub time_zone: String,
    /// ISO 4217 code.
    pub currency: String,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub version: i32,
    /// Increases with each change of the company, a department or an existing skill.
    pub reference_edition: i32,
    /// Bit set of the profile fields that staff see by default.
    pub seen_by_hr: i32,
    /// Bit set of the profile fields that employees see by default.
    pub seen_by_employees: i32,
    /// Bit set of the profile fields that alumni members see by default.
    pub seen_by_alumni: i32,
    /// Null: the company's name.
    pub mail_sender_name: Option<String>,
    /// Null: the service's address.
    pub mail_sender_address: Option<String>,
    /// Null: the sender's address.
    pub mail_reply_to: Option<String>,
    /// Page that opens the links of messages; null: the service's.
    pub portal_url: Option<String>,
    /// Whether an invited person may join by a verified e-mail address, without the link.
    pub join_by_email: bool,
    /// Whether people without an invitation may apply to join.
    pub applications: bool,
    /// How many months a membership lasts; null: no end.
    pub membership_months: Option<i32>,
    /// How many days before the end of a membership its notice is sent and it can be renewed.
    pub membership_notice_days: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::Id;
}
