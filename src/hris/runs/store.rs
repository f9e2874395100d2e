//! Runs and their results in the database, and what an undo marks and removes: a fixed number of statements, whatever the run holds.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use entity::{
    CompanyId, DepartmentId, EmploymentId, PersonId, SubjectKind, SyncRunId, SyncRunState,
    SyncUndoOutcome, WorkerSyncStatus, department, employment, external_identity, membership,
    opportunity, person, sync_run, sync_run_result,
};
use sea_orm::sea_query::{
    Alias, Expr, ExprTrait, Func, LockType, Order, Query, SelectStatement, SimpleExpr, UnionType,
};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter,
    QueryTrait,
};

use super::types::SyncRun;
use crate::access::Permission;
use crate::database::Database;
use crate::error::Result;
use crate::graphql::connection::{Page, WantedOf};
use crate::graphql::node::read_page;
use crate::outbox;
use crate::privacy::{HOLDINGS, Way};
use crate::scope::{Scope, Scoped};
use crate::writes::Writes;

use self::sync_run_result::Column as R;

/// All of the company with `workers:sync`, else none.
impl Scoped for sync_run::Entity {
    fn visible(scope: &Scope, rows: &mut SelectStatement) {
        only_those_who_sync(scope, rows);
    }
}

/// As the runs they belong to.
impl Scoped for sync_run_result::Entity {
    fn visible(scope: &Scope, rows: &mut SelectStatement) {
        only_those_who_sync(scope, rows);
    }
}

fn only_those_who_sync(scope: &Scope, rows: &mut SelectStatement) {
    if !scope.may(Permission::WorkersSync) {
        rows.and_where(Expr::cust("1 = 0"));
    }
}

/// The company's runs. Requires `workers:sync`.
pub async fn list(scope: &Scope, wanted: &WantedOf<SyncRun>) -> Result<Page<SyncRun>> {
    scope.require(Permission::WorkersSync)?;
    read_page(scope, scope.rows::<sync_run::Entity>(), wanted).await
}

/// The latest runs of the scope's company, for the command line.
pub async fn latest(scope: &Scope, most: u64) -> Result<Vec<sync_run::Model>> {
    let mut rows = scope.rows::<sync_run::Entity>();
    rows.order_by((sync_run::Entity, sync_run::Column::Id), Order::Desc)
        .limit(most);
    let rows = scope.database().reader().query_all(&rows).await?;
    let read = |row| sync_run::Model::from_query_result(row, "");
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

/// The company of a run, for the command line, where nobody is logged in.
#[expect(
    clippy::disallowed_methods,
    reason = "the command line begins with the id of a run, and has no scope before it"
)]
pub async fn company_without_scope(
    database: &Database,
    id: SyncRunId,
) -> Result<Option<CompanyId>> {
    let run = sync_run::Entity::find()
        .filter(sync_run::Column::Id.eq(id))
        .one(&database.reader())
        .await?;
    Ok(run.map(|run| run.company_id))
}

/// A run's row, locked until the transaction ends; none if it does not exist for the viewer.
pub async fn find_for_update(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    id: SyncRunId,
) -> Result<Option<sync_run::Model>> {
    let mut rows = scope.rows::<sync_run::Entity>();
    rows.and_where(Expr::col((sync_run::Entity, sync_run::Column::Id)).eq(id));
    if scope.backend() == DbBackend::Postgres {
        rows.lock(LockType::Update);
    }
    let row = transaction.query_one(&rows).await?;
    let row = row.map(|row| sync_run::Model::from_query_result(&row, ""));
    Ok(row.transpose()?)
}

/// Closes the company's runs without a row since an instant. Reads first: a write takes SQLite's one write lock.
pub async fn close_abandoned(
    scope: &Scope,
    company: CompanyId,
    before: DateTime<Utc>,
) -> Result<()> {
    use sync_run::{Column as C, Entity};
    let abandoned = Query::select()
        .column(C::Id)
        .from(Entity)
        .and_where(Expr::col(C::CompanyId).eq(company))
        .and_where(Expr::col(C::FinishedAt).is_null())
        .and_where(Expr::col(C::UpdatedAt).lt(before))
        .limit(1)
        .to_owned();
    let reader = scope.database().reader();
    if reader.query_one(&abandoned).await?.is_none() {
        return Ok(());
    }
    Entity::update_many()
        .col_expr(C::State, Expr::value(SyncRunState::Failed.to_value()))
        .col_expr(C::FinishedAt, Expr::col(C::UpdatedAt))
        .filter(C::CompanyId.eq(company))
        .filter(C::FinishedAt.is_null())
        .filter(C::UpdatedAt.lt(before))
        .exec(scope.database().writer())
        .await?;
    Ok(())
}

