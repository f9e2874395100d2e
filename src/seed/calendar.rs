//! Days and hours as a company counts them, before and after the moment the seed runs.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

/// A moment and the place whose days it is told in.
#[derive(Clone, Copy, Debug)]
pub struct Calendar {
    /// When the seed runs.
    pub now: DateTime<Utc>,
    zone: Tz,
}

impl Calendar {
    /// An unknown zone counts as UTC.
    pub fn new(now: DateTime<Utc>, zone: &str) -> Self {
        Self {
            now,
            zone: zone.parse().unwrap_or_default(),
        }
    }

    /// Which day it is.
    pub fn today(&self) -> NaiveDate {
        self.day_of(self.now)
    }

    /// Which day it was then.
    pub fn day_of(&self, instant: DateTime<Utc>) -> NaiveDate {
        instant.with_timezone(&self.zone).date_naive()
    }

    /// The day so many days from today; before it where negative.
    pub fn day(&self, days: i64) -> NaiveDate {
        let distance = Days::new(days.unsigned_abs());
        if days < 0 {
            self.today() - distance
        } else {
            self.today() + distance
        }
    }

    /// The first day of the month so many months ago; ahead where negative.
    pub fn month_begin(&self, months_ago: i32) -> NaiveDate {
        let today = self.today();
        let first = today - Days::new(u64::from(today.day0()));
        let distance = Months::new(months_ago.unsigned_abs());
        if months_ago < 0 {
            first + distance
        } else {
            first - distance
        }
    }

    /// The last day of the month so many months ago; ahead where negative.
    pub fn month_end(&self, months_ago: i32) -> NaiveDate {
        self.month_begin(months_ago - 1) - Days::new(1)
    }

    /// The instant of a time of day; a time the clocks leave out counts as UTC.
    pub fn at(&self, day: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
        let local = day.and_time(time);
        self.zone
            .from_local_datetime(&local)
            .earliest()
            .map_or_else(|| local.and_utc(), |instant| instant.to_utc())
    }

    /// The instant a full hour of a day strikes.
    pub fn hour(&self, day: NaiveDate, hour: u32) -> DateTime<Utc> {
        self.at(day, NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokyo() -> Calendar {
        Calendar::new("2026-03-30T20:00:00Z".parse().unwrap(), "Asia/Tokyo")
    }

    #[test]
    fn days_are_the_companys() {
        assert_eq!(tokyo().today().to_string(), "2026-03-31");
        assert_eq!(tokyo().day(1).to_string(), "2026-04-01");
        assert_eq!(
            tokyo().hour(tokyo().day(-1), 9).to_rfc3339(),
            "2026-03-30T00:00:00+00:00"
        );
    }

    #[test]
    fn months_are_counted_whole_in_both_directions() {
        assert_eq!(tokyo().month_begin(0).to_string(), "2026-03-01");
        assert_eq!(tokyo().month_end(1).to_string(), "2026-02-28");
        assert_eq!(tokyo().month_begin(12).to_string(), "2025-03-01");
        assert_eq!(tokyo().month_end(-1).to_string(), "2026-04-30");
    }
}
