//! Recommendations of candidates for opportunities.

use sea_orm::entity::prelude::*;

use crate::{CompanyId, OpportunityId, PersonId, ReferralId, ReferralStage};

/// One recommendation.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "referral")]
pub struct Model {
    /// The key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReferralId,
    /// Whose.
    pub company_id: CompanyId,
    /// For what.
    pub opportunity_id: OpportunityId,
    /// Who recommends.
    pub referrer_id: PersonId,
    /// The alumnus recommended; null for someone outside.
    pub candidate_id: Option<PersonId>,
    /// Name of someone outside.
    pub candidate_name: Option<String>,
    /// E-mail of someone outside.
    pub candidate_email: Option<String>,
    /// Tells candidates of one opportunity apart: the person, or the folded e-mail.
    pub candidate_key: String,
    /// Where it stands.
    pub stage: ReferralStage,
    /// The earlier referral, for a duplicate.
    pub duplicate_of_id: Option<ReferralId>,
    /// Why, in the referrer's words.
    pub recommendation: Option<String>,
    /// When handed in.
    pub submitted_at: DateTimeUtc,
    /// When it came to its final stage.
    pub closed_at: Option<DateTimeUtc>,
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
    /// `opportunity`.
    #[sea_orm(
        belongs_to = "super::opportunity::Entity",
        from = "Column::OpportunityId",
        to = "super::opportunity::Column::Id"
    )]
    Opportunity,
    /// `person`.
    #[sea_orm(
        belongs_to = "super::person::Entity",
        from = "Column::ReferrerId",
        to = "super::person::Column::Id"
    )]
    Referrer,
    /// `person`.
    #[sea_orm(
        belongs_to = "super::person::Entity",
        from = "Column::CandidateId",
        to = "super::person::Column::Id"
    )]
    Candidate,
    /// `referral_step`.
    #[sea_orm(
        belongs_to = "super::referral_step::Entity",
        from = "Column::Id",
        to = "super::referral_step::Column::ReferralId"
    )]
    Steps,
    /// `referral`.
    #[sea_orm(
        belongs_to = "super::referral::Entity",
        from = "Column::DuplicateOfId",
        to = "super::referral::Column::Id"
    )]
    DuplicateOf,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
