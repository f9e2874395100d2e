//! The rows a sync reads and writes, a batch at a time: a fixed, small number of statements whatever the batch holds.
//! Tenant-bound like every statement, but not narrowed to what the viewer sees: an HR system that may push workers need not be
//! allowed to read them, and must still not make anybody twice.

use std::collections::HashMap;

use entity::{
    CompanyId, DepartmentId, MembershipId, PersonId, Tenant, company, department, employment,
    external_identity, membership, person,
};
use sea_orm::sea_query::extension::postgres::PgFunc;
use sea_orm::sea_query::{Asterisk, Expr, ExprTrait, LockType, Query, SelectStatement, SimpleExpr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, QueryFilter,
    QueryTrait, SqlErr,
};
use uuid::Uuid;

use super::rules::Known;
use crate::database::Database;
use crate::error::{Error, Result};
use crate::scope::Scope;
use crate::writes::Writes;

/// The company of a slug, for the command line, where nobody is logged in.
#[expect(
    clippy::disallowed_methods,
    reason = "the command line begins with a slug, and has no scope before it"
)]
pub async fn company_by_slug_without_scope(
    database: &Database,
    slug: &str,
) -> Result<Option<company::Model>> {
    Ok(company::Entity::find()
        .filter(company::Column::Slug.eq(slug))
        .one(database.reader())
        .await?)
}

/// The scope's company, held so that two syncs of it go one after the other. Others go on.
pub async fn hold_company(
    scope: &Scope,
    connection: &impl ConnectionTrait,
) -> Result<company::Model> {
    let mut rows = scope.rows::<company::Entity>();
    rows.and_where(Expr::col((company::Entity, company::Column::Id)).eq(scope.company()?));
    lock(scope, &mut rows);
    let row = connection.query_one(&rows).await?.ok_or(Error::NotFound)?;
    Ok(company::Model::from_query_result(&row, "")?)
}

/// What is stored of the workers with these ids in a source, whoever may see them; held until the transaction ends.
pub async fn known_whoever_may_see_them(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    source: &str,
    external_ids: &[&str],
) -> Result<Workers> {
    let mut rows = of_company::<external_identity::Entity>(scope)?;
    rows.and_where(Expr::col(external_identity::Column::Source).eq(source));
    rows.and_where(among_texts(
        scope,
        external_identity::Column::ExternalId,
        external_ids.iter().map(|id| (*id).to_owned()).collect(),
    ));
    let identities: Vec<external_identity::Model> = all(connection, &rows).await?;
    let people: Vec<Uuid> = identities
        .iter()
        .map(|identity| identity.person_id.0)
        .collect();
    if people.is_empty() {
        return Ok(Workers::default());
    }
    // Memberships before people, as those who move a membership take them.
    let mut rows = of_company::<membership::Entity>(scope)?;
    rows.and_where(among(scope, membership::Column::PersonId, people.clone()))
        .order_by(membership::Column::Id, sea_orm::Order::Asc);
    lock(scope, &mut rows);
    let memberships: Vec<membership::Model> = all(connection, &rows).await?;
    let mut memberships: HashMap<PersonId, membership::Model> = memberships
        .into_iter()
        .map(|row| (row.person_id, row))
        .collect();

    let mut rows = of_company::<person::Entity>(scope)?;
    rows.and_where(among(scope, person::Column::Id, people.clone()))
        .order_by(person::Column::Id, sea_orm::Order::Asc);
    lock(scope, &mut rows);
    let persons: Vec<person::Model> = all(connection, &rows).await?;

    let mut rows = of_company::<employment::Entity>(scope)?;
    rows.and_where(among(scope, employment::Column::PersonId, people));
    let mut stints: HashMap<PersonId, Vec<employment::Model>> = HashMap::new();
    for stint in all::<employment::Model>(connection, &rows).await? {
        stints.entry(stint.person_id).or_default().push(stint);
    }
    let known: HashMap<PersonId, Known> = persons
        .into_iter()
        .map(|person| {
            let (stints, membership) = (
                stints.remove(&person.id).unwrap_or_default(),
                memberships.remove(&person.id),
            );
            (
                person.id,
                Known {
                    person,
                    stints,
                    membership,
                },
            )
        })
        .collect();
    let ids = identities.into_iter();
    let ids = ids.map(|identity| (identity.external_id, identity.person_id));
    Ok(Workers {
        ids: ids.collect(),
        known,
    })
}

