//! Deficit of a bucket, in millionths of cost, so that a restore rate per second is exact to the microsecond.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Balance, Budget};

const MILLION: i64 = 1_000_000;

/// An instance shares at once when its unshared spending exceeds this fraction (1/PARTS) of a bucket.
const PARTS: i64 = 10;

/// Deficit of one bucket, as known to this instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Debt {
    pub budget: Budget,
    owed: i64,
    /// Spending that is not shared yet; negative if too much was shared.
    unshared: i64,
    /// Time of the first unshared spending; null if all is shared.
    since: Option<DateTime<Utc>>,
    at: DateTime<Utc>,
}

impl Debt {
    pub fn none(budget: Budget, now: DateTime<Utc>) -> Self {
        Self {
            budget,
            owed: 0,
            unshared: 0,
            since: None,
            at: now,
        }
    }

    /// Restores the bucket for the time since the last call. Unshared spending is unchanged, because the shared table restores it as well.
    pub fn forgive(&mut self, now: DateTime<Utc>) {
        let passed = (now - self.at).max(TimeDelta::zero());
        let passed = passed.num_microseconds().unwrap_or(i64::MAX);
        let paid = passed.saturating_mul(self.budget.restore_rate.into());
        self.owed = self.owed.saturating_sub(paid).max(0);
        self.at = self.at.max(now);
    }

    pub fn take(&mut self, price: u64) {
        self.owed += millionths(price);
        self.unshared += millionths(price);
        self.since.get_or_insert(self.at);
    }

    pub fn give_back(&mut self, price: u64) {
        self.owed = (self.owed - millionths(price)).max(0);
        self.unshared -= millionths(price);
        self.since.get_or_insert(self.at);
    }

    /// Time until the bucket covers the cost, rounded up to a millisecond; null if it does now.
    pub fn wait(&self, price: u64) -> Option<Duration> {
        let over = self.owed + millionths(price) - i64::from(self.budget.capacity) * MILLION;
        let over = u64::try_from(over).ok().filter(|over| *over > 0)?;
        let a_millisecond = u64::from(self.budget.restore_rate) * 1_000;
        Some(Duration::from_millis(over.div_ceil(a_millisecond)))
    }

    /// Whether the unshared spending must be shared now.
    pub fn presses(&self) -> bool {
        self.unshared > i64::from(self.budget.capacity) * (MILLION / PARTS)
    }

    pub fn is_paid(&self) -> bool {
        self.owed == 0
    }

    /// Whether all spending is shared.
    pub fn is_told(&self) -> bool {
        self.since.is_none()
    }

    /// Marks the spending as shared. Returns it with the time of its first part.
    pub fn tell(&mut self) -> (i64, DateTime<Utc>) {
        let since = self.since.take().unwrap_or(self.at);
        (std::mem::take(&mut self.unshared), since)
    }

    /// Reverts [`Self::tell`] after a failure.
    pub fn untold(&mut self, (told, since): (i64, DateTime<Utc>)) {
        self.unshared += told;
        self.since = Some(self.since.map_or(since, |later| later.min(since)));
    }

    /// Takes over the shared deficit of all instances.
    pub fn learn(&mut self, owed: i64, at: DateTime<Utc>) {
        let now = self.at;
        (self.owed, self.at) = (owed, at.min(now));
        self.forgive(now);
        self.owed = (self.owed + self.unshared).max(0);
    }

    pub fn balance(&self) -> Balance {
        let left = i64::from(self.budget.capacity) * MILLION - self.owed;
        let a_microsecond = u64::from(self.budget.restore_rate);
        let owed = u64::try_from(self.owed).unwrap_or_default();
        Balance {
            budget: self.budget,
            available: u32::try_from(left / MILLION).unwrap_or_default(),
            whole_in: Duration::from_micros(owed.div_ceil(a_microsecond)),
        }
    }
}

fn millionths(price: u64) -> i64 {
    // a price beyond is refused before it is paid
    i64::from(u32::try_from(price).unwrap_or(u32::MAX)) * MILLION
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUDGET: Budget = Budget {
        capacity: 100,
        restore_rate: 10,
    };

    fn at(millis: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::milliseconds(millis)
    }

    fn owing(price: u64) -> Debt {
        let mut debt = Debt::none(BUDGET, at(0));
        debt.take(price);
        debt
    }

    #[test]
    fn what_is_owed_is_forgiven_as_time_passes_and_never_more() {
        let mut debt = owing(60);
        assert_eq!(debt.balance().available, 40);
        assert_eq!(debt.balance().whole_in, Duration::from_secs(6));
        debt.forgive(at(1_500));
        assert_eq!(debt.balance().available, 55);
        debt.forgive(at(60_000));
        assert_eq!(debt.balance().available, 100);
        // a clock that was set back takes nothing
        debt.take(10);
        debt.forgive(at(0));
        assert_eq!(debt.balance().available, 90);
    }

    #[test]
    fn whoever_waits_as_long_as_told_finds_enough_and_not_sooner() {
        let mut debt = owing(95);
        assert_eq!(debt.wait(5), None);
        assert_eq!(debt.wait(12), Some(Duration::from_millis(700)));
        debt.forgive(at(699));
        assert_eq!(debt.wait(12), Some(Duration::from_millis(1)));
        debt.forgive(at(700));
        assert_eq!(debt.wait(12), None);
    }

    #[test]
    fn what_is_shared_is_told_once_and_what_came_meanwhile_is_kept() {
        let mut debt = owing(11);
        assert!(debt.presses());
        assert_eq!(debt.tell(), (11 * MILLION, at(0)));
        assert!(!debt.presses());
        debt.take(5);
        // another instance spent 30
        debt.learn(41 * MILLION, at(0));
        assert_eq!(debt.balance().available, 54);
        debt.give_back(8);
        assert_eq!(debt.tell(), (-3 * MILLION, at(0)));
        assert!(debt.is_told());
    }

    #[test]
    fn what_was_spent_is_told_whole_and_forgiven_from_then_on() {
        let mut debt = owing(60);
        debt.forgive(at(1_000));
        debt.take(20);
        // all forgive together, and so does who was told of it as it was spent
        assert_eq!(debt.tell(), (80 * MILLION, at(0)));
        debt.forgive(at(3_000));
        debt.take(5);
        // another instance spent 30
        debt.learn(110 * MILLION, at(0));
        assert_eq!(debt.balance().available, 15);
        assert_eq!(debt.tell(), (5 * MILLION, at(3_000)));
    }
}
