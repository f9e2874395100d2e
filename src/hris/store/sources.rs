//! The names of sources, and what other sources know of the workers in a file.

use std::collections::{BTreeMap, HashMap};

use entity::{external_identity, person};
use reading::fold;
use sea_orm::sea_query::{Expr, ExprTrait, JoinType};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::{all, of_company};
use crate::database::among;
use crate::error::Result;
use crate::scope::Scope;

/// The company's sources: a look-up in the primary key per source, however many workers they have.
const NAMES: &str = "WITH RECURSIVE known (source) AS (
    SELECT MIN(source) FROM external_identity WHERE company_id = $1
    UNION ALL
    SELECT (SELECT MIN(source) FROM external_identity WHERE company_id = $1 AND source > known.source) FROM known WHERE known.source IS NOT NULL
) SELECT source FROM known WHERE source IS NOT NULL";

/// The name of a source as it is stored. `SmartHR` and `smarthr ` are one source: case, width and punctuation do not count.
pub async fn as_stored(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    source: String,
) -> Result<String> {
    let backend = scope.backend();
    let names = match backend {
        DbBackend::Postgres => NAMES.to_owned(),
        _ => NAMES.replace("$1", "?1"),
    };
    let company = scope.company()?;
    let names = Statement::from_sql_and_values(backend, names, [company.into()]);
    let folded = fold(&source);
    let mut alike = None;
    for row in connection.query_all_raw(names).await? {
        let name: String = row.try_get_by_index(0)?;
        if name == source {
            return Ok(source);
        }
        if !folded.is_empty() && fold(&name) == folded {
            alike.get_or_insert(name);
        }
    }
    Ok(alike.unwrap_or(source))
}

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
