//! The way each referral went.

use sea_orm::entity::prelude::*;

use crate::{CompanyId, PersonId, ReferralId, ReferralStage, ReferralStepId};

/// One step: who moved it, when, why.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "referral_step")]
pub struct Model {
    /// The key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReferralStepId,
    /// Whose.
    pub company_id: CompanyId,
    /// Which.
    pub referral_id: ReferralId,
    /// From where; null for the first step.
    pub from_stage: Option<ReferralStage>,
    /// To where.
    pub to_stage: ReferralStage,
    /// Why, in the mover's words.
    pub note: Option<String>,
    /// The person who moved it, where it was one.
    pub actor_id: Option<PersonId>,
    /// When.
    pub created_at: DateTimeUtc,
}

/// What lies behind a row.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// `referral`.
    #[sea_orm(
        belongs_to = "super::referral::Entity",
        from = "Column::ReferralId",
        to = "super::referral::Column::Id"
    )]
    Referral,
    /// `person`.
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
