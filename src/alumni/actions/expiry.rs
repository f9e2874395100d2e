//! Memberships end by themselves on the day after their last.

use entity::{MembershipId, PersonId, SubjectKind};

use crate::alumni::rules::membership::has_expired;
use crate::alumni::store;
use crate::engagement;
use crate::error::Result;
use crate::outbox::Change;
use crate::scope::Scope;

/// Most memberships of one transaction.
const MOST: usize = 1_000;

/// Ends the memberships of a company whose last day has passed in its time zone. Consents stay: the person did not withdraw them. Each batch is a
/// transaction of its own and looks for what is left to do: it can stop anywhere, and two instances at once do everything once. Returns how many
/// memberships ended.
pub async fn expire(scope: &Scope) -> Result<usize> {
    let mut ended = 0;
    loop {
        let (found, expired) = batch(scope).await?;
        ended += expired;
        if found < MOST {
            return Ok(ended);
        }
    }
}

/// One batch: how many memberships it found, and how many of them it ended.
async fn batch(scope: &Scope) -> Result<(usize, usize)> {
    let company = scope.company()?;
    let reader = scope.database().reader();
    let today = scope.today(&store::time_zone(scope, &reader).await?);
    let due = store::due_whoever_may_see_them(&reader, company, today, MOST).await?;
    if due.is_empty() {
        return Ok((0, 0));
    }
    let found = due.len();
    let transaction = scope.begin().await?;
    let locked = store::lock_due(scope, &*transaction, company, due).await?;
    let now = scope.now();
    // another transaction may have changed a membership before it was locked
    let (ids, people): (Vec<MembershipId>, Vec<PersonId>) = locked
        .into_iter()
        .filter(|due| has_expired(due.state, due.expires_on, today))
        .map(|due| (due.id, due.person_id))
        .unzip();
    if ids.is_empty() {
        return Ok((found, 0));
    }
    let mut writes = transaction.writes();
    store::end_memberships(scope, &mut writes, company, (&ids, &people), now);
    let change = |(id, person): (&MembershipId, &PersonId)| Change {
        company,
        kind: "membership.expired",
        subject: SubjectKind::Membership,
        id: id.0,
        person: Some(*person),
        fields: vec![],
    };
    let mut changes: Vec<Change> = ids.iter().zip(&people).map(change).collect();
    let released =
        engagement::release_places(scope, &transaction, &mut writes, company, &people).await?;
    changes.extend(released);
    transaction.write(writes, changes).await?;
    transaction.commit().await?;
    Ok((found, ids.len()))
}