/// A run of the company that was closed before an instant and still has results.
pub async fn with_old_results(
    scope: &Scope,
    company: CompanyId,
    before: DateTime<Utc>,
) -> Result<Option<SyncRunId>> {
    use sync_run::{Column as C, Entity};
    let rows = Query::select()
        .column(C::Id)
        .from(Entity)
        .and_where(Expr::col(C::CompanyId).eq(company))
        .and_where(Expr::col(C::ResultsDeletedAt).is_null())
        .and_where(Expr::col(C::FinishedAt).lt(before))
        .order_by(C::FinishedAt, Order::Asc)
        .limit(1)
        .to_owned();
    let row = scope.database().reader().query_one(&rows).await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
}

/// Deletes the results of a run.
pub fn delete_results(writes: &mut Writes, run: &sync_run::Model, now: DateTime<Utc>) {
    let gone = sync_run_result::Entity::delete_many()
        .filter(R::CompanyId.eq(run.company_id))
        .filter(R::RunId.eq(run.id));
    writes.also(gone.into_query());
    let noted = sync_run::Entity::update_many()
        .col_expr(sync_run::Column::ResultsDeletedAt, Expr::value(now))
        .filter(sync_run::Column::CompanyId.eq(run.company_id))
        .filter(sync_run::Column::Id.eq(run.id));
    writes.also(noted.into_query());
}

/// What an undo works on.
#[derive(Clone, Copy)]
pub struct Undoing<'u> {
    pub scope: &'u Scope,
    pub run: &'u sync_run::Model,
}

/// What an undo removed and kept.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counted {
    pub people: i32,
    pub employments: i32,
    pub kept: i32,
}

fn result(column: R) -> SimpleExpr {
    Expr::col((sync_run_result::Entity, column))
}

fn is_created() -> SimpleExpr {
    result(R::Status).eq(WorkerSyncStatus::Created.to_value())
}

fn is_undone() -> SimpleExpr {
    result(R::UndoOutcome).eq(SyncUndoOutcome::Undone.to_value())
}

