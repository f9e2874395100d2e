//! Sealing of changes, and verification of seals.

use std::cmp::Ordering;
use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use entity::{change, seal};

use super::rules::{Digest, hash, hex};
use super::store;
use super::types::{AuditBreak, AuditBreakKind, AuditVerification};
use crate::access::Permission;
use crate::changes::Place;
use crate::error::{Error, Result};
use crate::scope::Scope;

/// Most changes of one seal.
const SEALED: i32 = 500;
/// Seals reckoned again at a time.
const CHECKED: u64 = 20;
/// Seals reckoned again in one go, at most: with those that are full some second or two.
const IN_ONE_GO: i64 = 400;

/// Seals what happened since the last seal, as far as it is settled. Run by a job, for the service itself.
pub async fn seal(scope: Scope) -> Result<()> {
    let company = scope.company()?;
    let mut last = store::last(&scope).await?;
    loop {
        let place = last.as_ref().map_or(Place::BEGIN, place);
        let rows =
            store::changes_between(&scope, place, None, SEALED.unsigned_abs().into()).await?;
        let Some(end) = rows.last().map(Place::from) else {
            return Ok(());
        };
        let number = last.as_ref().map_or(1, |last| last.number + 1);
        let mut digest = Digest::default();
        for row in &rows {
            digest.take(row);
        }
        let mut row = seal::Model {
            company_id: company,
            number,
            transaction_id: end.transaction_id,
            seq: end.seq,
            changes: digest.changes(),
            digest: digest.end(),
            hash: vec![],
            sealed_at: scope.now(),
        };
        row.hash = hash(&row, last.as_ref().map(|last| last.hash.as_slice()));
        if !store::put(&scope, row.clone()).await? {
            return Ok(());
        }
        // a head that left the machine cannot be rewritten with the chain
        tracing::info!(%company, number, head = hex(&row.hash), "sealed");
        last = Some(row);
    }
}

fn place(seal: &seal::Model) -> Place {
    Place {
        transaction_id: seal.transaction_id,
        seq: seal.seq,
    }
}

/// Reckons the company's seals again, those after a number, whose own is taken as it is. Requires `audit:read`.
pub async fn verify(
    scope: &Scope,
    after: Option<i64>,
    expected_head: Option<&str>,
) -> Result<AuditVerification> {
    scope.require(Permission::AuditRead)?;
    let service = scope.as_service()?;
    let mut check = Check {
        scope: &service,
        last: None,
        expected: expected_head,
        found: expected_head.is_none(),
        finished: false,
    };
    if let Some(number) = after.filter(|number| *number > 0) {
        let begin = store::seals_after(&service, number - 1, 1).await?.pop();
        let begin = begin.filter(|seal| seal.number == number);
        let begin = begin.ok_or_else(|| Error::bad_input("after", "is no seal of the chain"))?;
        check.pass(begin);
    }
    let mut first_break = check.some().await?;
    if first_break.is_none() && check.finished && !check.found {
        first_break = Some(check.broken(AuditBreakKind::HeadNotFound, None));
    }
    Ok(AuditVerification {
        intact: first_break.is_none(),
        finished: check.finished || first_break.is_some(),
        seals: check.number() - 1,
        head: check.last.as_ref().map(|last| hex(&last.hash)),
        sealed_at: check.last.as_ref().map(|last| last.sealed_at),
        first_break,
    })
}

struct Check<'s> {
    scope: &'s Scope,
    /// The last valid seal.
    last: Option<seal::Model>,
    expected: Option<&'s str>,
    found: bool,
    /// Whether there is none after it.
    finished: bool,
}

impl Check<'_> {
    /// The number of the next seal.
    fn number(&self) -> i64 {
        self.last.as_ref().map_or(1, |last| last.number + 1)
    }

    fn pass(&mut self, seal: seal::Model) {
        self.found |= self.expected == Some(hex(&seal.hash).as_str());
        self.last = Some(seal);
    }

    async fn some(&mut self) -> Result<Option<AuditBreak>> {
        let until = self.number() + IN_ONE_GO;
        while self.number() < until {
            let seals = store::seals_after(self.scope, self.number() - 1, CHECKED).await?;
            let Some(end) = seals.last().map(place) else {
                self.finished = true;
                break;
            };
            let covered = seals.iter().map(|seal| seal.changes.clamp(0, SEALED));
            let begin = self.last.as_ref().map_or(Place::BEGIN, place);
            // one more than there should be tells that there are more
            let most = u64::try_from(covered.sum::<i32>() + 1).unwrap_or_default();
            let rows = store::changes_between(self.scope, begin, Some(end), most).await?;
            let mut rows = VecDeque::from(rows);
            for seal in seals {
                if let Some(broken) = self.judge(&seal, &mut rows) {
                    return Ok(Some(broken));
                }
                self.pass(seal);
            }
        }
        Ok(None)
    }

    /// Reckons one seal, from the rows up to its end.
    fn judge(&self, seal: &seal::Model, rows: &mut VecDeque<change::Model>) -> Option<AuditBreak> {
        use AuditBreakKind::{ChangeAdded, ChangeAltered, ChangeMissing, SealAltered, SealMissing};
        if seal.number != self.number() {
            return Some(self.broken(SealMissing, None));
        }
        let before = self.last.as_ref().map(|last| last.hash.as_slice());
        if hash(seal, before) != seal.hash {
            return Some(self.broken(SealAltered, Some(seal.sealed_at)));
        }
        let mut digest = Digest::default();
        while let Some(row) = rows.pop_front_if(|row| Place::from(&*row) <= place(seal)) {
            digest.take(&row);
        }
        let kind = match digest.changes().cmp(&seal.changes) {
            Ordering::Less => ChangeMissing,
            Ordering::Greater => ChangeAdded,
            Ordering::Equal if digest.end() == seal.digest => return None,
            Ordering::Equal => ChangeAltered,
        };
        Some(self.broken(kind, Some(seal.sealed_at)))
    }

    fn broken(&self, kind: AuditBreakKind, sealed_at: Option<DateTime<Utc>>) -> AuditBreak {
        AuditBreak {
            kind,
            seal: self.number(),
            after: self.last.as_ref().map(|last| last.sealed_at),
            sealed_at,
        }
    }
}
