//! What other sources know of the workers in a file.

use std::collections::{BTreeMap, HashMap};

use entity::{external_identity, person};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, JoinType};

use super::{all, of_company};
use crate::database::among;
use crate::error::Result;
use crate::scope::Scope;

/// The other sources that have workers with these ids and family names, with their number; none if workers of this source are stored already.
pub async fn with_the_same_workers(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    source: &str,
    family_names: HashMap<String, String>,
) -> Result<BTreeMap<String, usize>> {
    use external_identity::Column as Identity;
    let mut own = of_company::<external_identity::Entity>(scope, &[Identity::Source])?;
    own.and_where(Expr::col(Identity::Source).eq(source))
        .limit(1);
    if connection.query_one(&own).await?.is_some() || family_names.is_empty() {
        return Ok(BTreeMap::new());
    }
    let of_person = Expr::col((external_identity::Entity, Identity::PersonId))
        .equals((person::Entity, person::Column::Id));
    let columns = [Identity::Source, Identity::ExternalId];
    let mut rows = of_company::<external_identity::Entity>(scope, &columns)?;
    rows.column((person::Entity, person::Column::FamilyName))
        .join(JoinType::InnerJoin, person::Entity, of_person)
        .and_where(among(
            scope.backend(),
            Expr::col((external_identity::Entity, Identity::ExternalId)),
            family_names.keys().cloned().collect(),
        ));
    let read = |row: &mut super::Values<'_>| Ok((row.take()?, row.take()?, row.take()?));
    let mut sources: BTreeMap<String, usize> = BTreeMap::new();
    for (other, id, family_name) in all::<(String, String, String)>(connection, &rows, read).await?
    {
        if family_names.get(&id) == Some(&family_name) {
            *sources.entry(other).or_default() += 1;
        }
    }
    Ok(sources)
}
