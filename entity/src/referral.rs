//! Referrals of candidates for opportunities.

use sea_orm::entity::prelude::*;

use crate::{CompanyId, OpportunityId, PersonId, ReferralId, ReferralStage};

/// A referral.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "referral")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReferralId,
    pub company_id: CompanyId,
    pub opportunity_id: OpportunityId,
    pub referrer_id: PersonId,
    /// Null for an external candidate.
    pub candidate_id: Option<PersonId>,
    /// Name of an external candidate.
    pub candidate_name: Option<String>,
    /// E-mail address of an external candidate.
    pub candidate_email: Option<String>,
    /// Identity of the candidate within an opportunity: the person, or the folded e-mail address.
    pub candidate_key: String,
    pub stage: ReferralStage,
    /// The earlier referral, if this one is a duplicate.
    pub duplicate_of_id: Option<ReferralId>,
    pub recommendation: Option<String>,
    pub submitted_at: DateTimeUtc,
    /// When it reached its final stage.
    pub closed_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub version: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::opportunity::Entity",
        from = "Column::OpportunityId",
        to = "super::opportunity::Column::Id"
    )]
    Opportunity,
    #[sea_orm(
        belongs_to = "super::person::Entity",
        from = "Column::ReferrerId",
        to = "super::person::Column::Id"
    )]
    Referrer,
    #[sea_orm(
        belongs_to = "super::person::Entity",
        from = "Column::CandidateId",
        to = "super::person::Column::Id"
    )]
    Candidate,
    #[sea_orm(
        belongs_to = "super::referral_step::Entity",
        from = "Column::Id",
        to = "super::referral_step::Column::ReferralId"
    )]
    Steps,
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
