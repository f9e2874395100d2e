//! The consent ledger. Append-only: the database itself refuses to change or drop an entry (see the migration for what erasure may do).

use sea_orm::entity::prelude::*;

use crate::{
    ActorKind, CompanyId, ConsentChannel, ConsentDecision, ConsentId, ConsentPurpose, NoticeId,
    PersonId,
};

/// One entry: what a person said of a purpose, when, to which words, and how that is known.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "consent")]
pub struct Model {
    /// The key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConsentId,
    /// Whose.
    pub company_id: CompanyId,
    /// Who said it.
    pub person_id: PersonId,
    /// Counts the person's entries, from 1 and without a gap: the greatest of a purpose is the latest.
    pub number: i32,
    /// Of what.
    pub purpose: ConsentPurpose,
    /// Yes or no.
    pub decision: ConsentDecision,
    /// The notice that was shown; null where it was the service's own, and for a no.
    pub notice_id: Option<NoticeId>,
    /// Its version; null for a no.
    pub notice_version: Option<i32>,
    /// The language in which it was shown, as a BCP 47 tag; `und` where that is not known. Null for a no.
    pub language: Option<String>,
    /// SHA-256 of what was shown, in hexadecimal digits; empty where that is not known. Null for a no.
    pub text_hash: Option<String>,
    /// How it reached the company.
    pub channel: ConsentChannel,
    /// Where the proof is kept: a reference, not the proof.
    pub proof: Option<String>,
    /// What kind of hand wrote it.
    pub actor_kind: ActorKind,
    /// Which account or key; null for the service itself.
    pub actor_id: Option<Uuid>,
    /// When.
    pub at: DateTimeUtc,
}

/// What lies behind a row.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// `notice`.
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