/// What is stored of workers, by the ids of their source, two of which may name one person.
#[derive(Debug, Default)]
pub struct Workers {
    ids: HashMap<String, PersonId>,
    known: HashMap<PersonId, Known>,
}

impl Workers {
    /// Who is known by this id.
    pub fn get(&self, external_id: &str) -> Option<&Known> {
        self.known.get(self.ids.get(external_id)?)
    }
}

/// The ids of the departments that exist among these names.
pub async fn departments(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    names: Vec<String>,
) -> Result<HashMap<String, DepartmentId>> {
    if names.is_empty() {
        return Ok(HashMap::new());
    }
    let mut rows = of_company::<department::Entity>(scope)?;
    rows.and_where(among_texts(scope, department::Column::Name, names));
    Ok(all::<department::Model>(connection, &rows)
        .await?
        .into_iter()
        .map(|row| (row.name, row.id))
        .collect())
}

/// Rows of one table: those that are made, and those that are edited, as they were and as they are to be.
#[derive(Debug)]
pub struct Rows<M> {
    made: Vec<M>,
    edited: Vec<(M, M)>,
}

impl<M> Default for Rows<M> {
    fn default() -> Self {
        Self {
            made: Vec::new(),
            edited: Vec::new(),
        }
    }
}

impl<M: Clone> Rows<M> {
    /// Takes a row up, beside the one that is stored.
    pub fn take(&mut self, stored: Option<&M>, row: M) {
        match stored {
            Some(stored) => self.edited.push((stored.clone(), row)),
            None => self.made.push(row),
        }
    }
}

/// The rows of one batch.
#[derive(Default)]
pub struct Batch {
    pub departments: Vec<department::Model>,
    pub people: Rows<person::Model>,
    pub identities: Vec<external_identity::Model>,
    pub stints: Rows<employment::Model>,
    pub memberships: Rows<membership::Model>,
    pub ended_memberships: Vec<MembershipId>,
}

/// Adds a batch to what is written.
pub fn put(writes: &mut Writes, company: CompanyId, batch: Batch) {
    use membership::Column as M;
    writes.insert(batch.departments);
    writes.insert(batch.people.made);
    writes.edit(batch.people.edited, person::Column::Id);
    writes.insert(batch.identities);
    writes.insert(batch.stints.made);
    writes.edit(batch.stints.edited, employment::Column::Id);
    if !batch.ended_memberships.is_empty() {
        let ended = membership::Entity::delete_many()
            .filter(M::CompanyId.eq(company))
            .filter(M::Id.is_in(batch.ended_memberships));
        writes.also(ended.into_query());
    }
    writes.insert(batch.memberships.made);
    writes.edit(batch.memberships.edited, M::Id);
}

/// Only another writer can have made the same in between.
pub fn by_another(error: DbErr) -> Error {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => {
            Error::Conflict("another sync wrote the same at the same time; send it again")
        }
        _ => error.into(),
    }
}

fn of_company<E: Tenant>(scope: &Scope) -> Result<SelectStatement> {
    let mut rows = Query::select()
        .column((E::default(), Asterisk))
        .from(E::default())
        .to_owned();
    rows.and_where(Expr::col((E::default(), E::COMPANY)).eq(scope.company()?));
    Ok(rows)
}

fn among(scope: &Scope, column: impl ColumnTrait, values: Vec<Uuid>) -> SimpleExpr {
    match scope.backend() {
        DbBackend::Postgres => Expr::col(column).eq(PgFunc::any(values)),
        _ => Expr::col(column).is_in(values),
    }
}

fn among_texts(scope: &Scope, column: impl ColumnTrait, values: Vec<String>) -> SimpleExpr {
    match scope.backend() {
        DbBackend::Postgres => Expr::col(column).eq(PgFunc::any(values)),
        _ => Expr::col(column).is_in(values),
    }
}

fn lock(scope: &Scope, rows: &mut SelectStatement) {
    if scope.backend() == DbBackend::Postgres {
        rows.lock(LockType::NoKeyUpdate);
    }
}

async fn all<M: FromQueryResult>(
    connection: &impl ConnectionTrait,
    rows: &SelectStatement,
) -> Result<Vec<M>> {
    let rows = connection.query_all(rows).await?;
    Ok(rows
        .iter()
        .map(|row| M::from_query_result(row, ""))
        .collect::<Result<_, DbErr>>()?)
}
