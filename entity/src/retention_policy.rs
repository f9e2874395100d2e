//! How long each company keeps what; a company without a row keeps to the usual.

use sea_orm::entity::prelude::*;

use crate::CompanyId;

/// One company's rules, and the salt of its tombstones.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "retention_policy")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub company_id: CompanyId,
    /// Years from leaving for which the law makes the company keep the facts of an employment.
    pub employment_record_years: i32,
    /// Months from leaving after which who never joined is erased; null: never.
    pub never_joined_months: Option<i32>,
    /// Months from its end after which the person of an ended membership is erased; null: never.
    pub ended_months: Option<i32>,
    /// Months from its end after which a referral no longer says who the outside candidate was; null: never.
    pub outside_candidate_months: Option<i32>,
    /// Months for which ended data requests are kept.
    pub data_request_months: i32,
    /// Months for which entries of the access log are kept; null: all are.
    pub access_log_months: Option<i32>,
    /// Secret of the company's tombstones.
    pub salt: Vec<u8>,
    /// When the row came.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    /// Grows by one with each change.
    pub version: i32,
}

/// What lies behind a row.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
