//! Applications to join a company's alumni programme by people without an invitation.

use sea_orm::entity::prelude::*;

use crate::{
    AccountId, CompanyId, MembershipApplicationId, MembershipApplicationRejection,
    MembershipApplicationState, PersonId,
};

/// One application. At most one per login and company is pending.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "membership_application")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MembershipApplicationId,
    /// The company applied to.
    pub company_id: CompanyId,
    /// The applicant's `iss`.
    pub issuer: String,
    /// The applicant's `sub`.
    pub subject: String,
    /// E-mail address; null if none is known.
    pub email: Option<String>,
    /// Whether the identity provider verified the address.
    pub email_verified: bool,
    /// Stated family name.
    pub family_name: String,
    /// Stated given name; empty for people with one name.
    pub given_name: String,
    /// Reading of the family name in katakana.
    pub family_name_kana: Option<String>,
    /// Reading of the given name in katakana.
    pub given_name_kana: Option<String>,
    /// A former or other name.
    pub other_name: Option<String>,
    /// Stated employee number.
    pub employee_number: Option<String>,
    /// Approximate first day of the employment.
    pub worked_from: Option<Date>,
    /// Approximate last day of the employment.
    pub worked_until: Option<Date>,
    /// Stated department.
    pub department: Option<String>,
    /// Message to the reviewers.
    pub message: Option<String>,
    /// BCP 47 tag of the language to write to the applicant in; null: the company's.
    pub language: Option<String>,
    pub state: MembershipApplicationState,
    /// The person it was approved for.
    pub person_id: Option<PersonId>,
    /// Why it was rejected.
    pub rejection: Option<MembershipApplicationRejection>,
    /// Note to the applicant about the rejection.
    pub rejection_note: Option<String>,
    /// The account that reviewed it; null: an API key, or not reviewed.
    pub reviewer_account_id: Option<AccountId>,
    /// When it was approved or rejected.
    pub reviewed_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub version: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
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
