//! Chance that can be repeated: the same seed and stream draw the same things, on every machine and in whatever order streams are drawn.

use chrono::{DateTime, TimeDelta, Utc};
use entity::Id;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use uuid::Builder;

/// A repeatable source of chance.
#[derive(Clone, Debug)]
pub struct Draw(ChaCha8Rng);

impl Draw {
    /// One of many independent streams of a seed.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut source = ChaCha8Rng::seed_from_u64(seed);
        source.set_stream(stream);
        Self(source)
    }

    /// A number from 0 to just below the bound; 0 where the bound is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        if bound == 0 {
            0
        } else {
            self.0.random_range(0..bound)
        }
    }

    /// Like `below`, but a small number comes more often than a great one: the first of a list of names twice as often as the middle one.
    pub fn few(&mut self, bound: usize) -> usize {
        self.below(bound).min(self.below(bound))
    }

    /// Days, few more often than many.
    pub fn days(&mut self, least: i64, most: i64) -> TimeDelta {
        let span = least..=most.max(least);
        TimeDelta::days(
            self.0
                .random_range(span.clone())
                .min(self.0.random_range(span)),
        )
    }

    /// True so many times in a hundred.
    pub fn chance(&mut self, percent: u32) -> bool {
        self.0.random_range(0..100) < percent
    }

    /// One of a list, which is not empty.
    pub fn pick<'l, T>(&mut self, list: &'l [T]) -> &'l T {
        &list[self.below(list.len())]
    }

    /// One of a list, which is not empty; those in front more often.
    pub fn pick_early<'l, T>(&mut self, list: &'l [T]) -> &'l T {
        &list[self.few(list.len())]
    }

    /// One of a list by weights out of a hundred; what is missing to a hundred falls to the last.
    pub fn weigh<T: Copy>(&mut self, list: &[(u32, T)]) -> T {
        let mut left = self.0.random_range(0..100);
        let found = list.iter().find(|(weight, _)| {
            let here = left < *weight;
            left = left.saturating_sub(*weight);
            here
        });
        found.unwrap_or(&list[list.len() - 1]).1
    }

    /// An instant between two, to the second; the first where they do not lie in order.
    pub fn between(&mut self, from: DateTime<Utc>, to: DateTime<Utc>) -> DateTime<Utc> {
        let seconds = (to - from).num_seconds().max(0);
        from + TimeDelta::seconds(self.0.random_range(0..=seconds))
    }

    /// Digits of a telephone number.
    pub fn digits(&mut self, count: usize) -> String {
        (0..count)
            .map(|_| char::from(self.0.random_range(b'0'..=b'9')))
            .collect()
    }

    /// An id as the clock would have given it at that time.
    pub fn id<I: Id>(&mut self, made_at: DateTime<Utc>) -> I {
        let milliseconds = u64::try_from(made_at.timestamp_millis()).unwrap_or_default();
        I::of(Builder::from_unix_timestamp_millis(milliseconds, &self.0.random()).into_uuid())
    }
}

#[cfg(test)]
mod tests {
    use entity::PersonId;

    use super::*;

    #[test]
    fn a_stream_repeats_itself_and_differs_from_the_next() {
        let drawn = |stream| {
            let mut draw = Draw::new(7, stream);
            (0..8).map(|_| draw.below(1_000)).collect::<Vec<_>>()
        };
        assert_eq!(drawn(1), drawn(1));
        assert_ne!(drawn(1), drawn(2));
    }

    #[test]
    fn an_id_is_a_seventh_version_of_its_time() {
        let at = DateTime::from_timestamp_millis(1_700_000_000_123).unwrap();
        let id: PersonId = Draw::new(1, 1).id(at);
        assert_eq!(id.uuid().get_version_num(), 7);
        assert_eq!(id.uuid().as_u128() >> 80, 1_700_000_000_123);
    }

    #[test]
    fn weights_fall_where_they_were_put() {
        let mut draw = Draw::new(1, 1);
        let drawn: Vec<u32> = (0..1_000)
            .map(|_| draw.weigh(&[(70, 1), (0, 2), (10, 3), (0, 4)]))
            .collect();
        let count = |value| drawn.iter().filter(|drawn| **drawn == value).count();
        assert!((650..750).contains(&count(1)), "{}", count(1));
        assert_eq!(count(2), 0);
        assert!((70..130).contains(&count(3)), "{}", count(3));
        assert!((150..250).contains(&count(4)), "{}", count(4));
    }
}
