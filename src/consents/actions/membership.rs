//! What joining and leaving say of consents: parts of the actions by which somebody does either.

use std::collections::BTreeSet;

use entity::{ConsentChannel, ConsentDecision, ConsentPurpose, person};

use super::{Given, PROOF, change, last_number, shown};
use crate::checks::Checks;
use crate::consents::rules::{self, Said};
use crate::consents::store;
use crate::error::{Error, Result, UserErrorCode};
use crate::outbox;
use crate::scope::{Scope, Transaction};

/// Whoever joins consents to that, and to what they say yes to beside it. Part of the action by which they join: the company is held still
/// ([`store::hold_still`]) and the person locked.
pub async fn join(
    scope: &Scope,
    transaction: &Transaction<'_>,
    person: &person::Model,
    given: &[Given],
) -> Result<()> {
    let notices = store::current_here(scope, &**transaction).await?;
    let company = store::company(scope, &**transaction).await?;
    let latest = store::latest(scope, &**transaction, person.id).await?;
    let mut checks = Checks::default();
    let mut seen = BTreeSet::new();
    let mut yeses = Vec::new();
    for (place, given) in given.iter().enumerate() {
        let at = format!("consents.{place}.");
        if !seen.insert(given.purpose) {
            let field = format!("{at}purpose");
            checks.refuse(UserErrorCode::Invalid, &field, "stands here a second time");
        }
        let shown = shown(&mut checks, &at, &notices, given);
        let proof = checks.text(&format!("{at}proof"), given.proof.as_deref(), PROOF);
        yeses.push((given.purpose, shown, proof));
    }
    checks.done()?;
    if !seen.contains(&ConsentPurpose::Membership) {
        let membership = notices
            .iter()
            .find(|notice| notice.purpose == ConsentPurpose::Membership);
        let shown = membership.and_then(|notice| Some((notice, notice.best_for(&company.locale)?)));
        yeses.insert(0, (ConsentPurpose::Membership, shown, None));
    }
    let known = |purpose, version| {
        rules::holds(person.consents, purpose)
            && latest
                .iter()
                .any(|entry| entry.purpose == purpose && entry.notice_version == Some(version))
    };
    let mut number = last_number(&latest);
    let mut entries = Vec::new();
    for (purpose, shown, proof) in yeses {
        let Some(version) = shown.map(|(notice, _)| notice.version) else {
            return Err(Error::internal("a notice without a text"));
        };
        if known(purpose, version) {
            continue;
        }
        number += 1;
        let said = Said {
            purpose,
            shown,
            channel: ConsentChannel::Portal,
            proof,
            hand: outbox::hand(scope),
        };
        let key = (scope.new_id(), number);
        entries.push(rules::entry(person, key, said, scope.now()));
    }
    if entries.is_empty() {
        return Ok(());
    }
    let changes = entries.iter().map(change).collect();
    store::write(transaction, person, entries, changes).await
}

/// Whoever leaves takes back every yes, and their membership where they never gave it a yes. Part of the action by which they leave: the person is locked.
pub async fn leave(
    scope: &Scope,
    transaction: &Transaction<'_>,
    person: &person::Model,
    (channel, proof): (ConsentChannel, Option<String>),
) -> Result<()> {
    let latest = store::latest(scope, &**transaction, person.id).await?;
    let granted = latest
        .iter()
        .filter(|entry| entry.decision == ConsentDecision::Granted)
        .map(|entry| entry.purpose);
    let membership = ConsentPurpose::Membership;
    let unasked = latest.iter().all(|entry| entry.purpose != membership);
    let purposes = granted.chain(unasked.then_some(membership));
    let numbers = 1 + last_number(&latest)..;
    let entries: Vec<_> = purposes
        .zip(numbers)
        .map(|(purpose, number)| {
            let said = Said {
                purpose,
                shown: None,
                channel,
                proof: proof.clone(),
                hand: outbox::hand(scope),
            };
            rules::entry(person, (scope.new_id(), number), said, scope.now())
        })
        .collect();
    if entries.is_empty() {
        return Ok(());
    }
    let changes = entries.iter().map(change).collect();
    store::write(transaction, person, entries, changes).await
}
