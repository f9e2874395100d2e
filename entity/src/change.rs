//! The outbox: what happened, to what, by whom. Append-only, without personal data.

use sea_orm::entity::prelude::*;

use crate::{ActorKind, CompanyId, Fields, PersonId, SubjectKind};

/// One change, written in the transaction that made it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "change")]
pub struct Model {
    /// Grows with each row; order of writing, not of commits.
    #[sea_orm(primary_key)]
    pub seq: i64,
    /// PostgreSQL: the writing transaction, so that a reader can stop before those still open. SQLite: 0.
    pub transaction_id: i64,
    /// Whose.
    pub company_id: CompanyId,
    /// What happened, as `referral.advanced`.
    pub kind: String,
    /// What kind of thing it happened to.
    pub subject_kind: SubjectKind,
    /// Which one.
    pub subject_id: Uuid,
    /// The person it concerns, where it is one.
    pub person_id: Option<PersonId>,
    /// What kind of hand did it.
    pub actor_kind: ActorKind,
    /// Which account or key; null for the service itself.
    pub actor_id: Option<Uuid>,
    /// Names of the fields touched.
    #[sea_orm(column_type = "JsonBinary")]
    pub fields: Fields,
    /// The request that did it.
    pub request_id: Option<String>,
    /// When.
    pub at: DateTimeUtc,
}

/// What lies behind a row.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
