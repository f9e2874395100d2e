//! The end of memberships: the notice before it, renewing, and correcting it.

use chrono::{Days, NaiveDate};
use entity::{Id, MembershipId, PersonId, SubjectKind, company, membership, person};

use super::{refused, untouchable};
use crate::access::Permission;
use crate::access::invitations::actions::language;
use crate::access::invitations::store as invitation_store;
use crate::alumni::rules::{term, whole_name};
use crate::alumni::store::{self, Due};
use crate::checks::{Edit, same_version};
use crate::deliveries::{self, Message, NewDelivery};
use crate::error::{Refusal, Result, UserErrorCode};
use crate::outbox::Change;
use crate::scope::{Scope, Transaction};

/// Most messages of one transaction.
const MOST: usize = 1_000;

/// Queues the notice to members whose membership ends within the company's days of notice, once for each last day. Each batch is a transaction of
/// its own and leaves out what is queued already: it can stop anywhere, and two instances at once queue each message once. Returns how many
/// messages were queued.
pub async fn notify(scope: &Scope) -> Result<usize> {
    let reader = scope.database().reader();
    let company = store::company(scope, &reader).await?;
    let today = scope.today(&company.time_zone);
    let days = u64::try_from(company.membership_notice_days).unwrap_or_default();
    let range = (today, today + Days::new(days));
    let (mut queued, mut after) = (0, None);
    loop {
        let page =
            store::ending_whoever_may_see_them(&reader, company.id, range, after, MOST).await?;
        let found = page.len();
        after = page.last().and_then(|due| Some((due.expires_on?, due.id)));
        let keys: Vec<String> = page.iter().filter_map(dedupe_key).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let known = deliveries::known_keys(&reader, company.id, &keys).await?;
        let new = page
            .into_iter()
            .filter(|due| dedupe_key(due).is_some_and(|key| !known.contains(&key)))
            .map(|due| (due.id, due.person_id))
            .collect();
        queued += batch(scope, &company, new, range).await?;
        if found < MOST {
            return Ok(queued);
        }
    }
}

/// Queues the notices of one batch: how many were queued.
async fn batch(
    scope: &Scope,
    company: &company::Model,
    due: Vec<(MembershipId, PersonId)>,
    (first, last): (NaiveDate, NaiveDate),
) -> Result<usize> {
    if due.is_empty() {
        return Ok(0);
    }
    let transaction = scope.begin().await?;
    let locked = store::lock_due(scope, &*transaction, company.id, due).await?;
    let ids: Vec<PersonId> = locked.iter().map(|due| due.person_id).collect();
    let people = invitation_store::people(scope, &*transaction, company.id, &ids).await?;
    // another transaction may have changed a membership or a person before they were locked
    let messages = locked.iter().filter_map(|due| {
        let from = term::renewable_from(due.state, due.expires_on, company.membership_notice_days);
        let last_day = due.expires_on.filter(|day| *day <= last)?;
        let is_due = from.is_some() && last_day >= first;
        let person = people.get(&due.person_id).filter(|_| is_due)?;
        message(company, person, due, last_day)
    });
    let messages = messages.collect();
    let mut writes = transaction.writes();
    let queued = deliveries::queue(scope, &transaction, &mut writes, messages).await?;
    transaction.write(writes, queued.changes).await?;
    transaction.commit().await?;
    Ok(queued.rows.len())
}

/// The notice to one member; null if they have no address, or their data is restricted.
fn message(
    company: &company::Model,
    person: &person::Model,
    due: &Due,
    last_day: NaiveDate,
) -> Option<NewDelivery> {
    if untouchable(person).is_some() {
        return None;
    }
    Some(NewDelivery {
        message: Message::MembershipExpiring {
            name: whole_name(&person.family_name, &person.given_name),
            last_day,
        },
        recipient: person.personal_email.clone()?,
        locale: language(Some(person), company),
        person: Some(person.id),
        subject: Some(due.id.uuid()),
        purpose: None,
        dedupe_key: dedupe_key(due)?,
        not_after: term::end_of(last_day, &company.time_zone),
    })
}

/// One message for each last day of a membership; null if it has no end.
fn dedupe_key(due: &Due) -> Option<String> {
    Some(format!(
        "membership-expiring:{}:{}",
        due.id, due.expires_on?
    ))
}

