//! History of the stages of referrals.

use sea_orm::entity::prelude::*;

use crate::{CompanyId, PersonId, ReferralId, ReferralStage, ReferralStepId};

/// One stage change.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "referral_step")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReferralStepId,
    pub company_id: CompanyId,
    pub referral_id: ReferralId,
    /// Null for the first step.
    pub from_stage: Option<ReferralStage>,
    pub to_stage: ReferralStage,
    pub note: Option<String>,
    /// Null for a system.
    pub actor_id: Option<PersonId>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::referral::Entity",
        from = "Column::ReferralId",
        to = "super::referral::Column::Id"
    )]
    Referral,
    #[sea_orm(
        belongs_to = "super::person::Entity",
        from = "Column::ActorId",
        to = "super::person::Column::Id"
    )]
    Actor,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
