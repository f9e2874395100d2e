//! A person blocks another, and takes it back. Both are told to nobody: not to the other, and not to the company.

use entity::{PersonId, SubjectKind, block};

use crate::alumni::store;
use crate::error::{Error, Refusal, Result, UserErrorCode};
use crate::outbox::{self, Change};
use crate::scope::Scope;

/// Most people whom one person blocks.
const MOST: i64 = 1_000;

/// The viewer and a person they see no longer exist for each other; a block that stands stays as it is. Requires a login that
/// belongs to a person.
pub async fn block(scope: &Scope, other: PersonId) -> Result<block::Model> {
    let (own, company) = (scope.person()?, scope.company()?);
    let transaction = scope.begin().await?;
    // both are locked, so that neither two blocks of one person pass the limit together, nor two people wait for each other
    let people = store::people_for_update(scope, &*transaction, &[own, other]).await?;
    if let Some(found) = store::find_block(scope, &*transaction, other).await? {
        return Ok(found);
    }
    if !people.iter().any(|person| person.id == own) {
        return Err(Error::NotFound);
    }
    let refuse = |code, why: String| Err(Refusal::new(code, "personId", why).into());
    if other == own {
        let why = "is yourself; a block is between you and somebody else";
        return refuse(UserErrorCode::Refused, why.to_owned());
    }
    if !people.iter().any(|person| person.id == other) {
        let why = "there is no such person for you";
        return refuse(UserErrorCode::NotFound, why.to_owned());
    }
    if store::count_blocks(scope, &*transaction).await? >= MOST {
        let why = format!("you block {MOST} people, which is the most: unblock somebody first");
        return refuse(UserErrorCode::TooLong, why);
    }
    let made = block::Model {
        blocker_id: own,
        blocked_id: other,
        company_id: company,
        created_at: scope.now(),
    };
    let mut writes = transaction.writes();
    writes.insert(vec![made.clone()]);
    transaction
        .write(writes, vec![change(&made, outbox::BLOCKED)])
        .await?;
    transaction.commit().await?;
    Ok(made)
}

/// The viewer no longer blocks a person, whether or not they did, and whoever that is. Requires a login that belongs to a person.
pub async fn unblock(scope: &Scope, other: PersonId) -> Result<PersonId> {
    let (own, company) = (scope.person()?, scope.company()?);
    let transaction = scope.begin().await?;
    let Some(found) = store::find_block(scope, &*transaction, other).await? else {
        return Ok(other);
    };
    // somebody else may have been first
    if store::drop_block(&*transaction, company, own, other).await? {
        transaction
            .record(vec![change(&found, outbox::UNBLOCKED)])
            .await?;
        transaction.commit().await?;
    }
    Ok(other)
}

/// It tells of who blocks, not of whom: the block itself says that, and nothing is to say it when the block is gone.
fn change(block: &block::Model, kind: &'static str) -> Change {
    Change {
        company: block.company_id,
        kind,
        subject: SubjectKind::Person,
        id: block.blocker_id.0,
        person: Some(block.blocker_id),
        fields: vec![],
    }
}
