//! People known to a company: alumni and employees, one row and one id for life.

use sea_orm::entity::prelude::*;

use crate::{CompanyId, Languages, Links, PersonId, Standing};

/// A person known to a company.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PersonId,
    pub company_id: CompanyId,
    /// Relation of the person to the company; written together with the membership.
    pub standing: Standing,
    pub employee_number: Option<String>,
    /// Family name.
    pub family_name: String,
    /// Given name; may be empty for people with one name.
    pub given_name: String,
    /// Reading of the family name in katakana.
    pub family_name_kana: Option<String>,
    /// Reading of the given name in katakana.
    pub given_name_kana: Option<String>,
    /// Family name in Latin letters.
    pub family_name_romaji: Option<String>,
    /// Given name in Latin letters.
    pub given_name_romaji: Option<String>,
    /// A former or business name under which colleagues know the person.
    pub other_name: Option<String>,
    /// Private e-mail.
    pub personal_email: Option<String>,
    /// E-mail at the company.
    pub work_email: Option<String>,
    pub phone: Option<String>,
    pub location: Option<String>,
    pub current_employer: Option<String>,
    pub current_title: Option<String>,
    pub headline: Option<String>,
    pub biography: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub links: Links,
    /// BCP 47 tags, best first.
    #[sea_orm(column_type = "JsonBinary")]
    pub languages: Languages,
    /// Reading by which directories are ordered: folded kana, else the folded name.
    pub sort_name: String,
    /// Folded two-letter pieces of what a text search finds a person by, separated by spaces.
    pub grams: String,
    /// Number of characters of `grams` from the names. Null: unknown; a search then does not find the person if one of the other fields is hidden.
    pub grams_names: Option<i32>,
    /// Number of characters from the names and the other name.
    pub grams_other_name: Option<i32>,
    /// Number of characters from these and the current employer; the rest is from the title.
    pub grams_employer: Option<i32>,
    /// Last working day of the last employment; null for an employee.
    pub left_on: Option<Date>,
    /// Bit set of the fields whose audience the person set; the others follow the company.
    pub visibility_chosen: i32,
    /// Bit set of the fields that staff see.
    pub seen_by_hr: i32,
    /// Bit set of the fields that employees see.
    pub seen_by_employees: i32,
    /// Bit set of the fields that alumni members see.
    pub seen_by_alumni: i32,
    /// Start of a restriction: the row is visible only to the person and to handlers of data requests. Null: not restricted.
    pub restricted_at: Option<DateTimeUtc>,
    /// Bit set of the purposes with a valid consent; written together with the ledger's entries.
    pub consents: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub version: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::employment::Entity",
        from = "Column::Id",
        to = "super::employment::Column::PersonId"
    )]
    Employments,
    #[sea_orm(
        belongs_to = "super::membership::Entity",
        from = "Column::Id",
        to = "super::membership::Column::PersonId"
    )]
    Membership,
    #[sea_orm(
        belongs_to = "super::person_skill::Entity",
        from = "Column::Id",
        to = "super::person_skill::Column::PersonId"
    )]
    Skills,
    #[sea_orm(
        belongs_to = "super::person_intent::Entity",
        from = "Column::Id",
        to = "super::person_intent::Column::PersonId"
    )]
    Intents,
    #[sea_orm(
        belongs_to = "super::participation::Entity",
        from = "Column::Id",
        to = "super::participation::Column::PersonId"
    )]
    Participations,
    #[sea_orm(
        belongs_to = "super::referral::Entity",
        from = "Column::Id",
        to = "super::referral::Column::ReferrerId"
    )]
    ReferralsMade,
    #[sea_orm(
        belongs_to = "super::referral::Entity",
        from = "Column::Id",
        to = "super::referral::Column::CandidateId"
    )]
    ReferralsReceived,
    #[sea_orm(
        belongs_to = "super::consent::Entity",
        from = "Column::Id",
        to = "super::consent::Column::PersonId"
    )]
    Consents,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
