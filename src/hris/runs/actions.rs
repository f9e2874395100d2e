//! Opening, closing and undoing runs, and what the service does with old ones.

use std::collections::HashMap;

use entity::{EmploymentId, PersonId, SubjectKind, SyncRunId, SyncRunState, company, sync_run};

use super::recording::Recording;
use super::rules::{OPEN, STORED, undo_refusal};
use super::store::{self, Undoing};
use crate::access::visibility::Visibility;
use crate::access::{Permission, accounts};
use crate::engagement;
use crate::error::{Error, Refusal, Result, UserErrorCode};
use crate::hris::rules::{self, Ground, Known};
use crate::hris::store::{self as hris_store, Batch};
use crate::outbox::Change;
use crate::scope::{Scope, Transaction};

/// Opens a run for rows that come later. Requires `workers:sync`.
pub async fn open(scope: &Scope, source: &str) -> Result<SyncRunId> {
    scope.require(Permission::WorkersSync)?;
    let transaction = scope.begin().await?;
    let recording = Recording::of_new(scope, scope.company()?, source, true);
    let mut writes = transaction.writes();
    recording.put(&mut writes)?;
    transaction.write(writes, Vec::new()).await?;
    transaction.commit().await?;
    Ok(recording.id())
}

/// Closes an open run; one that is closed stays as it is. Requires `workers:sync`.
pub async fn close(scope: &Scope, id: SyncRunId, state: SyncRunState) -> Result<()> {
    scope.require(Permission::WorkersSync)?;
    let transaction = scope.begin().await?;
    let run = store::find_for_update(scope, &*transaction, id).await?;
    let Some(run) = run.filter(super::rules::is_open) else {
        return Ok(());
    };
    let mut writes = transaction.writes();
    writes.save(closed(scope, run, state))?;
    transaction.write(writes, Vec::new()).await?;
    transaction.commit().await
}

fn closed(scope: &Scope, run: sync_run::Model, state: SyncRunState) -> sync_run::Model {
    let now = scope.now();
    sync_run::Model {
        state,
        updated_at: now,
        finished_at: Some(now),
        ..run
    }
}

/// Closes runs that no row came for in an hour, and deletes the results of runs that were closed 90 days ago, each run in a transaction of its own.
pub async fn clean(scope: &Scope) -> Result<()> {
    let company = scope.company()?;
    let now = scope.now();
    store::close_abandoned(scope, company, now - OPEN).await?;
    while let Some(id) = store::with_old_results(scope, company, now - STORED).await? {
        let transaction = scope.begin().await?;
        if let Some(run) = store::find_for_update(scope, &*transaction, id).await? {
            let mut writes = transaction.writes();
            store::delete_results(&mut writes, &run, now);
            transaction.write(writes, Vec::new()).await?;
        }
        transaction.commit().await?;
    }
    Ok(())
}

/// Removes what a run created and nothing else has touched since. Requires `workers:sync`.
pub async fn undo(scope: &Scope, id: SyncRunId) -> Result<sync_run::Model> {
    scope.require(Permission::WorkersSync)?;
    let _turn = scope.database().turn().await;
    let transaction = scope.begin().await?;
    // All take their locks in this order: the company (syncs run one after the other), the run, the people.
    let company = hris_store::hold_company(scope, &*transaction).await?;
    let run = store::find_for_update(scope, &*transaction, id).await?;
    let run = run.ok_or(Error::NotFound)?;
    if let Some(why) = undo_refusal(&run) {
        return Err(Refusal::new(UserErrorCode::Refused, "id", why).into());
    }
    let undoing = Undoing { scope, run: &run };
    undoing.analyze(&*transaction).await?;
    undoing.hold_people(&*transaction).await?;
    undoing.mark_people(&*transaction).await?;
    undoing.mark_employments(&*transaction).await?;
    let left = leave_employments(&undoing, &transaction, &company).await?;
    let counted = undoing.counted(&*transaction).await?;
    let mut writes = transaction.writes();
    undoing.remove(&mut writes);
    hris_store::put(&mut writes, company.id, scope.now(), left.batch);
    let mut changes = left.changes;
    let released =
        engagement::release_places(scope, &transaction, &mut writes, company.id, &left.leaving);
    changes.extend(released.await?);
    changes.extend(accounts::follow_standing(&transaction, company.id, &changes).await?);
    transaction.write(writes, changes).await?;
    undoing.unlink(&*transaction).await?;
    let departments = undoing.unused_departments(&*transaction).await?;
    let mut writes = transaction.writes();
    undoing.remove_departments(&mut writes, &departments);
    let now = scope.now();
    let was_open = super::rules::is_open(&run);
    let undone = sync_run::Model {
        undone_at: Some(now),
        updated_at: now,
        removed_people_count: counted.people,
        removed_employment_count: counted.employments,
        removed_department_count: i32::try_from(departments.len()).unwrap_or(i32::MAX),
        kept_count: counted.kept,
        ..run
    };
    let undone = if was_open {
        closed(scope, undone, SyncRunState::Failed)
    } else {
        undone
    };
    writes.save(undone.clone())?;
    let change = |kind, subject, id| Change {
        company: company.id,
        kind,
        subject,
        id,
        person: None,
        fields: Vec::new(),
    };
    let mut changes: Vec<Change> = departments
        .iter()
        .map(|id| change("department.removed", SubjectKind::Department, id.0))
        .collect();
    changes.push(change("sync_run.undone", SubjectKind::SyncRun, undone.id.0));
    transaction.write(writes, changes).await?;
    transaction.commit().await?;
    Ok(undone)
}

/// What becomes of people some of whose employments are removed.
#[derive(Default)]
struct Left {
    batch: Batch,
    changes: Vec<Change>,
    /// People who may not hold places at events any more.
    leaving: Vec<PersonId>,
    /// People whose employments stay after all.
    kept: Vec<PersonId>,
}

/// Decides on people known before the run, for whom it created employments that can be removed.
async fn leave_employments(
    undoing: &Undoing<'_>,
    transaction: &Transaction<'_>,
    company: &company::Model,
) -> Result<Left> {
    let scope = undoing.scope;
    let removable = undoing.removable(&**transaction).await?;
    if removable.is_empty() {
        return Ok(Left::default());
    }
    let people = undoing.of_removable();
    let known = hris_store::known_of_whoever_may_see_them(scope, &**transaction, &people).await?;
    let left = decided(scope, company, removable, known);
    undoing.mark_rest(&**transaction, left.kept.clone()).await?;
    Ok(left)
}

fn decided(
    scope: &Scope,
    company: &company::Model,
    removable: HashMap<PersonId, Vec<EmploymentId>>,
    mut known: HashMap<PersonId, Box<Known>>,
) -> Left {
    let ground = Ground {
        company: company.id,
        now: scope.now(),
        today: scope.today(&company.time_zone),
        visibility: Visibility::from(company),
        departments: &HashMap::new(),
        fresh: &|| scope.new_id::<PersonId>().0,
    };
    let mut left = Left::default();
    let mut people: Vec<_> = removable.into_iter().collect();
    people.sort_unstable_by_key(|(person, _)| *person);
    for (person, employments) in people {
        let known = known.remove(&person);
        let writes = known.and_then(|known| rules::without(*known, &employments, &ground));
        let Some(writes) = writes else {
            left.kept.push(person);
            continue;
        };
        if writes.leaves_events() {
            left.leaving.push(person);
        }
        left.changes.extend(left.batch.take(writes));
    }
    left
}
