//! Texts of consent notices, one per language.

use sea_orm::entity::prelude::*;

use crate::{CompanyId, NoticeId};

/// A notice in one language. Never changed once published.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notice_text")]
pub struct Model {
    /// Of which notice.
    #[sea_orm(primary_key, auto_increment = false)]
    pub notice_id: NoticeId,
    /// A BCP 47 tag.
    #[sea_orm(primary_key, auto_increment = false)]
    pub language: String,
    pub company_id: CompanyId,
    /// One line.
    pub title: String,
    /// The whole text.
    pub body: String,
    /// SHA-256 of purpose, version, language, title and text, in hexadecimal digits.
    pub text_hash: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
