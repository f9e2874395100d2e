//! Steps of memberships: HR asks many at once, an alumnus answers, pauses, resumes and leaves with one call each.

use entity::{ConsentChannel, MembershipState, PersonId, SubjectKind, membership};

use super::join::begin_term;
use super::refused;
use crate::access::{Permission, accounts};
use crate::alumni::rules::membership::{Step, take};
use crate::alumni::rules::standing;
use crate::alumni::store;
use crate::checks::same_version;
use crate::consents::{self, Given};
use crate::engagement;
use crate::error::{Error, Refusal, Result, UserErrorCode};
use crate::outbox::Change;
use crate::scope::{Scope, Transaction};

/// The viewer takes a step of their own membership. Who joins consents to that, and to what they say yes to beside it; who leaves takes every
/// consent back. Requires `profile:write`.
pub async fn take_own(
    scope: &Scope,
    expected: Option<i32>,
    step: Step,
    given: &[Given],
) -> Result<membership::Model> {
    scope.require(Permission::ProfileWrite)?;
    let id = scope.person()?;
    let transaction = scope.begin().await?;
    if step == Step::Accept {
        consents::hold_still(scope, &*transaction).await?;
    }
    let person = store::person_for_update(scope, &*transaction, id).await?;
    let found = store::memberships_for_update(scope, &*transaction, &[id])
        .await?
        .pop()
        .ok_or(Error::NotFound)?;
    same_version(expected, found.version)?;
    let mut moved = take(&found, step, scope.now()).map_err(refused)?;
    if step == Step::Accept && moved.state == MembershipState::Active {
        begin_term(scope, &transaction, &mut moved).await?;
    }
    if !given.is_empty() && moved.state != MembershipState::Active {
        let why = "you have not been asked to join yet: consents are given with joining or later";
        return Err(Refusal::new(UserErrorCode::Refused, "consents", why).into());
    }
    store::write_membership(&*transaction, &moved).await?;
    transaction.record(vec![change(&moved, step)]).await?;
    match (step, moved.state) {
        (Step::Accept, MembershipState::Active) => {
            consents::join(scope, &transaction, &person, given).await?;
        }
        (Step::Withdraw, _) => {
            let how = (ConsentChannel::Portal, None);
            consents::leave(scope, &transaction, &person, how).await?;
            accounts::end_of(&transaction, moved.company_id, &[moved.person_id]).await?;
        }
        _ => {}
    }
    release_places(scope, &transaction, &moved).await?;
    transaction.commit().await?;
    Ok(moved)
}

/// Takes a person out of the programme who said elsewhere that they leave: they need no login for that. Requires `alumni:write` and `alumni:read`.
pub async fn leave_for(
    scope: &Scope,
    id: PersonId,
    how: (ConsentChannel, Option<String>),
) -> Result<membership::Model> {
    scope.require(Permission::AlumniWrite)?;
    scope.require(Permission::AlumniRead)?;
    let transaction = scope.begin().await?;
    let person = store::person_for_update(scope, &*transaction, id).await?;
    let found = store::memberships_for_update(scope, &*transaction, &[id])
        .await?
        .pop()
        .ok_or_else(|| {
            let why = "has no membership: works at the company";
            Refusal::new(UserErrorCode::Refused, "personId", why)
        })?;
    let moved = take(&found, Step::Withdraw, scope.now())
        .map_err(|why| Refusal::new(UserErrorCode::Refused, "personId", why))?;
    store::write_membership(&*transaction, &moved).await?;
    let change = change(&moved, Step::Withdraw);
    transaction.record(vec![change]).await?;
    consents::leave(scope, &transaction, &person, how).await?;
    accounts::end_of(&transaction, moved.company_id, &[moved.person_id]).await?;
    release_places(scope, &transaction, &moved).await?;
    transaction.commit().await?;
    Ok(moved)
}

/// Frees the places of a person whose membership does not let them hold any more. Last, because others wait for the events.
async fn release_places(
    scope: &Scope,
    transaction: &Transaction<'_>,
    moved: &membership::Model,
) -> Result<()> {
    if engagement::may_hold_a_place(standing(moved.state)) {
        return Ok(());
    }
    let mut writes = transaction.writes();
    let (company, people) = (moved.company_id, [moved.person_id]);
    let changes =
        engagement::release_places(scope, transaction, &mut writes, company, &people).await?;
    Ok(transaction.write(writes, changes).await?)
}

fn change(membership: &membership::Model, step: Step) -> Change {
    Change {
        company: membership.company_id,
        kind: step.kind(),
        subject: SubjectKind::Membership,
        id: membership.id.0,
        person: Some(membership.person_id),
        fields: vec![],
    }
}
