//! The consent ledger. Append-only: the database rejects updates and deletes of entries (see the migration for the exceptions of an erasure).

use sea_orm::entity::prelude::*;

use crate::{
    ActorKind, CompanyId, ConsentChannel, ConsentDecision, ConsentId, ConsentPurpose, NoticeId,
    PersonId,
};

/// One entry of the ledger: a person's decision about a purpose, with the notice and the proof.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "consent")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConsentId,
    pub company_id: CompanyId,
    pub person_id: PersonId,
    /// Numbers the person's entries, from 1 without gaps; the highest number of a purpose is the current entry.
    pub number: i32,
    pub purpose: ConsentPurpose,
    pub decision: ConsentDecision,
    /// The notice that was shown; null for the built-in notice, and unless granted.
    pub notice_id: Option<NoticeId>,
    /// Null unless granted.
    pub notice_version: Option<i32>,
    /// BCP 47 language tag of the notice; `und` if unknown. Null unless granted.
    pub language: Option<String>,
    /// SHA-256 of the notice text, in hexadecimal; empty if unknown. Null unless granted.
    pub text_hash: Option<String>,
    pub channel: ConsentChannel,
    /// Reference to the proof, not the proof itself.
    pub proof: Option<String>,
    pub actor_kind: ActorKind,
    /// Id of the account or API key; null for the service itself.
    pub actor_id: Option<Uuid>,
    pub at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::notice::Entity",
        from = "Column::NoticeId",
        to = "super::notice::Column::Id"
    )]
    Notice,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
