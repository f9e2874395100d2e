//! Logins and keys, looked up before anybody is known: the only reads without a scope.

use entity::{account, api_key};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::database::Database;
use crate::error::Result;

/// The account of a token's issuer and subject, whichever company it belongs to.
#[expect(
    clippy::disallowed_methods,
    reason = "there is no scope before the account is known"
)]
pub async fn account_of_subject(
    database: &Database,
    issuer: &str,
    subject: &str,
) -> Result<Option<account::Model>> {
    let rows = account::Entity::find()
        .filter(account::Column::Issuer.eq(issuer))
        .filter(account::Column::Subject.eq(subject));
    Ok(rows.one(database.reader()).await?)
}

/// The API key with a public part, whichever company it belongs to.
#[expect(
    clippy::disallowed_methods,
    reason = "there is no scope before the key is known"
)]
pub async fn api_key_by_lookup(
    database: &Database,
    lookup: &str,
) -> Result<Option<api_key::Model>> {
    Ok(api_key::Entity::find()
        .filter(api_key::Column::Lookup.eq(lookup))
        .one(database.reader())
        .await?)
}
