//! When nobody can have read from the replica, as far as the lock tells that its readers share.

use std::time::{Duration, Instant};

use super::ENTERED_AFTER;

/// Since when no reader was seen.
///
/// An instance that lost its lock with its connection stops reading within `max_lag` of that; so much later than the first look that saw none, it has. One
/// that came and went between two looks has never read, for they are closer together than coming takes.
#[derive(Debug, Default)]
pub struct Unread {
    since: Option<Instant>,
    /// When the last look began.
    looked: Option<Instant>,
}

impl Unread {
    /// A look, and whether it saw a reader. Its begin, where nobody could read then.
    pub fn looked(
        &mut self,
        began: Instant,
        ended: Instant,
        seen: bool,
        max_lag: Duration,
    ) -> Option<Instant> {
        let before = self.looked.replace(began);
        let without_gap = before.is_some_and(|before| ended < before + ENTERED_AFTER);
        if seen {
            self.since = None;
        } else if self.since.is_none() || !without_gap {
            self.since = Some(ended);
        }
        let since = self.since?;
        (began > since + max_lag).then_some(began)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX_LAG: Duration = Duration::from_secs(1);

    /// Looks at these milliseconds, which each take one: whether nobody could read at the last.
    fn unread(looks: &[(u64, bool)]) -> bool {
        let begin = Instant::now();
        let at = |ms| begin + Duration::from_millis(ms);
        let mut unread = Unread::default();
        let told = looks.iter().map(|(ms, seen)| {
            let told = unread.looked(at(*ms), at(ms + 1), *seen, MAX_LAG);
            assert!(told.is_none_or(|told| told == at(*ms)));
            told.is_some()
        });
        told.last().unwrap()
    }

    #[test]
    fn who_lost_the_lock_may_read_for_as_long_as_the_replica_may_be_late() {
        assert!(!unread(&[(0, true), (100, false), (1_101, false)]));
        assert!(unread(&[(0, true), (100, false), (1_102, false)]));
    }

    #[test]
    fn a_reader_that_is_seen_begins_it_anew() {
        assert!(!unread(&[
            (0, false),
            (500, true),
            (1_400, false),
            (2_000, false)
        ]));
    }

    #[test]
    fn who_looked_away_for_as_long_as_coming_takes_begins_anew() {
        assert!(unread(&[(0, false), (1_998, false)]));
        assert!(!unread(&[(0, false), (1_999, false)]));
    }
}
