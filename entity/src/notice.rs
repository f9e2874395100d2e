//! Notices: what a company tells people when it asks for their consent. Version 1 is the service's own, which is no row.

use sea_orm::entity::prelude::*;

use crate::{ActorKind, CompanyId, ConsentPurpose, NoticeId};

/// One version of a purpose's notice. Never changed once published.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notice")]
pub struct Model {
    /// The key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NoticeId,
    /// Whose.
    pub company_id: CompanyId,
    /// For what.
    pub purpose: ConsentPurpose,
    /// Grows by one with each notice of the purpose, from 2.
    pub version: i32,
    /// Whether those who said yes to an earlier version are asked again.
    pub requires_renewal: bool,
    /// SHA-256 of the hashes of its texts, in the order of their languages.
    pub text_hash: String,
    /// Since when it holds.
    pub effective_from: DateTimeUtc,
    /// What kind of hand published it.
    pub actor_kind: ActorKind,
    /// Which account or key; null for the service itself.
    pub actor_id: Option<Uuid>,
}

/// What lies behind a row.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// `notice_text`.
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
