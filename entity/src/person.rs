//! Everyone a company knows: alumni and employees, one row and one id for life.

use sea_orm::entity::prelude::*;

use crate::{CompanyId, Languages, Links, PersonId, Standing};

/// Someone known to a company.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person")]
pub struct Model {
    /// The key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PersonId,
    /// Whose.
    pub company_id: CompanyId,
    /// What the person is to the company now; written together with the membership.
    pub standing: Standing,
    /// As the company numbers its people.
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
    /// Phone.
    pub phone: Option<String>,
    /// Where the person lives, as they put it.
    pub location: Option<String>,
    /// Where the person works now.
    pub current_employer: Option<String>,
    /// As what.
    pub current_title: Option<String>,
    /// One line about themselves.
    pub headline: Option<String>,
    /// More about themselves.
    pub biography: Option<String>,
    /// Addresses the person shows.
    #[sea_orm(column_type = "JsonBinary")]
    pub links: Links,
    /// BCP 47 tags, best first.
    #[sea_orm(column_type = "JsonBinary")]
    pub languages: Languages,
    /// Reading by which directories are ordered: folded kana, else the folded name.
    pub sort_name: String,
    /// Folded two-letter pieces of what a text search finds a person by, separated by spaces.
    pub grams: String,
    /// How many characters of `grams` come from the names; null: not known, and where one of the others is hidden the person is found by none.
    pub grams_names: Option<i32>,
    /// How many from them and the other name.
    pub grams_other_name: Option<i32>,
    /// How many from them and the current employer; the rest comes from the title.
    pub grams_employer: Option<i32>,
    /// Last working day of the last employment, for whoever is no employee.
    pub left_on: Option<Date>,
    /// The fields whose audience the person chose, a bit each; the others follow the company.
    pub visibility_chosen: i32,
    /// The fields the company's staff see.
    pub seen_by_hr: i32,
    /// The fields employees see.
    pub seen_by_employees: i32,
    /// The fields alumni see who are members.
    pub seen_by_alumni: i32,
    /// Since when the row is only kept, shown to nobody but the person and those who handle data requests; null: it is not.
    pub restricted_at: Option<DateTimeUtc>,
    /// The purposes to which the person's consent holds now, a bit each; written together with the ledger's entries.
    pub consents: i32,
    /// When the row came.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    /// Grows by one with each change.
    pub version: i32,
}

/// What lies behind a row.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// `employment`.
    #[sea_orm(
        belongs_to = "super::employment::Entity",
        from = "Column::Id",
        to = "super::employment::Column::PersonId"
    )]
    Employments,
    /// `membership`.
    #[sea_orm(
        belongs_to = "super::membership::Entity",
        from = "Column::Id",
        to = "super::membership::Column::PersonId"
    )]
    Membership,
    /// `person_skill`.
    #[sea_orm(
        belongs_to = "super::person_skill::Entity",
        from = "Column::Id",
        to = "super::person_skill::Column::PersonId"
    )]
    Skills,
    /// `person_intent`.
    #[sea_orm(
        belongs_to = "super::person_intent::Entity",
        from = "Column::Id",
        to = "super::person_intent::Column::PersonId"
    )]
    Intents,
    /// `participation`.
    #[sea_orm(
        belongs_to = "super::participation::Entity",
        from = "Column::Id",
        to = "super::participation::Column::PersonId"
    )]
    Participations,
    /// `referral`.
    #[sea_orm(
        belongs_to = "super::referral::Entity",
        from = "Column::Id",
        to = "super::referral::Column::ReferrerId"
    )]
    ReferralsMade,
    /// `referral`.
    #[sea_orm(
        belongs_to = "super::referral::Entity",
        from = "Column::Id",
        to = "super::referral::Column::CandidateId"
    )]
    ReferralsReceived,
    /// `consent`.
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
