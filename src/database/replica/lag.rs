//! How late a replica is, in the primary's time: places in the log of writes, and when the primary stood there.

use std::collections::VecDeque;
use std::time::Instant;

/// More marks than a replica in time ever leaves waiting; beyond them it is told less finely how late it is.
const MOST: usize = 256;

/// What was seen of both.
#[derive(Debug, Default)]
pub struct Lag {
    /// Places the replica has not reached, and an instant at which the primary had not yet passed them.
    marks: VecDeque<(Instant, i64)>,
    holds: Option<Instant>,
}

impl Lag {
    /// Asked at an instant, the primary stood at a place.
    pub fn primary_at(&mut self, asked: Instant, place: i64) {
        let full = self.marks.len() == MOST;
        match self.marks.back_mut() {
            // nothing was written meanwhile
            Some(last) if last.1 == place => last.0 = asked,
            _ if !full => self.marks.push_back((asked, place)),
            _ => {}
        }
    }

    /// The replica has everything up to a place. Whether that is news.
    pub fn replica_at(&mut self, place: i64) -> bool {
        let before = self.holds;
        while let Some((asked, _)) = self.marks.pop_front_if(|mark| mark.1 <= place) {
            self.holds = Some(asked);
        }
        self.holds != before
    }

    /// All that was committed before is on the replica.
    #[must_use]
    pub fn holds(&self) -> Option<Instant> {
        self.holds
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_replica_holds_what_was_committed_before_the_primary_was_asked_and_no_more() {
        let begin = Instant::now();
        let at = |ms| begin + Duration::from_millis(ms);
        let mut lag = Lag::default();
        lag.primary_at(at(0), 100);
        lag.primary_at(at(10), 200);
        assert!(!lag.replica_at(99));
        assert_eq!(lag.holds(), None);
        assert!(lag.replica_at(199));
        assert_eq!(lag.holds(), Some(at(0)));
        assert!(lag.replica_at(200));
        assert_eq!(lag.holds(), Some(at(10)));
    }

    #[test]
    fn where_nothing_is_written_a_replica_grows_no_older() {
        let begin = Instant::now();
        let at = |ms| begin + Duration::from_millis(ms);
        let mut lag = Lag::default();
        lag.primary_at(at(0), 100);
        lag.replica_at(100);
        lag.primary_at(at(1_000), 100);
        lag.primary_at(at(2_000), 100);
        lag.replica_at(100);
        assert_eq!(lag.holds(), Some(at(2_000)));
    }

    #[test]
    fn a_replica_that_stands_still_takes_no_room() {
        let mut lag = Lag::default();
        for place in 0..10_000 {
            lag.primary_at(Instant::now(), place);
        }
        assert_eq!(lag.marks.len(), MOST);
        assert!(lag.replica_at(10_000));
        lag.primary_at(Instant::now(), 10_001);
        assert_eq!(lag.marks.len(), 1);
    }
}
