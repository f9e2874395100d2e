//! The rows a sync reads and writes, a batch at a time: a fixed, small number of statements whatever the batch holds.
//! Tenant-bound like every statement, but not narrowed to what the viewer sees: an HR system that may push workers need not be
//! allowed to read them, and must still not make anybody twice.

mod rows;
pub mod sources;

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    CompanyId, DepartmentId, EmploymentId, Languages, Links, MembershipId, PersonId, Tenant,
    company, department, employment, external_identity, membership, person,
};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{
    Alias, Expr, ExprTrait, Func, JoinType, LockType, Order, Query, SelectStatement, SimpleExpr,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, IdenStatic,
    QueryFilter, QueryTrait, SqlErr, Value,
};
use uuid::Uuid;

use self::rows::{Kept, Values};
use super::actions::FieldEdit;
use super::rules::{Known, Membership, MembershipWrite, Person, Stint, Write, Writes as Decided};
use crate::database::{Database, among};
use crate::error::{Error, Result};
use crate::outbox::Change;
use crate::scope::Scope;
use crate::writes::{Column, Writes};

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
        .one(&database.reader())
        .await?)
}

/// The time zone of the scope's company.
pub async fn time_zone(scope: &Scope, connection: &impl ConnectionTrait) -> Result<String> {
    let mut rows = scope.rows::<company::Entity>();
    rows.clear_selects()
        .column((company::Entity, company::Column::TimeZone))
        .and_where(Expr::col((company::Entity, company::Column::Id)).eq(scope.company()?));
    let row = connection.query_one(&rows).await?.ok_or(Error::NotFound)?;
    Ok(row.try_get_by_index(0)?)
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

/// What is stored of the workers with these ids in a source, visible to the viewer or not; held until the transaction ends.
pub async fn known_whoever_may_see_them(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    source: &str,
    external_ids: &[&str],
) -> Result<Workers> {
    use external_identity::Column as Identity;
    let mut rows = of_company::<external_identity::Entity>(
        scope,
        &[
            Identity::ExternalId,
            Identity::PersonId,
            Identity::SourceUpdatedAt,
        ],
    )?;
    rows.and_where(Expr::col(Identity::Source).eq(source));
    let external_ids: Vec<String> = external_ids.iter().map(|id| (*id).to_owned()).collect();
    if scope.backend() == DbBackend::Postgres {
        rows = each_by_index(rows, external_ids);
    } else {
        rows.and_where(Expr::col(Identity::ExternalId).is_in(external_ids));
    }
    let read = |row: &mut Values<'_>| Ok((row.take()?, (row.id()?, row.take()?)));
    let ids: HashMap<String, (PersonId, Option<DateTime<Utc>>)> =
        all(connection, &rows, read).await?.into_iter().collect();
    let people: Vec<Uuid> = ids.values().map(|(id, _)| id.0).collect();
    if people.is_empty() {
        return Ok(Workers::default());
    }
    Ok(Workers {
        known: known_people_whoever_may_see_them(scope, connection, people).await?,
        ids,
    })
}

/// Looks each id up by the primary key. A plan for a list of ids that was made while the source had few rows reads all of them and compares
/// each with each id, until the next ANALYZE: the first load of a file would be slower with every batch.
fn each_by_index(mut rows: SelectStatement, external_ids: Vec<String>) -> SelectStatement {
    use external_identity::{Column as Identity, Entity};
    let (given, found) = (Alias::new("given"), Alias::new("found"));
    let is_given = Expr::col((Entity, Identity::ExternalId)).equals((given.clone(), given.clone()));
    // the limit keeps it a look-up of its own
    rows.and_where(is_given).limit(1);
    let columns = [
        Identity::ExternalId,
        Identity::PersonId,
        Identity::SourceUpdatedAt,
    ];
    Query::select()
        .columns(columns.map(|column| (found.clone(), column)))
        .from_function(Func::cust("unnest").arg(external_ids), given)
        .join_lateral(JoinType::InnerJoin, rows, found, Expr::cust("TRUE"))
        .take()
}

/// What is stored of people, visible to the viewer or not; held until the transaction ends.
pub async fn known_people_whoever_may_see_them(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    people: Vec<Uuid>,
) -> Result<HashMap<PersonId, Box<Known>>> {
    let backend = scope.backend();
    let people = People {
        person: among(backend, Expr::col(person::Column::Id), people.clone()),
        membership: among(
            backend,
            Expr::col(membership::Column::PersonId),
            people.clone(),
        ),
        employment: among(backend, Expr::col(employment::Column::PersonId), people),
    };
    known_people(scope, connection, people).await
}

/// The same of the people whom a statement selects.
pub async fn known_of_whoever_may_see_them(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    people: &SelectStatement,
) -> Result<HashMap<PersonId, Box<Known>>> {
    let people = People {
        person: person::Column::Id.in_subquery(people.clone()),
        membership: membership::Column::PersonId.in_subquery(people.clone()),
        employment: employment::Column::PersonId.in_subquery(people.clone()),
    };
    known_people(scope, connection, people).await
}

/// Which people, as a condition on each table.
struct People {
    person: SimpleExpr,
    membership: SimpleExpr,
    employment: SimpleExpr,
}

async fn known_people(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    people: People,
) -> Result<HashMap<PersonId, Box<Known>>> {
    // People before memberships, as everybody who changes a membership locks them.
    let by_id = Some(person::Column::Id);
    let persons = kept::<Person>(scope, connection, people.person, by_id).await?;
    let by_id = Some(membership::Column::Id);
    let memberships = kept::<Membership>(scope, connection, people.membership, by_id);
    let mut memberships: HashMap<PersonId, Membership> = memberships
        .await?
        .into_iter()
        .map(|row| (row.person_id, row))
        .collect();
    let mut stints: HashMap<PersonId, Vec<Stint>> = HashMap::with_capacity(persons.len());
    for stint in kept::<Stint>(scope, connection, people.employment, None).await? {
        stints.entry(stint.person_id).or_default().push(stint);
    }
    let known = persons.into_iter().map(|person| {
        let known = Known {
            stints: stints.remove(&person.id).unwrap_or_default(),
            membership: memberships.remove(&person.id),
            person,
        };
        (known.person.id, Box::new(known))
    });
    Ok(known.collect())
}

/// Employments whose last working day has passed without being recorded, with their people, earliest first, visible to the viewer or not. The conditions of
/// the index are written out.
pub async fn passed_whoever_may_see_them(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    today: NaiveDate,
    most: usize,
) -> Result<Vec<(EmploymentId, PersonId)>> {
    use employment::{Column, Entity};
    let mut rows = of_company::<Entity>(scope, &[Column::Id, Column::PersonId])?;
    rows.join(
        JoinType::InnerJoin,
        person::Entity,
        Expr::col((person::Entity, person::Column::CompanyId))
            .equals((Entity, Column::CompanyId))
            .and(
                Expr::col((person::Entity, person::Column::Id)).equals((Entity, Column::PersonId)),
            ),
    )
    .and_where(Expr::cust(
        "\"employment\".\"ended_at\" IS NULL AND \"employment\".\"last_working_day\" IS NOT NULL",
    ))
    .and_where(Expr::col((Entity, Column::LastWorkingDay)).lt(today))
    .order_by((Entity, Column::LastWorkingDay), Order::Asc)
    .order_by((Entity, Column::Id), Order::Asc)
    .limit(u64::try_from(most).unwrap_or(u64::MAX));
    all(connection, &rows, |row| Ok((row.id()?, row.id()?))).await
}

/// Records that the last working days of employments have passed. That is no edit of them.
pub fn record_passed(
    scope: &Scope,
    writes: &mut Writes,
    company: CompanyId,
    ids: &[EmploymentId],
    now: DateTime<Utc>,
) {
    use employment::{Column as E, Entity};
    let ids = ids.iter().map(|id| id.0).collect();
    let recorded = Entity::update_many()
        .col_expr(E::EndedAt, Expr::value(now))
        .filter(E::CompanyId.eq(company))
        .filter(among(scope.backend(), Expr::col(E::Id), ids));
    writes.also(recorded.into_query());
}

/// What is stored of workers, by the ids of their source, two of which may name one person.
#[derive(Debug, Default)]
pub struct Workers {
    /// The person, and when the worker last changed there.
    ids: HashMap<String, (PersonId, Option<DateTime<Utc>>)>,
    /// Boxed: a table has room for twice as many, and each is large.
    known: HashMap<PersonId, Box<Known>>,
}

impl Workers {
    /// The person of this id.
    pub fn person(&self, external_id: &str) -> Option<PersonId> {
        self.ids.get(external_id).map(|(person, _)| *person)
    }

    /// When the worker of this id last changed in the source, by what was taken over.
    pub fn age(&self, external_id: &str) -> Option<DateTime<Utc>> {
        self.ids.get(external_id).and_then(|(_, age)| *age)
    }

    /// What is stored of a person whose data is restricted; null if it is not.
    pub fn restricted(&self, person: PersonId) -> Option<&Known> {
        let known = self.known.get(&person)?;
        known.is_restricted().then_some(known)
    }

    /// What is known of a person; of each it is told once.
    pub fn take(&mut self, person: PersonId) -> Option<Known> {
        self.known.remove(&person).map(|known| *known)
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
    let mut rows = of_company::<department::Entity>(
        scope,
        &[department::Column::Name, department::Column::Id],
    )?;
    rows.and_where(among(
        scope.backend(),
        Expr::col(department::Column::Name),
        names,
    ));
    let read = |row: &mut Values<'_>| Ok((row.take()?, row.id()?));
    Ok(all(connection, &rows, read).await?.into_iter().collect())
}

/// The names of the company's departments.
pub async fn department_names(
    scope: &Scope,
    connection: &impl ConnectionTrait,
) -> Result<Vec<(DepartmentId, String)>> {
    let columns = [department::Column::Id, department::Column::Name];
    let rows = of_company::<department::Entity>(scope, &columns)?;
    all(connection, &rows, |row| Ok((row.id()?, row.take()?))).await
}

/// The values of columns before and after, as texts.
pub fn edits<R: Kept>(
    before: &R,
    after: &R,
    columns: impl Iterator<Item = (&'static str, Column<R>)>,
) -> Vec<FieldEdit> {
    let edit = |(field, column): (&'static str, Column<R>)| FieldEdit {
        field,
        before: text(before.value(column)),
        after: text(after.value(column)),
    };
    columns.map(edit).collect()
}

fn text(value: Option<Value>) -> Option<String> {
    match value? {
        Value::String(text) => text.filter(|text| !text.is_empty()),
        Value::ChronoDate(day) => day.map(|day| day.to_string()),
        Value::Uuid(id) => id.map(|id| DepartmentId(id).to_string()),
        _ => None,
    }
}

/// Rows of one table: those that are made, and those that are edited, as they are to be.
pub struct Rows<R: Kept> {
    made: Vec<R>,
    edited: Vec<R>,
    /// Those in which any of the edited differs from what is stored.
    columns: Vec<Column<R>>,
}

impl<R: Kept> Default for Rows<R> {
    fn default() -> Self {
        Self {
            made: Vec::new(),
            edited: Vec::new(),
            columns: Vec::new(),
        }
    }
}

impl<R: Kept> Rows<R> {
    /// Takes a row up.
    pub fn take(&mut self, write: Write<R, Column<R>>) {
        match write {
            Write::Make(row) => self.made.push(row),
            Write::Edit(row, columns) => {
                self.edited.push(row);
                for column in columns {
                    if !self.edits(column) {
                        self.columns.push(column);
                    }
                }
            }
        }
    }

    /// In the table's order, so that a statement's text does not depend on which row came first.
    fn columns(&self) -> Vec<Column<R>> {
        let kept = R::COLUMNS.iter().copied();
        kept.filter(|column| self.edits(*column)).collect()
    }

    fn edits(&self, column: Column<R>) -> bool {
        let mut edited = self.columns.iter();
        edited.any(|edited| edited.as_str() == column.as_str())
    }
}

/// The rows of one batch.
#[derive(Default)]
pub struct Batch {
    pub departments: Vec<department::Model>,
    pub people: Rows<Person>,
    pub identities: Vec<external_identity::Model>,
    /// When workers that are known last changed in the source, by their ids.
    pub ages: Vec<(String, DateTime<Utc>)>,
    pub stints: Rows<Stint>,
    pub memberships: Rows<Membership>,
    pub ended_memberships: Vec<MembershipId>,
}

impl Batch {
    /// Takes up the rows of one worker; returns what happened.
    pub fn take(&mut self, writes: Decided) -> Vec<Change> {
        if let Some(person) = writes.person {
            self.people.take(person);
        }
        for stint in writes.stints {
            self.stints.take(stint);
        }
        match writes.membership {
            MembershipWrite::Leave => {}
            MembershipWrite::Put(membership) => self.memberships.take(membership),
            MembershipWrite::Remove(id) => self.ended_memberships.push(id),
        }
        writes.changes
    }
}

/// Adds a batch to what is written.
pub fn put(writes: &mut Writes, company: CompanyId, now: DateTime<Utc>, batch: Batch) {
    use employment::Column as E;
    use membership::Column as M;
    use person::Column as P;
    writes.insert(batch.departments);
    let people = batch.people;
    writes.make(
        &people.made,
        &[
            (P::CompanyId, company.into()),
            (P::Links, Links::default().into()),
            (P::Languages, Languages::default().into()),
            (P::CreatedAt, now.into()),
            (P::UpdatedAt, now.into()),
            (P::Version, 1.into()),
        ],
    );
    let edited = [
        (P::UpdatedAt, Expr::val(now)),
        (P::Version, next(P::Version)),
    ];
    writes.edit(&people.edited, P::Id, &people.columns(), &edited);
    writes.insert(batch.identities);
    let stints = batch.stints;
    writes.make(
        &stints.made,
        &[
            (E::CompanyId, company.into()),
            (E::CreatedAt, now.into()),
            (E::UpdatedAt, now.into()),
            (E::Version, 1.into()),
        ],
    );
    let edited = [
        (E::UpdatedAt, Expr::val(now)),
        (E::Version, next(E::Version)),
    ];
    writes.edit(&stints.edited, E::Id, &stints.columns(), &edited);
    if !batch.ended_memberships.is_empty() {
        let ended = membership::Entity::delete_many()
            .filter(M::CompanyId.eq(company))
            .filter(among(
                writes.backend(),
                Expr::col(M::Id),
                batch.ended_memberships.iter().map(|id| id.0).collect(),
            ));
        writes.also(ended.into_query());
    }
    let memberships = batch.memberships;
    writes.make(
        &memberships.made,
        &[
            (M::CompanyId, company.into()),
            (M::CreatedAt, now.into()),
            (M::UpdatedAt, now.into()),
            (M::Version, 1.into()),
        ],
    );
    let edited = [
        (M::UpdatedAt, Expr::val(now)),
        (M::Version, next(M::Version)),
    ];
    writes.edit(&memberships.edited, M::Id, &memberships.columns(), &edited);
}

/// Notes when workers last changed in their source.
pub fn note_ages(
    writes: &mut Writes,
    company: CompanyId,
    source: &str,
    ages: &[(String, DateTime<Utc>)],
) {
    use external_identity::{ActiveModel, Column as C, Entity};
    let row = |(id, age): &(String, DateTime<Utc>)| ActiveModel {
        external_id: Set(id.clone()),
        source_updated_at: Set(Some(*age)),
        ..ActiveModel::default()
    };
    let rows: Vec<ActiveModel> = ages.iter().map(row).collect();
    let of_source = Expr::col((Entity, C::CompanyId))
        .eq(company)
        .and(Expr::col((Entity, C::Source)).eq(source));
    writes.edit_within(
        &rows,
        C::ExternalId,
        &[C::SourceUpdatedAt],
        &[],
        Some(&of_source),
    );
}

fn next(version: impl ColumnTrait) -> SimpleExpr {
    version.into_expr().add(1)
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

fn of_company<E: Tenant>(scope: &Scope, columns: &[E::Column]) -> Result<SelectStatement> {
    let table = E::default();
    let mut rows = Query::select()
        .columns(columns.iter().map(|column| (table, *column)))
        .from(table)
        .to_owned();
    rows.and_where(Expr::col((table, E::COMPANY)).eq(scope.company()?));
    Ok(rows)
}

/// What is kept of people; locked, where there is an order to do it in.
async fn kept<K: Kept>(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    people: SimpleExpr,
    order: Option<Column<K>>,
) -> Result<Vec<K>>
where
    K::Entity: Tenant,
{
    let mut rows = of_company::<K::Entity>(scope, K::COLUMNS)?;
    rows.and_where(people);
    if let Some(order) = order {
        rows.order_by(order, Order::Asc);
        lock(scope, &mut rows);
    }
    all(connection, &rows, K::read).await
}

fn lock(scope: &Scope, rows: &mut SelectStatement) {
    if scope.backend() == DbBackend::Postgres {
        rows.lock(LockType::NoKeyUpdate);
    }
}

async fn all<T>(
    connection: &impl ConnectionTrait,
    rows: &SelectStatement,
    read: impl Fn(&mut Values<'_>) -> Result<T, DbErr>,
) -> Result<Vec<T>> {
    let rows = connection.query_all(rows).await?;
    let read = |row| read(&mut Values::of(row));
    Ok(rows.iter().map(read).collect::<Result<_, DbErr>>()?)
}
