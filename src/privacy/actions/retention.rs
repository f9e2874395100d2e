//! Keeps to a company's rules of keeping. Each step is a transaction of its own and looks for what is left to do, so that it can stop
//! anywhere and begin anew. Whose data is restricted is left alone: they asked that nothing be done with it.

use chrono::{DateTime, Months, NaiveDate, Utc};
use entity::{
    CompanyId, DataRequestId, DataRequestKind, DataRequestOrigin, DataRequestState, PersonId,
    company, data_request,
};

use super::erase::erase_as_asked;
use super::{received, save};
use crate::access_log;
use crate::error::{Error, Result};
use crate::privacy::rules::Policy;
use crate::privacy::rules::holdings::{Erasure, HOLDINGS};
use crate::privacy::store;
use crate::privacy::store::held::{self, Whose};
use crate::referrals::{self, Forgotten};
use crate::scope::Scope;

/// Most people of one step of one run; the next run goes on.
const MOST: u64 = 1_000;

/// What the person is told once the law keeps nothing any more.
const NOTHING_LEFT: &str = "Everything is erased; what the law kept went after its last day.";

/// What one run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Erasures whose rest went, for the law keeps it no longer.
    pub finished: usize,
    /// People erased by the company's rules.
    pub erased: usize,
    /// Referrals that no longer say who the candidate from outside was.
    pub outsiders: usize,
    /// Data requests that went.
    pub requests: u64,
    /// Entries of the access log that went.
    pub readings: u64,
}

/// Does what the company's rules of keeping ask for today.
pub async fn keep_to_retention(scope: &Scope) -> Result<Kept> {
    let company = store::company(scope, &scope.database().reader()).await?;
    let stored = store::policy_whoever_asks(&scope.database().reader(), company.id).await?;
    let policy = stored.as_ref().map(Policy::from).unwrap_or_default();
    let today = scope.today(&company.time_zone);
    let mut done = Kept::default();
    for request in store::no_longer_kept(scope, company.id, today).await? {
        finish(scope, &company, request).await?;
        done.finished += 1;
    }
    if let Some(months) = policy.never_joined_months {
        for person in store::never_joined(scope, company.id, ago(today, months), MOST).await? {
            done.erased += usize::from(erase_by_rule(scope, &company, person).await?);
        }
    }
    if let Some(months) = policy.ended_months {
        let before = instant_ago(scope.now(), months);
        for person in store::ended_members(scope, company.id, before, MOST).await? {
            done.erased += usize::from(erase_by_rule(scope, &company, person).await?);
        }
    }
    if let Some(months) = policy.outside_candidate_months {
        let before = instant_ago(scope.now(), months);
        done.outsiders = forget_outsiders(scope, company.id, before).await?;
    }
    let before = instant_ago(scope.now(), policy.data_request_months);
    done.requests = store::drop_requests(scope, company.id, before).await?;
    if let Some(months) = policy.access_log_months {
        let before = instant_ago(scope.now(), months);
        done.readings = access_log::forget_before(scope.database(), company.id, before).await?;
    }
    Ok(done)
}

fn ago(day: NaiveDate, months: i32) -> NaiveDate {
    day.checked_sub_months(Months::new(months.unsigned_abs()))
        .unwrap_or(NaiveDate::MIN)
}

fn instant_ago(at: DateTime<Utc>, months: i32) -> DateTime<Utc> {
    at.checked_sub_months(Months::new(months.unsigned_abs()))
        .unwrap_or(DateTime::<Utc>::MIN_UTC)
}

/// The rest of an erasure, which the law keeps no longer.
async fn finish(scope: &Scope, company: &company::Model, id: DataRequestId) -> Result<()> {
    let transaction = scope.begin().await?;
    store::hold_company(scope, &*transaction).await?;
    let found = store::get_for_update(scope, &*transaction, id).await?;
    if found.kept_until.is_none() {
        // another instance was first
        return Ok(());
    }
    let whose = Whose {
        company: company.id,
        person: found.person_id,
    };
    let by_law = HOLDINGS.iter().rev().filter(|holding| {
        matches!(
            holding.erasure,
            Erasure::Duty | Erasure::Blank { duty: [_, ..], .. }
        )
    });
    for holding in by_law {
        held::erase(&*transaction, whose, holding, false).await?;
    }
    let today = scope.today(&company.time_zone);
    store::mark_erased(
        scope,
        &*transaction,
        whose,
        entity::Standing::Erased,
        Some(today),
    )
    .await?;
    let mut receipt = found.receipt.clone().unwrap_or_default();
    for line in receipt
        .0
        .iter_mut()
        .filter(|line| line.kept_until.is_some())
    {
        (line.deleted, line.kept) = (line.deleted + line.kept, 0);
        (line.duty, line.kept_until) = (None, None);
    }
    let request = data_request::Model {
        state: DataRequestState::Fulfilled,
        answer: Some(NOTHING_LEFT.to_owned()),
        receipt: Some(receipt),
        kept_until: None,
        updated_at: scope.now(),
        version: found.version + 1,
        ..found
    };
    save(&transaction, &request, "data_request.fulfilled").await?;
    transaction.commit().await
}

/// Erases somebody whom the company's rules keep no longer; false where something came between that forbids it.
async fn erase_by_rule(scope: &Scope, company: &company::Model, person: PersonId) -> Result<bool> {
    let transaction = scope.begin().await?;
    let mut request = received(scope, company, person, DataRequestKind::Erasure, None);
    request.origin = DataRequestOrigin::Retention;
    match erase_as_asked(scope, transaction, request, true).await {
        Ok(_) => Ok(true),
        Err(Error::Refused(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

async fn forget_outsiders(
    scope: &Scope,
    company: CompanyId,
    before: DateTime<Utc>,
) -> Result<usize> {
    let transaction = scope.begin().await?;
    let whom = Forgotten::OutsidersBefore(before);
    let (_, changes) = referrals::forget_candidate(scope, &transaction, company, whom).await?;
    if changes.is_empty() {
        return Ok(0);
    }
    let count = changes.len();
    transaction.record(changes).await?;
    transaction.commit().await?;
    Ok(count)
}
