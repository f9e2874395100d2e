//! What the links of exports were made for.

use chrono::{DateTime, Utc};
use entity::{DataRequestId, account, company, data_request};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::database::Database;
use crate::error::Result;

/// What an export's link was made for.
#[derive(Clone, Debug)]
pub struct Linked {
    /// The request.
    pub request: data_request::Model,
    /// The login it was made for.
    pub account: account::Model,
    /// Whose.
    pub company: company::Model,
}

/// The request an export's link belongs to, whichever company's; null where there is none, the link has run out, or its login has ended.
#[expect(
    clippy::disallowed_methods,
    reason = "the link alone says whose it is; there is no scope before it is known"
)]
pub async fn linked_without_scope(
    database: &Database,
    hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<Linked>> {
    let connection = database.reader();
    let request = data_request::Entity::find()
        .filter(data_request::Column::LinkHash.eq(hash))
        .one(&connection)
        .await?;
    let Some(request) = request.filter(|row| row.link_expires_at.is_some_and(|at| at > now)) else {
        return Ok(None);
    };
    let Some(account) = request.link_account_id else {
        return Ok(None);
    };
    let account = account::Entity::find_by_id(account)
        .one(&connection)
        .await?;
    let account = account.filter(|account| {
        account.company_id == Some(request.company_id)
            && account.disabled_at.is_none_or(|at| at > now)
    });
    let company = company::Entity::find_by_id(request.company_id)
        .one(&connection)
        .await?;
    Ok(account.zip(company).map(|(account, company)| Linked {
        request,
        account,
        company,
    }))
}

/// Uses a link up; false where somebody else was first.
pub async fn use_link(
    connection: &impl ConnectionTrait,
    request: DataRequestId,
    hash: &[u8],
) -> Result<bool> {
    use data_request::Column;
    let used = data_request::Entity::update_many()
        .col_expr(Column::LinkHash, Expr::value(None::<Vec<u8>>))
        .col_expr(Column::LinkExpiresAt, Expr::value(None::<DateTime<Utc>>))
        .filter(Column::Id.eq(request))
        .filter(Column::LinkHash.eq(hash))
        .exec(connection)
        .await?;
    Ok(used.rows_affected == 1)
}
