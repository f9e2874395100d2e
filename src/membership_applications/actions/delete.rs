//! Applications are deleted with the person they belong to, and 90 days after they were rejected or withdrawn.

use entity::{CompanyId, MembershipApplicationId, PersonId, membership_application};

use super::change;
use crate::deliveries;
use crate::error::Result;
use crate::membership_applications::{rules, store};
use crate::outbox::Change;
use crate::scope::{Scope, Transaction};

/// Most applications of one transaction.
const MOST: u64 = 1_000;

/// Deletes applications that were rejected or withdrawn 90 days ago, as the service's own work in one company. Each batch is a transaction of its own:
/// it can stop anywhere. Returns how many were deleted.
pub async fn delete_old(scope: &Scope) -> Result<usize> {
    let company = scope.company()?;
    let before = scope.now() - rules::KEPT;
    let mut deleted = 0;
    loop {
        let reader = scope.database().reader();
        let found = store::ended_before(&reader, company, before, MOST).await?;
        if found.is_empty() {
            return Ok(deleted);
        }
        let transaction = scope.begin().await?;
        let changes = delete(&transaction, company, &found).await?;
        transaction.record(changes).await?;
        transaction.commit().await?;
        deleted += found.len();
    }
}

/// Deletes what a person stated in applications, also in rejected ones of their logins: part of an erasure. Returns the changes to record.
pub async fn delete_of(
    transaction: &Transaction<'_>,
    company: CompanyId,
    person: PersonId,
) -> Result<Vec<Change>> {
    let found = store::of_person(&**transaction, company, person).await?;
    delete(transaction, company, &found).await
}

async fn delete(
    transaction: &Transaction<'_>,
    company: CompanyId,
    found: &[membership_application::Model],
) -> Result<Vec<Change>> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<MembershipApplicationId> = found.iter().map(|row| row.id).collect();
    let mut writes = transaction.writes();
    writes.also(store::deletion(company, &ids));
    let subjects: Vec<_> = ids.iter().map(|id| id.0).collect();
    deliveries::remove_content(&mut writes, company, &subjects);
    transaction.write(writes, Vec::new()).await?;
    let deleted = |row| change(row, "membership_application.deleted");
    Ok(found.iter().map(deleted).collect())
}
