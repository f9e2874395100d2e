//! Invitations to external candidates, and their consent.

use sea_orm::entity::prelude::*;

use crate::{
    CandidateInvitationId, CandidateInvitationState, CompanyId, NoticeId, OpportunityId, PersonId,
    ReferralId,
};

/// One invitation. It contains candidate data only while it waits for a response; afterwards the data is in the referral, or erased.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "candidate_invitation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CandidateInvitationId,
    pub company_id: CompanyId,
    pub opportunity_id: OpportunityId,
    pub referrer_id: PersonId,
    pub state: CandidateInvitationState,
    /// As the referrer entered it.
    pub candidate_name: Option<String>,
    pub candidate_email: Option<String>,
    /// Identity of the candidate: the folded e-mail address.
    pub candidate_key: Option<String>,
    pub recommendation: Option<String>,
    /// SHA-256 of the link's secret.
    pub link_hash: Vec<u8>,
    /// End of the time to consent.
    pub expires_at: DateTimeUtc,
    /// Kept after a withdrawal of the consent.
    pub consented_at: Option<DateTimeUtc>,
    /// Null for the built-in notice.
    pub notice_id: Option<NoticeId>,
    pub notice_version: Option<i32>,
    /// Language of the notice.
    pub language: Option<String>,
    /// SHA-256 of the notice text.
    pub text_hash: Option<String>,
    /// The referral created by the consent.
    pub referral_id: Option<ReferralId>,
    /// When it ended, or when the consent was withdrawn.
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
        belongs_to = "super::referral::Entity",
        from = "Column::ReferralId",
        to = "super::referral::Column::Id"
    )]
    Referral,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
