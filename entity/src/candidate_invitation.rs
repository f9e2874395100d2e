//! Questions to people outside whether they want to be recommended, and their consent.

use sea_orm::entity::prelude::*;

use crate::{
    CandidateInvitationId, CandidateInvitationState, CompanyId, NoticeId, OpportunityId, PersonId,
    ReferralId,
};

/// One question. Who the candidate is stands here only while it waits for an answer; from then on it is the referral's, or gone.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "candidate_invitation")]
pub struct Model {
    /// The key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CandidateInvitationId,
    /// Whose.
    pub company_id: CompanyId,
    /// For what.
    pub opportunity_id: OpportunityId,
    /// Who asks.
    pub referrer_id: PersonId,
    /// Where it stands.
    pub state: CandidateInvitationState,
    /// The candidate's name, as the referrer wrote it.
    pub candidate_name: Option<String>,
    /// Their e-mail.
    pub candidate_email: Option<String>,
    /// By what the same candidate is known again: the folded e-mail.
    pub candidate_key: Option<String>,
    /// Why, in the referrer's words.
    pub recommendation: Option<String>,
    /// SHA-256 of what only the link knows.
    pub link_hash: Vec<u8>,
    /// From when on nobody can say yes.
    pub expires_at: DateTimeUtc,
    /// When the candidate said yes; stays where they took it back.
    pub consented_at: Option<DateTimeUtc>,
    /// To which notice; null where it was the service's own.
    pub notice_id: Option<NoticeId>,
    /// To which version of it.
    pub notice_version: Option<i32>,
    /// In which language it was shown.
    pub language: Option<String>,
    /// SHA-256 of what was shown.
    pub text_hash: Option<String>,
    /// The referral their yes made.
    pub referral_id: Option<ReferralId>,
    /// When nothing more can come of it.
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
    /// `referral`.
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