impl Undoing<'_> {
    fn company(&self) -> CompanyId {
        self.run.company_id
    }

    /// A column of the run's results.
    fn results(&self, column: R) -> SelectStatement {
        Query::select()
            .expr(result(column))
            .from(sync_run_result::Entity)
            .and_where(result(R::CompanyId).eq(self.company()))
            .and_where(result(R::RunId).eq(self.run.id))
            .to_owned()
    }

    /// The people whom the run created.
    fn created_people(&self) -> SelectStatement {
        let mut people = self.results(R::PersonId);
        people
            .and_where(is_created())
            .and_where(result(R::PersonId).is_not_null());
        people
    }

    /// The people whom the run created and the undo removes.
    fn removed_people(&self) -> SelectStatement {
        let mut people = self.created_people();
        people.and_where(is_undone());
        people
    }

    /// The employments that the run created and the undo removes.
    fn removed_employments(&self) -> SelectStatement {
        let mut employments = self.results(R::EmploymentId);
        employments
            .and_where(result(R::EmploymentCreated).eq(true))
            .and_where(result(R::EmploymentId).is_not_null())
            .and_where(is_undone());
        employments
    }

    /// Results of the run about a person, under a name of their own inside a statement; found by the index of people.
    fn about(&self, name: &Alias, person: SimpleExpr) -> SelectStatement {
        let of = |column: R| Expr::col((name.clone(), column));
        Query::select()
            .from_as(sync_run_result::Entity, name.clone())
            .and_where(of(R::CompanyId).eq(self.company()))
            .and_where(of(R::PersonId).eq(person))
            .and_where(of(R::RunId).eq(self.run.id))
            .to_owned()
    }

    /// How many results about a person, and about an employment if one is given, have a mark: by how much a version grew by the run itself.
    fn edits(&self, person: SimpleExpr, employment: Option<SimpleExpr>, mark: R) -> SimpleExpr {
        let name = Alias::new("edit");
        let of = |column: R| Expr::col((name.clone(), column));
        let count = self
            .about(&name, person)
            .expr(Func::count(of(R::Id)))
            .and_where(of(mark).eq(true))
            .and_where_option(employment.map(|employment| of(R::EmploymentId).eq(employment)))
            .take();
        SimpleExpr::SubQuery(None, Box::new(count.into()))
    }

    /// The run created an employment of a person.
    fn is_created_here(&self, person: SimpleExpr, employment: SimpleExpr) -> SimpleExpr {
        let name = Alias::new("creation");
        let of = |column: R| Expr::col((name.clone(), column));
        let created = self
            .about(&name, person)
            .expr(Expr::cust("1"))
            .and_where(of(R::EmploymentId).eq(employment))
            .and_where(of(R::EmploymentCreated).eq(true))
            .take();
        Expr::exists(created)
    }

    /// Holds the run's people until the transaction ends, so that nobody refers to them meanwhile.
    pub async fn hold_people(&self, connection: &impl ConnectionTrait) -> Result<()> {
        if self.scope.backend() != DbBackend::Postgres {
            return Ok(());
        }
        let held = Query::select()
            .column(person::Column::Id)
            .from(person::Entity)
            .and_where(Expr::col(person::Column::CompanyId).eq(self.company()))
            .and_where(Expr::col(person::Column::Id).in_subquery(self.results(R::PersonId)))
            .order_by(person::Column::Id, Order::Asc)
            .lock(LockType::Update)
            .to_owned();
        let count = Query::select()
            .expr(Func::count(Expr::col((
                Alias::new("held"),
                person::Column::Id,
            ))))
            .from_subquery(held, Alias::new("held"))
            .to_owned();
        connection.query_one(&count).await?;
        Ok(())
    }

    /// Gives the results about created people, or about employments created for others, an outcome, unless they have one.
    async fn mark(
        &self,
        connection: &impl ConnectionTrait,
        outcome: SyncUndoOutcome,
        conditions: Vec<SimpleExpr>,
    ) -> Result<()> {
        let mut marked = sync_run_result::Entity::update_many()
            .col_expr(R::UndoOutcome, Expr::value(outcome.to_value()))
            .filter(R::CompanyId.eq(self.company()))
            .filter(R::RunId.eq(self.run.id))
            .filter(R::UndoOutcome.is_null());
        for condition in conditions {
            marked = marked.filter(condition);
        }
        marked.exec(connection).await?;
        Ok(())
    }

    /// Refreshes the statistics of the tables that the run filled. With those from before, PostgreSQL compares each row with each.
    pub async fn analyze(&self, connection: &impl ConnectionTrait) -> Result<()> {
        if self.scope.backend() == DbBackend::Postgres {
            let tables =
                "ANALYZE sync_run_result, person, employment, membership, external_identity";
            connection.execute_unprepared(tables).await?;
        }
        Ok(())
    }

    /// Marks the results about people whom the run created.
    pub async fn mark_people(&self, connection: &impl ConnectionTrait) -> Result<()> {
        let created = || R::PersonId.in_subquery(self.created_people());
        let among = |people| vec![created(), R::PersonId.in_subquery(people)];
        self.mark(
            connection,
            SyncUndoOutcome::KeptJoined,
            among(self.joined()),
        )
        .await?;
        let outcome = SyncUndoOutcome::KeptReferenced;
        self.mark(connection, outcome, among(self.referenced()))
            .await?;
        self.mark(
            connection,
            SyncUndoOutcome::KeptChanged,
            among(self.changed()),
        )
        .await?;
        self.mark(connection, SyncUndoOutcome::Undone, vec![created()])
            .await
    }

    /// People who joined the programme.
    fn joined(&self) -> SelectStatement {
        use membership::{Column as C, Entity};
        Query::select()
            .column(C::PersonId)
            .from(Entity)
            .and_where(Expr::col(C::CompanyId).eq(self.company()))
            .and_where(Expr::col(C::JoinedAt).is_not_null())
            .to_owned()
    }

    /// People to whom rows of other tables belong, by the list of everything held of people.
    fn referenced(&self) -> SelectStatement {
        /// What comes with the person, what the run made, and what says only that something happened.
        const OWN: [&str; 7] = [
            "person",
            "external_identity",
            "employment",
            "membership",
            "change",
            "access_log_entry",
            "sync_run_result",
        ];
        let others = HOLDINGS
            .iter()
            .filter(|holding| !OWN.contains(&holding.table));
        let mut people = others.filter_map(|holding| {
            let Way::Column(column) = holding.way else {
                // a login and what belongs to a row of the person's come with that row
                return None;
            };
            let of = |name: &'static str| Expr::col((Alias::new(holding.table), Alias::new(name)));
            let rows = Query::select()
                .expr(of(column))
                .from(Alias::new(holding.table))
                .and_where(of("company_id").eq(self.company()))
                .and_where(of(column).is_not_null())
                .to_owned();
            Some(rows)
        });
        let first = people.next().unwrap_or_else(|| self.joined());
        people.fold(first, |mut all, rows| {
            all.union(UnionType::All, rows).take()
        })
    }

    /// People who, or whose membership or employments, were changed by something else than the run, or belong to something else as well.
    fn changed(&self) -> SelectStatement {
        let (company, run) = (self.company(), self.run);
        let of_person = |column| Expr::col((person::Entity, column));
        let mut people = Query::select();
        people
            .expr(of_person(person::Column::Id))
            .from(person::Entity)
            .and_where(of_person(person::Column::CompanyId).eq(company))
            .and_where(of_person(person::Column::Id).in_subquery(self.created_people()))
            .and_where(of_person(person::Column::Version).sub(1).ne(self.edits(
                of_person(person::Column::Id),
                None,
                R::PersonEdited,
            )));
        let of_member = |column| Expr::col((membership::Entity, column));
        let members = Query::select()
            .expr(of_member(membership::Column::PersonId))
            .from(membership::Entity)
            .and_where(of_member(membership::Column::CompanyId).eq(company))
            .and_where(of_member(membership::Column::PersonId).in_subquery(self.created_people()))
            .and_where(of_member(membership::Column::Version).sub(1).ne(self.edits(
                of_member(membership::Column::PersonId),
                None,
                R::MembershipEdited,
            )))
            .to_owned();
        let of_stint = |column| Expr::col((employment::Entity, column));
        let stints = Query::select()
            .expr(of_stint(employment::Column::PersonId))
            .from(employment::Entity)
            .and_where(of_stint(employment::Column::CompanyId).eq(company))
            .and_where(of_stint(employment::Column::PersonId).in_subquery(self.created_people()))
            .and_where(
                self.is_changed_employment().or(self
                    .is_created_here(
                        of_stint(employment::Column::PersonId),
                        of_stint(employment::Column::Id),
                    )
                    .not()),
            )
            .to_owned();
        let of_identity = |column| Expr::col((external_identity::Entity, column));
        let identities = Query::select()
            .expr(of_identity(external_identity::Column::PersonId))
            .from(external_identity::Entity)
            .and_where(of_identity(external_identity::Column::CompanyId).eq(company))
            .and_where(
                of_identity(external_identity::Column::PersonId).in_subquery(self.created_people()),
            )
            .and_where(of_identity(external_identity::Column::Source).ne(run.source.as_str()))
            .to_owned();
        people
            .union(UnionType::All, members)
            .union(UnionType::All, stints)
            .union(UnionType::All, identities)
            .take()
    }

    /// An employment at hand was changed by something else than the run.
    fn is_changed_employment(&self) -> SimpleExpr {
        let of_stint = |column| Expr::col((employment::Entity, column));
        of_stint(employment::Column::Version).sub(1).ne(self.edits(
            of_stint(employment::Column::PersonId),
            Some(of_stint(employment::Column::Id)),
            R::EmploymentEdited,
        ))
    }

    /// Marks the results about employments that the run created for people known before, as far as that needs no look at the people: those
    /// that have no outcome then can be removed.
    pub async fn mark_employments(&self, connection: &impl ConnectionTrait) -> Result<()> {
        let created = || R::EmploymentCreated.eq(true);
        let of_stint = |column| Expr::col((employment::Entity, column));
        let unchanged = Query::select()
            .expr(Expr::cust("1"))
            .from(employment::Entity)
            .and_where(of_stint(employment::Column::CompanyId).eq(self.company()))
            .and_where(of_stint(employment::Column::Id).eq(result(R::EmploymentId)))
            .and_where(self.is_changed_employment().not())
            .to_owned();
        let changed = vec![created(), Expr::exists(unchanged).not()];
        self.mark(connection, SyncUndoOutcome::KeptChanged, changed)
            .await?;
        let mut beside = self.results(R::PersonId);
        beside
            .and_where(result(R::EmploymentEdited).eq(true))
            .and_where(result(R::PersonId).is_not_null())
            .and_where(
                self.is_created_here(result(R::PersonId), result(R::EmploymentId))
                    .not(),
            );
        let updated = vec![created(), R::PersonId.in_subquery(beside)];
        self.mark(connection, SyncUndoOutcome::KeptUpdated, updated)
            .await
    }

    /// The employments that can be removed, with their people.
    pub async fn removable(
        &self,
        connection: &impl ConnectionTrait,
    ) -> Result<HashMap<PersonId, Vec<EmploymentId>>> {
        let mut rows = self.results(R::PersonId);
        rows.expr(result(R::EmploymentId))
            .and_where(result(R::EmploymentCreated).eq(true))
            .and_where(result(R::UndoOutcome).is_null());
        let mut removable: HashMap<PersonId, Vec<EmploymentId>> = HashMap::new();
        for row in connection.query_all(&rows).await? {
            let (person, employment) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            removable.entry(person).or_default().push(employment);
        }
        Ok(removable)
    }

    /// The people of those employments.
    pub fn of_removable(&self) -> SelectStatement {
        let mut people = self.results(R::PersonId);
        people
            .and_where(result(R::EmploymentCreated).eq(true))
            .and_where(result(R::UndoOutcome).is_null());
        people
    }

    /// Marks the rest: kept for these people, undone for all others.
    pub async fn mark_rest(
        &self,
        connection: &impl ConnectionTrait,
        kept: Vec<PersonId>,
    ) -> Result<()> {
        let created = || R::EmploymentCreated.eq(true);
        if !kept.is_empty() {
            let of_kept = vec![created(), R::PersonId.is_in(kept)];
            self.mark(connection, SyncUndoOutcome::KeptChanged, of_kept)
                .await?;
        }
        self.mark(connection, SyncUndoOutcome::Undone, vec![created()])
            .await
    }

    /// How many people and employments are removed, and how many results have theirs kept.
    pub async fn counted(&self, connection: &impl ConnectionTrait) -> Result<Counted> {
        let count = |rows: SelectStatement| {
            let counted = Alias::new("counted");
            let id = Expr::col((counted.clone(), Alias::new("id")));
            let count = Query::select()
                .expr(Func::count_distinct(id).cast_as("integer"))
                .from_subquery(rows, counted)
                .to_owned();
            SimpleExpr::SubQuery(None, Box::new(count.into()))
        };
        let named = |mut rows: SelectStatement, column| {
            rows.clear_selects()
                .expr_as(result(column), Alias::new("id"))
                .take()
        };
        let mut kept = self.results(R::Id);
        kept.and_where(result(R::UndoOutcome).is_not_null())
            .and_where(is_undone().not());
        let counts = Query::select()
            .expr(count(named(self.removed_people(), R::PersonId)))
            .expr(count(named(self.removed_employments(), R::EmploymentId)))
            .expr(count(named(kept, R::Id)))
            .to_owned();
        let row = connection.query_one(&counts).await?;
        let Some(row) = row else {
            return Ok(Counted::default());
        };
        Ok(Counted {
            people: row.try_get_by_index(0)?,
            employments: row.try_get_by_index(1)?,
            kept: row.try_get_by_index(2)?,
        })
    }

    /// Adds the removal of what is marked `UNDONE`, with the changes that tell of it. The results are no longer linked to what is removed.
    pub fn remove(&self, writes: &mut Writes) {
        let company = self.company();
        let mut told = self.removed_people();
        told.distinct();
        outbox::record_each(
            self.scope,
            writes,
            company,
            ("person.removed", SubjectKind::Person),
            told,
        );
        let memberships = membership::Entity::delete_many()
            .filter(membership::Column::CompanyId.eq(company))
            .filter(membership::Column::PersonId.in_subquery(self.removed_people()));
        writes.also(memberships.into_query());
        let employments = employment::Entity::delete_many()
            .filter(employment::Column::CompanyId.eq(company))
            .filter(employment::Column::Id.in_subquery(self.removed_employments()));
        writes.also(employments.into_query());
        let identities = external_identity::Entity::delete_many()
            .filter(external_identity::Column::CompanyId.eq(company))
            .filter(external_identity::Column::PersonId.in_subquery(self.removed_people()));
        writes.also(identities.into_query());
        let people = person::Entity::delete_many()
            .filter(person::Column::CompanyId.eq(company))
            .filter(person::Column::Id.in_subquery(self.removed_people()));
        writes.also(people.into_query());
    }

    /// Unlinks results, of whatever run, from the people and employments that were removed.
    pub async fn unlink(&self, connection: &impl ConnectionTrait) -> Result<()> {
        let nothing = || Expr::value(None::<uuid::Uuid>);
        sync_run_result::Entity::update_many()
            .col_expr(R::EmploymentId, nothing())
            .filter(R::CompanyId.eq(self.company()))
            .filter(R::RunId.eq(self.run.id))
            .filter(R::EmploymentCreated.eq(true))
            .filter(is_undone())
            .exec(connection)
            .await?;
        sync_run_result::Entity::update_many()
            .col_expr(R::PersonId, nothing())
            .col_expr(R::EmploymentId, nothing())
            .col_expr(R::ExternalId, Expr::value(None::<String>))
            .filter(R::CompanyId.eq(self.company()))
            .filter(R::PersonId.in_subquery(self.removed_people()))
            .exec(connection)
            .await?;
        Ok(())
    }

    /// Departments that the run created, that nobody renamed and nothing uses.
    pub async fn unused_departments(
        &self,
        connection: &impl ConnectionTrait,
    ) -> Result<Vec<DepartmentId>> {
        let of = |column| Expr::col((department::Entity, column));
        let used = |rows: SelectStatement| Expr::exists(rows).not();
        let employed = Query::select()
            .expr(Expr::cust("1"))
            .from(employment::Entity)
            .and_where(
                Expr::col((employment::Entity, employment::Column::CompanyId)).eq(self.company()),
            )
            .and_where(
                Expr::col((employment::Entity, employment::Column::DepartmentId))
                    .equals((department::Entity, department::Column::Id)),
            )
            .to_owned();
        let offered = Query::select()
            .expr(Expr::cust("1"))
            .from(opportunity::Entity)
            .and_where(
                Expr::col((opportunity::Entity, opportunity::Column::CompanyId)).eq(self.company()),
            )
            .and_where(
                Expr::col((opportunity::Entity, opportunity::Column::DepartmentId))
                    .equals((department::Entity, department::Column::Id)),
            )
            .to_owned();
        let rows = Query::select()
            .expr(of(department::Column::Id))
            .from(department::Entity)
            .and_where(of(department::Column::CompanyId).eq(self.company()))
            .and_where(of(department::Column::SyncRunId).eq(self.run.id))
            .and_where(of(department::Column::Version).eq(1))
            .and_where(used(employed))
            .and_where(used(offered))
            .to_owned();
        let rows = connection.query_all(&rows).await?;
        let ids = rows.iter().map(|row| row.try_get_by_index(0));
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// Adds the removal of departments.
    pub fn remove_departments(&self, writes: &mut Writes, departments: &[DepartmentId]) {
        if departments.is_empty() {
            return;
        }
        let gone = department::Entity::delete_many()
            .filter(department::Column::CompanyId.eq(self.company()))
            .filter(department::Column::Id.is_in(departments.iter().copied()));
        writes.also(gone.into_query());
    }
}