/// Renews a membership by the company's months: the viewer's own, or that of a person. Requires `profile:write`; for a person `alumni:write` and
/// `alumni:read`.
pub async fn renew(
    scope: &Scope,
    of: Option<PersonId>,
    expected: Option<i32>,
) -> Result<membership::Model> {
    let Some(id) = of else {
        scope.require(Permission::ProfileWrite)?;
        return extend(scope, scope.person()?, expected).await;
    };
    scope.require(Permission::AlumniWrite)?;
    scope.require(Permission::AlumniRead)?;
    extend(scope, id, expected).await
}

async fn extend(scope: &Scope, id: PersonId, expected: Option<i32>) -> Result<membership::Model> {
    let transaction = scope.begin().await?;
    let (person, found) = locked(scope, &transaction, id).await?;
    let own = scope.viewer().person() == Some(person.id);
    if let Some(why) = untouchable(&person).filter(|_| !own) {
        return Err(refused(why));
    }
    same_version(expected, found.version)?;
    let company = store::company(scope, &*transaction).await?;
    let today = scope.today(&company.time_zone);
    let (months, days) = (company.membership_months, company.membership_notice_days);
    let next = term::next_last_day(&found, months, days, today).map_err(refused)?;
    let moved = term::with_end(&found, next, scope.now());
    let change = change(&moved, "membership.renewed", vec![]);
    write(scope, transaction, &moved, change).await?;
    Ok(moved)
}

/// Corrects the last day of a person's membership; what is undefined stays. Requires `alumni:write` and `alumni:read`.
pub async fn correct(
    scope: &Scope,
    id: PersonId,
    expected: Option<i32>,
    expires_on: Edit<NaiveDate>,
) -> Result<membership::Model> {
    scope.require(Permission::AlumniWrite)?;
    scope.require(Permission::AlumniRead)?;
    let transaction = scope.begin().await?;
    let (person, found) = locked(scope, &transaction, id).await?;
    if let Some(why) = untouchable(&person) {
        return Err(refused(why));
    }
    same_version(expected, found.version)?;
    let company = store::company(scope, &*transaction).await?;
    let today = scope.today(&company.time_zone);
    term::may_change(&found, today).map_err(refused)?;
    if let Edit::Value(day) = expires_on {
        term::may_end_on(day, today)
            .map_err(|why| Refusal::new(UserErrorCode::Invalid, "expiresOn", why))?;
    }
    let expires_on = match expires_on {
        Edit::Undefined => found.expires_on,
        Edit::Null => None,
        Edit::Value(day) => Some(day),
    };
    if expires_on == found.expires_on {
        return Ok(found);
    }
    let moved = term::with_end(&found, expires_on, scope.now());
    let change = change(&moved, "membership.updated", vec!["expiresOn".to_owned()]);
    write(scope, transaction, &moved, change).await?;
    Ok(moved)
}

/// A person and their membership, locked.
async fn locked(
    scope: &Scope,
    transaction: &Transaction<'_>,
    id: PersonId,
) -> Result<(person::Model, membership::Model)> {
    let person = store::person_for_update(scope, &**transaction, id).await?;
    let found = store::memberships_for_update(scope, &**transaction, &[id]).await?;
    let membership = found.into_iter().next();
    let none = || refused("has no membership: works at the company");
    Ok((person, membership.ok_or_else(none)?))
}

/// Writes a membership with another last day. A notice of the old one that is not sent yet is cancelled.
async fn write(
    scope: &Scope,
    transaction: Transaction<'_>,
    moved: &membership::Model,
    change: Change,
) -> Result<()> {
    store::write_membership(&*transaction, moved).await?;
    let mut writes = transaction.writes();
    let notices = [moved.id.uuid()];
    let mut changes = vec![change];
    changes.extend(deliveries::cancel(scope, &transaction, &mut writes, &notices).await?);
    transaction.write(writes, changes).await?;
    transaction.commit().await
}

fn change(membership: &membership::Model, kind: &'static str, fields: Vec<String>) -> Change {
    Change {
        company: membership.company_id,
        kind,
        subject: SubjectKind::Membership,
        id: membership.id.uuid(),
        person: Some(membership.person_id),
        fields,
    }
}
