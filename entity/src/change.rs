//! The outbox: changes with their subject and actor. Append-only, without personal data.

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
    pub company_id: CompanyId,
    /// For example `referral.advanced`.
    pub kind: String,
    pub subject_kind: SubjectKind,
    pub subject_id: Uuid,
    /// The person concerned, if there is one.
    pub person_id: Option<PersonId>,
    pub actor_kind: ActorKind,
    /// Id of the account or API key; null for the service itself.
    pub actor_id: Option<Uuid>,
    /// Names of the changed fields.
    #[sea_orm(column_type = "JsonBinary")]
    pub fields: Fields,
    pub request_id: Option<String>,
    pub at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
