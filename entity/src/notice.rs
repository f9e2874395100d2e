//! Consent notices. Version 1 is built in and has no row.

use sea_orm::entity::prelude::*;

use crate::{ActorKind, CompanyId, ConsentPurpose, NoticeId};

/// One version of a purpose's notice. Never changed once published.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notice")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NoticeId,
    pub company_id: CompanyId,
    pub purpose: ConsentPurpose,
    /// Grows by one with each notice of the purpose, from 2.
    pub version: i32,
    /// Whether people who consented to an earlier version must consent again.
    pub requires_renewal: bool,
    /// SHA-256 of the hashes of its texts, in the order of their languages.
    pub text_hash: String,
    pub effective_from: DateTimeUtc,
    pub actor_kind: ActorKind,
    /// Which account or key; null for the service itself.
    pub actor_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::notice_text::Entity",
        from = "Column::Id",
        to = "super::notice_text::Column::NoticeId"
    )]
    Texts,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
