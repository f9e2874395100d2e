//! What other sources know of the ids in a file.

use std::collections::{BTreeMap, HashSet};

use entity::external_identity::{self, Column};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait};

use super::{all, among_texts, of_company};
use crate::error::Result;
use crate::scope::Scope;

/// The other sources that have workers with these ids, with their number; none if workers of this source are stored already.
pub async fn with_the_same_ids(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    source: &str,
    ids: HashSet<String>,
) -> Result<BTreeMap<String, usize>> {
    let mut own = of_company::<external_identity::Entity>(scope, &[Column::Source])?;
    own.and_where(Expr::col(Column::Source).eq(source)).limit(1);
    if connection.query_one(&own).await?.is_some() || ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut rows = of_company::<external_identity::Entity>(scope, &[Column::Source])?;
    rows.and_where(among_texts(
        scope,
        Column::ExternalId,
        ids.into_iter().collect(),
    ));
    let mut sources: BTreeMap<String, usize> = BTreeMap::new();
    for source in all(connection, &rows, |row| row.take::<String>()).await? {
        *sources.entry(source).or_default() += 1;
    }
    Ok(sources)
}
