//! The tenants.

use sea_orm::entity::prelude::*;

use crate::CompanyId;

/// A tenant: runs one alumni programme.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "company")]
pub struct Model {
    /// The key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CompanyId,
    /// Short name in addresses and on the command line; unique over all companies.
    pub slug: String,
    /// As the company writes itself.
    pub name: String,
    /// What the company says of its programme.
    pub description: Option<String>,
    /// An https address.
    pub website: Option<String>,
    /// BCP 47 tag of the programme's first language.
    pub locale: String,
    /// IANA name; days that people mean as days are days there.
    pub time_zone: String,
    /// ISO 4217 code.
    pub currency: String,
    /// When the row came.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    /// Grows by one with each change.
    pub version: i32,
    /// Grows with each change of the company, a department or a skill that was there before.
    pub reference_edition: i32,
    /// The fields of a profile that staff see where the person chose nothing, a bit each.
    pub seen_by_hr: i32,
    /// Those that employees see.
    pub seen_by_employees: i32,
    /// Those that alumni see who are members.
    pub seen_by_alumni: i32,
    /// Name that messages are sent under; null: the company's name.
    pub mail_sender_name: Option<String>,
    /// Address that messages are sent from; null: the service's.
    pub mail_sender_address: Option<String>,
    /// Address that replies go to; null: the sender's.
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

/// What lies behind a row.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::Id;
}
