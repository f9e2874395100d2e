//! Retention policies. A company without a row has the defaults.

use sea_orm::entity::prelude::*;

use crate::CompanyId;

/// One company's rules, and the salt of its tombstones.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "retention_policy")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub company_id: CompanyId,
    /// Years after leaving for which employment facts are kept by law.
    pub employment_record_years: i32,
    /// Months after leaving until a person who never joined is erased; null: never.
    pub never_joined_months: Option<i32>,
    /// Months after the end of a membership until the person is erased; null: never.
    pub ended_months: Option<i32>,
    /// Months after the end of a referral until the data of an external candidate is removed; null: never.
    pub outside_candidate_months: Option<i32>,
    /// Months for which closed data requests are kept.
    pub data_request_months: i32,
    /// Months for which access log entries are kept; null: without limit.
    pub access_log_months: Option<i32>,
    /// Secret of the company's tombstones.
    pub salt: Vec<u8>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub version: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
