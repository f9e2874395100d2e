//! Removal of candidate data from referrals.

use chrono::{DateTime, Utc};
use entity::{CompanyId, PersonId, ReferralId, ReferralStage, referral, referral_step};

use super::{change, step};
use crate::error::Result;
use crate::outbox::Change;
use crate::referrals::{rules, store};
use crate::scope::{Scope, Transaction};

/// Candidates whose data is removed from referrals.
#[derive(Clone, Copy, Debug)]
pub enum Forgotten<'e> {
    /// A person, including referrals that name one of the person's addresses as an external candidate.
    Person(PersonId, &'e [&'e str]),
    /// All external candidates whose referral was closed before this time.
    OutsidersBefore(DateTime<Utc>),
    /// The external candidate of one referral.
    Referral(ReferralId),
}

/// Withdraws the open referrals of a candidate and removes the candidate's data from all of them, as part of an erasure. Returns the number of referrals
/// of external candidates, and the changes.
pub async fn forget_candidate(
    scope: &Scope,
    transaction: &Transaction<'_>,
    company: CompanyId,
    whom: Forgotten<'_>,
) -> Result<(i64, Vec<Change>)> {
    let found = match whom {
        Forgotten::Person(person, addresses) => {
            let keys = addresses.iter().map(|address| rules::key_of_email(address));
            let keys = keys.collect();
            store::of_candidate_whoever_asks(scope, &**transaction, company, person, keys).await?
        }
        Forgotten::OutsidersBefore(before) => {
            store::outsiders_before_whoever_asks(scope, &**transaction, company, before).await?
        }
        Forgotten::Referral(id) => {
            store::one_whoever_asks(scope, &**transaction, company, id).await?
        }
    };
    let mut changes = Vec::new();
    for was in &found {
        let now = scope.now();
        let mut referral = referral::Model {
            recommendation: None,
            updated_at: now,
            version: was.version + 1,
            ..was.clone()
        };
        let outside = was.candidate_id.is_none();
        if outside {
            // one of the two says who it was
            referral.candidate_name = Some(String::new());
            referral.candidate_email = None;
            referral.candidate_key = format!("erased:{}", was.id);
        }
        let mut writes = transaction.writes();
        let mut kind = "referral.candidate_erased";
        if !rules::is_final(was.stage) {
            (referral.stage, referral.closed_at) = (ReferralStage::Withdrawn, Some(now));
            let step = referral_step::Model {
                actor_id: None,
                ..step(scope, &referral, Some(was.stage), None)
            };
            writes.insert(vec![step]);
            kind = "referral.withdrawn";
        }
        writes.save(referral.clone())?;
        let fields = vec!["candidate".to_owned()];
        transaction.write(writes, Vec::new()).await?;
        if outside {
            store::empty_notes(&**transaction, &referral).await?;
        }
        changes.push(change(&referral, kind, fields));
    }
    let outside = found.iter().filter(|was| was.candidate_id.is_none());
    Ok((i64::try_from(outside.count()).unwrap_or(i64::MAX), changes))
}
