//! What operators did to companies as a whole, and what happened to operators' accounts and invitations. An act belongs to no company, because it
//! outlives the company, and has ids but no names of people.

use sea_orm::entity::prelude::*;

use crate::{AccountId, CompanyId, OperatorActId};

/// One act.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "operator_act")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OperatorActId,
    /// What: `COMPANY_EXPORTED`, `COMPANY_DELETED`, or of an operator's account or invitation, as `OPERATOR_INVITATION_CREATED`.
    pub act: String,
    /// To which company, which may be deleted; null: to an operator's account or invitation.
    pub company_id: Option<CompanyId>,
    /// Its slug at that time.
    pub company_slug: Option<String>,
    /// How many rows of each table it had.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub rows: Option<Json>,
    /// The operator's account or invitation; null: the act was on a company.
    pub subject_id: Option<Uuid>,
    /// The account that acted; null: the command line.
    pub actor_id: Option<AccountId>,
    pub at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
