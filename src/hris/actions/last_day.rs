//! The last working day passes by itself: what a sync would do with the same row on the day after is done by the daily work.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use entity::{EmploymentId, PersonId, company};

use super::MOST_WORKERS;
use crate::access::accounts;
use crate::access::visibility::Visibility;
use crate::engagement;
use crate::error::Result;
use crate::hris::rules::{self, Ground, Known};
use crate::hris::store::{self, Batch};
use crate::outbox::Change;
use crate::scope::Scope;

/// Moves the people of a company whose last working day has passed in its time zone. Each batch is a transaction of its own and looks for what
/// is left to do: it can stop anywhere, and two instances at once do everything once. Returns how many people left.
pub async fn record_leavers(scope: &Scope) -> Result<usize> {
    let mut left = 0;
    loop {
        let (found, leavers) = batch(scope).await?;
        left += leavers;
        if found < MOST_WORKERS {
            return Ok(left);
        }
    }
}

/// One batch: how many employments it recorded, and how many people left.
async fn batch(scope: &Scope) -> Result<(usize, usize)> {
    let company = scope.company()?;
    let time_zone = store::time_zone(scope, &scope.database().reader()).await?;
    let today = scope.today(&time_zone);
    // mostly there is nothing, and then nothing is locked
    let reader = scope.database().reader();
    if store::passed_whoever_may_see_them(scope, &reader, today, 1)
        .await?
        .is_empty()
    {
        return Ok((0, 0));
    }
    let _turn = scope.database().turn().await;
    let transaction = scope.begin().await?;
    let held = store::hold_company(scope, &*transaction).await?;
    let (now, today) = (scope.now(), scope.today(&held.time_zone));
    let passed =
        store::passed_whoever_may_see_them(scope, &*transaction, today, MOST_WORKERS).await?;
    if passed.is_empty() {
        return Ok((0, 0));
    }
    let (employments, mut people): (Vec<EmploymentId>, Vec<PersonId>) = passed.into_iter().unzip();
    people.sort_unstable();
    people.dedup();
    let ids = people.iter().map(|person| person.0).collect();
    let mut known = store::known_people_whoever_may_see_them(scope, &*transaction, ids).await?;
    let known = people.iter().filter_map(|person| known.remove(person));
    let left = decided(scope, &held, (now, today), known.map(|known| *known));
    let mut writes = transaction.writes();
    store::record_passed(scope, &mut writes, company, &employments, now);
    store::put(&mut writes, company, now, left.batch);
    let mut changes = left.changes;
    let released =
        engagement::release_places(scope, &transaction, &mut writes, company, &left.leaving);
    changes.extend(released.await?);
    changes.extend(accounts::follow_standing(&transaction, company, &changes).await?);
    transaction.write(writes, changes).await?;
    transaction.commit().await?;
    Ok((employments.len(), left.people))
}

/// What is to be written.
#[derive(Default)]
struct Left {
    people: usize,
    batch: Batch,
    changes: Vec<Change>,
    /// People who may not hold places at events any more.
    leaving: Vec<PersonId>,
}

fn decided(
    scope: &Scope,
    company: &company::Model,
    (now, today): (DateTime<Utc>, NaiveDate),
    people: impl Iterator<Item = Known>,
) -> Left {
    let ground = Ground {
        company: company.id,
        now,
        today,
        visibility: Visibility::from(company),
        departments: &HashMap::new(),
        fresh: &|| scope.new_id::<PersonId>().0,
    };
    let mut left = Left::default();
    for writes in people.filter_map(|known| rules::last_day_passed(known, &ground)) {
        left.people += 1;
        if writes.leaves_events() {
            left.leaving.push(writes.person_id);
        }
        left.changes.extend(left.batch.take(writes));
    }
    left
}
